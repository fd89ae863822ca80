import type { Command } from "commander";
import { followEvents } from "../../client/routes/events.ts";
import { canonicalize } from "../../protocol/canonical.ts";
import { parseJson } from "../../protocol/json.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../errors.ts";
import { teach } from "../help.ts";
import { integerValue } from "../values.ts";
import { timeOrDash } from "../views.ts";

interface EventsOptions extends ConnectionOptions {
  readonly cursor?: number;
  readonly count?: number;
}

/** `events`: what happens to the department's records, one line an event, gone on with from a cursor. */
export function registerEvents(program: Command, context: Context): void {
  const { say } = context;
  const command = program
    .command("events")
    .description(
      say({
        zh: "实时列出本部门记录的生命周期事件(接收、封存、锚定、状态、交付等),每行一个;可按游标继续,不遗漏",
        en: "What happens to the department's records as it happens (accepted, sealed, anchored, states, deliveries), one a line; gone on with from a cursor, nothing left out",
      }),
    )
    .option(
      "--cursor <N>",
      say({
        zh: "从该游标之后开始;0 为最早保留的;默认只看此后发生的",
        en: "begin after it, 0 with the oldest kept; by default with what happens from now on",
      }),
      integerValue("--cursor"),
    )
    .option("--count <N>", say({ zh: "列出 N 个后结束", en: "end after N events" }), integerValue("--count"));
  addConnectionOptions(command, context).action(context.action((options: EventsOptions) => follow(options, context)));
  teach(command, context, {
    examples: [
      {
        line: "events",
        words: { zh: "此后发生的事件,直到中断(Ctrl-C):", en: "What happens from now on, until Ctrl-C:" },
      },
      {
        line: "events --cursor 1200 --json",
        words: { zh: "程序从上次的游标继续:", en: "A program goes on where it stopped:" },
      },
    ],
    exit: [
      [EXIT.ok, { zh: "列出了 --count 个事件", en: "--count events were listed" }],
      [
        EXIT.undetermined,
        {
          zh: "连接中断,或事件编号不连续:请从最后一个游标继续",
          en: "the stream ended, or a number is missing: go on from the last cursor",
        },
      ],
    ],
  });
}

async function follow({ cursor, count, ...options }: EventsOptions, context: Context): Promise<ExitCode> {
  const { output, say, json } = context;
  const query = cursor === undefined ? {} : { cursor };
  let last = cursor;
  let left = count ?? Number.POSITIVE_INFINITY;
  if (left === 0) return EXIT.ok;
  for await (const { id, data } of await (await connect(options, context)).call(followEvents, { query })) {
    const number = Number(id);
    if (last !== undefined && number !== last + 1) {
      output.note(say({ zh: `! 游标 ${last} 之后缺少事件`, en: `! Events are missing after the cursor ${last}` }));
      return EXIT.undetermined;
    }
    last = number;
    const { scope, first, count: records, change, at } = data;
    const line = json
      ? canonicalize(parseJson(JSON.stringify({ cursor: number, ...data })))
      : `${number}  ${timeOrDash(at)}  ${change}  ${scope}/${first}${records > 1 ? ` … ${first + records - 1}` : ""}`;
    if (!(await output.stream(line)) || --left === 0) return EXIT.ok;
  }
  return EXIT.undetermined;
}
