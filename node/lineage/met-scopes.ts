import { LINEAGE_STATE, SCOPES, type StoredScope } from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";
import type { FinalBatches, FindBatch } from "./final-batches.ts";
import { MARKS, markKey, type Mark } from "./links.ts";
import type { Places } from "./places.ts";

export interface MetScopesOptions {
  readonly places: Places;
  /** Seconds: records that were not anchored by then do not exist. */
  readonly asOf: number | undefined;
}

interface Met {
  /** Undefined: not a scope of this node. */
  readonly stored: StoredScope | undefined;
  readonly find: FindBatch | undefined;
  readonly marks: Readonly<Record<Mark, boolean>>;
}

/** What one walk has to know of the scopes that it meets; each is read once. */
export class MetScopes {
  private readonly options: MetScopesOptions;
  private readonly store: Store;
  private readonly batches: FinalBatches;
  /** By position in the table of places. */
  private readonly met: Met[] = [];

  constructor(
    options: MetScopesOptions,
    { store, batches }: { readonly store: Store; readonly batches: FinalBatches },
  ) {
    this.options = options;
    this.store = store;
    this.batches = batches;
  }

  /** Before anything is asked about places. */
  async learn(ids: readonly number[]): Promise<void> {
    const { places, asOf } = this.options;
    for (const id of ids) {
      const scope = places.scopeOf(id);
      if (this.met[scope] !== undefined) continue;
      const name = places.scopeHex(scope);
      const stored = await this.store.get(SCOPES, name);
      const find = stored === undefined || asOf === undefined ? undefined : await this.batches.of(name);
      const keys = MARKS.map((mark) => markKey(mark, name));
      const [generated, packaged] = await this.store.getMany(LINEAGE_STATE, keys);
      this.met[scope] = {
        stored,
        find,
        marks: { generated: generated !== undefined, packaged: packaged !== undefined },
      };
    }
  }

  /** The scope of a place, if it is one of this node. */
  of(id: number): StoredScope | undefined {
    return this.met[this.options.places.scopeOf(id)]?.stored;
  }

  /** Whether anything in the scope of a place has links of that kind. */
  has(mark: Mark, id: number): boolean {
    return this.met[this.options.places.scopeOf(id)]?.marks[mark] === true;
  }

  /** At the time asked about. Of a record of another node only that node can say. */
  existed(id: number): boolean {
    const { places, asOf } = this.options;
    const met = this.met[places.scopeOf(id)];
    if (asOf === undefined || met?.stored === undefined) return true;
    const found = met.find?.(places.seqOf(id));
    return found !== undefined && found.batch.anchor.time <= asOf;
  }
}
