import type { Hex } from "../../protocol/bytes.ts";
import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";
import type { Activity, ActivityState, Dataset, FieldEdge, FieldOf, RecordPlace } from "../activity.ts";
import { recordOfDataset } from "./records.ts";
import type { OpenLineageEvent } from "./validate.ts";

/** A record as an event names it: its id is not in the event. */
export type PlaceOnLedger = RecordPlace & { readonly ledger: Hex };

const STATES: Readonly<Record<string, ActivityState>> = {
  START: "start",
  RUNNING: "running",
  COMPLETE: "complete",
  ABORT: "abort",
  FAIL: "fail",
};
const MAXIMUM_NAME = 500;

/** One side of an event: the records among its data sets, then the others; and where each data set went. */
interface Side {
  readonly records: readonly PlaceOnLedger[];
  readonly others: readonly Dataset[];
  readonly positions: ReadonlyMap<string, number>;
}

/**
 * The activity that an event reports, with the event itself. Data sets in the namespace `suyuan://<ledger>` are records of
 * that ledger; the others keep their names. A job or data set event is an activity of its own, in the state `other`.
 */
export function activityOfEvent({ kind, event }: OpenLineageEvent): Activity<PlaceOnLedger> {
  const outputsGiven = kind === "dataset" ? [event["dataset"] ?? null] : listOf(event["outputs"]);
  const inputs = sideOf(listOf(event["inputs"]));
  const outputs = sideOf(outputsGiven);
  const at = Math.floor(Date.parse(textOf(event["eventTime"])) / 1000);
  const state = STATES[textOf(event["eventType"])] ?? "other";
  const named = objectOf(kind === "dataset" ? event["dataset"] : event["job"]);
  const { namespace, name } = { namespace: textOf(named["namespace"]), name: textOf(named["name"]) };
  const runId = textOf(objectOf(event["run"])["runId"]);
  const code = codeOf(named);
  return {
    activity: runId === "" ? `${kind}:${namespace}/${name}`.slice(0, 200) : runId,
    name: cut(name),
    ...(namespace !== "" && { namespace: cut(namespace) }),
    state,
    at,
    ...(state === "start" && { startedAt: at }),
    ...((state === "complete" || state === "fail" || state === "abort") && { endedAt: at }),
    ...(code && { code }),
    used: inputs.records,
    generated: outputs.records,
    inputs: inputs.others,
    outputs: outputs.others,
    fields: outputsGiven.flatMap((output) => fieldsOf(objectOf(output), { inputs, outputs })),
    event,
  };
}

const cut = (text: string): string => (text === "" ? "-" : text.slice(0, MAXIMUM_NAME));
const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);
const objectOf = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});
const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

function sideOf(datasets: readonly Json[]): Side {
  const names = new Map(datasets.map(objectOf).map((dataset): [string, JsonObject] => [keyOf(dataset), dataset]));
  const records = [...names].flatMap(([key, dataset]) => {
    const record = recordOfDataset({ namespace: textOf(dataset["namespace"]), name: textOf(dataset["name"]) });
    return record === undefined ? [] : [{ key, record }];
  });
  const isRecord = new Set(records.map(({ key }) => key));
  const others = [...names].filter(([key]) => !isRecord.has(key));
  const ordered = [...records.map(({ key }) => key), ...others.map(([key]) => key)];
  return {
    records: records.map(({ record }) => record),
    others: others.map(([, dataset]) => toDataset(dataset)),
    positions: new Map(ordered.map((key, position) => [key, position])),
  };
}

const keyOf = (dataset: JsonObject): string => JSON.stringify([dataset["namespace"], dataset["name"]]);

function toDataset(dataset: JsonObject): Dataset {
  const version = textOf(objectOf(objectOf(dataset["facets"])["version"])["datasetVersion"]);
  return {
    namespace: cut(textOf(dataset["namespace"])),
    name: cut(textOf(dataset["name"])),
    ...(version !== "" && { version: cut(version) }),
  };
}

function codeOf(job: JsonObject): Activity["code"] {
  const location = objectOf(objectOf(job["facets"])["sourceCodeLocation"]);
  const repository = textOf(location["repoUrl"]) || textOf(location["url"]);
  const version = textOf(location["version"]) || textOf(location["tag"]);
  if (repository === "" && version === "") return undefined;
  return {
    ...(repository !== "" && { repository: cut(repository) }),
    ...(version !== "" && { version: cut(version) }),
  };
}

/** The field edges that the facets `columnLineage` and `lineage` of an output state, as far as its inputs are in the event. */
function fieldsOf(
  output: JsonObject,
  { inputs, outputs }: { readonly inputs: Side; readonly outputs: Side },
): readonly FieldEdge[] {
  const of = outputs.positions.get(keyOf(output));
  if (of === undefined) return [];
  const facets = objectOf(output["facets"]);
  const columns = Object.entries(objectOf(objectOf(facets["columnLineage"])["fields"])).map(([path, entry]) => ({
    path,
    sources: listOf(objectOf(entry)["inputFields"]),
    how: textOf(objectOf(entry)["transformationType"]),
  }));
  const entries = Object.entries(objectOf(objectOf(facets["lineage"])["fields"])).map(([path, entry]) => ({
    path,
    sources: listOf(objectOf(entry)["inputs"]),
    how: "",
  }));
  return [...columns, ...entries].flatMap(({ path, sources, how }): readonly FieldEdge[] => {
    const found = sources.map(objectOf).flatMap((source): readonly FieldOf[] => {
      const position = inputs.positions.get(keyOf(source));
      return position === undefined ? [] : [{ of: position, path: textOf(source["field"]) }];
    });
    return found.length === 0 ? [] : [{ output: { of, path }, inputs: found, ...(how !== "" && { how: cut(how) }) }];
  });
}
