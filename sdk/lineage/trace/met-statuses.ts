import { STATES_PER_WORD, type StatusChange, type StatusWord } from "../../chain/statuses.ts";
import type { LedgerView } from "../../chain/view.ts";
import type { RecordPlace } from "../activity.ts";

/** The changes of the records that a trace met: a record is asked about by itself and by each child, and its neighbours come with it. */
export class MetStatuses {
  private readonly scopes = new Map<string, Map<number, StatusWord | Promise<StatusWord>>>();

  /** At once when the word with the record's state was read. */
  of(view: LedgerView, { scope, seq }: RecordPlace): readonly StatusChange[] | Promise<readonly StatusChange[]> {
    const words = this.scopes.get(scope) ?? new Map<number, StatusWord | Promise<StatusWord>>();
    this.scopes.set(scope, words);
    const index = Math.floor(seq / STATES_PER_WORD);
    const word = words.get(index) ?? this.read({ view, words, index }, { scope, seq });
    return word instanceof Promise ? word.then((history) => history(seq)) : word(seq);
  }

  private read(
    {
      view,
      words,
      index,
    }: {
      readonly view: LedgerView;
      readonly words: Map<number, StatusWord | Promise<StatusWord>>;
      readonly index: number;
    },
    { scope, seq }: RecordPlace,
  ): Promise<StatusWord> {
    const asked = view.statusWord(scope, seq);
    words.set(index, asked);
    asked.then(
      (word) => words.set(index, word),
      // What could not be read is asked for again.
      () => words.delete(index),
    );
    return asked;
  }
}
