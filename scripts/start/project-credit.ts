import type { SuyuanClient } from "../../sdk/client/client.ts";
import { answerAgreement, applyForAgreement } from "../../sdk/client/routes/agreements.ts";
import { checkCredit } from "../../sdk/client/routes/projects.ts";
import { submitRecords } from "../../sdk/client/routes/records.ts";
import { demoDepartments } from "../../sdk/families/demo-departments.ts";
import { generateCreditPenalties } from "../../sdk/families/synthetic.ts";
import { resourceId, resourceScope } from "../../sdk/protocol/anchor.ts";
import { utf8 } from "../../sdk/protocol/bytes.ts";
import { RESOURCES } from "./catalogue.ts";
import { untilFinal } from "./ingest.ts";
import { PENALTIES } from "./input.ts";
import { MUNICIPAL_PROJECT } from "./municipal.ts";
import { OutcomeError } from "./scenario.ts";

/** The winner of the demonstration's tender. */
export const CONTRACTOR = "91990100MA0000015X";
const PURPOSE = "contractor-credit-check";
const DAY = 86_400;
const AGREEMENT_DAYS = 180;
const MAXIMUM_USES = 20;

export interface CreditClients {
  readonly owner: SuyuanClient;
  /** Of the department that publishes penalties. */
  readonly registry: SuyuanClient;
}

export interface TenderTimes {
  /** Seconds. */
  readonly bid: number;
  readonly award: number;
}

const dayOf = (seconds: number): string => new Date((seconds + 8 * 3600) * 1000).toISOString().slice(0, 10);

/**
 * The contractor is penalised between bid and award; the owner asks the credit records under an agreement, for both days.
 * Returns the rule that was flagged. Throws OutcomeError when the bid is not clear or the award is.
 */
export async function checkContractor(
  { bid, award }: TenderTimes,
  { owner, registry }: CreditClients,
): Promise<string> {
  const id = resourceId(demoDepartments[RESOURCES.penalty.provider].uscc, RESOURCES.penalty.code);
  const decided = await penalise(dayOf(bid + DAY), { id, registry });
  const validFrom = Math.floor(Date.now() / 1000);
  const { agreement } = await owner.call(applyForAgreement, {
    body: {
      resource: id,
      purpose: PURPOSE,
      fields: [],
      matter: "承包人信用核查",
      basis: "《中华人民共和国招标投标法实施条例》第五十七条",
      scenario: "重大项目投标、中标与付款之日核查承包人的行政处罚",
      validFrom,
      validUntil: validFrom + AGREEMENT_DAYS * DAY,
      maximumUses: MAXIMUM_USES,
    },
  });
  await registry.call(answerAgreement, { params: { id: agreement }, body: { decision: "agree" } });
  const check = (occasion: "bid" | "award", at: number) =>
    owner.call(checkCredit, {
      params: { code: MUNICIPAL_PROJECT },
      body: { contractor: CONTRACTOR, occasion, at, agreement, keys: [decided], fields: [], purpose: PURPOSE },
    });
  const atBid = await check("bid", bid);
  if (!atBid.clear) throw new OutcomeError("投标之日 on the day of bid", "无处罚 clear", "有处罚 penalised");
  const [flag] = (await check("award", award)).penalties;
  if (flag?.proof === undefined)
    throw new OutcomeError("中标之日 on the day of award", "有处罚 penalised", "无处罚 clear");
  return flag.rule;
}

/** Publishes a made-up penalty of the contractor; gives its decision number. */
async function penalise(
  decisionDate: string,
  { id, registry }: { readonly id: ReturnType<typeof resourceId>; readonly registry: SuyuanClient },
): Promise<string> {
  const [sample] = generateCreditPenalties({ seed: 1, first: PENALTIES, count: 1 });
  const penalty = {
    ...sample,
    counterpartyName: "溯源市政工程有限公司(虚构)",
    counterpartyCategory: "法人及非法人组织",
    counterpartyCode: CONTRACTOR,
    legalRepresentative: "示例甲",
    decisionDate,
    updatedAt: `${decisionDate}T17:00:00+08:00`,
    validUntil: dayOf(Date.parse(decisionDate) / 1000 + 365 * DAY),
    publishedUntil: dayOf(Date.parse(decisionDate) / 1000 + 365 * DAY),
  };
  const body = { mediaType: "application/x-ndjson", bytes: utf8(JSON.stringify(penalty)) } as const;
  for await (const outcome of await registry.call(submitRecords, { params: { id }, body })) {
    if (outcome.outcome === "refused") throw new OutcomeError("行政处罚 penalty", "accepted", outcome.code);
    await untilFinal(resourceScope(id), outcome.receipt.seq, registry);
  }
  return String(penalty.decisionNumber);
}
