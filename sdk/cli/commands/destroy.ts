import type { Command } from "commander";
import type { SuyuanClient } from "../../client/client.ts";
import type { AnswerOf } from "../../client/route.ts";
import { destroyRecord, getDestruction } from "../../client/routes/destruction.ts";
import { describeNode } from "../../client/routes/node.ts";
import { getRecord } from "../../client/routes/records.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { approvalJson, parseApproval, signIntent, type Approval } from "../approval.ts";
import type { DestructionIntent } from "../../protocol/destruction.ts";
import { codeText } from "../code-words.ts";
import { addConnectionOptions, connect, connectSigner, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT, isCoded } from "../errors.ts";
import { fileText, writePrivate } from "../files.ts";
import { teach } from "../help.ts";
import { addRecordName } from "../record-name.ts";
import { readJson } from "../json-input.ts";
import { pairLines, timeOrDash } from "../views.ts";

const NEEDED = 2;

/** `destroy propose|approve|submit|show`: two people, each with an own keystore and password, decide; then the node destroys. */
export function registerDestroy(program: Command, context: Context): void {
  const { say } = context;
  const group = program.command("destroy").description(
    say({
      zh: "销毁一条记录的载荷与密钥:两人各以自己的密钥库签署",
      en: "Destroy a record's payload and key: two people sign, each with an own keystore",
    }),
  );
  registerPropose(group, context);
  registerApprove(group, context);
  registerSubmit(group, context);
  registerShow(group, context);
}

interface ProposeOptions extends ConnectionOptions {
  readonly reason: string;
  readonly out: string;
}

function registerPropose(group: Command, context: Context): void {
  const { say } = context;
  const command = addRecordName(group.command("propose"), context)
    .description(say({ zh: "第一人签署销毁决定", en: "The first person signs the decision" }))
    .requiredOption(
      "--reason <CODE>",
      say({ zh: "理由,如 retention-over", en: "reason, such as retention-over" }),
      reasonCode,
    )
    .requiredOption("--out <FILE>", say({ zh: "决定文件,交给第二人", en: "the decision, for the second person" }));
  addConnectionOptions(command, context).action(
    context.action(async (scope: Hex, seq: number, { reason, out, ...options }: ProposeOptions) => {
      const { client, signer } = await connectSigner(options, context);
      const intent = { ...(await nameOf({ scope, seq }, client)), reason, at: context.now() };
      return sign({ approval: { intent, approvals: [] }, out }, { signer, context });
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "destroy propose 0x… 42 --reason retention-over --out decision.json",
        words: { zh: "第一人:", en: "The first person:" },
      },
      {
        line: "destroy approve decision.json --out signed.json",
        words: { zh: "第二人,用自己的密钥库:", en: "The second, with an own keystore:" },
      },
      { line: "destroy submit signed.json", words: { zh: "提交(24 小时内):", en: "Submit it, within 24 hours:" } },
    ],
    notes: [
      {
        zh: "销毁不可恢复:决定先锚定上链,然后删除载荷、密钥和索引,最后锚定完成记录。",
        en: "It cannot be undone: the decision is anchored first, then payload, key and index are deleted, then the completion is anchored.",
      },
    ],
  });
}

function reasonCode(text: string): string {
  if (/^[a-z][a-z0-9-]{0,63}$/.test(text)) return text;
  throw new CliError("usage.value", { name: "--reason", expected: "a-z 0-9 -" });
}

function registerApprove(group: Command, context: Context): void {
  const { say } = context;
  const command = group
    .command("approve")
    .description(say({ zh: "第二人核对并签署", en: "The second person checks it and signs" }))
    .argument("<FILE>", say({ zh: "第一人的决定文件", en: "the first person's decision" }))
    .requiredOption("--out <FILE>", say({ zh: "含两个签名的文件", en: "the file with both signatures" }));
  addConnectionOptions(command, context).action(
    context.action(async (path: string, { out, ...options }: ConnectionOptions & { readonly out: string }) => {
      const approval = await readApproval(path, context);
      const { client, signer } = await connectSigner(options, context);
      const found = await nameOf(approval.intent, client);
      const { intent, approvals } = approval;
      if (found.record !== intent.record || found.ledger !== intent.ledger)
        throw new CliError("approval.mismatch", { path });
      if (approvals.some(({ key }) => key === signer.keyId))
        throw new CliError("approval.same-key", { key: signer.keyId });
      return sign({ approval, out }, { signer, context });
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "destroy approve decision.json --out signed.json",
        words: { zh: "签署同一决定:", en: "Sign the same decision:" },
      },
    ],
  });
}

