import type { LedgerView } from "../../chain/view.ts";
import type { Hex } from "../../protocol/bytes.ts";

/** A view that asks about a scope as of a time once: every record of it asks. */
export function remembering(view: LedgerView): LedgerView {
  return {
    ...view,
    head: remembered((scope, time) => view.head(scope, time)),
    subjectOf: remembered((scope, time) => view.subjectOf(scope, time)),
    batches: remembered((scope, fromBlock) => view.batches(scope, fromBlock)),
  };
}

function remembered<T>(read: (scope: Hex, time?: number) => Promise<T>) {
  const known = new Map<string, Promise<T>>();
  return (scope: Hex, time?: number): Promise<T> => {
    const name = `${scope} ${time ?? ""}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    const asked = read(scope, time);
    known.set(name, asked);
    // What could not be read is asked for again.
    asked.catch(() => known.delete(name));
    return asked;
  };
}
