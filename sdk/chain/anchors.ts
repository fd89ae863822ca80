import type { AnchorPreimage } from "../protocol/anchor.ts";
import type { Hex } from "../protocol/bytes.ts";
import { HASH_NUMBERS, isHashName, type HashName } from "../protocol/hash.ts";
import type { Block, Log, Receipt } from "./blocks.ts";
import { decodeEvent, eventTopic, ZERO_HASH, type EventOf } from "./contracts.ts";
import type { Asker } from "./directory.ts";
import { ChainError } from "./errors.ts";
import { enumName } from "./values.ts";

export const SCOPE_KINDS = ["none", "resource", "deliveries", "receipts", "journal"] as const;
export type ScopeKind = Exclude<(typeof SCOPE_KINDS)[number], "none">;

export interface ScopeHead {
  readonly kind: ScopeKind;
  /** The department that writes the scope. */
  readonly holder: string;
  /** The number of the next record to be anchored. */
  readonly next: number;
}

/** An anchor as the log announced it. */
export interface AnchoredBatch extends AnchorPreimage {
  readonly scope: Hex;
  readonly address: Hex;
  readonly block: number;
  readonly blockHash: Hex;
  readonly transaction: Hex;
}

export interface AnchorReads {
  readonly block: Block;
  /** Undefined for a scope that was never opened. With `time`, by the AnchorLog in force then. */
  head(scope: Hex, time?: number): Promise<ScopeHead | undefined>;
  /** The resource, agreement or (left-aligned) USCC for which a scope stands. */
  subjectOf(scope: Hex, time?: number): Promise<Hex | undefined>;
  /** The stored slot of the batch that begins at `first`; undefined when none does. */
  batchDigest(scope: Hex, first: number, time?: number): Promise<Hex | undefined>;
  /** Every batch of a scope, oldest first. */
  batches(scope: Hex, fromBlock?: number): Promise<readonly AnchoredBatch[]>;
  receipt(transaction: Hex): Promise<Receipt | undefined>;
  blockAt(number: number): Promise<Block | undefined>;
  /** Throws `chain.block-replaced` unless this view's block still stands: call it after the last read. */
  confirm(): Promise<void>;
}

export function anchorReads({ ask, events, reader }: Asker): AnchorReads {
  return {
    block: reader.block,
    head: async (scope, time) => {
      const { kind, holder, next } = await ask("AnchorLog", "head", [scope], time);
      const name = enumName(SCOPE_KINDS, kind);
      return name === "none" ? undefined : { kind: name, holder, next };
    },
    subjectOf: async (scope, time) => unlessZero(await ask("AnchorLog", "subjectOf", [scope], time)),
    batchDigest: async (scope, first, time) => unlessZero(await ask("AnchorLog", "batchDigest", [scope, first], time)),
    batches: async (scope, fromBlock = 0) => {
      const found = await events("AnchorLog", { topics: [eventTopic("AnchorLog", "Anchored"), scope], fromBlock });
      return found.flatMap(({ event, log }) => (event.name === "Anchored" ? [toBatch(event, log)] : []));
    },
    receipt: (transaction) => reader.receipt(transaction),
    blockAt: (number) => reader.blockAt(number),
    confirm: () => reader.confirm(),
  };
}

/** The anchors that a receipt announces, from whatever address: the caller compares it. */
export function anchoredIn(receipt: Receipt): readonly AnchoredBatch[] {
  const known = decoded.get(receipt) ?? decodeAnchors(receipt);
  decoded.set(receipt, known);
  return known;
}

// Thousands of records share one anchor, and a view gives the same receipt for it each time.
const decoded = new WeakMap<Receipt, readonly AnchoredBatch[]>();

function decodeAnchors(receipt: Receipt): readonly AnchoredBatch[] {
  return receipt.logs.flatMap((log) => {
    const event = decodeEvent("AnchorLog", log);
    return event?.name === "Anchored" ? [toBatch(event, log)] : [];
  });
}

const unlessZero = (value: Hex): Hex | undefined => (value === ZERO_HASH ? undefined : value);

function toBatch({ args }: Extract<EventOf<"AnchorLog">, { name: "Anchored" }>, log: Log): AnchoredBatch {
  const { scope, first, department, count, time, root } = args;
  const { address, block, blockHash, transaction } = log;
  return {
    scope,
    first,
    department,
    count,
    time,
    root,
    hash: hashName(args.hash),
    address,
    block,
    blockHash,
    transaction,
  };
}

function hashName(number: number): HashName {
  const found = Object.entries(HASH_NUMBERS).find(([, value]) => value === number)?.[0];
  if (!isHashName(found)) throw new ChainError("chain.response-invalid", { method: "Anchored" });
  return found;
}
