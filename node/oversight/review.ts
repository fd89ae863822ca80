import { OversightError } from "../../sdk/oversight/errors.ts";
import type { Clock } from "../ports.ts";
import { PROJECTS } from "../storage/keyspaces.ts";
import type { ProjectArchive } from "./archive.ts";
import type { ProjectFlags, ReviewedProject } from "./flags.ts";
import { inParts } from "./parts.ts";

/** A project that cannot be looked at: where its releases do not merge. */
export interface Blocked {
  readonly code: string;
  readonly problem: string;
  readonly path: string;
}

export interface ReviewDependencies {
  readonly archive: ProjectArchive;
  readonly flags: ProjectFlags;
  readonly clock: Clock;
}

export interface Review {
  readonly reviewed: number;
  /** Flags that are new. */
  readonly added: number;
  readonly blocked: readonly Blocked[];
  /** Where to go on; absent once all were looked at. */
  readonly next?: string;
  readonly total: number;
}

/** A part ends after this time, with whatever it has looked at. */
const PART_MS = 5000;
/** Projects whose codes are read at once. */
const PAGE = 128;
const COUNTED = 10_000;

/**
 * Looks at projects after `after` again, in the order of their codes: at most `limit`, and not for long. What was flagged
 * before is not flagged twice, so a part that is repeated does no harm. Throws RecordError.
 */
export async function reviewProjects(
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
  { archive, flags, clock }: ReviewDependencies,
): Promise<Review> {
  const { store } = archive.dependencies;
  const until = clock() + PART_MS;
  const blocked: Blocked[] = [];
  let [reviewed, added, last] = [0, 0, after];
  for (;;) {
    const asked = Math.min(PAGE, limit - reviewed);
    const page = await store.page(PROJECTS, { ...(last !== undefined && { gt: last }), limit: asked });
    const codes = page.map(([code]) => code);
    for (const one of await flags.alone(codes, () => inParts(codes, (some) => reviewEach(some, flags))))
      if ("problem" in one) blocked.push(one);
      else added += one.added;
    reviewed += codes.length;
    last = codes.at(-1) ?? last;
    const isEnd = codes.length < asked;
    if (isEnd || reviewed === limit || clock() >= until) {
      const next = isEnd || last === undefined ? {} : { next: last };
      return { reviewed, added, blocked, ...next, total: await countProjects(archive) };
    }
  }
}

/** Looks at projects together; where one of them does not merge, at each by itself. For use in `alone`. */
export async function reviewEach(
  codes: readonly string[],
  flags: ProjectFlags,
): Promise<readonly (ReviewedProject | Blocked)[]> {
  try {
    return await flags.review(codes);
  } catch (error) {
    const stopped = blockedBy(error);
    if (stopped === undefined) throw error;
    const [code = ""] = codes;
    if (codes.length === 1) return [{ code, ...stopped }];
    const each: (ReviewedProject | Blocked)[] = [];
    for (const one of codes) each.push(...(await reviewEach([one], flags)));
    return each;
  }
}

const blockedBy = (error: unknown): Omit<Blocked, "code"> | undefined =>
  error instanceof OversightError && error.code === "ocds.kind-changed"
    ? { problem: error.code, path: String(error.values["path"]) }
    : undefined;

async function countProjects({ dependencies: { store } }: ProjectArchive): Promise<number> {
  let count = 0;
  for (let gt: string | undefined; ;) {
    const page = await store.page(PROJECTS, { ...(gt !== undefined && { gt }), limit: COUNTED });
    count += page.length;
    gt = page.at(-1)?.[0];
    if (gt === undefined || page.length < COUNTED) return count;
  }
}
