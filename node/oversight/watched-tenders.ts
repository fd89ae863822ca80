import { decodeEvent, eventTopic } from "../../sdk/chain/contracts.ts";
import { NOTICE_KINDS } from "../../sdk/chain/notices.ts";
import { enumName } from "../../sdk/chain/values.ts";
import { noticeFlags, openingFlags } from "../../sdk/oversight/project/tender-flags.ts";
import { ifDeployed } from "./if-deployed.ts";
import type { Blocks, Told } from "./watched-events.ts";

/** Answers to objections and returns of bonds that took longer than the law gives. */
export async function noticed({ view, fromBlock, until }: Blocks): Promise<Told[]> {
  const topics = [eventTopic("SealedBids", "NoticeGiven")];
  const found = (await ifDeployed(view.events("SealedBids", { topics, fromBlock }))) ?? [];
  return found.flatMap(({ log }): Told[] => {
    const event = decodeEvent("SealedBids", log);
    if (event?.name !== "NoticeGiven" || log.block > until) return [];
    const { id: project, lot, kind, number, actual, limit } = event.args;
    const figures = { actual: Number(actual), limit: Number(limit) };
    const flags = noticeFlags({ lot, kind: enumName(NOTICE_KINDS, kind), number, ...figures });
    return [{ project, transaction: log.transaction, judged: () => Promise.resolve(flags) }];
  });
}

/** Bids that were opened on paper while the tender was at rest, or before its postponed deadline. */
export async function opened({ view, fromBlock, until }: Blocks): Promise<Told[]> {
  const topics = [eventTopic("ProjectLedger", "BidsOpened")];
  const found = await view.events("ProjectLedger", { topics, fromBlock });
  return found.flatMap(({ log }): Told[] => {
    const event = decodeEvent("ProjectLedger", log);
    if (event?.name !== "BidsOpened" || log.block > until) return [];
    const { id: project, lot } = event.args;
    const judged = async () => {
      const name = { project, lot };
      const tender = await ifDeployed(view.lotTender(name));
      const openedAt = await view.timeOf(log.block);
      if (tender === undefined || openedAt === undefined) return [];
      return openingFlags({ lot, openedAt, tender, notices: await view.lotNotices(name, tender.notices) });
    };
    return [{ project, transaction: log.transaction, judged }];
  });
}
