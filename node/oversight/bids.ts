import { openBidCall, sealBidCall, type LotName } from "../../sdk/chain/bids.ts";
import { projectId } from "../../sdk/chain/projects.ts";
import * as routes from "../../sdk/client/routes/bids.ts";
import { readHead, unavailable, type HeadDependencies } from "../exchange/head.ts";
import { act, type LedgerActionDependencies } from "../exchange/ledger-actions.ts";
import { bind, type Binding } from "../http/bind.ts";
import { gated } from "./gates.ts";

const lotOf = ({ code, lot }: { readonly code: string; readonly lot: number }): LotName => ({
  project: projectId(code),
  lot,
});

/** Sealed bids: handing them in, opening them, and what everybody sees of them and of the notices of a tender. */
export function bidRoutes(dependencies: HeadDependencies & LedgerActionDependencies): Binding[] {
  return [
    bind(routes.listBids, async ({ params }) => {
      const { view } = await readHead(dependencies);
      const name = lotOf(params);
      const round = await unavailable(() => view.bidRound(name));
      if (round === undefined) return { bids: [] };
      const bids = await unavailable(() => view.sealedBids(name, round.sealedCount));
      const { deadline, openUntil, sealedCount: sealed, openedCount: opened } = round;
      return {
        round: { deadline, openUntil, sealed, opened },
        bids: bids.map(({ commitment, sealedAt, relay, openedAt, bidder, amount, document }, i) => ({
          number: i + 1,
          ...{ commitment, sealedAt, relay },
          ...(openedAt > 0 && { opened: { at: openedAt, bidder, amount: Number(amount), document } }),
        })),
      };
    }),
    bind(routes.listTenderNotices, async ({ params }) => {
      const { view } = await readHead(dependencies);
      const name = lotOf(params);
      const deadline = await unavailable(() => view.lotDeadline(name));
      const { notices: count, openObjections } = await unavailable(() => view.lotTender(name));
      const found = await unavailable(() => view.lotNotices(name, count));
      const notices = found.map(({ kind, givenAt: at, about, by, document }, i) => {
        if (kind === "none") throw new TypeError("a notice of no kind");
        return { number: i + 1, kind, at, by, ...(about > 0 && { about }), document };
      });
      return { ...(deadline !== undefined && { deadline }), openObjections, notices };
    }),
    bind(routes.sealBid, ({ params, body: { commitment }, idempotencyKey }) => {
      const call = sealBidCall(lotOf(params), commitment);
      return gated(() => act({ name: `project/${params.code}/bid/${commitment}`, call, idempotencyKey }, dependencies));
    }),
    bind(routes.openBid, ({ params, body, idempotencyKey }) => {
      const name = `project/${params.code}/${params.lot}/open-bid/${body.number}`;
      return gated(() => act({ name, call: openBidCall(lotOf(params), body), idempotencyKey }, dependencies));
    }),
  ];
}
