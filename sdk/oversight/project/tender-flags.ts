import type { LotNotice, LotTender } from "../../chain/notices.ts";
import type { FlagInput, ProjectFlag } from "./flag.ts";

/** Bids of a lot that were opened, and what had been told to its bidders. */
export interface OpenedTender {
  readonly lot: number;
  /** Seconds: when the opening came on chain. */
  readonly openedAt: number;
  readonly tender: Pick<LotTender, "deadline">;
  readonly notices: readonly Pick<LotNotice, "kind" | "givenAt" | "about">[];
}

/** An opening on paper, which no contract stops: objections that were open then, or a postponed deadline that was not over. */
export function openingFlags({ lot, openedAt, tender, notices }: OpenedTender): ProjectFlag[] {
  const open = notices.flatMap(({ kind, givenAt, about }, i): FlagInput[] => {
    const answeredAt = notices[about - 1]?.givenAt ?? Infinity;
    const isOpen = kind === "objection" && givenAt <= openedAt && (about === 0 || answeredAt > openedAt);
    return isOpen ? [{ path: `/notices/${i + 1}`, value: givenAt }] : [];
  });
  const early = openedAt < tender.deadline ? [{ path: "/deadline", value: tender.deadline }] : [];
  const inputs = [{ path: "/openedAt", value: openedAt }, ...open, ...early];
  return inputs.length === 1 ? [] : [{ rule: "opened-at-rest", subject: String(lot), inputs }];
}

/** Notices that came too late; both figures are local days. */
const LATE = { answer: "objection-answered-late", "bond-return": "bonds-returned-late" } as const;

export interface GivenNotice {
  readonly lot: number;
  readonly kind: LotNotice["kind"];
  readonly number: number;
  readonly actual: number;
  readonly limit: number;
}

/** An answer or a return of bonds after more days than the law gives. */
export function noticeFlags({ lot, kind, number, actual, limit }: GivenNotice): ProjectFlag[] {
  if ((kind !== "answer" && kind !== "bond-return") || actual <= limit) return [];
  const inputs = [{ path: `/notices/${number}`, value: actual }];
  return [{ rule: LATE[kind], subject: String(lot), actual, limit, inputs }];
}

export interface BondsDue {
  readonly lot: number;
  /** Local days since the contract. */
  readonly actual: number;
  readonly limit: number;
  readonly tender: Pick<LotTender, "bondsReturnedAt">;
}

/** Bonds of which nobody said that they are returned, when the project goes on. */
export const unreturnedFlags = ({ lot, actual, limit, tender }: BondsDue): ProjectFlag[] =>
  tender.bondsReturnedAt > 0 || actual <= limit
    ? []
    : [{ rule: "bonds-returned-late", subject: String(lot), limit, inputs: [{ path: "/bondsReturnedAt", value: 0 }] }];
