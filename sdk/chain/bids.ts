import { AbiCoder } from "ethers/abi";
import { fromHex, toHex, type Hex } from "../protocol/bytes.ts";
import { digest } from "../protocol/hash.ts";
import type { LedgerCall } from "./calls.ts";
import type { ResultOf } from "./abi-types.ts";
import { encodeCall, usccBytes, type AbiOf } from "./contracts.ts";
import type { Asker } from "./directory.ts";
import { isRevert } from "./errors.ts";

type Abi = AbiOf<"SealedBids">;

/** A lot of a project, by its number from 1. */
export interface LotName {
  readonly project: Hex;
  readonly lot: number;
}

/** What a bid says. `amount` is 分, `document` the SHA-256 of the signed bid document, `salt` 32 random bytes. */
export interface BidOpening {
  readonly bidder: string;
  readonly amount: number;
  readonly document: Hex;
  readonly salt: Hex;
}

export type BidRound = ResultOf<Abi, "round">;
/** Bidder, amount and document are empty until it is opened. */
export type SealedBid = ResultOf<Abi, "bid">;

/** keccak256(abi.encode("suyuan/sealed-bid/1", project, lot, bidder, amount, document, salt)): what is handed in for a bid. */
export function bidCommitment({ project, lot }: LotName, { bidder, amount, document, salt }: BidOpening): Hex {
  const encoded = AbiCoder.defaultAbiCoder().encode(
    ["string", "bytes32", "uint32", "bytes18", "uint64", "bytes32", "bytes32"],
    ["suyuan/sealed-bid/1", project, lot, usccBytes(bidder), amount, document, salt],
  );
  return toHex(digest("keccak256", fromHex(encoded)));
}

export const sealBidCall = ({ project, lot }: LotName, commitment: Hex): LedgerCall => ({
  contract: "SealedBids",
  data: encodeCall("SealedBids", "seal", [project, lot, commitment]),
});

export const openBidCall = (
  { project, lot }: LotName,
  { number, bidder, amount, document, salt }: BidOpening & { readonly number: number },
): LedgerCall => ({
  contract: "SealedBids",
  data: encodeCall("SealedBids", "open", [project, lot, number, bidder, BigInt(amount), document, salt]),
});

export interface BidReads {
  /** The round of sealed bids of a lot; undefined when none was announced. */
  bidRound(lot: LotName): Promise<BidRound | undefined>;
  /** The first `count` bids of a round. */
  sealedBids(lot: LotName, count: number): Promise<readonly SealedBid[]>;
}

export function bidReads({ ask }: Asker): BidReads {
  return {
    bidRound: async ({ project, lot }) => {
      try {
        return await ask("SealedBids", "round", [project, lot]);
      } catch (error) {
        if (isRevert(error, "RoundUnknown")) return undefined;
        throw error;
      }
    },
    sealedBids: ({ project, lot }, count) =>
      Promise.all(Array.from({ length: count }, (_, i) => ask("SealedBids", "bid", [project, lot, i + 1]))),
  };
}
