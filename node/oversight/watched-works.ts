import { decodeEvent, eventTopic } from "../../sdk/chain/contracts.ts";
import { PROJECT_STAGES } from "../../sdk/chain/projects.ts";
import { enumNumber } from "../../sdk/chain/values.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { limitsOf, PROJECT_RULES } from "../../sdk/oversight/law/rules.ts";
import type { ProjectFlag } from "../../sdk/oversight/project/flag.ts";
import { prefinancingFlags } from "../../sdk/oversight/project/prefinancing-flags.ts";
import { unreturnedFlags } from "../../sdk/oversight/project/tender-flags.ts";
import { ifDeployed } from "./if-deployed.ts";
import type { Blocks, Told } from "./watched-events.ts";

/** Works that the contractor pre-finances, and bonds that were not returned by then: judged at each report of progress. */
export async function reported({ view, fromBlock, until }: Blocks): Promise<Told[]> {
  const topics = [eventTopic("ProjectLedger", "ProgressReported")];
  const found = await view.events("ProjectLedger", { topics, fromBlock });
  return found.flatMap(({ log }): Told[] => {
    const event = decodeEvent("ProjectLedger", log);
    if (event?.name !== "ProgressReported" || log.block > until) return [];
    const { id: project, lot } = event.args;
    const report = { project, lot, block: log.block, transaction: log.transaction };
    return [{ project, transaction: log.transaction, judged: () => againstFunds(view, report) }];
  });
}

interface Report {
  readonly project: Hex;
  readonly lot: number;
  readonly block: number;
  readonly transaction: Hex;
}

async function againstFunds(view: LedgerView, report: Report): Promise<readonly ProjectFlag[]> {
  const { project, lot: number } = report;
  const found = await view.ledgerProject(project);
  if (found === undefined) return [];
  const lots = await view.ledgerLots(project, found.lots);
  const signedAt = lots[number - 1]?.signedAt ?? 0;
  const [planned, before, paid, bonds] = await Promise.all([
    plannedBy(view, report),
    progressBefore(view, report),
    paidBy(view, report),
    bondsDue(view, { ...report, signedAt }),
  ]);
  return [...prefinancingFlags({ number, lots, planned, before, paid }), ...bonds];
}

const word = (number: number): Hex => `0x${number.toString(16).padStart(64, "0")}`;

/** The sum of the annual plans up to a report, 分. */
async function plannedBy(view: LedgerView, { project, block }: Report): Promise<bigint> {
  const topics = [eventTopic("ProjectLedger", "StageReached"), project, word(enumNumber(PROJECT_STAGES, "plan"))];
  const found = await view.events("ProjectLedger", { topics, fromBlock: 0 });
  return found.reduce((sum, { event, log }) => {
    return event.name === "StageReached" && log.block <= block ? sum + event.args.amount : sum;
  }, 0n);
}

/** The progress of the lot in the report before this one. */
async function progressBefore(view: LedgerView, { project, lot, block, transaction }: Report): Promise<number> {
  const topics = [eventTopic("ProjectLedger", "ProgressReported"), project, word(lot)];
  const found = await view.events("ProjectLedger", { topics, fromBlock: 0 });
  const own = found.findIndex(({ log }) => log.transaction === transaction && log.block === block);
  const before = found[own - 1]?.event;
  return before?.name === "ProgressReported" ? before.args.progress : 0;
}

/** What was paid on the lot up to a report, 分. */
async function paidBy(view: LedgerView, { project, lot, block }: Report): Promise<bigint> {
  const topics = [eventTopic("ProjectLedger", "Paid"), project, word(lot)];
  const found = await view.events("ProjectLedger", { topics, fromBlock: 0 });
  return found.reduce((sum, { event, log }) => {
    return event.name === "Paid" && log.block <= block ? sum + event.args.amount : sum;
  }, 0n);
}

const LOCAL_OFFSET_SECONDS = 8 * 3600;
const dayOf = (seconds: number): number => Math.floor((seconds + LOCAL_OFFSET_SECONDS) / 86_400);

/** Only of lots with notices or sealed bids: of others nobody promised to say when their bonds are returned. */
async function bondsDue(view: LedgerView, report: Report & { readonly signedAt: number }) {
  const { project, lot, block, signedAt } = report;
  const tender = await ifDeployed(view.lotTender({ project, lot }));
  const round = await ifDeployed(view.bidRound({ project, lot }));
  const at = await view.timeOf(block);
  if (tender === undefined || at === undefined || (tender.notices === 0 && round === undefined)) return [];
  const { bondReturnDays: limit = 0 } = limitsOf(PROJECT_RULES, "SealedBids");
  return unreturnedFlags({ lot, actual: dayOf(at) - dayOf(signedAt), limit, tender });
}
