import { isHex } from "../../protocol/bytes.ts";
import type { JsonObject } from "../../protocol/json.ts";
import type { Activity, Dataset, RecordPlace } from "../activity.ts";
import { provJson, valuesOf, type ProvBundle, type ProvDocument, type ProvStatement } from "./document.ts";
import type { ProvKind } from "./terms.ts";

/** How records are named in PROV: `urn:suyuan:record:<scope>.<number>`. */
export const RECORD_NAMESPACE = "urn:suyuan:record:";
const RECORD = /^([0-9a-f]{64})\.(0|[1-9]\d{0,12})$/;
const MAXIMUM_NAME = 500;
const MAXIMUM_ACTIVITY = 200;

interface Thing {
  readonly id: string;
  readonly attributes: ProvStatement["attributes"];
}

/**
 * The activities that a document and its bundles report: each with what it used and generated, its times and who it was
 * associated with, and with the statements about it, as they came, as its event. A derivation that names no activity is an
 * activity of its own. Entities named as records are records; the others keep their names.
 */
export function activitiesOfProv(document: ProvDocument): readonly Activity<RecordPlace>[] {
  const bundles = [...(document.bundles?.values() ?? [])].map((bundle) => ({
    ...bundle,
    prefixes: new Map([...(document.prefixes ?? []), ...(bundle.prefixes ?? [])]),
  }));
  return [document, ...bundles].flatMap(activitiesOf);
}

function activitiesOf({ prefixes, statements }: ProvBundle): readonly Activity<RecordPlace>[] {
  const names = new Names(prefixes);
  const byActivity = new Map<string, ProvStatement[]>();
  const alone: ProvStatement[] = [];
  for (const statement of statements) {
    const activity = statement.kind === "activity" ? statement.id : textOf(statement, "prov:activity");
    if (activity !== undefined) byActivity.set(activity, [...(byActivity.get(activity) ?? []), statement]);
    else if (statement.kind === "wasDerivedFrom") alone.push(statement);
  }
  return [
    ...[...byActivity].map(([id, about]) => activityOf({ id, statements: about }, names)),
    ...alone.map((statement) => activityOf({ id: statement.id, statements: [statement] }, names)),
  ];
}

function activityOf(
  { id, statements }: { readonly id: string; readonly statements: readonly ProvStatement[] },
  names: Names,
): Activity<RecordPlace> {
  const own: Thing = statements.find(({ kind }) => kind === "activity") ?? { id, attributes: new Map() };
  const [startedAt, endedAt] = [timeOf(own, "prov:startTime"), timeOf(own, "prov:endTime")];
  const ends = (kind: ProvKind, attribute: string): readonly string[] =>
    statements.filter((one) => one.kind === kind).flatMap((one) => textOf(one, attribute) ?? []);
  const used = names.split([
    ...ends("used", "prov:entity"),
    ...ends("wasInvalidatedBy", "prov:entity"),
    ...ends("wasDerivedFrom", "prov:usedEntity"),
  ]);
  const generated = names.split([
    ...ends("wasGeneratedBy", "prov:entity"),
    ...ends("wasDerivedFrom", "prov:generatedEntity"),
  ]);
  const [actor] = ends("wasAssociatedWith", "prov:agent");
  const { namespace, name } = names.expand(id);
  return {
    activity: `${namespace}${name}`.slice(-MAXIMUM_ACTIVITY),
    name,
    namespace,
    state: endedAt === undefined ? "other" : "complete",
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(actor !== undefined && { actor: names.text(actor).slice(0, MAXIMUM_ACTIVITY) }),
    used: used.records,
    generated: generated.records,
    inputs: used.datasets,
    outputs: generated.datasets,
    fields: [],
    event: names.document(statements),
  };
}

const textOf = (statement: ProvStatement, name: string): string | undefined =>
  valuesOf(statement, name).find((value) => typeof value === "string");

function timeOf({ attributes }: Thing, name: string): number | undefined {
  const value = attributes.get(name);
  const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) || ms < 0 ? undefined : Math.floor(ms / 1000);
}

/** The qualified names of one document. */
class Names {
  private readonly prefixes: ReadonlyMap<string, string>;

  constructor(prefixes: ProvBundle["prefixes"]) {
    this.prefixes = prefixes ?? new Map<string, string>();
  }

  expand(qualified: string): { readonly namespace: string; readonly name: string } {
    const [, prefix = "", local = ""] = /^([^:]*):(.*)$/su.exec(qualified) ?? [undefined, "default", qualified];
    const cut = (text: string): string => (text === "" ? "-" : text.slice(0, MAXIMUM_NAME));
    return { namespace: cut(this.prefixes.get(prefix) ?? `${prefix}:`), name: cut(local) };
  }

  text(qualified: string): string {
    const { namespace, name } = this.expand(qualified);
    return `${namespace}${name}`;
  }

  /** Each once: those that are records, and the others. */
  split(qualified: readonly string[]): {
    readonly records: readonly RecordPlace[];
    readonly datasets: readonly Dataset[];
  } {
    const named = [...new Set(qualified)].map((one) => this.expand(one));
    const records = named.flatMap((one) => placeOf(one) ?? []);
    return { records, datasets: named.filter((one) => placeOf(one) === undefined) };
  }

  document(statements: readonly ProvStatement[]): JsonObject {
    return provJson({ prefixes: this.prefixes, statements, empty: [], bundles: undefined });
  }
}

function placeOf({ namespace, name }: Dataset): RecordPlace | undefined {
  const [, scope, seq] = (namespace === RECORD_NAMESPACE && RECORD.exec(name)) || [];
  const hex = `0x${scope ?? ""}`;
  return isHex(hex, 32) ? { scope: hex, seq: Number(seq) } : undefined;
}
