import type { Command } from "commander";
import {
  answerCorrection,
  listCorrections,
  requestCorrection,
  type CORRECTION_STATES,
  type CorrectionView,
} from "../../client/routes/corrections.ts";
import type { CallOf } from "../../client/route.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import type { Words } from "../language.ts";
import { collect, fieldValue, hashValue, integerValue } from "../values.ts";
import { listLines, timeOrDash } from "../views.ts";

const STATES: Readonly<Record<(typeof CORRECTION_STATES)[number], Words>> = {
  undelivered: { zh: "等待送达", en: "under way" },
  waiting: { zh: "待答复", en: "waits for an answer" },
  invalid: { zh: "对方未接收", en: "not taken" },
  corrected: { zh: "已更正", en: "corrected" },
  refused: { zh: "不予更正", en: "refused" },
};

/** `correction list|request|answer`: a received record is wrong; the provider corrects it or says why not. */
export function registerCorrection(program: Command, context: Context): void {
  const group = program.command("correction").description(
    context.say({
      zh: "更正:请提供方更正收到的记录;以新记录取代后答复,或说明理由不予更正(申请与答复均为锚定的记录)",
      en: "Corrections: ask the provider to correct a received record; it answers once a record supersedes it, or refuses with a reason (requests and answers are anchored records)",
    }),
  );
  registerList(group, context);
  registerRequest(group, context);
  registerAnswer(group, context);
}

function registerList(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("list")
    .description(say({ zh: "提出与收到的更正申请", en: "Requests made and received" }));
  addConnectionOptions(command, context).action(
    context.action(async (options: ConnectionOptions) => {
      const { corrections } = await (await connect(options, context)).call(listCorrections, {});
      output.result({
        lines: () => linesOf(corrections, context),
        json: { corrections },
      });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [{ line: "correction list", words: { zh: "全部及其进展:", en: "All of them, and where they stand:" } }],
  });
}

function linesOf(corrections: readonly CorrectionView[], { say }: Context): readonly string[] {
  return listLines({
    headings: [
      say({ zh: "时间", en: "at" }),
      say({ zh: "方向", en: "side" }),
      say({ zh: "对方部门", en: "department" }),
      say({ zh: "进展", en: "state" }),
      say({ zh: "申请", en: "request" }),
      say({ zh: "内容", en: "text" }),
      say({ zh: "理由或新记录", en: "reason or new record" }),
    ],
    rows: corrections.map(({ at, side, department, state, code, id, text, answer }) => [
      timeOrDash(at),
      say(side === "consumer" ? { zh: "我方提出", en: "asked by us" } : { zh: "请我方更正", en: "asked of us" }),
      department,
      `${say(STATES[state])}${code === undefined ? "" : ` ${code}`}`,
      id,
      text,
      answer?.basis ?? answer?.successor?.record ?? "–",
    ]),
    none: say({ zh: "没有", en: "None" }),
  });
}

interface RequestOptions extends ConnectionOptions {
  readonly delivery: number;
  readonly index: number;
  readonly field?: readonly string[];
  readonly text: string;
}

function registerRequest(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("request")
    .description(say({ zh: "申请更正(使用方)", en: "Ask for a correction (consumer)" }))
    .argument("<agreement>", say({ zh: "授权 ID", en: "id of the agreement" }), hashValue("agreement"))
    .requiredOption("--delivery <K>", say({ zh: "交付编号", en: "number of the delivery" }), integerValue("--delivery"))
    .option(
      "--index <N>",
      say({ zh: "其中第几条,从 0 起", en: "which of its records, from 0" }),
      integerValue("--index"),
      0,
    )
    .option(
      "--field <PATH>",
      say({
        zh: "有误的数据项,可多次;不给则为整条记录",
        en: "a field that is wrong, repeatable; the whole record without it",
      }),
      collect(fieldValue("--field")),
    )
    .requiredOption("--text <TEXT>", say({ zh: "有何错误", en: "what is wrong" }));
  addConnectionOptions(command, context).action(
    context.action(async (id: Hex, { delivery: k, index, field, text, ...options }: RequestOptions) => {
      const body = { index, fields: [...(field ?? [])], text };
      const made = await (await connect(options, context)).call(requestCorrection, { params: { id, k }, body });
      output.result({ lines: () => linesOf([made], context), json: made });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: `correction request 0x… --delivery 0 --field scope --text 经营范围与执照不符`,
        words: { zh: "收到的第一条记录有误:", en: "The first record of delivery 0 is wrong:" },
      },
    ],
  });
}

interface AnswerOptions extends ConnectionOptions {
  readonly corrected?: true;
  readonly refuse?: string;
}

function registerAnswer(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("answer")
    .description(say({ zh: "答复更正申请(提供方)", en: "Answer a request (provider)" }))
    .argument("<request>", say({ zh: "申请的记录标识", en: "record id of the request" }), hashValue("request"))
    .option("--corrected", say({ zh: "已出具取代它的记录", en: "a record supersedes it now" }))
    .option("--refuse <REASON>", say({ zh: "不予更正,写明理由", en: "refuse, with the reason" }));
  addConnectionOptions(command, context).action(
    context.action(async (id: Hex, options: AnswerOptions) => {
      const body = decisionOf(options);
      const made = await (await connect(options, context)).call(answerCorrection, { params: { id }, body });
      output.result({ lines: () => linesOf([made], context), json: made });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "correction answer 0x… --corrected",
        words: {
          zh: "先出具更正后的记录(同一业务编号),再答复:",
          en: "Issue the corrected record under the same business key first, then answer:",
        },
      },
      { line: "correction answer 0x… --refuse 与原始档案一致", words: { zh: "不予更正:", en: "Refuse:" } },
    ],
  });
}

function decisionOf({ corrected, refuse }: AnswerOptions): CallOf<typeof answerCorrection>["body"] {
  if (corrected === true && refuse === undefined) return { decision: "corrected" };
  if (corrected !== true && refuse !== undefined) return { decision: "refused", basis: refuse };
  throw new CliError("usage.either", {
    name: "--corrected",
    other: "--refuse",
    try: "suyuan correction answer --help",
  });
}
