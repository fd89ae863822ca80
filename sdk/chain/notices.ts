import type { Hex } from "../protocol/bytes.ts";
import type { AbiOf } from "./contracts.ts";
import type { ResultOf } from "./abi-types.ts";
import type { LotName } from "./bids.ts";
import type { Asker } from "./directory.ts";
import { isRevert } from "./errors.ts";
import { enumName } from "./values.ts";

/** What is told to all bidders of a lot at once, by number in the contract. */
export const NOTICE_KINDS = ["none", "clarification", "objection", "answer", "postponement", "bond-return"] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

type Abi = AbiOf<"SealedBids">;
export type LotTender = ResultOf<Abi, "tender">;
export type LotNotice = Omit<ResultOf<Abi, "notice">, "kind"> & { readonly kind: NoticeKind };

export interface NoticeReads {
  /** What the notices of a lot come to; all zero where there are none. */
  lotTender(lot: LotName): Promise<LotTender>;
  /** The first `count` notices of a lot. */
  lotNotices(lot: LotName, count: number): Promise<readonly LotNotice[]>;
  /** When bids are due, postponements counted; undefined for a lot that the ledger does not have. */
  lotDeadline(lot: LotName): Promise<number | undefined>;
  /** Seconds: the time of a block at or before this one. */
  timeOf(block: number): Promise<number | undefined>;
  /** SHA-256 of each version of the limits, oldest first. */
  tenderLimitsDigests(): Promise<readonly Hex[]>;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

export function noticeReads({ ask, reader }: Asker): NoticeReads {
  return {
    lotTender: ({ project, lot }) => ask("SealedBids", "tender", [project, lot]),
    lotNotices: ({ project, lot }, count) =>
      Promise.all(
        numbers(count).map(async (number) => {
          const found = await ask("SealedBids", "notice", [project, lot, number]);
          return { ...found, kind: enumName(NOTICE_KINDS, found.kind) };
        }),
      ),
    lotDeadline: async ({ project, lot }) => {
      try {
        return Number(await ask("SealedBids", "deadlineOf", [project, lot]));
      } catch (error) {
        if (isRevert(error, "LotUnknown")) return undefined;
        throw error;
      }
    },
    timeOf: async (block) => (await reader.blockAt(block))?.time,
    tenderLimitsDigests: async () => {
      const count = await ask("SealedBids", "tenderLimitsCount", []);
      return Promise.all(
        numbers(count).map(async (version) => (await ask("SealedBids", "tenderLimits", [version])).digest),
      );
    },
  };
}
