import type { Command } from "commander";
import { takeStep } from "../../client/routes/project-steps.ts";
import { listProjectIssues } from "../../client/routes/projects.ts";
import type { ISSUE_STATES } from "../../chain/projects.ts";
import type { CallOf } from "../../client/route.ts";
import { addConnectionOptions, addNodeOption, connect, connectPublic, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import type { Words } from "../language.ts";
import { addFilingOptions, readFiling, type FilingOptions } from "./project-filing.ts";
import { integerValue, usccValue } from "../values.ts";
import { listLines, timeOrDash, toldTransaction } from "../views.ts";

type Step = CallOf<typeof takeStep>["body"]["step"];
type IssueStep = Extract<Step, { step: `${string}-issue` }>;

interface IssueOptions extends ConnectionOptions, FilingOptions {
  readonly to?: string;
  readonly days?: number;
}

interface Action {
  readonly name: string;
  readonly words: Words;
  readonly example: string;
  /** The step; `issue` is 0 for one that is not numbered yet. */
  readonly step: (issue: number, options: IssueOptions) => IssueStep;
  readonly isNew?: true;
  readonly isAssignment?: true;
}

const MAXIMUM_WORKING_DAYS = 250;

const STATES: Readonly<Record<(typeof ISSUE_STATES)[number], Words>> = {
  none: { zh: "无", en: "none" },
  reported: { zh: "已报告", en: "reported" },
  assigned: { zh: "办理中", en: "assigned" },
  answered: { zh: "已答复", en: "answered" },
  closed: { zh: "已办结", en: "closed" },
};

const ACTIONS: readonly Action[] = [
  {
    name: "report",
    words: { zh: "报告一个问题(任何部门)", en: "Report an issue; any department" },
    example: 'report 2026-110101-48-01-000001 --title "施工停滞"',
    step: () => ({ step: "report-issue" }),
    isNew: true,
  },
  {
    name: "assign",
    words: {
      zh: "监督部门:交办并定期限(工作日);对答复不满意时退回重办",
      en: "Overseer: assign it with a deadline in working days, or give an unsatisfactory answer back",
    },
    example: "assign 2026-110101-48-01-000001 1 --to 11990100990100034D --days 5 --title 交办单",
    step: (issue, { to = "", days = 0 }) => ({ step: "assign-issue", issue, assignee: to, workingDays: days }),
    isAssignment: true,
  },
  {
    name: "urge",
    words: { zh: "监督部门:督办;不改变期限", en: "Overseer: urge the assignee; the deadline stays" },
    example: "urge 2026-110101-48-01-000001 1 --title 督办单",
    step: (issue) => ({ step: "urge-issue", issue }),
  },
  {
    name: "escalate",
    words: { zh: "逾期后提级到承办部门的上级(任何部门)", en: "Hand an overdue issue to the department above; anyone" },
    example: "escalate 2026-110101-48-01-000001 1 --title 提级单",
    step: (issue) => ({ step: "escalate-issue", issue }),
  },
  {
    name: "answer",
    words: { zh: "承办部门:答复", en: "Assignee: answer it" },
    example: "answer 2026-110101-48-01-000001 1 --title 整改报告 --content answer.json",
    step: (issue) => ({ step: "answer-issue", issue }),
  },
  {
    name: "close",
    words: { zh: "监督部门:办结", en: "Overseer: close an answered issue" },
    example: "close 2026-110101-48-01-000001 1 --title 办结单",
    step: (issue) => ({ step: "close-issue", issue }),
  },
];

/** `project issue …`: report, assign, urge, escalate, answer, close; and the list of a project's issues. */
export function registerProjectIssue(program: Command, context: Context): void {
  const group = program.command("issue").description(
    context.say({
      zh: "问题督办:报告、交办、督办、提级、答复、办结;每一步的文件先锚定,再上链",
      en: "Issues: report, assign, urge, escalate, answer, close; each step's filing is anchored before it goes on chain",
    }),
  );
  registerList(group, context);
  for (const action of ACTIONS) register(group, action, context);
}

function registerList(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("list")
    .description(say({ zh: "一个项目的问题及其期限(公开)", en: "A project's issues and their deadlines; public" }))
    .argument("<code>", say({ zh: "项目代码", en: "code of the project" }));
  addNodeOption(command, context).action(
    context.action(async (code: string, options: ConnectionOptions) => {
      const { issues } = await connectPublic(options, context).call(listProjectIssues, { params: { code } });
      output.result({
        lines: () =>
          listLines({
            headings: [
              "#",
              say({ zh: "状态", en: "state" }),
              say({ zh: "报告", en: "reported by" }),
              say({ zh: "承办", en: "assigned to" }),
              say({ zh: "期限", en: "due" }),
              say({ zh: "督办", en: "urged" }),
              say({ zh: "提级", en: "escalated" }),
            ],
            rows: issues.map(({ number, state, reporter, assignee, due, isOverdue, urged, level }) => [
              String(number),
              say(STATES[state]),
              reporter,
              assignee === "" ? "–" : assignee,
              `${timeOrDash(due === 0 ? undefined : due)}${isOverdue ? say({ zh: " 逾期", en: " overdue" }) : ""}`,
              String(urged),
              String(level),
            ]),
            none: say({ zh: "没有问题", en: "There are no issues" }),
          }),
        json: issues,
      });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [{ line: "project issue list 2026-110101-48-01-000001", words: { zh: "查看:", en: "Look at them:" } }],
  });
}

function register(group: Command, action: Action, context: Context): void {
  const { say } = context;
  const { name, words, example, isNew, isAssignment } = action;
  const command = group
    .command(name)
    .description(say(words))
    .argument("<code>", say({ zh: "项目代码", en: "code of the project" }));
  if (isNew !== true)
    command.argument(
      "<number>",
      say({ zh: "问题编号", en: "number of the issue" }),
      integerValue("number", { minimum: 1 }),
    );
  if (isAssignment === true)
    command
      .requiredOption("--to <USCC>", say({ zh: "承办部门", en: "department to answer it" }), usccValue("--to"))
      .requiredOption(
        "--days <N>",
        say({ zh: "期限(工作日)", en: "working days to answer" }),
        integerValue("--days", { minimum: 1, maximum: MAXIMUM_WORKING_DAYS }),
      );
  addFilingOptions(command, context);
  addConnectionOptions(command, context).action(
    isNew === true
      ? context.action((code: string, options: IssueOptions) => take(action, { code, issue: 0, options }, context))
      : context.action((code: string, issue: number, options: IssueOptions) =>
          take(action, { code, issue, options }, context),
        ),
  );
  teach(command, context, {
    examples: [{ line: `project issue ${example}`, words: { zh: "例如:", en: "Such as:" } }],
  });
}

interface Asked {
  readonly code: string;
  readonly issue: number;
  readonly options: IssueOptions;
}

async function take({ name, step }: Action, { code, issue, options }: Asked, context: Context) {
  const body = { step: step(issue, options), filing: await readFiling(options, context) };
  const answer = await (await connect(options, context)).call(takeStep, { params: { code }, body });
  const of = issue === 0 ? "" : ` #${issue}`;
  return toldTransaction({ done: { zh: `已办理:${name}${of}`, en: `Done: ${name}${of}` }, answer }, context);
}
