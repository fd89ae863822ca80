import { anchoredIn, type AnchoredBatch } from "../../chain/anchors.ts";
import { ChainError } from "../../chain/errors.ts";
import type { LedgerView } from "../../chain/view.ts";
import { anchorDigest } from "../../protocol/anchor.ts";
import type { Evidence } from "../../protocol/evidence.ts";
import { withChain, type Context } from "../context.ts";
import { fail, pass, unclear, type Finding } from "../report.ts";

/** The log in force at the anchor's time stores this batch, and the named transaction of the named block put it there. */
export const checkAnchor = ({ evidence, chain }: Context): Promise<Finding> =>
  withChain(chain, async (view) => {
    try {
      return (await checkTransaction(view, evidence)) ?? (await checkSlot(view, evidence));
    } catch (error) {
      // No log was in force at a time that only the evidence claims.
      if (error instanceof ChainError && error.code === "chain.contract-missing") return fail("anchor.unknown");
      throw error;
    }
  });

async function checkTransaction(view: LedgerView, { header, anchor }: Evidence): Promise<Finding | undefined> {
  const { block, transaction, time } = anchor;
  const receipt = await view.receipt(transaction);
  if (receipt === undefined) {
    return block > view.block.number ? unclear("anchor.not-yet", { block }) : fail("anchor.transaction-unknown");
  }
  if (receipt.block !== block) return fail("anchor.block");
  if (block > view.block.number) return unclear("anchor.not-yet", { block });
  const found = await view.blockAt(block);
  if (found?.hash !== receipt.blockHash)
    throw new ChainError("chain.response-invalid", { method: "eth_getTransactionReceipt" });
  if (found.time !== time) return fail("anchor.time");
  const address = await view.contractAddress("AnchorLog", time);
  const announced = anchoredIn(receipt).some((event) => event.address === address && isSame(event, { header, anchor }));
  return announced ? undefined : fail("anchor.event");
}

const isSame = (event: AnchoredBatch, { header, anchor }: Pick<Evidence, "header" | "anchor">): boolean =>
  event.scope === header.scope &&
  event.hash === header.hash &&
  event.first === anchor.first &&
  event.count === anchor.count &&
  event.time === anchor.time &&
  event.root === anchor.root &&
  event.department === anchor.department;

async function checkSlot(view: LedgerView, { header, anchor }: Evidence): Promise<Finding> {
  const stored = await view.batchDigest(header.scope, anchor.first, anchor.time);
  if (stored === undefined) return fail("anchor.unknown");
  return stored === anchorDigest({ ...anchor, hash: header.hash })
    ? pass("anchor.confirmed", { block: anchor.block })
    : fail("anchor.mismatch");
}
