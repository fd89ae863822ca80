import { Interface } from "ethers";
import { AnchorLogAbi } from "../../sdk/chain/abi/AnchorLog.ts";
import type { Block, Receipt } from "../../sdk/chain/blocks.ts";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { usccBytes } from "../../sdk/chain/contracts.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import { anchorDigest } from "../../sdk/protocol/anchor.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { Evidence } from "../../sdk/protocol/evidence.ts";
import { HASH_NUMBERS } from "../../sdk/protocol/hash.ts";
import type { Trust } from "../../sdk/verify/trust.ts";
import { LEDGER, LEDGER_NAME } from "./fixtures.ts";

const ANCHOR_LOG: Hex = `0x${"a1".repeat(20)}`;
const ACCOUNT: Hex = `0x${"ac".repeat(20)}`;

/**
 * A connection whose chain has answered already: what a verifier asks about the records of one batch, from memory. It
 * stands for the chain read that a verification's cost is measured without; every check runs as it always does.
 */
export function answeredConnection(
  { header: { scope, hash, schema, resource, issuer }, anchor }: Evidence,
  block: Block,
): LedgerConnection {
  const anchored: Block = { ...block, number: anchor.block, time: anchor.time };
  const receipt: Receipt = {
    ...{ transaction: anchor.transaction, block: anchored.number, blockHash: anchored.hash },
    ...{ from: ACCOUNT, succeeded: true, gasUsed: 80_000, logs: [] },
  };
  const { data, topics } = new Interface(AnchorLogAbi).encodeEventLog("Anchored", [
    ...[scope, anchor.first, usccBytes(issuer), anchor.count, anchor.time, HASH_NUMBERS[hash], anchor.root],
  ]);
  const place = { block: anchored.number, blockHash: anchored.hash, transaction: anchor.transaction, index: 0 };
  const log = { address: ANCHOR_LOG, topics: topics as Hex[], data: data as Hex, ...place }; // ethers writes lower-case hexadecimal.
  const anchoring: Receipt = { ...receipt, logs: [log] };
  const slot = anchorDigest({ ...anchor, hash });
  const answers = {
    block,
    receipt: async () => anchoring,
    blockAt: async () => anchored,
    contractAddress: async () => ANCHOR_LOG,
    directoryDelay: async () => 0,
    batchDigest: async () => slot,
    head: async () => ({ kind: "resource", holder: issuer, next: anchor.first + anchor.count }),
    subjectOf: async () => resource,
    departmentStatusAt: async () => "active",
    department: async () => undefined,
    keyOfAccount: async () => ({ department: issuer, index: 0 }),
    isKeyTrustedAt: async () => true,
    publishedAt: async () => ({ state: "published", version: 1 }),
    terms: async () => ({ shareClass: "unconditional", personal: false, schema }),
    statusHistory: async () => [],
    confirm: async () => undefined,
  };
  const view = answers as unknown as LedgerView; // What the checks of this evidence ask; anything else would be an error in the report.
  return { ledger: LEDGER, view: async () => view } as unknown as LedgerConnection; // Likewise.
}

export const TRUST: Trust = {
  ledger: LEDGER_NAME,
  rpc: ["http://127.0.0.1:1/"],
  maximumLagSeconds: null,
  evaluation: true,
  finality: { tag: "latest" },
};
