import type { Command } from "commander";
import { checkCredit, CREDIT_OCCASIONS } from "../../client/routes/projects.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { addAskedOptions, askedKeys, askedTerms, type AskedOptions } from "../asked.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { choiceValue, hashValue, timeValue, usccValue } from "../values.ts";
import { flagLines } from "./project-show.ts";

const HELP = "suyuan project credit --help";

interface CreditOptions extends ConnectionOptions, AskedOptions {
  readonly contractor: string;
  readonly occasion: (typeof CREDIT_OCCASIONS)[number];
  readonly at?: number;
  readonly agreement: Hex;
}

/** `project credit <code>`: a contractor against the credit records, on one day. */
export function registerProjectCredit(group: Command, context: Context): void {
  const { say } = context;
  const command = group
    .command("credit")
    .description(
      say({
        zh: "核对承包人在投标、中标或付款之日有无处罚:依授权取得信用记录并验证,发现的处罚记为警示,保存所用存证",
        en: "Check a contractor for penalties on the day of bid, award or payment: the credit records are obtained under an agreement and verified; a penalty is flagged, and the evidence used is kept",
      }),
    )
    .argument("<code>", say({ zh: "项目代码", en: "code of the project" }))
    .requiredOption("--contractor <USCC>", say({ zh: "承包人", en: "the contractor" }), usccValue("--contractor"))
    .requiredOption("--occasion <OCCASION>", CREDIT_OCCASIONS.join(" | "), choiceValue("--occasion", CREDIT_OCCASIONS))
    .option("--at <TIME>", say({ zh: "该日;默认现在", en: "that day; now unless told" }), timeValue("--at"))
    .requiredOption(
      "--agreement <ID>",
      say({ zh: "取得信用记录的授权", en: "the agreement for the credit records" }),
      hashValue("--agreement"),
    );
  addConnectionOptions(addAskedOptions(command, context), context).action(
    context.action((code: string, options: CreditOptions) => check(code, { options, context })),
  );
  teach(command, context, {
    examples: [
      {
        line: "project credit 2026-110101-48-01-000001 --contractor 91990100MA0000015X --occasion award --at 2026-02-02 --agreement 0x… --key 溯市监罚〔2026〕1号",
        words: { zh: "中标之日:", en: "On the day of the award:" },
      },
    ],
    exit: [
      [EXIT.ok, { zh: "所查记录中该日没有处罚", en: "no penalty on that day in the records asked for" }],
      [EXIT.negative, { zh: "该日有处罚(已记为警示),或被拒绝", en: "there was one, and it is flagged; or refused" }],
      [EXIT.undetermined, { zh: "连不上节点或提供方", en: "the node or the provider is out of reach" }],
    ],
    notes: [
      {
        zh: "只说明所列决定书文号的记录:没有列出的处罚不在其中。",
        en: "It speaks of the decision numbers that were listed: a penalty that was not asked for is not in it.",
      },
    ],
  });
}

async function check(
  code: string,
  { options, context }: { readonly options: CreditOptions; readonly context: Context },
) {
  const { contractor, occasion, agreement, at = context.now() } = options;
  const keys = await askedKeys(options, { context, help: HELP });
  const client = await connect(options, context);
  const terms = await askedTerms(options, { agreement, client, help: HELP });
  const body = { contractor, occasion, at, agreement, keys, ...terms };
  const answer = await client.call(checkCredit, { params: { code }, body });
  const { penalties, delivery, clear } = answer;
  const asked = keys.length;
  context.output.result({
    lines: () => [
      clear
        ? `✓ ${context.say({ zh: `所查 ${asked} 个文号在该日没有处罚(第 ${delivery} 次交付)`, en: `No penalty on that day among the ${asked} asked for (delivery ${delivery})` })}`
        : `✗ ${context.say({ zh: `该日有 ${penalties.length} 项处罚,已记为警示(第 ${delivery} 次交付)`, en: `${penalties.length} penalties on that day, flagged (delivery ${delivery})` })}`,
      ...penalties.flatMap((flag) => flagLines(flag, context)),
    ],
    json: answer,
  });
  return clear ? EXIT.ok : EXIT.negative;
}
