import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { z } from "zod";

const hash = z.string().regex(/^0x[0-9a-f]{64}$/) as z.ZodType<`0x${string}`>; // The pattern says so.

/** What the demonstration has done. Each member is written after its step, so a run that was cut off repeats at most that step. */
const stateSchema = z.object({
  agreement: hash.optional(),
  applicationSeq: z.number().optional(),
  deliveryKey: z.string().optional(),
  delivery: z.number().optional(),
  evidence: z.string().optional(),
  decision: hash.optional(),
  suspended: z.object({ scope: hash, seq: z.number(), before: z.number() }).optional(),
  revoked: z.boolean().optional(),
  done: z.boolean().optional(),
});
export type ScenarioState = z.infer<typeof stateSchema>;

export class StateFile {
  private readonly path: string;
  private current: ScenarioState;

  private constructor(path: string, current: ScenarioState) {
    this.path = path;
    this.current = current;
  }

  static open(path: string): StateFile {
    const current = existsSync(path) ? stateSchema.parse(JSON.parse(readFileSync(path, "utf8"))) : {};
    return new StateFile(path, current);
  }

  get value(): ScenarioState {
    return this.current;
  }

  update(change: ScenarioState): void {
    this.current = { ...this.current, ...change };
    writeDurablySync(this.path, `${JSON.stringify(this.current, undefined, 2)}\n`);
  }
}

/** A crash leaves the old content or the new, never a part. */
export function writeDurablySync(path: string, text: string, mode = 0o644): void {
  const temporary = `${path}.tmp`;
  const file = openSync(temporary, "w", mode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}
