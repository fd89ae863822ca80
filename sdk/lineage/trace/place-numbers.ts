import type { RecordPlace } from "../activity.ts";

const SEQ_SPAN = 2 ** 40;

/** Places of one trace as numbers, which maps hold cheaply: the scope's position in this table times 2^40, plus the number. */
export class PlaceNumbers {
  private readonly byScope = new Map<string, number>();
  private lastScope = "";
  private lastBase = 0;

  of({ scope, seq }: RecordPlace): number {
    // Neighbouring places are mostly of one scope.
    if (scope !== this.lastScope) {
      const known = this.byScope.get(scope) ?? this.byScope.size;
      this.byScope.set(scope, known);
      this.lastScope = scope;
      this.lastBase = known * SEQ_SPAN;
    }
    return this.lastBase + seq;
  }
}
