import type { AcceptedRecord } from "../records/model.ts";
import type { ProjectArchive } from "./archive.ts";
import type { Entry } from "./entries.ts";
import type { ProjectFlags } from "./flags.ts";

export interface Imported {
  /** One for each entry, in order. */
  readonly accepted: readonly AcceptedRecord[];
  readonly projects: readonly { readonly code: string; readonly flags: number }[];
}

/** Projects looked at together: their flags share disk syncs. */
const TOGETHER = 32;

/** Writes releases and looks at every project that they are of. Throws RecordError, OversightError `ocds.*`. */
export async function takeIn(
  entries: readonly Entry[],
  { archive, flags }: { readonly archive: ProjectArchive; readonly flags: ProjectFlags },
): Promise<Imported> {
  const accepted = await archive.release(entries);
  const contents = new Map(accepted.map(({ seq }, i) => [seq, entries[i]?.content ?? ""]));
  const codes = [...new Set(entries.map(({ project }) => project))];
  const projects: { readonly code: string; readonly flags: number }[] = [];
  for (let start = 0; start < codes.length; start += TOGETHER) {
    const some = codes.slice(start, start + TOGETHER);
    projects.push(
      ...(await Promise.all(some.map(async (code) => ({ code, flags: await flags.review(code, contents) })))),
    );
  }
  return { accepted, projects };
}
