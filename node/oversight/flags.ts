import { canonicalBytes } from "../../sdk/protocol/canonical.ts";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { digest } from "../../sdk/protocol/hash.ts";
import { isJsonObject, parseJson, type Json, type JsonObject } from "../../sdk/protocol/json.ts";
import type { Parent } from "../../sdk/protocol/parents.ts";
import { PROJECT_RULES, ruleSetDigest } from "../../sdk/oversight/law/rules.ts";
import { compiledRelease, versionedRelease } from "../../sdk/oversight/ocds/merge.ts";
import { releasesIn } from "../../sdk/oversight/ocds/releases.ts";
import { findMoney, type ProjectFlag } from "../../sdk/oversight/project/flag.ts";
import { objectAt } from "../../sdk/oversight/indicators/release.ts";
import { projectFlags } from "../../sdk/oversight/project/oc4ids-flags.ts";
import { historyFlags, processFlags, rewritingFlags } from "../../sdk/oversight/project/ocds-flags.ts";
import type { Clock } from "../ports.ts";
import { PROJECT_ALERTS, PROJECT_COMPILED, PROJECT_FLAGS, PROJECT_RECORDS, PROJECTS } from "../storage/keyspaces.ts";
import { KeyedSerial } from "../storage/serial.ts";
import { put } from "../storage/store.ts";
import { projectKey, type ProjectArchive, type ProjectRecord } from "./archive.ts";

export interface FlagDependencies {
  readonly archive: ProjectArchive;
  readonly ledger: Hex;
  readonly clock: Clock;
  /** Told after an alert is durable. */
  readonly onAlert: () => void;
}

/** A flag with the records it rests on; `inputs` count them by `at`. */
export interface Founded extends Omit<ProjectFlag, "inputs"> {
  readonly inputs: readonly { readonly record: number; readonly path: string; readonly value: string }[];
  readonly records: readonly ProjectRecord<"release">[];
  readonly proof?: Proof;
}

export interface Proof {
  readonly agreement: Hex;
  readonly k: number;
  readonly index: number;
  readonly record: Hex;
  readonly evidence: Hex;
}

interface Published {
  readonly record: ProjectRecord<"release">;
  readonly document: JsonObject;
}

const MAXIMUM_INPUTS = 500;
const MAXIMUM_PARENTS = 500;
const MAXIMUM_VALUE = 2000;
const RULES_DIGEST = ruleSetDigest(PROJECT_RULES);

/** Looks at projects after each import and records what the rules have to say. */
export class ProjectFlags {
  private readonly dependencies: FlagDependencies;
  private readonly serial = new KeyedSerial();

  constructor(dependencies: FlagDependencies) {
    this.dependencies = dependencies;
  }

  /**
   * Looks at a project again. What is new is recorded and told; returns how many flags stand now. `known` has the contents
   * of records that were just accepted, by their number.
   */
  review(code: string, known: ReadonlyMap<number, string> = new Map()): Promise<number> {
    return this.serial.run(code, async () => {
      const { archive } = this.dependencies;
      const published = await this.published(code, known);
      const processes = [...byProcess(published)].map(([ocid, process]) => ({ ocid, ...merged(process) }));
      await this.record(code, [...projectFounded(published), ...processes.flatMap(processFounded)]);
      const board = await archive.get(code);
      const flags = await this.count(code);
      await archive.dependencies.store.write([
        ...processes.map(({ ocid, compiled }) => put(PROJECT_COMPILED, ocid, compiled)),
        put(PROJECTS, code, { ...board, releases: published.length, flags }),
      ]);
      return flags;
    });
  }

