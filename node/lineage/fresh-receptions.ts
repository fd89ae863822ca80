import type { Block } from "../../sdk/chain/blocks.ts";
import type { ScopeSeq } from "../storage/codecs.ts";
import { POSITION } from "../storage/keyspaces.ts";
import { del, put, type Operation, type Store } from "../storage/store.ts";

/** `received/SCOPE/SEQ`, by the place of the receipt. Everything with this beginning lies before the second text. */
const PREFIX = "received/";
const BEHIND = "received0";

const keyOf = ({ scope, seq }: ScopeSeq): string => `${PREFIX}${scope}/${seq}`;

/** Goes into the write that makes a reception durable: its records were examined at that block, and changes since then are owed. */
export const noteFresh = (receipt: ScopeSeq, { number, hash }: Pick<Block, "number" | "hash">): Operation =>
  put(POSITION, keyOf(receipt), { number, hash });

/** Receptions of which the changes between their examination and their being noted were not looked for yet. */
export class FreshReceptions {
  private readonly store: Store;
  private readonly blocks: ReadonlyMap<string, number>;

  private constructor(store: Store, blocks: ReadonlyMap<string, number>) {
    this.store = store;
    this.blocks = blocks;
  }

  /** Those there are now; what comes later is for the next reading. */
  static async read(store: Store): Promise<FreshReceptions> {
    const blocks = new Map<string, number>();
    for await (const [key, { number }] of store.iterate(POSITION, { gte: PREFIX, lt: BEHIND })) blocks.set(key, number);
    return new FreshReceptions(store, blocks);
  }

  get isEmpty(): boolean {
    return this.blocks.size === 0;
  }

  /** The earliest block at which one of them was examined; Infinity without any. */
  get earliest(): number {
    return Math.min(...this.blocks.values());
  }

  /** The block at which a reception was examined; undefined when it is none of these. */
  blockOf(receipt: ScopeSeq): number | undefined {
    return this.blocks.get(keyOf(receipt));
  }

  /** Whether a reception came after these were read. */
  async isLater(receipt: ScopeSeq): Promise<boolean> {
    const key = keyOf(receipt);
    return !this.blocks.has(key) && (await this.store.get(POSITION, key)) !== undefined;
  }

  /** Their changes have been looked for. */
  done(): readonly Operation[] {
    return [...this.blocks.keys()].map((key) => del(POSITION, key));
  }
}
