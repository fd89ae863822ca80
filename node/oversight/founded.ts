import type { Hex } from "../../sdk/protocol/bytes.ts";
import { isJsonObject, type Json, type JsonObject } from "../../sdk/protocol/json.ts";
import { objectAt } from "../../sdk/oversight/indicators/release.ts";
import { findMoney, type FlagInput, type ProjectFlag } from "../../sdk/oversight/project/flag.ts";
import { projectFlags } from "../../sdk/oversight/project/oc4ids-flags.ts";
import { historyFlags, periodFlags, processFlags, rewritingFlags } from "../../sdk/oversight/project/ocds-flags.ts";
import type { ProjectRecord } from "./archive.ts";
import type { OpenProcess, OpenProject, Published } from "./open-projects.ts";

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

/** What the rules have to say of a project's publications, and the compiled release of each of its processes. */
export function judged({ projects, processes, withdrawn }: OpenProject) {
  const compiled = new Map<string, JsonObject>();
  const flags: Founded[] = withdrawn.map((record) => ({
    rule: "release-withdrawn",
    subject: record.release,
    inputs: [{ record: 0, path: "", value: record.record }],
    records: [record],
  }));
  flags.push(
    ...[...projects.values()].flatMap((versions) => [
      ...latestFlags(versions),
      ...versions.slice(1).flatMap((version, i) => figureFlags(versions[i], version)),
    ]),
  );
  for (const process of processes.values()) {
    const release = process.compiled.result();
    compiled.set(process.ocid, release);
    flags.push(...processFounded(process, release));
  }
  return { flags, compiled } as const;
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

function processFounded({ published, versioned }: OpenProcess, compiled: JsonObject): readonly Founded[] {
  const records = published.map(({ record }) => record);
  const last = records.length - 1;
  const byRelease = new Map<string, number>();
  for (const [i, { release }] of records.entries()) if (!byRelease.has(release)) byRelease.set(release, i);
  const history = versioned.result();
  const recordOf = ({ release }: FlagInput) => (release === undefined ? last : (byRelease.get(release) ?? last));
  const flags = [
    ...processFlags(compiled),
    ...historyFlags(history),
    ...periodFlags(history),
    ...rewritingFlags(history),
  ];
  return [...flags.map((flag) => resting(flag, records, recordOf)), ...republished(published)];
}

/** One release id, published again in other words. */
function republished(published: readonly Published[]): readonly Founded[] {
  const first = new Map<string, Published>();
  return published.flatMap((one) => {
    const before = first.get(one.record.release);
    if (before === undefined) {
      first.set(one.record.release, one);
      return [];
    }
    const inputs = [before, one].map(({ record }, at) => ({ record: at, path: "", value: record.record }));
    return [{ rule: "silent-rewriting", subject: one.record.release, inputs, records: [before.record, one.record] }];
  });
}

/** Only the records in which its figures stand. */
function resting(
  { inputs, ...flag }: ProjectFlag,
  records: readonly ProjectRecord<"release">[],
  recordOf: (input: FlagInput) => number,
): Founded {
  const used = [...new Set(inputs.map(recordOf))].sort((a, b) => a - b);
  const places = new Map(used.map((index, place) => [index, place]));
  return {
    ...flag,
    records: used.flatMap((index) => records[index] ?? []),
    inputs: inputs.map((input) => {
      return { record: places.get(recordOf(input)) ?? 0, path: input.path, value: String(input.value) };
    }),
  };
}
