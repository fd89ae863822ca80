import type { Release } from "../../sdk/oversight/ocds/releases.ts";
import type { AcceptedRecord } from "../records/model.ts";
import type { ProjectArchive } from "./archive.ts";
import type { Entry } from "./entries.ts";
import type { ProjectFlags, ReviewedProject } from "./flags.ts";

export interface Imported {
  /** One for each entry, in order. */
  readonly accepted: readonly AcceptedRecord[];
  readonly projects: readonly ReviewedProject[];
}

/** Projects looked at together: their flags share disk syncs. */
const TOGETHER = 32;

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
    for (const [code, own] of byProject) await flags.requireMergeable(code, own.flatMap(releaseOf));
    const accepted = await archive.release(entries);
    const contents = new Map(
      entries.map(({ published, content }, i) => [
        accepted[i]?.seq ?? -1,
        { document: published.document, size: content.length },
      ]),
    );
    const projects: ReviewedProject[] = [];
    for (let start = 0; start < codes.length; start += TOGETHER)
      projects.push(...(await flags.review(codes.slice(start, start + TOGETHER), contents)));
    return { accepted, projects };
  });
}

const releaseOf = ({ standard, identifier, date, published }: Entry): Release[] =>
  standard === "ocds-release" ? [{ ocid: identifier, date, ...published }] : [];
