import type { RecordPlace } from "../activity.ts";
import type { ProvDocument, ProvStatement, ProvValue } from "../prov/document.ts";
import { RECORD_NAMESPACE } from "../prov/import.ts";
import type { ProvKind } from "../prov/terms.ts";
import type { TraceResult } from "../trace/collect.ts";
import type { TracedLink, TracedNode } from "../trace/types.ts";

const NAMESPACES = { suyuan: "urn:suyuan:", record: RECORD_NAMESPACE, dept: "urn:suyuan:department:" } as const;

const idOf = ({ scope, seq }: RecordPlace): string => `record:${scope.slice(2)}.${seq}`;
const agentOf = (department: string): string => `dept:${department}`;
const dateTime = (seconds: number): string => new Date(seconds * 1000).toISOString();

type Attributes = Readonly<Record<string, ProvValue | undefined>>;

/** Collects statements; those without an identifier get a blank one. */
class Statements {
  readonly all: ProvStatement[] = [];
  private blank = 0;

  add(kind: ProvKind, attributes: Attributes, id = `_:${kind}${this.blank++}`): void {
    const given = Object.entries(attributes).filter((entry): entry is [string, ProvValue] => entry[1] !== undefined);
    this.all.push({ kind, id, attributes: new Map(given) });
  }
}

/** A trace as a PROV document: records are entities, activities activities, departments agents, a destruction invalidates. */
export function traceProv({ nodes, links }: TraceResult): ProvDocument {
  const made = new Statements();
  for (const department of new Set(nodes.map(({ issuer }) => issuer)))
    made.add(
      "agent",
      { "prov:type": { value: "prov:Organization", type: "prov:QUALIFIED_NAME" } },
      agentOf(department),
    );
  const activities = new Set(nodes.filter(isActivity).map(idOf));
  for (const node of nodes) addNode(made, node);
  for (const link of links) if (link.outcome === "link.proven") addLink(made, link, activities);
  return { prefixes: new Map(Object.entries(NAMESPACES)), statements: made.all, empty: [], bundles: undefined };
}

const isActivity = ({ kind }: TracedNode): boolean => kind === "activity";

function addNode(made: Statements, node: TracedNode): void {
  const { kind, issuer, record, verdict, status, anchoredAt } = node;
  const id = idOf(node);
  const told: Attributes = {
    "suyuan:kind": kind,
    "suyuan:record": record,
    "suyuan:verdict": verdict,
    "suyuan:status": status.code,
    "suyuan:anchoredAt": anchoredAt === undefined ? undefined : { value: dateTime(anchoredAt), type: "xsd:dateTime" },
  };
  if (isActivity(node)) {
    made.add("activity", told, id);
    made.add("wasAssociatedWith", { "prov:activity": id, "prov:agent": agentOf(issuer) });
    return;
  }
  made.add("entity", told, id);
  made.add("wasAttributedTo", { "prov:entity": id, "prov:agent": agentOf(issuer) });
  const { destroyed } = node.line;
  if (destroyed !== undefined) {
    const destruction = `record:${destroyed.scope.slice(2)}.${destroyed.seq}`;
    made.add("activity", { "suyuan:kind": "destruction", "suyuan:record": destroyed.record }, destruction);
    made.add("wasInvalidatedBy", { "prov:entity": id, "prov:activity": destruction });
  }
}

function addLink(made: Statements, { relation, from, to }: TracedLink, activities: ReadonlySet<string>): void {
  const [later, earlier] = [idOf(from), idOf(to)];
  if (activities.has(later) && activities.has(earlier))
    made.add("wasInformedBy", { "prov:informed": later, "prov:informant": earlier });
  else if (activities.has(later)) made.add("used", { "prov:activity": later, "prov:entity": earlier });
  else if (activities.has(earlier)) made.add("wasGeneratedBy", { "prov:entity": later, "prov:activity": earlier });
  else
    made.add("wasDerivedFrom", {
      "prov:generatedEntity": later,
      "prov:usedEntity": earlier,
      "prov:type": PROV_TYPES[relation] ?? { value: `suyuan:${relation}`, type: "prov:QUALIFIED_NAME" },
    });
}

const qualified = (value: string): ProvValue => ({ value, type: "prov:QUALIFIED_NAME" });
/** The relations that PROV has a subtype of derivation for. */
const PROV_TYPES: Partial<Record<TracedLink["relation"], ProvValue>> = {
  supersedes: qualified("prov:Revision"),
  corrects: qualified("prov:Revision"),
  quotes: qualified("prov:Quotation"),
};