  /** Records flags, each unless the very same was recorded before. Returns how many were new. */
  async record(code: string, flags: readonly Founded[]): Promise<number> {
    const { archive, clock, onAlert } = this.dependencies;
    const at = Math.floor(clock() / 1000);
    const fresh = new Map<string, { readonly document: JsonObject; readonly parents: readonly Parent[] }>();
    for (const flag of flags) {
      const document = this.documentOf(flag, at);
      const key = keyOf(code, document);
      const name = toHex(key.digest);
      if (fresh.has(name) || (await archive.dependencies.store.get(PROJECT_FLAGS, key)) !== undefined) continue;
      fresh.set(name, { document, parents: this.parentsOf(flag) });
    }
    if (fresh.size === 0) return 0;
    const written = [...fresh.values()].map((one) => ({ kind: "project-flag", ...one }));
    await archive.write(code, written, ({ seq, record }, document) => {
      const { rule, subject = "" } = document as { readonly rule: string; readonly subject?: string }; // As documentOf makes it.
      const key = keyOf(code, document);
      return [
        put(PROJECT_FLAGS, key, seq),
        put(PROJECT_RECORDS, { scope: key.scope, seq }, { kind: "flag", record, rule, at }),
        put(PROJECT_ALERTS, seq, { project: code, rule, subject, at, record }),
      ];
    });
    onAlert();
    return fresh.size;
  }

  private documentOf({ records: _records, inputs, proof, ...said }: Founded, at: number): JsonObject {
    return {
      ...said,
      ...(proof && { proof: { ...proof } }),
      at,
      rules: RULES_DIGEST,
      inputs: inputs
        .slice(0, MAXIMUM_INPUTS)
        .map((input) => ({ ...input, value: input.value.slice(0, MAXIMUM_VALUE) })),
    };
  }

  private parentsOf({ records }: Founded): readonly Parent[] {
    const { archive, ledger } = this.dependencies;
    return records.slice(0, MAXIMUM_PARENTS).map(({ seq, record }): Parent => {
      return { ledger, scope: archive.journal, seq, record, relation: "quotes" };
    });
  }

  private async count(code: string): Promise<number> {
    let flags = 0;
    for await (const { kind } of this.dependencies.archive.list(code)) if (kind === "flag") flags++;
    return flags;
  }

  private async published(code: string, known: ReadonlyMap<number, string>): Promise<readonly Published[]> {
    const { archive } = this.dependencies;
    const published: Published[] = [];
    for await (const record of archive.list(code)) {
      if (record.kind !== "release") continue;
      const content = known.get(record.seq);
      published.push({
        record,
        document: contentOf(content === undefined ? await archive.open(record.seq) : { content }),
      });
    }
    return published;
  }
}

/** The published document in a release's record. */
export function contentOf({ content }: JsonObject): JsonObject {
  const parsed = typeof content === "string" ? parseJson(content) : undefined;
  return isJsonObject(parsed) ? parsed : {};
}

/** What makes two flags the same: what they say, not when, and not on how many records. */
function keyOf(code: string, { rule, subject, actual, limit, inputs, proof }: JsonObject) {
  const figures = Array.isArray(inputs) ? (inputs as readonly Json[]) : []; // Array.isArray does not narrow readonly arrays.
  const said = figures.map((input) => (isJsonObject(input) ? [input["path"] ?? "", input["value"] ?? ""] : []));
  const shown = isJsonObject(proof) ? (proof["record"] ?? null) : null;
  const identity: Json = [rule ?? "", subject ?? "", actual ?? null, limit ?? null, said, shown];
  return { scope: projectKey(code), digest: digest("sha256", canonicalBytes(identity)) };
}

const projectFounded = (published: readonly Published[]): readonly Founded[] =>
  [...byProject(published).values()].flatMap((versions) => [
    ...latestFlags(versions),
    ...versions.slice(1).flatMap((version, i) => figureFlags(versions[i], version)),
  ]);

const byProcess = (published: readonly Published[]) => grouped(published, "ocds-release");

function byProject(published: readonly Published[]): ReadonlyMap<string, readonly Published[]> {
  const groups = grouped(published, "oc4ids-project");
  const byDate = (a: Published, b: Published) =>
    a.record.date < b.record.date ? -1 : a.record.date > b.record.date ? 1 : a.record.seq - b.record.seq;
  return new Map([...groups].map(([id, versions]) => [id, [...versions].sort(byDate)]));
}

