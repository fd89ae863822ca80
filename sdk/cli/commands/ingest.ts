import { open } from "node:fs/promises";
import type { Command } from "commander";
import type { AcceptedReceipt } from "../../client/routes/records.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { addConnectionOptions, connectSigner, type ConnectionOptions } from "../connection.ts";
import { outputError, type Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { ingest, type Ingested, type Refusal } from "../ingest.ts";
import { numberedLines } from "../lines.ts";
import { ReceiptKeys } from "../receipt-keys.ts";
import { hashValue } from "../values.ts";

interface IngestOptions extends ConnectionOptions {
  readonly resource: Hex;
  readonly receipts?: string;
  readonly trust?: string;
}

/** `ingest <file.ndjson|->`: one record a line, in bounded signed requests. */
export function registerIngest(program: Command, context: Context): void {
  const { say } = context;
  const command = program
    .command("ingest")
    .description(
      say({ zh: "提交记录(提供方),每行一个 JSON 对象", en: "Submit records (provider), one JSON object a line" }),
    )
    .argument("<file.ndjson>", say({ zh: "文件;- 为标准输入", en: "the file; - is standard input" }))
    .requiredOption("--resource <ID>", say({ zh: "资源 ID", en: "id of the resource" }), hashValue("--resource"))
    .option(
      "--receipts <FILE>",
      say({ zh: "把节点签名的回执逐行追加到此文件", en: "append the node's signed receipts to this file, one a line" }),
    );
  command.option(
    "--trust <FILE>",
    say({
      zh: "信任文件:节点用另一把密钥签发回执时,从链上读取其公钥(默认同 verify)",
      en: "trust file: the public key is read from the chain when the node signs receipts with another key (default: as for verify)",
    }),
  );
  addConnectionOptions(command, context).action(
    context.action((path: string, options: IngestOptions) => run(path, { options, context })),
  );
  teach(command, context, {
    examples: [
      { line: "ingest certificates.ndjson --resource 0x…", words: { zh: "提交一个文件:", en: "Submit a file:" } },
      {
        line: "generate certificates --count 100 | suyuan ingest - --resource 0x… --receipts receipts.ndjson",
        words: { zh: "从标准输入提交并保存回执:", en: "From standard input, keeping the receipts:" },
      },
    ],
    exit: [
      [EXIT.ok, { zh: "每一行都已接受,回执签名成立", en: "every line was accepted, every receipt's signature holds" }],
      [
        EXIT.negative,
        {
          zh: "有的行被拒绝(逐行列出),或有回执签名不成立",
          en: "some lines were refused (each is listed), or a receipt does not hold",
        },
      ],
      [EXIT.undetermined, { zh: "中途连不上;可重复运行", en: "out of reach in between; run it again" }],
    ],
    notes: [
      {
        zh: "可随时重复运行:已接受的行会答复为“已有”,不会重复登记。被拒绝的行改正后单独提交即可。",
        en: "It may be repeated at any time: accepted lines are answered as duplicates and stored once. Correct refused lines and submit those alone.",
      },
    ],
  });
}

async function run(path: string, { options, context }: { readonly options: IngestOptions; readonly context: Context }) {
  const { say, output, world } = context;
  const { client, signer, publicKey } = await connectSigner(options, context);
  const receiptKeys = new ReceiptKeys({ own: { keyId: signer.keyId, publicKey }, trust: options.trust }, context);
  const receipts = await ReceiptFile.open(options.receipts, context);
  let soFar: Ingested | undefined;
  try {
    const done = await ingest(
      { resource: options.resource, lines: numberedLines(path, context) },
      {
        client,
        sleep: world.sleep,
        holds: (receipt) => receiptKeys.holds(receipt),
        onReceipts: (accepted) => receipts.append(accepted),
        onProgress: (state) => {
          soFar = state;
          output.progress(progressText(state, context));
        },
      },
    );
    output.progressEnd();
    output.result({
      lines: () => linesOf(done, context),
      json: { ...done, refused: done.refusals.length },
    });
    return done.refusals.length === 0 ? EXIT.ok : EXIT.negative;
  } catch (error) {
    output.progressEnd();
    if (soFar !== undefined)
      output.note(
        say({
          zh: `中断前:${progressText(soFar, context)}。可重复运行,已接受的行不会重复登记。`,
          en: `Before it stopped: ${progressText(soFar, context)}. Run it again: accepted lines are stored once.`,
        }),
      );
    throw error;
  } finally {
    await receipts.close();
  }
}

const progressText = ({ accepted, duplicates, refusals, lines }: Ingested, { say }: Context): string =>
  say({
    zh: `${lines} 行:新增 ${accepted},已有 ${duplicates},拒绝 ${refusals.length}`,
    en: `${lines} lines: ${accepted} new, ${duplicates} known, ${refusals.length} refused`,
  });

function linesOf(done: Ingested, context: Context): string[] {
  const { say } = context;
  const mark = done.refusals.length === 0 ? "✓" : "✗";
  const next =
    done.lastSeq === undefined
      ? []
      : [
          say({
            zh: `  范围 ${done.scope},编号 ${done.firstSeq}…${done.lastSeq}`,
            en: `  scope ${done.scope}, numbers ${done.firstSeq}…${done.lastSeq}`,
          }),
          say({
            zh: `  锚定进度:suyuan record show ${done.scope} ${done.lastSeq}`,
            en: `  anchoring: suyuan record show ${done.scope} ${done.lastSeq}`,
          }),
        ];
  return [
    ...done.refusals.flatMap((refusal) => refusalLines(refusal, context)),
    `${mark} ${progressText(done, context)}`,
    ...next,
  ];
}

function refusalLines({ line, code, title, remedy, findings }: Refusal, { say }: Context): string[] {
  const head = say({ zh: `✗ 第 ${line} 行`, en: `✗ line ${line}` });
  const told = findings.map(
    (finding) => `    ${finding.path.join(".") || "/"}  ${finding.code}: ${finding.title} → ${finding.remedy}`,
  );
  return [`${head}  ${code}: ${title}`, ...(told.length > 0 ? told : [`    → ${remedy}`])];
}

/** Where receipts are kept; nothing when no file was named. */
class ReceiptFile {
  private readonly path: string;
  private readonly handle: Awaited<ReturnType<typeof open>> | undefined;

  private constructor(path: string, handle: Awaited<ReturnType<typeof open>> | undefined) {
    this.path = path;
    this.handle = handle;
  }

  static async open(path: string | undefined, context: Context): Promise<ReceiptFile> {
    if (path === undefined) return new ReceiptFile("", undefined);
    try {
      return new ReceiptFile(path, await open(context.resolvePath(path), "a", 0o600));
    } catch (cause) {
      throw outputError(path, cause);
    }
  }

  async append(receipts: readonly AcceptedReceipt[]): Promise<void> {
    if (receipts.length === 0) return;
    try {
      await this.handle?.appendFile(receipts.map((receipt) => `${JSON.stringify(receipt)}\n`).join(""));
    } catch (cause) {
      throw outputError(this.path, cause);
    }
  }

  async close(): Promise<void> {
    await this.handle?.close();
  }
}
