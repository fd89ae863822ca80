import type { Command } from "commander";
import type { SuyuanClient } from "../../client/client.ts";
import { getAgreement } from "../../client/routes/agreements.ts";
import { askForDelivery } from "../../client/routes/deliveries.ts";
import type { AnswerOf } from "../../client/route.ts";
import { fromUtf8, type Hex } from "../../protocol/bytes.ts";
import { codeText } from "../code-words.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { saveReceived } from "../received.ts";
import { collect, fieldValue, hashValue, purposeValue } from "../values.ts";
import { listLines, pairLines } from "../views.ts";

interface DeliverOptions extends ConnectionOptions {
  readonly key?: readonly string[];
  readonly keysFrom?: string;
  readonly field?: readonly string[];
  readonly purpose?: string;
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
    .argument("<agreement>", say({ zh: "授权 ID", en: "id of the agreement" }), hashValue("agreement"))
    .option(
      "--key <KEY>",
      say({
        zh: "业务编号(证照编号、决定书文号),可重复",
        en: "business key (certificate number, decision number), repeatable",
      }),
      collect((text) => text),
    )
    .option(
      "--keys-from <FILE>",
      say({ zh: "每行一个业务编号;- 为标准输入", en: "one business key a line; - is standard input" }),
    )
    .option(
      "--field <PATH>",
      say({
        zh: "可选字段,可重复;默认为获准的全部",
        en: "an optional field, repeatable; all that were granted unless told",
      }),
      collect(fieldValue("--field")),
    )
    .option(
      "--purpose <CODE>",
      say({ zh: "用途,默认为申请时的用途", en: "purpose; that of the application unless told" }),
      purposeValue("--purpose"),
    )
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
  const keys = await keysOf({ options, context });
  const client = await connect(options, context);
  const { fields, purpose } = await wanted(agreement, { client, options });
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

async function keysOf({ options: { key = [], keysFrom }, context }: Work): Promise<string[]> {
  const listed = keysFrom === undefined ? [] : fromUtf8(await context.readInput(keysFrom)).split("\n");
  const keys = [...key, ...listed.map((line) => line.trim()).filter((line) => line !== "")];
  if (keys.length === 0)
    throw new CliError("usage.either", { name: "--key", other: "--keys-from", try: "suyuan deliver --help" });
  return keys;
}

/** What was not said is taken from the application, when the node holds its document. */
async function wanted(
  agreement: Hex,
  { client, options }: { readonly client: SuyuanClient; readonly options: DeliverOptions },
): Promise<{ readonly fields: string[]; readonly purpose: string }> {
  const { field, purpose } = options;
  if (field !== undefined && purpose !== undefined) return { fields: [...field], purpose };
  const { application } = await client.call(getAgreement, { params: { id: agreement } });
  const meant = purpose ?? application?.purpose;
  if (meant === undefined)
    throw new CliError("usage.option-missing", { name: "--purpose", try: "suyuan deliver --help" });
  return { fields: [...(field ?? application?.fields ?? [])], purpose: meant };
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
