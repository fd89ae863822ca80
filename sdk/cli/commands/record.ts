import type { Command } from "commander";
import {
  changeStatus,
  findRecord,
  getEvidence,
  getHeader,
  getRecord,
  STATUS_STATES,
  type RecordViewAnswer,
} from "../../client/routes/records.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { codeText } from "../code-words.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { fileText, writePrivate } from "../files.ts";
import { teach } from "../help.ts";
import { addRecordName } from "../record-name.ts";
import { choiceValue, hashValue, reasonValue, timeValue } from "../values.ts";
import { pairLines, timeIf, timeOrDash, toldTransaction } from "../views.ts";
import { registerRecordStatus } from "./record-status.ts";

/** `record show|find|evidence|change|status|header`: one record of the department. */
export function registerRecord(program: Command, context: Context): void {
  const { say } = context;
  const group = program
    .command("record")
    .description(say({ zh: "一条记录:进展、存证、状态", en: "One record: how far it is, its evidence, its state" }));
  registerShow(group, context);
  registerFind(group, context);
  registerEvidence(group, context);
  registerRecordStatus(group, context);
  registerChange(group, context);
  registerHeader(group, context);
}

function registerShow(group: Command, context: Context): void {
  const { say } = context;
  const command = addRecordName(group.command("show"), context).description(
    say({
      zh: "进展:已接收、已封存、已锚定、已确定(不含内容)",
      en: "How far it is: accepted, sealed, anchored, final (without its content)",
    }),
  );
  addConnectionOptions(command, context).action(
    context.action(async (scope: Hex, seq: number, options: ConnectionOptions) => {
      const record = await (await connect(options, context)).call(getRecord, { params: { scope, seq } });
      return told(record, context);
    }),
  );
  teach(command, context, {
    examples: [{ line: "record show 0x… 42", words: { zh: "第 42 号记录:", en: "Record number 42:" } }],
  });
}

function registerFind(group: Command, context: Context): void {
  const { say } = context;
  const command = group
    .command("find")
    .description(say({ zh: "按业务编号查找有效记录", en: "Find the active record of a business key" }))
    .argument("<resource>", say({ zh: "资源 ID", en: "id of the resource" }), hashValue("resource"))
    .argument(
      "<key>",
      say({ zh: "业务编号(证照编号、决定书文号)", en: "business key (certificate number, decision number)" }),
    );
  addConnectionOptions(command, context).action(
    context.action(async (id: Hex, key: string, options: ConnectionOptions) => {
      const record = await (await connect(options, context)).call(findRecord, { params: { id }, body: { key } });
      return told(record, context);
    }),
  );
  teach(command, context, {
    examples: [
      { line: "record find 0x… 990100000000007", words: { zh: "按证照编号:", en: "By the number of a certificate:" } },
    ],
  });
}

function told(record: RecordViewAnswer, context: Context) {
  const { output, say } = context;
  const { batch } = record;
  output.result({
    lines: () =>
      pairLines([
        [say({ zh: "记录", en: "record" }), record.record],
        [say({ zh: "范围、编号", en: "scope, number" }), `${record.scope} ${record.seq}`],
        [say({ zh: "种类", en: "kind" }), record.kind],
        [say({ zh: "进展", en: "state" }), codeText("progress", record.state, context)],
        [say({ zh: "接收时间", en: "issued" }), timeOrDash(record.issuedAt)],
        [say({ zh: "有效期起", en: "valid from" }), timeIf(record.validFrom)],
        [say({ zh: "有效期止", en: "valid until" }), timeIf(record.validUntil)],
        [say({ zh: "批次", en: "batch" }), batch && `${batch.first}…${batch.first + batch.count - 1} ${batch.root}`],
        [say({ zh: "锚定时间", en: "anchored" }), timeIf(batch?.time)],
        [say({ zh: "交易", en: "transaction" }), batch?.transaction],
        [
          say({ zh: "销毁", en: "destruction" }),
          record.destructionPending ? say({ zh: "已决定,进行中", en: "decided, under way" }) : undefined,
        ],
      ]),
    json: record,
  });
  return EXIT.ok;
}

