import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SuyuanClient } from "../../sdk/client/client.ts";
import type { CallOf } from "../../sdk/client/route.ts";
import { ProblemError } from "../../sdk/client/problem-error.ts";
import { entitleBody, takeStep } from "../../sdk/client/routes/project-steps.ts";
import { importProjects, showProject } from "../../sdk/client/routes/projects.ts";
import { toHex, utf8 } from "../../sdk/protocol/bytes.ts";
import { digest } from "../../sdk/protocol/hash.ts";
import { parseJson } from "../../sdk/protocol/json.ts";
import { demoDepartments } from "../../sdk/families/demo-departments.ts";
import { MUNICIPAL_PROJECT, municipalReleases } from "./municipal.ts";
import { checkContractor, CONTRACTOR } from "./project-credit.ts";
import { PARTY_NAMES, type Party, type PartyName } from "./parties.ts";
import type { Teller } from "./say.ts";
import { clientOf, OutcomeError } from "./scenario.ts";

/** Published examples beside the project; brought in when they are there. */
const EXAMPLES = fileURLToPath(new URL("../../../shared/data/oc4ids/examples/example.json", import.meta.url));
const DAY = 86_400;
const MILLION = 100_000_000;
/** Below two per cent of the lot's estimate. */
const BID_BOND = 0.5 * MILLION;
const basis = toHex(digest("sha256", utf8("演示:各部门代行的法定职责")));

type Clients = Readonly<Record<PartyName, SuyuanClient>>;

/** Brings in projects under watch: published examples, and a made-up municipal project that overruns. Repeating it is harmless. */
export async function bringProjects(parties: Readonly<Record<PartyName, Party>>, teller: Teller): Promise<void> {
  const clients = Object.fromEntries(PARTY_NAMES.map((name) => [name, clientOf(parties[name])])) as Clients; // One entry for each name.
  await teller.step("重大项目:导入示例与发布", "projects: examples and releases", async (progress) => {
    const bring = (document: unknown, project?: string) =>
      clients.ecology.call(importProjects, { body: { document, ...(project !== undefined && { project }) } });
    const { projects } = await bring(municipalReleases(), MUNICIPAL_PROJECT);
    const examples = existsSync(EXAMPLES) ? (await bring(parseJson(readFileSync(EXAMPLES, "utf8")))).projects : [];
    progress.result([...projects, ...examples].map(({ code, flags }) => `${code}: ${flags} 条警示 flags`).join("、"));
  });
  const shown = await clients.ecology.call(showProject, { params: { code: MUNICIPAL_PROJECT } });
  if (shown.chain === undefined) await playLedger(clients, teller);
  if (shown.flags.some(({ rule }) => rule === "contractor-penalised")) return;
  await teller.step(
    "重大项目:承包人在投标与中标之间受到处罚",
    "projects: the contractor was penalised between bid and award",
    async (progress) => {
      const { owner, registry } = { owner: clients.ecology, registry: clients.marketRegulation };
      const { deadline: bid, until: award } = tenderTimes(Math.floor(Date.now() / 1000));
      progress.result(await checkContractor({ bid, award }, { owner, registry }));
    },
  );
}

async function playLedger(clients: Clients, teller: Teller): Promise<void> {
  await teller.step(
    "重大项目:批复、招标、签约、付款上链",
    "projects: approvals, tender, contract, payment on chain",
    (progress) => playSteps(clients, (done, total) => progress.tell(done, total)),
  );
  await teller.step(
    "重大项目:超概算付款被拒(政府投资条例第 23 条)",
    "projects: paying beyond the budget is refused (article 23)",
    async (progress) => {
      const article = await refusedArticle(clients.tradingCentre);
      if (article !== 23) throw new OutcomeError("超概算付款 payment beyond the budget", "23", String(article));
      progress.result("project.gate-closed");
    },
  );
}

async function refusedArticle(payer: SuyuanClient): Promise<unknown> {
  try {
    await take(payer, { step: "pay", lot: 1, amount: 21 * MILLION });
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.values["article"] ?? error.problem.code;
    throw error;
  }
  return "paid";
}

type GivenStep = CallOf<typeof takeStep>["body"]["step"];

const take = (client: SuyuanClient, step: GivenStep) =>
  client.call(takeStep, {
    params: { code: MUNICIPAL_PROJECT },
    body: { step, filing: { title: `滨河路综合改造工程 ${step.step}` } },
  });

const tenderTimes = (now: number) => {
  const deadline = now - 39 * DAY;
  return { saleFrom: now - 60 * DAY, deadline, until: deadline + 3 * DAY };
};

/** The tender lies in the past: the days between its steps are the ones that the law asks for. */
async function playSteps(
  { authority, marketRegulation: approver, ecology: owner, tradingCentre: payer }: Clients,
  tell: (done: number, total: number) => void,
): Promise<void> {
  const { uscc: approverCode } = demoDepartments.marketRegulation;
  const { uscc: payerCode } = demoDepartments.tradingCentre;
  await authority.call(entitleBody, { body: { body: approverCode, duties: ["approve", "plan"], basis } });
  await authority.call(entitleBody, { body: { body: payerCode, duties: ["pay", "audit"], basis } });
  const now = Math.floor(Date.now() / 1000);
  const { saleFrom, deadline, until } = tenderTimes(now);
  const bodies = {
    owner: demoDepartments.ecology.uscc,
    approver: approverCode,
    planner: approverCode,
    payer: payerCode,
    auditor: payerCode,
  };
  const steps: readonly (readonly [SuyuanClient, GivenStep])[] = [
    [approver, { step: "register", bodies }],
    [approver, { step: "approve", stage: "proposal", amount: 0 }],
    [approver, { step: "approve", stage: "feasibility", amount: 38 * MILLION }],
    [approver, { step: "approve", stage: "design", amount: 40 * MILLION }],
    [approver, { step: "issue-plan", amount: 40 * MILLION }],
    [
      owner,
      {
        step: "announce",
        estimate: 30 * MILLION,
        saleFrom,
        saleUntil: saleFrom + 7 * DAY,
        deadline,
        bidBond: BID_BOND,
      },
    ],
    [owner, { step: "open-bids", lot: 1, bidders: 3, openedAt: deadline }],
    [owner, { step: "publish-candidates", lot: 1, reportAt: deadline, from: deadline, until }],
    [owner, { step: "award", lot: 1, winner: CONTRACTOR, amount: 29 * MILLION, awardedAt: until }],
    [owner, { step: "sign", lot: 1, amount: 29 * MILLION, performanceBond: 2 * MILLION, signedAt: until + DAY }],
    [owner, { step: "return-bonds", lot: 1, returnedAt: until + 3 * DAY }],
    [payer, { step: "pay", lot: 1, amount: 20 * MILLION }],
  ];
  for (const [i, [client, step]] of steps.entries()) {
    await take(client, step);
    tell(i + 1, steps.length);
  }
}
