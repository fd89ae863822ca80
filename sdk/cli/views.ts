import type { Hex } from "../protocol/bytes.ts";
import { formatTime } from "../verify/words.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./errors.ts";
import type { Words } from "./language.ts";
import { table } from "./table.ts";

/** A time, or a dash. */
export const timeOrDash = (seconds: number | undefined): string => (seconds === undefined ? "–" : formatTime(seconds));

export const timeIf = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : formatTime(seconds);

/** Rows under headings; a sentence when there are none. */
export function listLines({
  headings,
  rows,
  none,
}: {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly none: string;
}): string[] {
  return rows.length === 0 ? [none] : table([headings, ...rows]);
}

/** Names and values, one pair a line; pairs without a value are left out. */
export const pairLines = (pairs: readonly (readonly [name: string, value: string | undefined])[]): string[] =>
  table(pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

interface Transaction {
  readonly transaction: Hex;
  readonly block: number;
}

/** What a write left on the chain. */
export function toldTransaction(
  { done, answer }: { readonly done: Words; readonly answer: Transaction },
  { output, say }: Context,
): ExitCode {
  output.result({
    lines: () => [
      `✓ ${say(done)}`,
      ...pairLines([
        [say({ zh: "  交易", en: "  transaction" }), answer.transaction],
        [say({ zh: "  区块", en: "  block" }), String(answer.block)],
      ]),
    ],
    json: answer,
  });
  return EXIT.ok;
}
