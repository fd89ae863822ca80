import type { Command } from "commander";
import { addWebhook, endWebhook, EVENT_CHANGES, listWebhooks, type EventChange } from "../../client/routes/events.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { choiceValue, collect, integerValue, urlValue } from "../values.ts";
import { listLines } from "../views.ts";

/** `webhook add|list|end`: receivers that the node tells of events. */
export function registerWebhook(program: Command, context: Context): void {
  const { say } = context;
  const group = program.command("webhook").description(
    say({
      zh: "回调地址:节点把记录的生命周期事件、所收到记录在链上的变化,签名后按序送达",
      en: "Webhooks: the node sends events of its records, and changes to received ones, signed and in order",
    }),
  );
  registerAdd(group, context);
  registerList(group, context);
  registerEnd(group, context);
}

interface AddOptions extends ConnectionOptions {
  readonly change: readonly EventChange[];
  readonly cursor?: number;
}

function registerAdd(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("add")
    .description(say({ zh: "登记一个回调地址", en: "Register a webhook" }))
    .argument("<url>", say({ zh: "送达的地址", en: "where events are sent" }), urlValue("url"))
    .option(
      "--change <CHANGE>",
      say({
        zh: `只要这类变化(upstream 为所收到记录的变化),可重复:${EVENT_CHANGES.join(" | ")}`,
        en: `this change only (upstream: of received records), may be repeated: ${EVENT_CHANGES.join(" | ")}`,
      }),
      collect(choiceValue("--change", EVENT_CHANGES)),
      [],
    )
    .option(
      "--cursor <N>",
      say({
        zh: "从该游标之后开始;默认只送此后发生的",
        en: "begin after it; by default with what happens from now on",
      }),
      integerValue("--cursor"),
    );
  addConnectionOptions(command, context).action(
    context.action(async (url: string, { change, cursor, ...options }: AddOptions) => {
      const client = await connect(options, context);
      const body = { url, changes: [...change], ...(cursor !== undefined && { cursor }) };
      const answer = await client.call(addWebhook, { body });
      output.result({ lines: () => [`✓ ${answer.id}`], json: answer });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "webhook add https://oa.example.gov.cn/suyuan --change upstream",
        words: {
          zh: "所收到的证照一旦暂扣、撤销、被取代:",
          en: "As soon as a received record is suspended, revoked, superseded:",
        },
      },
    ],
    notes: [
      {
        zh: "主机须列入节点的 SUYUAN_WEBHOOK_HOSTS;请求按 RFC 9421 签名,公钥在登记簿;同一游标可能重复送达,after 与上次的 until 不同即有遗漏。",
        en: "Its host must be in the node's SUYUAN_WEBHOOK_HOSTS. Requests are signed (RFC 9421) with the key in the registry; a cursor may come twice, and an after that is not the last until means something was missed.",
      },
    ],
  });
}

function registerList(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("list")
    .description(say({ zh: "登记的回调地址,以及各自送达到哪一个游标", en: "The webhooks, and how far each was told" }));
  addConnectionOptions(command, context).action(
    context.action(async (options: ConnectionOptions) => {
      const { webhooks } = await (await connect(options, context)).call(listWebhooks, {});
      const every = say({ zh: "全部", en: "all" });
      output.result({
        lines: () =>
          listLines({
            headings: [
              "id",
              "URL",
              say({ zh: "变化", en: "changes" }),
              say({ zh: "已送达游标", en: "told up to" }),
              say({ zh: "连续失败", en: "failures in a row" }),
            ],
            rows: webhooks.map(({ id, url, changes, cursor, failures }) => [
              ...[id, url, changes.length === 0 ? every : changes.join(",")],
              ...[String(cursor), String(failures)],
            ]),
            none: say({ zh: "没有", en: "None" }),
          }),
        json: webhooks,
      });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [{ line: "webhook list", words: { zh: "查看:", en: "Look at them:" } }],
  });
}

function registerEnd(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("end")
    .description(say({ zh: "取消一个回调地址", en: "End a webhook" }))
    .argument("<id>", say({ zh: "list 所列的 id", en: "its id in list" }));
  addConnectionOptions(command, context).action(
    context.action(async (webhook: string, options: ConnectionOptions) => {
      const answer = await (await connect(options, context)).call(endWebhook, { params: { webhook } });
      output.result({ lines: () => [`✓ ${answer.url}`], json: answer });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [{ line: "webhook end 5f1c…", words: { zh: "之后不再送达:", en: "It is told nothing from now on:" } }],
  });
}
