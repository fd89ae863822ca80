import { anchorDigest } from "../../sdk/protocol/anchor.ts";
import { anchoredIn, type AnchoredBatch } from "../../sdk/chain/anchors.ts";
import { findReceipt, type Receipt } from "../../sdk/chain/blocks.ts";
import { anchorCall, anchorSupersedingCall, type LedgerCall } from "../../sdk/chain/calls.ts";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { ChainError } from "../../sdk/chain/errors.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import { eventTopic } from "../../sdk/chain/contracts.ts";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { FoundBatch } from "../records/reader.ts";
import { uintBytes } from "../storage/codecs.ts";
import type { StoredAnchor } from "../storage/keyspaces.ts";

export function callOf(scope: Hex, { first, batch: { count, root, hash, superseded } }: FoundBatch): LedgerCall {
  const call = { scope, first, count, root, hash };
  return superseded.length === 0 ? anchorCall(call) : anchorSupersedingCall({ ...call, superseded });
}

/**
 * The anchor that a transaction made; undefined unless the current AnchorLog announced exactly this batch in it. Throws
 * ChainError `chain.block-unknown` when the endpoint no longer shows the receipt: one that is behind says nothing.
 */
export async function anchorInReceipt(
  { scope, found, transaction, department }: { scope: Hex; found: FoundBatch; transaction: Hex; department: string },
  connection: LedgerConnection,
): Promise<StoredAnchor | undefined> {
  const receipt = await findReceipt(connection.rpc, transaction);
  if (receipt === undefined) throw new ChainError("chain.block-unknown");
  if (!receipt.succeeded) return undefined;
  const addresses = await (await connection.view("latest")).contractAddresses("AnchorLog");
  const event = anchoredIn(receipt).find(
    (anchored) => addresses.includes(anchored.address) && anchored.scope === scope,
  );
  return event !== undefined && isOurs(event, found, department) ? anchorOf(event) : undefined;
}

/** What the chain holds where a batch of ours belongs. */
export type Comparison =
  | { readonly kind: "nothing" }
  | { readonly kind: "ours"; readonly anchor: StoredAnchor }
  | { readonly kind: "foreign" };

/** Compares the slot and the event at a batch's first number with the batch. Throws ChainError `chain.block-unknown` when the endpoint has the slot and not, or not yet, what made it. */
export async function compareBatch(
  { scope, found, department }: { scope: Hex; found: FoundBatch; department: string },
  { connection, view }: { readonly connection: LedgerConnection; readonly view: LedgerView },
): Promise<Comparison> {
  const digest = await view.batchDigest(scope, found.first);
  if (digest === undefined) return { kind: "nothing" };
  const topics = [eventTopic("AnchorLog", "Anchored"), scope, toHex(uintBytes(found.first, 32))];
  const events = await view.events("AnchorLog", { topics });
  for (const { log } of events) {
    const receipt = await findReceipt(connection.rpc, log.transaction);
    const event = receipt && eventOf(receipt, scope);
    if (event === undefined || anchorDigest(event) !== digest) continue;
    return isOurs(event, found, department) ? { kind: "ours", anchor: anchorOf(event) } : { kind: "foreign" };
  }
  throw new ChainError("chain.block-unknown");
}

/** A transaction of ours anchors one batch. */
const eventOf = (receipt: Receipt, scope: Hex): AnchoredBatch | undefined =>
  anchoredIn(receipt).find((anchored) => anchored.scope === scope);

const isOurs = (event: AnchoredBatch, { first, batch }: FoundBatch, department: string): boolean =>
  event.first === first &&
  event.count === batch.count &&
  event.root === batch.root &&
  event.hash === batch.hash &&
  event.department === department;

const anchorOf = ({ time, block, blockHash, transaction, department }: AnchoredBatch): StoredAnchor => ({
  time,
  block,
  blockHash,
  transaction,
  department,
});
