import type { LedgerView } from "../../sdk/chain/view.ts";
import { decodeEvent, eventTopic } from "../../sdk/chain/contracts.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { findRuleByNumber } from "../../sdk/oversight/law/rules.ts";
import { bidFlags } from "../../sdk/oversight/project/bid-flags.ts";
import { splitChanges } from "../../sdk/oversight/project/chain-flags.ts";
import type { ProjectFlag } from "../../sdk/oversight/project/flag.ts";
import { ifDeployed } from "./if-deployed.ts";
import { noticed, opened } from "./watched-tenders.ts";
import { reported } from "./watched-works.ts";

export interface Blocks {
  readonly view: LedgerView;
  readonly fromBlock: number;
  /** The last block. */
  readonly until: number;
}

/** An event about a project, and what is to be said of it. */
export interface Told {
  readonly project: Hex;
  readonly transaction: Hex;
  readonly judged: () => Promise<readonly ProjectFlag[]>;
}

/**
 * Events that speak against a project: the ledger's own flags, awards that their sealed bids do not bear out, changes that were
 * split, issues that were not answered, notices that were late or passed over, works that the contractor pre-finances.
 */
export async function told(blocks: Blocks): Promise<readonly Told[]> {
  return [
    ...(await raised(blocks)),
    ...(await awarded(blocks)),
    ...(await changed(blocks)),
    ...(await overdue(blocks)),
    ...(await noticed(blocks)),
    ...(await opened(blocks)),
    ...(await reported(blocks)),
  ];
}

async function raised({ view, fromBlock, until }: Blocks): Promise<Told[]> {
  const topics = [eventTopic("ProjectLedger", "FlagRaised")];
  const found = await view.events("ProjectLedger", { topics, fromBlock });
  return found.flatMap(({ log }): Told[] => {
    const event = decodeEvent("ProjectLedger", log);
    if (event?.name !== "FlagRaised" || log.block > until) return [];
    const { id: project, rule: number, lot, actual, limit } = event.args;
    const rule = findRuleByNumber(number);
    if (rule === undefined) return [];
    const subject = lot === 0 ? "" : String(lot);
    const flag = { rule: rule.code, subject, actual: Number(actual), limit: Number(limit), inputs: [] };
    return [{ project, transaction: log.transaction, judged: () => Promise.resolve([flag]) }];
  });
}

async function awarded({ view, fromBlock, until }: Blocks): Promise<Told[]> {
  const topics = [eventTopic("ProjectLedger", "LotAwarded")];
  const found = await view.events("ProjectLedger", { topics, fromBlock });
  return found.flatMap(({ log }): Told[] => {
    const event = decodeEvent("ProjectLedger", log);
    if (event?.name !== "LotAwarded" || log.block > until) return [];
    const { id: project, lot } = event.args;
    return [{ project, transaction: log.transaction, judged: () => againstBids(view, { project, lot }) }];
  });
}

async function againstBids(
  view: LedgerView,
  name: { readonly project: Hex; readonly lot: number },
): Promise<readonly ProjectFlag[]> {
  const round = await ifDeployed(view.bidRound(name));
  const found = await view.ledgerProject(name.project);
  const lot = found && (await view.ledgerLots(name.project, found.lots))[name.lot - 1];
  // An award without a round of sealed bids was tendered on paper.
  if (round === undefined || found === undefined || lot === undefined) return [];
  const bids = await view.sealedBids(name, round.sealedCount);
  return bidFlags({ number: name.lot, lot, bodies: found.bodies, round, bids });
}

async function changed({ view, fromBlock, until }: Blocks): Promise<Told[]> {
  const topics = [eventTopic("ProjectLedger", "ChangeInEffect")];
  const found = await view.events("ProjectLedger", { topics, fromBlock });
  return found.flatMap(({ log }): Told[] => {
    const event = decodeEvent("ProjectLedger", log);
    if (event?.name !== "ChangeInEffect" || log.block > until) return [];
    const { id: project, change } = event.args;
    return [{ project, transaction: log.transaction, judged: () => againstChanges(view, { project, change }) }];
  });
}

async function againstChanges(
  view: LedgerView,
  { project, change }: { readonly project: Hex; readonly change: number },
): Promise<readonly ProjectFlag[]> {
  const found = await view.ledgerProject(project);
  if (found === undefined) return [];
  const changes = await view.ledgerChanges(project, found.changes);
  const number = changes[change - 1]?.lot ?? 0;
  const lot = (await view.ledgerLots(project, found.lots))[number - 1];
  return lot === undefined ? [] : splitChanges({ number, lot, changes });
}

async function overdue({ view, fromBlock, until }: Blocks): Promise<Told[]> {
  const flags: Told[] = [];
  for (const name of ["IssueEscalated", "IssueAnswered"] as const) {
    const topics = [eventTopic("ProjectIssues", name)];
    for (const { log } of (await ifDeployed(view.events("ProjectIssues", { topics, fromBlock }))) ?? []) {
      const event = decodeEvent("ProjectIssues", log);
      if (log.block > until) continue;
      if (event?.name !== "IssueEscalated" && !(event?.name === "IssueAnswered" && event.args.late)) continue;
      const { id: project, issue } = event.args;
      const level = event.name === "IssueEscalated" ? [{ path: "/level", value: event.args.level }] : [];
      const flag = { rule: "issue-overdue", subject: `issue/${issue}`, inputs: level };
      flags.push({ project, transaction: log.transaction, judged: () => Promise.resolve([flag]) });
    }
  }
  return flags;
}