function registerSubmit(group: Command, context: Context): void {
  const { say } = context;
  const command = group
    .command("submit")
    .description(
      say({ zh: "提交两人签署的决定,节点开始销毁", en: "Submit the decision that both signed; the node begins" }),
    )
    .argument("<FILE>", say({ zh: "含两个签名的文件", en: "the file with both signatures" }));
  addConnectionOptions(command, context).action(
    context.action(async (path: string, options: ConnectionOptions) => {
      const { intent, approvals } = await readApproval(path, context);
      if (approvals.length < NEEDED)
        throw new CliError("approval.too-few", { count: approvals.length, needed: NEEDED });
      const { scope, seq, reason, at } = intent;
      const body = { reason, at, approvals: [...approvals] };
      const answer = await (await connect(options, context)).call(destroyRecord, { params: { scope, seq }, body });
      return told(answer, context);
    }),
  );
  teach(command, context, {
    examples: [{ line: "destroy submit signed.json", words: { zh: "提交:", en: "Submit it:" } }],
  });
}

function registerShow(group: Command, context: Context): void {
  const { say } = context;
  const command = addRecordName(group.command("show"), context).description(
    say({ zh: "销毁的进展", en: "How far a destruction is" }),
  );
  addConnectionOptions(command, context).action(
    context.action(async (scope: Hex, seq: number, options: ConnectionOptions) =>
      told(await (await connect(options, context)).call(getDestruction, { params: { scope, seq } }), context),
    ),
  );
  teach(command, context, {
    examples: [{ line: "destroy show 0x… 42", words: { zh: "第 42 号记录:", en: "Of record 42:" } }],
  });
}

/** Which record of which ledger the number means, as the department's own node says. */
async function nameOf({ scope, seq }: { readonly scope: Hex; readonly seq: number }, client: SuyuanClient) {
  const { record } = await client.call(getRecord, { params: { scope, seq } });
  const { ledger } = await client.call(describeNode, {});
  return { ledger: ledger.id, scope, seq, record };
}

async function readApproval(path: string, context: Context): Promise<Approval> {
  try {
    return parseApproval(await readJson({ path, context }));
  } catch (cause) {
    if (cause instanceof CliError || !isCoded(cause)) throw cause;
    throw new CliError("input.form", { path, expectedZh: "销毁决定文件", expectedEn: "a destruction decision" }, cause);
  }
}

interface Signing {
  readonly signer: Parameters<typeof signIntent>[1];
  readonly context: Context;
}

async function sign(
  { approval: { intent, approvals }, out }: { readonly approval: Approval; readonly out: string },
  { signer, context }: Signing,
) {
  const signed = { intent, approvals: [...approvals, await signIntent(intent, signer)] };
  await writePrivate(out, { text: fileText(approvalJson(signed)), context });
  const { say, output } = context;
  const missing = NEEDED - signed.approvals.length;
  output.result({
    lines: () => [
      ...intentLines(intent, context),
      missing > 0
        ? say({
            zh: `✓ 已签署,写入 ${out};还需 ${missing} 人:suyuan destroy approve ${out} --out …`,
            en: `✓ Signed, in ${out}; ${missing} more: suyuan destroy approve ${out} --out …`,
          })
        : say({
            zh: `✓ 两人已签署,写入 ${out}:suyuan destroy submit ${out}`,
            en: `✓ Both have signed, in ${out}: suyuan destroy submit ${out}`,
          }),
    ],
    json: { file: out, intent, signatures: signed.approvals.length, needed: NEEDED },
  });
  return EXIT.ok;
}

const intentLines = ({ scope, seq, record, reason, at }: DestructionIntent, { say }: Context): string[] =>
  pairLines([
    [say({ zh: "范围、编号", en: "scope, number" }), `${scope} ${seq}`],
    [say({ zh: "记录", en: "record" }), record],
    [say({ zh: "理由", en: "reason" }), reason],
    [say({ zh: "决定时间", en: "decided" }), timeOrDash(at)],
  ]);

function told(answer: AnswerOf<typeof getDestruction>, context: Context) {
  const { output, say } = context;
  const named = (name: typeof answer.intent) => name && `${name.scope} ${name.seq} ${name.record}`;
  output.result({
    lines: () =>
      pairLines([
        [say({ zh: "范围、编号", en: "scope, number" }), `${answer.scope} ${answer.seq}`],
        [say({ zh: "进展", en: "state" }), codeText("progress", answer.state, context)],
        [say({ zh: "决定(日志记录)", en: "decision (in the journal)" }), named(answer.intent)],
        [say({ zh: "完成(日志记录)", en: "completion (in the journal)" }), named(answer.completion)],
      ]),
    json: answer,
  });
  return EXIT.ok;
}
