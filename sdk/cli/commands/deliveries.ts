import type { Command } from "commander";
import { listDeliveries } from "../../client/routes/deliveries.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { codeText } from "../code-words.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { saveReceived } from "../received.ts";
import { hashValue, integerValue } from "../values.ts";
import { listLines, timeOrDash } from "../views.ts";

interface ListOptions extends ConnectionOptions {
  readonly from?: number;
  readonly limit?: number;
  readonly out?: string;
}

/** `deliveries <agreement> [k]`: the numbered deliveries; with a number and --out, what was received under it is saved again. */
export function registerDeliveries(program: Command, context: Context): void {
  const { say } = context;
  const number = integerValue("k", { maximum: 2 ** 32 - 1 });
  const command = program
    .command("deliveries")
    .description(
      say({
        zh: "一项授权下的各次交付;给出编号和 --out 则再次保存收到的存证(使用方)",
        en: "The deliveries of an agreement; with a number and --out, saves the evidences received under it again (consumer)",
      }),
    )
    .argument("<agreement>", say({ zh: "授权 ID", en: "id of the agreement" }), hashValue("agreement"))
    .argument("[k]", say({ zh: "交付编号", en: "number of a delivery" }), number)
    .option(
      "--from <K>",
      say({ zh: "从哪个编号起", en: "the first number" }),
      integerValue("--from", { maximum: 2 ** 32 - 1 }),
    )
    .option(
      "--limit <N>",
      say({ zh: "最多几条", en: "how many at most" }),
      integerValue("--limit", { minimum: 1, maximum: 1000 }),
    )
    .option(
      "--out <DIR>",
      say({ zh: "把第 k 次收到的存证存入此目录", en: "save the evidences of number k in this folder" }),
    );
  addConnectionOptions(command, context).action(
    context.action((agreement: Hex, k: number | undefined, options: ListOptions) =>
      show({ agreement, k, options }, context),
    ),
  );
  teach(command, context, {
    examples: [
      { line: "deliveries 0x…", words: { zh: "各次交付与结清:", en: "All of them and how they were settled:" } },
      {
        line: "deliveries 0x… 3 --out evidence/",
        words: { zh: "再次保存第 3 次的存证:", en: "Save those of number 3 again:" },
      },
    ],
  });
}

interface Asked {
  readonly agreement: Hex;
  readonly k: number | undefined;
  readonly options: ListOptions;
}

async function show({ agreement, k, options }: Asked, context: Context) {
  const { from = k, limit = k === undefined ? undefined : 1, out } = options;
  if (out !== undefined && k === undefined)
    throw new CliError("usage.together", { name: "k", other: "--out", try: "suyuan deliveries --help" });
  const client = await connect(options, context);
  const query = { ...(from !== undefined && { from }), ...(limit !== undefined && { limit }) };
  const answer = await client.call(listDeliveries, { params: { id: agreement }, query });
  const deliveries = answer.deliveries.filter((delivery) => k === undefined || delivery.k === k);
  const [delivery] = deliveries;
  const received = delivery?.side === "consumer" ? delivery.records : 0;
  const indexes = Array.from({ length: received }, (_, index) => index);
  const files =
    out === undefined || k === undefined ? [] : await saveReceived({ agreement, k, indexes, out }, { client, context });
  const { say } = context;
  context.output.result({
    lines: () => [
      ...listLines({
        headings: [
          "k",
          say({ zh: "本方", en: "side" }),
          say({ zh: "状态", en: "state" }),
          say({ zh: "时间", en: "at" }),
          say({ zh: "记录数", en: "records" }),
          say({ zh: "回执", en: "receipt" }),
          say({ zh: "结清", en: "settled" }),
        ],
        rows: deliveries.map(({ k: number, side, state, at, records, acknowledged, settled }) => [
          String(number),
          side === "provider" ? say({ zh: "提供方", en: "provider" }) : say({ zh: "使用方", en: "consumer" }),
          codeText("progress", state, context),
          timeOrDash(at),
          String(records),
          acknowledged ? say({ zh: "有", en: "yes" }) : say({ zh: "无", en: "no" }),
          settled ? codeText("progress", settled.outcome, context) : "–",
        ]),
        none: say({ zh: "没有交付", en: "No deliveries" }),
      }),
      ...files,
    ],
    json: { deliveries, ...(out !== undefined && { files }) },
  });
  return EXIT.ok;
}
