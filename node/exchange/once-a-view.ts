import type { LedgerView } from "../../sdk/chain/view.ts";

/**
 * Remembers what was read of a view under a name: a view is one block, at which an answer cannot change. A failure of the
 * moment is forgotten. What is remembered goes with the view.
 */
export function onceAView<T>(): (view: LedgerView, name: string, read: () => Promise<T>) => Promise<T> {
  const known = new WeakMap<LedgerView, Map<string, Promise<T>>>();
  return (view, name, read) => {
    let answers = known.get(view);
    if (answers === undefined) known.set(view, (answers = new Map<string, Promise<T>>()));
    let answer = answers.get(name);
    if (answer === undefined) {
      const asked = read();
      answers.set(name, (answer = asked));
      asked.catch(() => answers.delete(name));
    }
    return answer;
  };
}
