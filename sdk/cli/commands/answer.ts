import type { Command } from "commander";
import type { CallOf } from "../../client/route.ts";
import { answerAgreement } from "../../client/routes/agreements.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { teach } from "../help.ts";
import type { Words } from "../language.ts";
import { hashValue } from "../values.ts";
import { toldTransaction } from "../views.ts";

interface AnswerOptions extends ConnectionOptions {
  readonly agree?: true;
  readonly refuse?: string;
  readonly ask?: string;
}

/** `answer`: the provider agrees, refuses with a basis, or asks once for what is missing. */
export function registerAnswer(program: Command, context: Context): void {
  const { say } = context;
  const command = program
    .command("answer")
    .description(say({ zh: "答复申请(提供方)", en: "Answer an application (provider)" }))
    .argument("<agreement>", say({ zh: "授权 ID", en: "id of the agreement" }), hashValue("agreement"))
    .option("--agree", say({ zh: "同意", en: "agree" }))
    .option("--refuse <BASIS>", say({ zh: "不同意,写明依据", en: "refuse, with the basis" }))
    .option("--ask <MISSING>", say({ zh: "一次性告知须补充的内容", en: "ask, once, for what is missing" }));
  addConnectionOptions(command, context).action(
    context.action(async (id: Hex, options: AnswerOptions) => {
      const { body, done } = decisionOf(options);
      const answer = await (await connect(options, context)).call(answerAgreement, { params: { id }, body });
      return toldTransaction({ done, answer }, context);
    }),
  );
  teach(command, context, {
    examples: [
      { line: "answer 0x… --agree", words: { zh: "同意:", en: "Agree:" } },
      {
        line: "answer 0x… --refuse 非履行职责所必需",
        words: { zh: "不同意须写明依据:", en: "A refusal needs a basis:" },
      },
      {
        line: "answer 0x… --ask 请写明办理的事项",
        words: { zh: "材料不全,只能要求补充一次:", en: "Something is missing, which may be asked once:" },
      },
    ],
  });
}

type Decision = CallOf<typeof answerAgreement>["body"];

function decisionOf({ agree, refuse, ask }: AnswerOptions): { readonly body: Decision; readonly done: Words } {
  const decisions: { readonly body: Decision; readonly done: Words }[] = [];
  if (agree) decisions.push({ body: { decision: "agree" }, done: { zh: "已同意", en: "Agreed" } });
  if (refuse !== undefined)
    decisions.push({ body: { decision: "refuse", basis: refuse }, done: { zh: "已答复不同意", en: "Refused" } });
  if (ask !== undefined)
    decisions.push({
      body: { decision: "ask", missing: ask },
      done: { zh: "已要求补充", en: "Asked for a supplement" },
    });
  const [decision] = decisions;
  if (decision === undefined || decisions.length > 1)
    throw new CliError("usage.either", { name: "--agree", other: "--refuse, --ask", try: "suyuan answer --help" });
  return decision;
}
