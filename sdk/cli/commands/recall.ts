import type { Command } from "commander";
import type { SuyuanClient } from "../../client/client.ts";
import { listDepartments } from "../../client/routes/departments.ts";
import {
  listRecallNotices,
  listRecalls,
  recallList,
  sendRecalls,
  type RecallView,
} from "../../client/routes/lineage-recalls.ts";
import type { RecallList } from "../../lineage/recall.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { recallLines } from "../lineage-text.ts";
import { addRecordArgument, findPlace } from "../place.ts";
import { purposeValue, timeValue } from "../values.ts";
import { listLines, timeOrDash } from "../views.ts";

/** `recall list|send|sent|received`: who received bad data, and the notices that tell them. */
export function registerRecall(program: Command, context: Context): void {
  const group = program.command("recall").description(
    context.say({
      zh: "召回:谁收到过问题数据或其衍生数据,向其发出通知,并保存对方的回执(通知与回执均为锚定的记录)",
      en: "Recalls: who received bad data or something made from it, the notices to them, and their receipts (notices and receipts are anchored records)",
    }),
  );
  registerList(group, context);
  registerSend(group, context);
  registerSent(group, context);
  registerReceived(group, context);
}

async function namesOf(client: SuyuanClient): Promise<ReadonlyMap<string, string>> {
  const { departments } = await client.call(listDepartments, {});
  return new Map(departments.map(({ id, name }) => [id, name]));
}

function registerList(group: Command, context: Context): void {
  const { say, output } = context;
  const command = addRecordArgument(group.command("list"), context)
    .description(
      say({
        zh: "召回名单,由本部门节点跨部门追溯得出",
        en: "The recall list, as the department's node traces it over all departments",
      }),
    )
    .option(
      "--as-of <TIME>",
      say({ zh: "当时的名单;默认现在", en: "the list as of a time; now by default" }),
      timeValue("--as-of"),
    );
  addConnectionOptions(command, context).action(
    context.action(async (record: string, { asOf, ...options }: ConnectionOptions & { readonly asOf?: number }) => {
      const client = await connect(options, context);
      const query = asOf === undefined ? {} : { asOf };
      const found = await client.call(recallList, { params: await findPlace(record, client), query });
      const list = found as unknown as RecallList; // The department's own node made it of the same list.
      const names = await namesOf(client);
      output.result({ lines: () => recallLines(list, names, context), json: list });
      return list.complete ? EXIT.ok : EXIT.undetermined;
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "recall list 0x…",
        words: { zh: "谁收到过这条记录或其衍生数据:", en: "Who received this record, or something made from it:" },
      },
    ],
    exit: [
      [EXIT.ok, { zh: "名单完整", en: "the list is complete" }],
      [
        EXIT.undetermined,
        { zh: "有缺口或未展示的关系:可能还有别的部门", en: "gaps or withheld links: there may be more" },
      ],
    ],
    notes: [
      {
        zh: "监督部门与审计人员用 suyuan trace <记录> --recall 自行核验并看到全部。",
        en: "Oversight and auditors see all of it, verified by themselves, with suyuan trace <record> --recall.",
      },
    ],
  });
}

interface SendOptions extends ConnectionOptions {
  readonly reason: string;
  readonly instruction?: string;
}

function registerSend(group: Command, context: Context): void {
  const { say, output } = context;
  const command = addRecordArgument(group.command("send"), context)
    .description(
      say({
        zh: "向从本部门收到过它的每个部门发出通知;通知锚定后自动送达,直到对方回执",
        en: "A notice to each department that received it from this one; it is handed over once it is anchored, until it is acknowledged",
      }),
    )
    .requiredOption(
      "--reason <CODE>",
      say({ zh: "理由,如 data-error", en: "reason, such as data-error" }),
      purposeValue("--reason"),
    )
    .option("--instruction <TEXT>", say({ zh: "请对方怎么做", en: "what they are asked to do" }));
  addConnectionOptions(command, context).action(
    context.action(async (record: string, { reason, instruction, ...options }: SendOptions) => {
      const client = await connect(options, context);
      const params = await findPlace(record, client);
      const body = { reason, ...(instruction !== undefined && { instruction }) };
      const { recalls } = await client.call(sendRecalls, { params, body });
      const names = await namesOf(client);
      output.result({ lines: () => noticeLines(recalls, names, context), json: { recalls } });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "recall send 0x… --reason data-error --instruction 停止使用,等待更正",
        words: { zh: "召回一条有误的记录:", en: "Recall a record that is wrong:" },
      },
      { line: "recall sent", words: { zh: "对方是否已回执:", en: "Whether they acknowledged it:" } },
    ],
    notes: [
      {
        zh: "收到衍生数据的下游部门由其提供方通知:只有它知道交给了谁。",
        en: "Departments further down are told by those who handed it on: only they know to whom.",
      },
    ],
  });
}

