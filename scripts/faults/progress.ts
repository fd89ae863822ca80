import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Tally } from "./suites.ts";

/** A piece that has run to its end. */
export interface Done {
  readonly suite: string;
  readonly piece: number;
  readonly passed: boolean;
  readonly seconds: number;
  readonly tally: Tally;
}

/** What a run has done, a line a piece: a later call goes on where it was broken off. Trusted as far as whoever may write the file. */
export class Progress {
  readonly seed: number;
  private readonly file: string;
  private readonly lines: Done[];

  private constructor(file: string, seed: number, lines: readonly Done[]) {
    this.file = file;
    this.seed = seed;
    this.lines = [...lines];
  }

  /** Begins anew with a seed, and forgets what was there. */
  static begin(file: string, seed: number): Progress {
    mkdirSync(dirname(file), { recursive: true });
    rmSync(file, { force: true });
    appendFileSync(file, `${JSON.stringify({ seed })}\n`);
    return new Progress(file, seed, []);
  }

  /** Goes on with the run before; undefined when there is none. */
  static resume(file: string): Progress | undefined {
    if (!existsSync(file)) return undefined;
    const [first, ...rest] = readFileSync(file, "utf8")
      .split("\n")
      // A call that was ended while it wrote leaves a line without its end.
      .filter((line) => line.endsWith("}"))
      .map((line) => JSON.parse(line) as unknown);
    if (first === undefined) return undefined;
    // What is appended must not join a line that was broken off.
    appendFileSync(file, "\n");
    // Both are written by this class alone.
    return new Progress(file, (first as { seed: number }).seed, rest as Done[]);
  }

  /** The newest outcome of each piece. */
  get done(): readonly Done[] {
    return [...new Map(this.lines.map((line) => [`${line.suite}/${line.piece}`, line])).values()];
  }

  hasPassed(suite: string, piece: number): boolean {
    return this.done.some((line) => line.suite === suite && line.piece === piece && line.passed);
  }

  note(done: Done): void {
    this.lines.push(done);
    appendFileSync(this.file, `${JSON.stringify(done)}\n`);
  }
}