interface EvidenceOptions extends ConnectionOptions {
  readonly parents?: true;
  readonly out?: string;
}

function registerEvidence(group: Command, context: Context): void {
  const { say, output } = context;
  const command = addRecordName(group.command("evidence"), context)
    .description(
      say({ zh: "本部门记录的存证(含全部数据项)", en: "The evidence of one of the own records (with all its claims)" }),
    )
    .option("--parents", say({ zh: "一并公开血缘", en: "disclose its parents too" }))
    .option(
      "--out <FILE>",
      say({
        zh: "写入文件(仅本人可读);默认写到标准输出",
        en: "write it to a file (readable by you only); standard output unless told",
      }),
    );
  addConnectionOptions(command, context).action(
    context.action(async (scope: Hex, seq: number, { parents, out, ...options }: EvidenceOptions) => {
      const query = parents ? ({ parents: "true" } as const) : {};
      const evidence = await (await connect(options, context)).call(getEvidence, { params: { scope, seq }, query });
      if (out === undefined) output.result({ lines: () => [fileText(evidence).trimEnd()], json: evidence });
      else {
        await writePrivate(out, { text: fileText(evidence), context });
        output.result({ lines: () => [`✓ ${out}`], json: { file: out } });
      }
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [
      { line: "record evidence 0x… 42 --out licence.evidence.json", words: { zh: "存成文件:", en: "Into a file:" } },
      { line: "record evidence 0x… 42 | suyuan verify -", words: { zh: "直接验证:", en: "Verify it at once:" } },
    ],
  });
}

interface ChangeOptions extends ConnectionOptions {
  readonly state: (typeof STATUS_STATES)[number];
  readonly reason: number;
  readonly effectiveFrom?: number;
}

function registerChange(group: Command, context: Context): void {
  const { say } = context;
  const command = addRecordName(group.command("change"), context)
    .description(say({ zh: "改变记录的状态:暂扣、撤销、注销……", en: "Change its state: suspend, revoke, cancel …" }))
    .requiredOption("--state <STATE>", STATUS_STATES.join(" | "), choiceValue("--state", STATUS_STATES))
    .requiredOption("--reason <N>", say({ zh: "理由代码", en: "coded reason" }), reasonValue("--reason"))
    .option(
      "--effective-from <TIME>",
      say({
        zh: "自何时生效,默认现在;撤销自始无效,吊销自决定之日",
        en: "since when, now unless told; revoked is void from the start, withdrawn from the decision",
      }),
      timeValue("--effective-from"),
    );
  addConnectionOptions(command, context).action(
    context.action(async (scope: Hex, seq: number, { state, reason, effectiveFrom, ...options }: ChangeOptions) => {
      const body = { state, reason, ...(effectiveFrom !== undefined && { effectiveFrom }) };
      const answer = await (await connect(options, context)).call(changeStatus, { params: { scope, seq }, body });
      return toldTransaction({ done: { zh: `状态已改为 ${state}`, en: `The state is now ${state}` }, answer }, context);
    }),
  );
  teach(command, context, {
    examples: [
      { line: "record change 0x… 42 --state suspended --reason 1", words: { zh: "暂扣:", en: "Suspend it:" } },
      {
        line: "record change 0x… 42 --state active --reason 2",
        words: { zh: "恢复有效:", en: "Make it active again:" },
      },
    ],
  });
}

function registerHeader(group: Command, context: Context): void {
  const { say, output } = context;
  const command = addRecordName(group.command("header"), context).description(
    say({
      zh: "记录头与锚定位置(仅监督,不含内容)",
      en: "Its header and where it is anchored (oversight only, without its content)",
    }),
  );
  addConnectionOptions(command, context).action(
    context.action(async (scope: Hex, seq: number, options: ConnectionOptions) => {
      const answer = await (await connect(options, context)).call(getHeader, { params: { scope, seq } });
      output.result({ lines: () => [fileText(answer).trimEnd()], json: answer });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [{ line: "record header 0x… 42", words: { zh: "监督部门查看:", en: "As oversight:" } }],
  });
}
