import type { z } from "zod";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { projectId } from "../../sdk/chain/projects.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import type { showProject, FlagView } from "../../sdk/client/routes/projects.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import { isJsonObject, type Json, type JsonObject } from "../../sdk/protocol/json.ts";
import { findRuleByNumber } from "../../sdk/oversight/law/rules.ts";
import { explain } from "../../sdk/oversight/project/flag.ts";
import { readHead, unavailable } from "../exchange/head.ts";
import type { Clock } from "../ports.ts";
import { ChainError } from "../../sdk/chain/errors.ts";
import { HttpError } from "../http/errors.ts";
import type { ProjectArchive, ProjectRecord } from "./archive.ts";
import { TRANSACTION_PATH } from "./watch.ts";

export interface ViewDependencies {
  readonly archive: ProjectArchive;
  readonly connection: LedgerConnection;
  readonly clock: Clock;
}

type Shown = z.output<(typeof showProject)["response"]["schema"]>;

/** A project as anyone may see it: derived from its records and from the chain, nothing else. Throws ProjectError `project.unknown`. */
export async function viewProject(code: string, { archive, connection, clock }: ViewDependencies): Promise<Shown> {
  const { title } = await archive.get(code);
  const { view } = await readHead({ connection, clock });
  const chain = await unavailable(() => chainProject(code, view));
  const shown = { releases: [] as Shown["releases"], filings: [] as Shown["filings"], flags: [] as FlagView[] };
  for await (const record of archive.list(code)) {
    const place = { scope: archive.journal, seq: record.seq, record: record.record };
    const { state } = await archive.dependencies.records.view(archive.journal, record.seq);
    if (record.kind === "release") {
      const { standard, identifier, release, date, withdrawn } = record;
      const told = { standard, identifier, release, date, state, ...(withdrawn !== undefined && { withdrawn }) };
      shown.releases.push({ ...place, ...told });
    } else if (record.kind === "filing")
      shown.filings.push({ ...place, step: record.step, at: record.at, title: record.title, state });
    else shown.flags.push(await recordedFlag(record, archive));
  }
  // What this node recorded of the chain's flags has evidence; the rest is told as the chain has it.
  const recorded = new Set(shown.flags.map(identityOf));
  const flags = [...(chain?.flags ?? []).filter((flag) => !recorded.has(identityOf(flag))), ...shown.flags];
  return { code, title, ...(chain && { chain: chain.project }), ...shown, flags };
}

const identityOf = ({ rule, subject, actual, limit, source }: FlagView): string =>
  canonicalize([source, rule, subject, actual ?? null, limit ?? null]);

/** The issues of a project, as the chain has them now. */
export async function viewIssues(code: string, { connection, clock }: Pick<ViewDependencies, "connection" | "clock">) {
  const { view, now } = await readHead({ connection, clock });
  const issues = await unavailable(() => view.ledgerIssues(projectId(code)));
  return issues.map((issue, i) => {
    const isOverdue = issue.state === "assigned" && now >= issue.due;
    return { number: i + 1, ...issue, isOverdue };
  });
}

/** A flag as its record says it, with the records it rests on. */
export async function recordedFlag(
  { seq, record }: Pick<ProjectRecord<"flag">, "seq" | "record">,
  archive: ProjectArchive,
): Promise<FlagView> {
  const { document, parents } = await archive.dependencies.records.reader.openForUse({ scope: archive.journal, seq });
  const { project: _project, rules: _rules, rule, at, subject = "", inputs = [], proof, ...figures } = document;
  const said = {
    ...explain(rule as string), // Text, by the record's schema.
    ...figures,
    subject,
    at,
    source: proof !== undefined ? "credit" : isOfChain(inputs) ? "chain" : "records",
    inputs,
    records: parents.map(({ scope, seq: number, record: id }) => ({ scope, seq: number, record: id })),
    flag: { scope: archive.journal, seq, record },
    ...(proof !== undefined && { proof }),
  };
  return said as unknown as FlagView; // The record's schema fixes the members of a flag.
}

const isOfChain = (inputs: Json): boolean =>
  Array.isArray(inputs) && inputs.some((input: Json) => isJsonObject(input) && input["path"] === TRANSACTION_PATH);

interface ChainProject {
  readonly project: JsonObject;
  readonly flags: readonly FlagView[];
}

/** What the ProjectLedger and ProjectIssues hold; undefined for a project that is not registered, or a ledger without them. */
async function chainProject(code: string, view: LedgerView): Promise<ChainProject | undefined> {
  const id = projectId(code);
  try {
    const found = await view.ledgerProject(id);
    if (found === undefined) return undefined;
    const [lots, changes, flags, issues] = await Promise.all([
      view.ledgerLots(id, found.lots),
      view.ledgerChanges(id, found.changes),
      view.ledgerFlags(id, found.flags),
      view.ledgerIssues(id),
    ]);
    const { block } = view;
    const project = {
      ...found,
      id,
      asOf: { block: block.number, time: block.time },
      lotList: lots,
      changeList: changes,
      issueList: issues,
    };
    return { project: wire(project) as JsonObject, flags: flags.map(chainFlag) }; // An object gives an object.
  } catch (error) {
    if (error instanceof ChainError && error.code === "chain.contract-missing") return undefined;
    throw error;
  }
}

type StoredChainFlag = Awaited<ReturnType<LedgerView["ledgerFlags"]>>[number];

function chainFlag({ rule, raisedAt, lot, actual, limit }: StoredChainFlag): FlagView {
  const known = findRuleByNumber(rule);
  if (known === undefined) throw new HttpError("chain.unavailable");
  return {
    ...explain(known.code),
    subject: lot === 0 ? "" : String(lot),
    actual: Number(actual),
    limit: Number(limit),
    at: raisedAt,
    source: "chain",
    inputs: [],
    records: [],
  };
}

/** Chain integers as JSON numbers; those beyond a double as text. */
function wire(value: unknown): unknown {
  if (typeof value === "bigint")
    return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= -BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(value)
      : String(value);
  if (Array.isArray(value)) return value.map(wire);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]): [string, unknown] => [key, wire(member)]));
}
