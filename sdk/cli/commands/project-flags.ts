import type { Command } from "commander";
import { IndicatorRun } from "../../oversight/indicators/run.ts";
import { DEFAULT_SETTINGS, INDICATORS, parseSettings } from "../../oversight/indicators/settings.ts";
import { fromUtf8 } from "../../protocol/bytes.ts";
import type { Json } from "../../protocol/json.ts";
import type { Context } from "../context.ts";
import { runIndicators } from "../../client/routes/projects.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import { CliError, EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { numberedLines, type NumberedLine } from "../lines.ts";

interface FlagsOptions extends ConnectionOptions {
  readonly settings?: string;
  readonly meta?: true;
  readonly map?: true;
}

const MAXIMUM_SETTINGS_BYTES = 1024 * 1024;

/** `project flags <compiled.jsonl>`: Cardinal's indicators over compiled releases. */
export function registerProjectFlags(group: Command, context: Context): void {
  const { say } = context;
  const command = group
    .command("flags")
    .description(
      say({
        zh: `在汇编发布上计算红旗指标(${INDICATORS.join(" ")}),定义、设置与输出同 Cardinal`,
        en: `Red flags over compiled releases (${INDICATORS.join(" ")}), with Cardinal's definitions, settings and output`,
      }),
    )
    .argument(
      "[compiled.jsonl]",
      say({
        zh: "每行一个汇编发布;- 为标准输入。省略则由监督部门向节点要求:其全部采购过程",
        en: "one compiled release a line; - is standard input. Without it an overseer asks the node about all its processes",
      }),
    )
    .option(
      "--settings <FILE>",
      say({
        zh: "Cardinal 的设置文件;只计算其中有节的指标。默认:全部指标、默认阈值",
        en: "settings file of Cardinal: an indicator is calculated when its section is there. Unless told: all, with their defaults",
      }),
    )
    .option("--meta", say({ zh: "附四分位数与界限", en: "add the quartiles and fences" }))
    .option("--map", say({ zh: "附采购过程与组织的对应", en: "add which organizations belong to which processes" }));
  addConnectionOptions(command, context).action(
    context.action((path: string | undefined, options: FlagsOptions) =>
      path === undefined ? nodeFlags(options, context) : flags(path, { options, context }),
    ),
  );
  teach(command, context, {
    examples: [
      { line: "project flags compiled.jsonl", words: { zh: "全部指标:", en: "All indicators:" } },
      {
        line: "project flags compiled.jsonl --settings settings.ini --meta",
        words: { zh: "按设置文件:", en: "By a settings file:" },
      },
      {
        line: "project flags --node http://127.0.0.1:4700",
        words: { zh: "监督部门:一个节点的全部采购过程:", en: "Overseer: all processes of a node:" },
      },
    ],
    notes: [
      {
        zh: "红旗是核查的线索,不是违法的结论。",
        en: "A red flag is a reason to look, not a finding of wrongdoing.",
      },
    ],
  });
}

/** Over all contracting processes of a node, which calculates them. */
async function nodeFlags({ settings: path, meta, map, ...options }: FlagsOptions, context: Context) {
  const body = path === undefined ? {} : { settings: await settingsText(path, context) };
  const { Meta, Maps, ...groups } = await (await connect(options, context)).call(runIndicators, { body });
  context.output.document({ ...groups, ...(meta && { Meta }), ...(map && { Maps }) });
  return EXIT.ok;
}

async function flags(
  path: string,
  { options, context }: { readonly options: FlagsOptions; readonly context: Context },
) {
  const run = new IndicatorRun(
    options.settings === undefined ? DEFAULT_SETTINGS : parseSettings(await settingsText(options.settings, context)),
  );
  for await (const line of numberedLines(path, context)) {
    const release = releaseOf(line);
    if (release === undefined)
      context.output.note(
        context.say({
          zh: `第 ${line.number} 行不是 JSON,已略过`,
          en: `Line ${line.number} is not JSON and was left out`,
        }),
      );
    else run.add(release);
  }
  const results = run.finish();
  context.output.document({
    ...results.groupsJson(),
    ...(options.meta && { Meta: results.metaJson() }),
    ...(options.map && { Maps: results.mapsJson() }),
  });
  return EXIT.ok;
}

async function settingsText(path: string, context: Context): Promise<string> {
  const bytes = await context.readInput(path, MAXIMUM_SETTINGS_BYTES);
  try {
    return fromUtf8(bytes);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new CliError("input.form", { path, expectedZh: " UTF-8 文本", expectedEn: "UTF-8 text" }, cause);
  }
}

/** Read as Cardinal reads it: numbers as doubles, the last of equal keys. A line that is not JSON is left out, as there. */
function releaseOf({ bytes }: NumberedLine): Json | undefined {
  try {
    return JSON.parse(fromUtf8(bytes)) as Json; // What JSON.parse gives is JSON.
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof TypeError) return undefined;
    throw cause;
  }
}
