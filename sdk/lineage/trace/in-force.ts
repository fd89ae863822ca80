import type { RecordPlace } from "../activity.ts";
import { LineageError } from "../errors.ts";
import { collectTrace } from "./collect.ts";
import { traceLineage, type TraceDependencies, type TraceOptions } from "./trace.ts";
import { placeName, type TracedLink, type TracedNode } from "./types.ts";

export type InForceOptions = Pick<TraceOptions, "start" | "asOf" | "knownAt" | "home">;

/** The version of a record that was in force at a time. */
export interface VersionInForce extends RecordPlace {
  /** False when some versions could not be asked about: another one may have been in force. */
  readonly complete: boolean;
}

/**
 * Of a record and all that it supersedes and is superseded by, the version in force as of a time: anchored by then, and
 * superseded by none that was. Only genuine versions and proven links of one issuer and subject count: nobody puts an end
 * to another's record. How it stood then, suspended or not, is for the trace that begins there. Throws LineageError
 * `lineage.version-none`, `lineage.version-several`; ChainError.
 */
export async function versionInForce(
  { start, asOf, knownAt, home }: InForceOptions,
  dependencies: TraceDependencies,
): Promise<VersionInForce> {
  const question = {
    start,
    relations: ["supersedes"] as const,
    ...(knownAt !== undefined && { knownAt }),
    ...(home !== undefined && { home }),
  };
  const older = await collectTrace(traceLineage({ ...question, direction: "up" }, dependencies));
  const newer = await collectTrace(traceLineage({ ...question, direction: "down" }, dependencies));
  const versions = new Map([...older.nodes, ...newer.nodes].map((node) => [placeName(node), node]));
  const time = asOf ?? dependencies.now;
  const existed = (name: string): boolean => hasBegun(versions.get(name), time);
  const ended = new Set(
    [...older.links, ...newer.links]
      .filter(isSuccession)
      .flatMap(({ from, to }) => (existed(placeName(from)) ? [placeName(to)] : [])),
  );
  const found = [...versions].filter(([name]) => existed(name) && !ended.has(name)).map(([, version]) => version);
  const [version] = found;
  if (version === undefined) throw new LineageError("lineage.version-none");
  if (found.length > 1) throw new LineageError("lineage.version-several", { count: found.length });
  return { scope: version.scope, seq: version.seq, complete: older.end.complete && newer.end.complete };
}

const hasBegun = (version: TracedNode | undefined, time: number): boolean =>
  version?.verdict === "verified" && version.anchoredAt !== undefined && version.anchoredAt <= time;

const isSuccession = ({ outcome, findings }: TracedLink): boolean =>
  outcome === "link.proven" && findings.every(({ code }) => !code.startsWith("link.supersedes-"));
