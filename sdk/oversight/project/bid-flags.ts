import type { BidRound, SealedBid } from "../../chain/bids.ts";
import type { ProjectBodies } from "../../chain/project-calls.ts";
import type { LedgerLot } from "../../chain/projects.ts";
import type { FlagInput, ProjectFlag } from "./flag.ts";

/** A lot that was awarded, and its sealed bids. */
export interface AwardedLot {
  readonly number: number;
  readonly lot: Pick<LedgerLot, "bidders" | "winner" | "award">;
  readonly bodies: ProjectBodies;
  readonly round: Pick<BidRound, "sealedCount" | "openedCount">;
  readonly bids: readonly SealedBid[];
}

interface Opened {
  readonly number: number;
  readonly bidder: string;
  readonly fen: number;
}

/** What the sealed bids of a lot say against its award: bids that stayed closed, another count, another amount, a bidder of the project itself. */
export function bidFlags(awarded: AwardedLot): ProjectFlag[] {
  const opened = awarded.bids.flatMap(({ openedAt, bidder, amount }, i): Opened[] =>
    openedAt === 0 ? [] : [{ number: i + 1, bidder, fen: Number(amount) }],
  );
  return [...countFlags(awarded), ...awardFlags(awarded, opened), ...conflictFlags(awarded, opened)];
}

const bidInput = ({ number, bidder, fen }: Opened): FlagInput => ({
  path: `/bids/${number}`,
  value: `${bidder} ${fen}`,
});

function countFlags({ number, lot, round }: AwardedLot): ProjectFlag[] {
  const { sealedCount, openedCount } = round;
  const subject = String(number);
  const counts = [
    { path: "/sealed", value: sealedCount },
    { path: "/opened", value: openedCount },
  ];
  const unopened =
    openedCount < sealedCount
      ? [{ rule: "bids-unopened", subject, actual: sealedCount - openedCount, limit: 0, inputs: counts }]
      : [];
  const inputs = [...counts, { path: "/declared", value: lot.bidders }];
  const differing =
    lot.bidders === openedCount
      ? []
      : [{ rule: "bidders-differ", subject, actual: lot.bidders, limit: openedCount, inputs }];
  return [...unopened, ...differing];
}

/** The award is none of the opened bids of its winner. */
function awardFlags({ number, lot }: AwardedLot, opened: readonly Opened[]): ProjectFlag[] {
  const own = opened.filter(({ bidder }) => bidder === lot.winner);
  const award = Number(lot.award);
  if (own.some(({ fen }) => fen === award)) return [];
  const inputs = [{ path: "/award", value: `${lot.winner} ${award}` }, ...own.map(bidInput)];
  const [bid] = own;
  const limit = bid === undefined ? {} : { limit: bid.fen };
  return [{ rule: "award-differs-from-bid", subject: String(number), actual: award, ...limit, inputs }];
}

/** A bidder that approves, plans, pays or audits the project, or owns it; and one that has several bids. */
function conflictFlags({ number, bodies }: AwardedLot, opened: readonly Opened[]): ProjectFlag[] {
  const own = new Set<string>(Object.values(bodies));
  const byBidder = Map.groupBy(opened, ({ bidder }) => bidder);
  return [...byBidder].flatMap(([bidder, bids]) => {
    const inputs = bids.map(bidInput);
    const subject = `${number}/${bidder}`;
    return [
      ...(own.has(bidder) ? [{ rule: "bidder-conflict", subject, inputs }] : []),
      ...(bids.length > 1 ? [{ rule: "bids-several", subject, actual: bids.length, limit: 1, inputs }] : []),
    ];
  });
}
