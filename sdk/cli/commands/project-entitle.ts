import type { Command } from "commander";
import { PROJECT_DUTIES } from "../../chain/projects.ts";
import { entitleBody } from "../../client/routes/project-steps.ts";
import { toHex } from "../../protocol/bytes.ts";
import { digest } from "../../protocol/hash.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { teach } from "../help.ts";
import { choiceValue, collect, usccValue } from "../values.ts";
import { toldTransaction } from "../views.ts";

interface EntitleOptions extends ConnectionOptions {
  readonly duty?: readonly (typeof PROJECT_DUTIES)[number][];
  readonly none?: true;
  readonly basis: string;
}

/** `project entitle <USCC>`: what only the authority's node can do. */
export function registerProjectEntitle(group: Command, context: Context): void {
  const { say } = context;
  const command = group
    .command("entitle")
    .description(
      say({
        zh: "登记一个部门依法对项目负有的全部职责(审批、计划、付款、审计),以后的登记取代以前的",
        en: "Enter all duties that a body has by law in projects (approve, plan, pay, audit); a later entry replaces an earlier one",
      }),
    )
    .argument("<USCC>", say({ zh: "统一社会信用代码", en: "unified social credit code" }), usccValue("USCC"))
    .option("--duty <DUTY>", PROJECT_DUTIES.join(" | "), collect(choiceValue("--duty", PROJECT_DUTIES)))
    .option("--none", say({ zh: "不再负有任何职责", en: "it has no duty any more" }))
    .requiredOption(
      "--basis <FILE>",
      say({ zh: "书面依据;其 SHA-256 摘要上链", en: "the written basis; its SHA-256 goes on chain" }),
    );
  addConnectionOptions(command, context).action(
    context.action(async (body: string, { duty = [], none, basis: path, ...options }: EntitleOptions) => {
      if ((duty.length === 0) !== (none === true))
        throw new CliError("usage.either", { name: "--duty", other: "--none", try: "suyuan project entitle --help" });
      const basis = toHex(digest("sha256", await context.readInput(path)));
      const duties = PROJECT_DUTIES.filter((one) => duty.includes(one));
      const answer = await (await connect(options, context)).call(entitleBody, { body: { body, duties, basis } });
      const told = duties.length === 0 ? "–" : duties.join(" ");
      return toldTransaction(
        { done: { zh: `${body} 的职责:${told}`, en: `Duties of ${body}: ${told}` }, answer },
        context,
      );
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "project entitle 11990100990100026J --duty approve --duty plan --basis basis.pdf",
        words: { zh: "在数据主管部门的节点上:", en: "On the authority's node:" },
      },
    ],
    notes: [
      {
        zh: "合约按登记的职责放行项目的各步。以前办理的各步不受影响。",
        en: "The contracts let a body take its steps by these duties. What it did before stays as it is.",
      },
    ],
  });
}
