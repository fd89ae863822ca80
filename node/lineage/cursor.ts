import { createHash } from "node:crypto";
import { LineageError } from "../../sdk/lineage/errors.ts";
import type { TraceEvent } from "../../sdk/lineage/trace/types.ts";

/** A trace is made resumable by asking for it with this; a later cursor is one that it gave. */
export const FIRST_CURSOR = "start";
/** Events between two cursors. */
const EVENTS_A_CURSOR = 256;

/** A line of a resumable trace: an event, or how to go on after it. */
export type ResumableLine = TraceEvent | { readonly type: "cursor"; readonly cursor: string };

/**
 * The events of a trace with cursors between them, or what follows a cursor. Nothing is kept between two requests: the trace
 * is made again, and the cursor's digest shows that it begins with the very events that were told before. Throws LineageError
 * `lineage.cursor-stale` when it does not: records, states or departments that answer have changed meanwhile.
 */
export async function resumable(
  events: AsyncIterable<TraceEvent>,
  cursor: string,
): Promise<AsyncGenerator<readonly ResumableLine[]>> {
  const iterator = events[Symbol.asyncIterator]();
  const told = createHash("sha256");
  const [taken, digest] = cursor === FIRST_CURSOR ? [0, undefined] : partsOf(cursor);
  for (let count = 0; count < taken; count++) {
    const next = await iterator.next();
    if (next.done === true) throw new LineageError("lineage.cursor-stale");
    told.update(identityOf(next.value));
  }
  if (digest !== undefined && told.copy().digest("hex") !== digest) {
    await iterator.return?.();
    throw new LineageError("lineage.cursor-stale");
  }
  return rest();

  async function* rest(): AsyncGenerator<readonly ResumableLine[]> {
    let count = taken;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      told.update(identityOf(next.value));
      count++;
      yield [next.value];
      if (count % EVENTS_A_CURSOR === 0 && next.value.type !== "end")
        yield [{ type: "cursor", cursor: `${count}.${told.copy().digest("hex")}` }];
    }
  }
}

function partsOf(cursor: string): readonly [taken: number, digest: string] {
  const [count = "", digest = ""] = cursor.split(".");
  return [Number(count), digest];
}

/** What an event says, without what differs between two traces of one question. */
function identityOf(event: TraceEvent): string {
  switch (event.type) {
    case "node":
      return line([event.type, event.scope, event.seq, event.record, event.verdict, event.status.code, event.withheld]);
    case "link":
      return line([event.type, event.relation, event.from, event.to, event.outcome, event.findings]);
    case "gap":
      return line([event.type, event.scope, event.seq, event.department ?? "", event.code]);
    case "end":
      return line([event.type]);
  }
}

const line = (parts: readonly unknown[]): string => `${JSON.stringify(parts)}\n`;