function grouped(published: readonly Published[], standard: string): ReadonlyMap<string, readonly Published[]> {
  const groups = new Map<string, Published[]>();
  for (const one of published) {
    if (one.record.standard !== standard) continue;
    const group = groups.get(one.record.identifier);
    if (group === undefined) groups.set(one.record.identifier, [one]);
    else group.push(one);
  }
  return groups;
}

function latestFlags(versions: readonly Published[]): readonly Founded[] {
  const latest = versions.at(-1);
  if (latest === undefined) return [];
  return projectFlags(latest.document).map((flag) => resting(flag, [latest.record], () => 0));
}

/** Figures of a project that a later publication states otherwise: the budget, and what contracts were signed at. */
function figureFlags(before: Published | undefined, after: Published): readonly Founded[] {
  if (before === undefined) return [];
  const earlier = figures(before.document);
  return [...figures(after.document)].flatMap(([path, fen]) => {
    const said = earlier.get(path);
    if (said === undefined || said === fen) return [];
    const inputs = [said, fen].map((value, record) => ({ record, path, value: String(value / 100) }));
    const flag = { rule: "silent-rewriting", subject: path, actual: fen, limit: said };
    return [{ ...flag, inputs, records: [before.record, after.record] }];
  });
}

function figures(project: JsonObject): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const budget = findMoney(objectAt(project, "budget"), "amount");
  if (budget !== undefined) found.set("/budget/amount/amount", budget.fen);
  const processes = Array.isArray(project["contractingProcesses"])
    ? (project["contractingProcesses"] as readonly Json[])
    : []; // See above.
  for (const [i, process] of processes.entries()) {
    const summary = isJsonObject(process) ? objectAt(process, "summary") : undefined;
    const signed = findMoney(summary, "contractValue");
    if (signed !== undefined) found.set(`/contractingProcesses/${i}/summary/contractValue/amount`, signed.fen);
  }
  return found;
}

interface Process {
  readonly process: readonly Published[];
  readonly compiled: JsonObject;
  readonly versioned: JsonObject;
}

function merged(process: readonly Published[]): Process {
  const releases = releasesIn(process.map(({ document }) => document));
  return { process, compiled: compiledRelease(releases), versioned: versionedRelease(releases) };
}

function processFounded({ process, compiled, versioned }: Process): readonly Founded[] {
  const records = process.map(({ record }) => record);
  /** A value of a history begins with the id of the release that said it. */
  const byRelease = (value: string) => records.findIndex(({ release }) => value.startsWith(`${release}: `));
  const last = records.length - 1;
  const flags = [...processFlags(compiled), ...historyFlags(versioned), ...rewritingFlags(versioned)];
  return [
    ...flags.map((flag) =>
      resting(flag, records, (value) => {
        const index = byRelease(value);
        return index < 0 ? last : index;
      }),
    ),
    ...republished(process),
  ];
}

/** One release id, published twice in other words. */
function republished(process: readonly Published[]): readonly Founded[] {
  return process.flatMap((one, i) => {
    const before = process.slice(0, i).find(({ record }) => record.release === one.record.release);
    if (before === undefined) return [];
    const inputs = [before, one].map(({ record }, at) => ({ record: at, path: "", value: record.record }));
    return [{ rule: "silent-rewriting", subject: one.record.release, inputs, records: [before.record, one.record] }];
  });
}

/** Only the records in which its figures stand. */
function resting(
  { inputs, ...flag }: ProjectFlag,
  records: readonly ProjectRecord<"release">[],
  recordOf: (value: string) => number,
): Founded {
  const used = [...new Set(inputs.map(({ value }) => recordOf(String(value))))].sort((a, b) => a - b);
  return {
    ...flag,
    records: used.flatMap((index) => records[index] ?? []),
    inputs: inputs.map(({ path, value }) => ({
      record: used.indexOf(recordOf(String(value))),
      path,
      value: String(value),
    })),
  };
}

/** As people cite evidence files: SHA-256 of their canonical form. */
export const evidenceDigest = (evidence: Json): Hex => toHex(digest("sha256", canonicalBytes(evidence)));
