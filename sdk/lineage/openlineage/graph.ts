import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";
import type { Dependency } from "../cycle.ts";
import type { OpenLineageEvent } from "./validate.ts";

/**
 * What depends on what in events: an output on its run, a run on its inputs; the events of one run are one. A data set
 * with a version is that version; without, it is whatever bears the name, and a table updated in place depends on itself.
 */
export function* eventDependencies(events: Iterable<OpenLineageEvent>): Generator<Dependency> {
  for (const { kind, event } of events) {
    if (kind === "dataset") continue;
    const runId = isJsonObject(event["run"]) ? event["run"]["runId"] : undefined;
    const job = isJsonObject(event["job"]) ? event["job"] : {};
    const run = typeof runId === "string" ? `run ${runId}` : `job ${nameOf(job)}`;
    for (const to of datasets(event["inputs"])) yield { from: run, to };
    for (const from of datasets(event["outputs"])) yield { from, to: run };
  }
}

const datasets = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject).map(datasetName) : [];

function datasetName(dataset: JsonObject): string {
  const facets = isJsonObject(dataset["facets"]) ? dataset["facets"] : {};
  const version = isJsonObject(facets["version"]) ? facets["version"]["datasetVersion"] : undefined;
  return `dataset ${nameOf(dataset)}${typeof version === "string" ? ` ${version}` : ""}`;
}

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");
const nameOf = ({ namespace, name }: JsonObject): string => `${textOf(namespace)} ${textOf(name)}`;
