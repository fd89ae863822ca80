import type { Command } from "commander";
import {
  endProjectSubscription,
  followProjects,
  listProjectSubscriptions,
  subscribeToProjects,
} from "../../client/routes/project-alerts.ts";
import { formatTime } from "../../verify/words.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { printable } from "../table.ts";
import { collect, integerValue, urlValue } from "../values.ts";
import { listLines } from "../views.ts";

interface FilterOptions extends ConnectionOptions {
  readonly project: readonly string[];
  readonly rule: readonly string[];
}

function addFilterOptions(command: Command, { say }: Context): Command {
  return command
    .option(
      "--project <CODE>",
      say({ zh: "只看该项目;可重复", en: "this project only; may be repeated" }),
      collect(String),
      [],
    )
    .option(
      "--rule <RULE>",
      say({ zh: "只看该规则;可重复", en: "this rule only; may be repeated" }),
      collect(String),
      [],
    );
}

/** `project watch|subscribe|subscriptions|unsubscribe`: what an overseer is told of projects. */
export function registerProjectAlerts(group: Command, context: Context): void {
  registerWatch(group, context);
  registerSubscribe(group, context);
  registerSubscriptions(group, context);
  registerUnsubscribe(group, context);
}

interface WatchOptions extends FilterOptions {
  readonly cursor?: number;
  readonly count?: number;
}

function registerWatch(group: Command, context: Context): void {
  const { say, output, language, json } = context;
  const command = group.command("watch").description(
    say({
      zh: "监督部门:跟踪一个节点的警示,一出现就显示,直到中断",
      en: "Overseer: follow a node's alerts as they come, until interrupted",
    }),
  );
  addFilterOptions(command, context)
    .option("--cursor <N>", say({ zh: "从该编号之后", en: "from after this number" }), integerValue("--cursor"))
    .option(
      "--count <N>",
      say({ zh: "显示 N 条后结束", en: "end after N alerts" }),
      integerValue("--count", { minimum: 1 }),
    );
  addConnectionOptions(command, context).action(
    context.action(async ({ cursor, count = Infinity, project, rule, ...options }: WatchOptions) => {
      const query = {
        ...(cursor !== undefined && { cursor }),
        ...(project.length > 0 && { projects: project.join(",") }),
        ...(rule.length > 0 && { rules: rule.join(",") }),
      };
      let told = 0;
      for await (const { id, data } of await (await connect(options, context)).call(followProjects, { query })) {
        const { says, article, at, subject } = data;
        const words = [formatTime(at), data.project, `${says[language]} (${data.rule})`, subject, article[language]];
        const line = json
          ? JSON.stringify({ cursor: Number(id), ...data })
          : printable([`#${id}`, ...words].filter((word) => word !== "").join("  "));
        if (!(await output.stream(line)) || ++told >= count) break;
      }
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [
      { line: "project watch", words: { zh: "全部项目:", en: "Every project:" } },
      {
        line: "project watch --rule contractor-penalised --rule cost-overrun --cursor 0",
        words: { zh: "两条规则,从头看起:", en: "Two rules, from the beginning:" },
      },
    ],
    notes: [
      {
        zh: "# 后是编号;断开后以 --cursor 续看,不遗漏。",
        en: "After # is the number: continue with --cursor, and nothing is missed.",
      },
    ],
  });
}

function registerSubscribe(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("subscribe")
    .description(
      say({
        zh: "监督部门:登记回调地址,警示以节点密钥签名后送达(至少一次)",
        en: "Overseer: register a webhook; alerts come signed with the node's key, at least once",
      }),
    )
    .argument("<url>", say({ zh: "回调地址", en: "where alerts are sent" }), urlValue("url"));
  addFilterOptions(command, context);
  addConnectionOptions(command, context).action(
    context.action(async (url: string, { project, rule, ...options }: FilterOptions) => {
      const body = { url, projects: [...project], rules: [...rule] };
      const answer = await (await connect(options, context)).call(subscribeToProjects, { body });
      output.result({ lines: () => [`✓ ${answer.id}`], json: answer });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "project subscribe https://jiandu.example.gov.cn/alerts --rule total-exceeded",
        words: { zh: "只要一条规则:", en: "One rule only:" },
      },
    ],
  });
}

function registerSubscriptions(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("subscriptions")
    .description(say({ zh: "本监督部门登记的回调地址", en: "The webhooks of this overseer" }));
  addConnectionOptions(command, context).action(
    context.action(async (options: ConnectionOptions) => {
      const { subscriptions } = await (await connect(options, context)).call(listProjectSubscriptions, {});
      const every = say({ zh: "全部", en: "all" });
      const listed = (names: readonly string[]) => (names.length === 0 ? every : names.join(","));
      output.result({
        lines: () =>
          listLines({
            headings: [
              "id",
              "URL",
              say({ zh: "项目", en: "projects" }),
              say({ zh: "规则", en: "rules" }),
              say({ zh: "已送达", en: "told" }),
            ],
            rows: subscriptions.map(({ id, url, projects, rules, cursor }) => [
              id,
              url,
              listed(projects),
              listed(rules),
              `#${cursor}`,
            ]),
            none: say({ zh: "没有", en: "None" }),
          }),
        json: subscriptions,
      });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [{ line: "project subscriptions", words: { zh: "查看:", en: "Look at them:" } }],
  });
}

function registerUnsubscribe(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("unsubscribe")
    .description(say({ zh: "取消一个回调地址", en: "End a webhook" }))
    .argument("<id>", say({ zh: "subscriptions 所列的 id", en: "its id in subscriptions" }));
  addConnectionOptions(command, context).action(
    context.action(async (subscription: string, options: ConnectionOptions) => {
      const client = await connect(options, context);
      const answer = await client.call(endProjectSubscription, { params: { subscription } });
      output.result({ lines: () => [`✓ ${answer.url}`], json: answer });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [
      { line: "project unsubscribe 5f1c…", words: { zh: "之后不再送达:", en: "It is told nothing from now on:" } },
    ],
  });
}
