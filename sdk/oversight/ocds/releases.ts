import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";
import { OversightError } from "../errors.ts";
import { compareInstants, findInstant } from "../time.ts";

/** A release of which ocid and date are known to be strings. */
export interface Release {
  readonly ocid: string;
  readonly date: string;
  readonly document: JsonObject;
  /** Where it stands in what it came in. */
  readonly path?: string;
}

/**
 * The releases in a document: an array of releases, one release, a release package, or a record package whose records
 * embed theirs. Throws OversightError `ocds.no-release`, `ocds.not-release`, `ocds.member`.
 */
export function releasesIn(document: Json): Release[] {
  const releases = [...placed(document)].map(([value, path]) => releaseAt(value, path));
  if (releases.length === 0) throw new OversightError("ocds.no-release");
  return releases;
}

function* placed(document: Json): Generator<readonly [Json, string]> {
  if (Array.isArray(document))
    yield* listed(document as readonly Json[], ""); // Array.isArray does not narrow readonly arrays.
  else if (!isJsonObject(document)) throw new OversightError("ocds.not-release", { path: "/" });
  else if (Array.isArray(document["releases"])) yield* listed(document["releases"] as readonly Json[], "/releases");
  else if (Array.isArray(document["records"])) {
    for (const [i, record] of (document["records"] as readonly Json[]).entries()) {
      const releases = isJsonObject(record) ? record["releases"] : undefined;
      if (!Array.isArray(releases)) throw new OversightError("ocds.not-release", { path: `/records/${i}/releases` });
      yield* listed(releases as readonly Json[], `/records/${i}/releases`);
    }
  } else yield [document, ""];
}

function* listed(values: readonly Json[], path: string): Generator<readonly [Json, string]> {
  for (const [i, value] of values.entries()) yield [value, `${path}/${i}`];
}

function releaseAt(value: Json, path: string): Release {
  if (!isJsonObject(value)) throw new OversightError("ocds.not-release", { path });
  const { ocid, date } = value;
  if (typeof ocid !== "string") throw new OversightError("ocds.member", { path: `${path}/ocid` });
  if (typeof date !== "string") throw new OversightError("ocds.member", { path: `${path}/date` });
  return { ocid, date, document: value, path };
}

/** The releases of one process. Throws `ocds.several-processes` when none is named and there are several, `ocds.ocid-unknown`. */
export function ofOneProcess(releases: readonly Release[], ocid?: string): readonly Release[] {
  const ocids = new Set(releases.map((release) => release.ocid));
  if (ocid === undefined) {
    if (ocids.size > 1) throw new OversightError("ocds.several-processes", { count: ocids.size });
    return releases;
  }
  if (!ocids.has(ocid)) throw new OversightError("ocds.ocid-unknown");
  return releases.filter((release) => release.ocid === ocid);
}

/**
 * In chronological order; releases of one time keep the order they came in. Where a date is not RFC 3339, all are put in
 * the order of their text.
 */
export function chronological(releases: readonly Release[]): readonly Release[] {
  const dated = releases.map((release) => ({ release, instant: findInstant(release.date) }));
  const byText = dated.some(({ instant }) => instant === undefined);
  return dated
    .sort((a, b) =>
      byText || a.instant === undefined || b.instant === undefined
        ? compareText(a.release.date, b.release.date)
        : compareInstants(a.instant, b.instant),
    )
    .map(({ release }) => release);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
