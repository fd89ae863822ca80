import type { Figure, Words } from "./figure.ts";

export const SUITE_NAMES = [
  "hash",
  "tree",
  "commit",
  "verify",
  "intake",
  "anchor",
  "status",
  "lineage",
  "projects",
  "start",
] as const;
export type SuiteName = (typeof SUITE_NAMES)[number];

export interface BenchContext {
  /** Items to work on: leaves, documents, records. The suite's own size unless `--size` said otherwise. */
  readonly size: number;
  /** True when `size` is the suite's own: the size that the targets are about. */
  readonly isFullSize: boolean;
  /** Runs a step under its name and shows how far it is. */
  readonly step: <T>(title: Words, work: (progress: (done: number, total: number) => void) => Promise<T>) => Promise<T>;
}

export interface Suite {
  readonly title: Words;
  /** Items when `--size` is not given. */
  readonly size: number;
  /** Yields each figure as soon as it is known. Leaves nothing behind: no process, no folder. */
  run(context: BenchContext): AsyncIterable<Figure>;
}
