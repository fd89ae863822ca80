import { Descriptions, Steps } from "antd";
import { z } from "zod";
import { ISSUE_STATES, PROJECT_STAGES } from "../../../../../sdk/chain/projects.ts";
import { useTexts } from "../../shared/language.tsx";
import { useDepartmentNames } from "../directory.ts";
import { useFormat } from "../format.tsx";
import { PROJECT_TEXTS, STAGE_TEXTS } from "./project-texts.ts";

const amount = z.number();
const time = z.number();

/** What the ledger of projects says; amounts are 分, times seconds, 0 for none. */
export const chainProject = z.looseObject({
  bodies: z.looseObject({
    owner: z.string(),
    approver: z.string(),
    planner: z.string(),
    payer: z.string(),
    auditor: z.string(),
  }),
  stage: z.enum(PROJECT_STAGES),
  reached: z.array(z.enum(PROJECT_STAGES)),
  registeredAt: time,
  completionDue: time,
  estimate: amount,
  budget: amount,
  committed: amount,
  paid: amount,
  finalAccount: amount,
  lotList: z.array(
    z.looseObject({
      state: z.string(),
      bidders: z.number(),
      progress: z.number(),
      deadline: time,
      awardedAt: time,
      signedAt: time,
      award: amount,
      value: amount,
      paid: amount,
      winner: z.string(),
    }),
  ),
  issueList: z.array(
    z.looseObject({
      state: z.enum(ISSUE_STATES),
      reporter: z.string(),
      assignee: z.string(),
      reportedAt: time,
      due: time,
      level: z.number(),
      urged: z.number(),
    }),
  ),
  asOf: z.looseObject({ block: z.number(), time }),
});
export type ChainProject = z.infer<typeof chainProject>;

const STAGES = PROJECT_STAGES.filter((stage) => stage !== "none");

/** The legal stages in their order: reached, where it stands, and left out. */
export function Stages({ project }: { readonly project: ChainProject }) {
  const t = useTexts(PROJECT_TEXTS);
  const stage = useTexts(STAGE_TEXTS);
  const current = STAGES.findIndex((name) => name === project.stage);
  return (
    <Steps
      size="small"
      orientation="vertical"
      current={current}
      items={STAGES.map((name, i) => {
        const isReached = project.reached.includes(name);
        const isSkipped = !isReached && i < current;
        const state =
          i === current ? "stageNow" : isReached ? "stageReached" : isSkipped ? "stageSkipped" : "stageAhead";
        return {
          title: stage(name),
          content: t(state),
          status: i === current ? "process" : isReached ? "finish" : isSkipped ? "error" : "wait",
        };
      })}
    />
  );
}

/** Amounts against their limits, and who answers for what. */
export function ChainFacts({ project }: { readonly project: ChainProject }) {
  const t = useTexts(PROJECT_TEXTS);
  const format = useFormat();
  const departmentOf = useDepartmentNames();
  const against = (value: number, limit: number) =>
    limit === 0
      ? format.money(value)
      : `${format.money(value)} (${t("share", { value: format.number(Math.round((value / limit) * 1000) / 10) })})`;
  const { bodies, budget } = project;
  const facts: readonly (readonly [keyof typeof PROJECT_TEXTS, string])[] = [
    ["estimate", format.money(project.estimate)],
    ["budget", format.money(budget)],
    ["committed", against(project.committed, budget)],
    ["paid", against(project.paid, budget)],
    ...(project.finalAccount === 0 ? [] : [["finalAccount", against(project.finalAccount, budget)] as const]),
    ...(["owner", "approver", "planner", "payer", "auditor"] as const).map(
      (duty) => [duty, departmentOf(bodies[duty])] as const,
    ),
    ["asOf", t("blockAt", { block: project.asOf.block, time: format.time(project.asOf.time) })],
  ];
  const lots = project.lotList.map((lot, i) => ({
    key: `lot ${i}`,
    label: t("lot", { number: i + 1 }),
    children: t("lotFacts", {
      bidders: lot.bidders,
      winner: lot.winner === "" ? "—" : lot.winner,
      award: format.money(lot.award),
      value: format.money(lot.value),
      paid: format.money(lot.paid),
      progress: format.number(lot.progress / 100),
    }),
  }));
  return (
    <Descriptions
      bordered
      size="small"
      column={{ xs: 1, md: 2 }}
      items={[...facts.map(([key, children]) => ({ key, label: t(key), children })), ...lots]}
    />
  );
}