function registerSent(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("sent")
    .description(say({ zh: "发出的通知及其回执", en: "Notices that were sent, and their receipts" }));
  addConnectionOptions(command, context).action(
    context.action(async (options: ConnectionOptions) => {
      const client = await connect(options, context);
      const { recalls } = await client.call(listRecalls, {});
      const names = await namesOf(client);
      output.result({ lines: () => noticeLines(recalls, names, context), json: { recalls } });
      return recalls.some(({ state }) => state === "refused") ? EXIT.negative : EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [{ line: "recall sent", words: { zh: "全部通知:", en: "All of them:" } }],
    exit: [
      [EXIT.ok, { zh: "没有被拒绝的通知", en: "none was refused" }],
      [EXIT.negative, { zh: "有通知被对方拒绝(列出理由)", en: "some were refused, each with its code" }],
    ],
  });
}

function noticeLines(
  recalls: readonly RecallView[],
  names: ReadonlyMap<string, string>,
  { say }: Context,
): readonly string[] {
  const states = {
    pending: say({ zh: "等待送达", en: "under way" }),
    acknowledged: say({ zh: "已回执", en: "acknowledged" }),
    refused: say({ zh: "被拒绝", en: "refused" }),
  };
  return listLines({
    headings: [
      say({ zh: "编号", en: "number" }),
      say({ zh: "收件部门", en: "recipient" }),
      say({ zh: "进展", en: "state" }),
      say({ zh: "通知", en: "notice" }),
      say({ zh: "回执", en: "receipt" }),
    ],
    rows: recalls.map(({ seq, recipient, state, code, record, receipt }) => [
      String(seq),
      `${names.get(recipient) ?? ""} ${recipient}`.trim(),
      `${states[state]}${code === undefined ? "" : ` ${code}`}`,
      record,
      receipt === undefined ? "–" : `${timeOrDash(receipt.at)} ${receipt.record}`,
    ]),
    none: say({ zh: "没有发出过召回通知", en: "No notice of recall was sent" }),
  });
}

function registerReceived(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group.command("received").description(
    say({
      zh: "收到的召回通知,及受影响的本部门记录数",
      en: "Notices that were received, and how many own records they touch",
    }),
  );
  addConnectionOptions(command, context).action(
    context.action(async (options: ConnectionOptions) => {
      const client = await connect(options, context);
      const { notices } = await client.call(listRecallNotices, {});
      const names = await namesOf(client);
      output.result({
        lines: () =>
          listLines({
            headings: [
              say({ zh: "时间", en: "at" }),
              say({ zh: "发出部门", en: "sender" }),
              say({ zh: "理由", en: "reason" }),
              say({ zh: "被召回的记录", en: "recalled record" }),
              say({ zh: "受影响", en: "affected" }),
            ],
            rows: notices.map(({ at, sender, reason, record, affected }) => [
              timeOrDash(at),
              `${names.get(sender) ?? ""} ${sender}`.trim(),
              reason,
              record,
              String(affected),
            ]),
            none: say({ zh: "没有收到过召回通知", en: "No notice of recall was received" }),
          }),
        json: { notices },
      });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [
      { line: "recall received", words: { zh: "收到的全部通知:", en: "All of them:" } },
      {
        line: "trace 0x… --direction down",
        words: { zh: "被召回的记录在本部门产生了什么:", en: "What was made here from a recalled record:" },
      },
    ],
  });
}
