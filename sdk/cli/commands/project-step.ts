import type { Command } from "commander";
import { projectStep, takeStep } from "../../client/routes/project-steps.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { teach } from "../help.ts";
import { readBody } from "../json-input.ts";
import { addFilingOptions, readFiling, type FilingOptions } from "./project-filing.ts";
import { toldTransaction } from "../views.ts";

const STEPS = projectStep.options
  .map(({ shape: { step, ...said } }) => `  ${[step.value, ...Object.keys(said)].join("  ")}`)
  .join("\n");

/** `project step <code> <step.json>`: one step of the ProjectLedger, with its filing. */
export function registerProjectStep(group: Command, context: Context): void {
  const { say } = context;
  const command = group
    .command("step")
    .description(
      say({
        zh: "办理一步(批复、招标、合同、进度、付款、变更、验收、问题督办……):文件先锚定,再上链;不合法定条件的由合约拒绝并指明条款",
        en: "Take a step (approval, tender, contract, progress, payment, change, acceptance, issues …): the filing is anchored, then the step goes on chain; the contract refuses what the law does not allow, with the article",
      }),
    )
    .argument("<code>", say({ zh: "项目代码", en: "code of the project" }))
    .argument("<step.json>", say({ zh: "{step, …};- 为标准输入", en: "{step, …}; - is standard input" }));
  addFilingOptions(command, context);
  addConnectionOptions(command, context).action(
    context.action(async (code: string, path: string, options: ConnectionOptions & FilingOptions) => {
      const step = await readBody(projectStep, { path, context });
      const body = { step, filing: await readFiling(options, context) };
      const answer = await (await connect(options, context)).call(takeStep, { params: { code }, body });
      const { seq } = answer.filing;
      return toldTransaction(
        { done: { zh: `已办理:${step.step}(文件 #${seq})`, en: `Done: ${step.step} (filing #${seq})` }, answer },
        context,
      );
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "project step 2026-110101-48-01-000001 pay.json --title 进度款",
        words: {
          zh: '付款一百万元,pay.json 为 {"step":"pay","lot":1,"amount":100000000}(金额以分计):',
          en: 'Pay one million yuan; pay.json is {"step":"pay","lot":1,"amount":100000000} (amounts are in fen):',
        },
      },
    ],
    notes: [
      {
        zh: `各步及其内容(金额以分计,时间为秒,进度为万分比):\n${STEPS}`,
        en: `The steps and what each says (amounts in fen, times in seconds, progress in hundredths of a per cent):\n${STEPS}`,
      },
    ],
  });
}
