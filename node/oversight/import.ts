import type { Release } from "../../sdk/oversight/ocds/releases.ts";
import type { AcceptedRecord } from "../records/model.ts";
import type { ProjectArchive } from "./archive.ts";
import type { Entry } from "./entries.ts";
import type { ProjectFlags, ReviewedProject } from "./flags.ts";
import { inParts, parts } from "./parts.ts";

export interface Imported {
  /** One for each entry, in order. */
  readonly accepted: readonly AcceptedRecord[];
  readonly projects: readonly ReviewedProject[];
}

/**
 * Writes releases and looks at every project that they are of. What does not merge is refused before anything is written.
 * Throws RecordError, OversightError `ocds.*`.
 */
export function takeIn(
  entries: readonly Entry[],
  { archive, flags }: { readonly archive: ProjectArchive; readonly flags: ProjectFlags },
): Promise<Imported> {
  const byProject = Map.groupBy(entries, ({ project }) => project);
  const codes = [...byProject.keys()];
  return flags.alone(codes, async () => {
    for (const some of parts(codes)) {
      const fits = some.map((code) => flags.requireMergeable(code, (byProject.get(code) ?? []).flatMap(releaseOf)));
      for (const one of await Promise.allSettled(fits)) if (one.status === "rejected") throw one.reason;
    }
    const accepted = await archive.release(entries);
    const contents = new Map(
      entries.map(({ published, content }, i) => [
        accepted[i]?.seq ?? -1,
        { document: published.document, size: content.length },
      ]),
    );
    return { accepted, projects: await inParts(codes, (some) => flags.review(some, contents)) };
  });
}

const releaseOf = ({ standard, identifier, date, published }: Entry): Release[] =>
  standard === "ocds-release" ? [{ ocid: identifier, date, ...published }] : [];
