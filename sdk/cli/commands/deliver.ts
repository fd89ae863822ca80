import type { Command } from "commander";
import { askForDelivery } from "../../client/routes/deliveries.ts";
import type { AnswerOf } from "../../client/route.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { addAskedOptions, askedKeys, askedTerms, type AskedOptions } from "../asked.ts";
import { codeText } from "../code-words.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { saveReceived } from "../received.ts";
import { hashValue } from "../values.ts";
import { listLines, pairLines } from "../views.ts";

const HELP = "suyuan deliver --help";

interface DeliverOptions extends ConnectionOptions, AskedOptions {
  readonly idempotencyKey?: string;
  readonly out?: string;
}

/** `deliver`: the consumer's own node obtains records, verifies them, countersigns; the evidences are saved here. */
export function registerDeliver(program: Command, context: Context): void {
  const { say } = context;
  const command = program
    .command("deliver")
    .description(
      say({
        zh: "向提供方索取记录(使用方):本部门节点取得、验证、会签,存证存入 --out",
        en: "Obtain records from the provider (consumer): the own node gets, verifies and countersigns them; the evidences go to --out",
      }),
    )
    .argument("<agreement>", say({ zh: "授权 ID", en: "id of the agreement" }), hashValue("agreement"));
  addAskedOptions(command, context)
    .option(
      "--idempotency-key <KEY>",
      say({ zh: "以同一值重试不会用掉第二个编号", en: "a repetition with the same one uses no second number" }),
    )
    .option(
      "--out <DIR>",
      say({ zh: "把存证存入此目录(仅本人可读)", en: "save the evidences in this folder (readable by you only)" }),
    );
  addConnectionOptions(command, context).action(
    context.action((agreement: Hex, options: DeliverOptions) => deliver(agreement, { options, context })),
  );
  teach(command, context, {
    examples: [
      {
        line: "deliver 0x… --key 990100000000007 --out evidence/",
        words: { zh: "索取一张证照:", en: "Obtain one certificate:" },
      },
      {
        line: "deliver 0x… --keys-from numbers.txt --out evidence/",
        words: { zh: "按清单索取:", en: "Obtain a list:" },
      },
    ],
    exit: [
      [EXIT.ok, { zh: "已收到并会签", en: "received and countersigned" }],
      [EXIT.negative, { zh: "有异议(验证未通过)或被拒绝", en: "disputed (it did not verify) or refused" }],
      [EXIT.undetermined, { zh: "连不上节点或提供方", en: "the node or the provider is out of reach" }],
    ],
  });
}

interface Work {
  readonly options: DeliverOptions;
  readonly context: Context;
}

async function deliver(agreement: Hex, { options, context }: Work) {
  const keys = await askedKeys(options, { context, help: HELP });
  const client = await connect(options, context);
  const { fields, purpose } = await askedTerms(options, { agreement, client, help: HELP });
  const { idempotencyKey } = options;
  const body = { keys, fields, purpose, ...(idempotencyKey !== undefined && { idempotencyKey }) };
  const answer = await client.call(askForDelivery, { params: { id: agreement }, body });
  const indexes = answer.state === "received" ? answer.records.map(({ index }) => index) : [];
  const files =
    options.out === undefined
      ? []
      : await saveReceived({ agreement, k: answer.k, indexes, out: options.out }, { client, context });
  context.output.result({ lines: () => linesOf({ answer, files, keys }, context), json: { ...answer, files } });
  return answer.state === "received" ? EXIT.ok : EXIT.negative;
}

interface Delivered {
  readonly answer: AnswerOf<typeof askForDelivery>;
  readonly files: readonly string[];
  readonly keys: readonly string[];
}

function linesOf({ answer, files, keys }: Delivered, context: Context): string[] {
  const { say } = context;
  const { k, state, faults, acknowledged, packageDigest } = answer;
  const head =
    state === "received"
      ? say({ zh: `✓ 第 ${k} 次交付:已收到、验证并会签`, en: `✓ Delivery ${k}: received, verified, countersigned` })
      : say({ zh: `✗ 第 ${k} 次交付:有异议,未采信`, en: `✗ Delivery ${k}: disputed, not relied on` });
  return [
    head,
    ...pairLines([
      [say({ zh: "  包摘要", en: "  package digest" }), packageDigest],
      [
        say({ zh: "  回执", en: "  receipt" }),
        acknowledged
          ? say({ zh: "提供方已收到", en: "the provider has it" })
          : say({ zh: "尚未送达,节点会继续发送", en: "not delivered yet; the node keeps sending it" }),
      ],
      [
        say({ zh: "  未通过的检查", en: "  checks that did not pass" }),
        faults.length > 0 ? faults.join(" ") : undefined,
      ],
    ]),
    "",
    ...listLines({
      headings: [
        say({ zh: "业务编号", en: "key" }),
        say({ zh: "结论", en: "verdict" }),
        say({ zh: "记录", en: "record" }),
        say({ zh: "文件", en: "file" }),
      ],
      rows: answer.records.map(({ index, verdict, record }, i) => [
        keys[index] ?? "–",
        codeText("progress", verdict, context),
        record,
        files[i] ?? "–",
      ]),
      none: say({ zh: "没有记录", en: "No records" }),
    }),
  ];
}
