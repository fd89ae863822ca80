import type { Command } from "commander";
import { RULE_FORMS } from "../../lineage/quality-rule.ts";
import { LINK_RELATIONS, type Direction, type LinkRelation } from "../../lineage/relations.ts";
import { addConnectionOptions, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { addKnownAtOption, addTrustOptions, type TrustOptions } from "../trust-options.ts";
import { choiceValue, collect, integerValue, timeValue, usccValue } from "../values.ts";

const FORMATS = ["tree", "json", "ndjson", "prov", "openlineage", "html"] as const;
export type TraceFormat = (typeof FORMATS)[number];

export interface TraceCommandOptions extends ConnectionOptions, TrustOptions {
  readonly direction: Direction;
  readonly depth?: number;
  readonly asOf?: number;
  readonly knownAt?: number;
  readonly inForce?: boolean;
  readonly relation?: readonly LinkRelation[];
  readonly kind?: readonly string[];
  readonly department?: readonly string[];
  readonly format?: TraceFormat;
  readonly out?: string;
  readonly resume?: string;
  readonly recall?: boolean;
  readonly firstBad?: boolean;
  readonly rule?: string;
  readonly events?: boolean;
  readonly value?: boolean;
}

/** What is followed, and what is made of it. */
export function addTraceOptions(command: Command, context: Context): Command {
  const { say } = context;
  command
    .option(
      "--direction <up|down>",
      say({ zh: "up 上游(默认),down 下游", en: "up (the default) or down" }),
      choiceValue("--direction", ["up", "down"]),
      "up",
    )
    .option(
      "--depth <N>",
      say({ zh: "最多几步", en: "how many steps at most" }),
      integerValue("--depth", { maximum: 1_000_000 }),
    )
    .option(
      "--as-of <TIME>",
      say({ zh: "该时刻的血缘与状态;默认现在", en: "lineage and states as of this time; now by default" }),
      timeValue("--as-of"),
    )
    .option(
      "--in-force",
      say({
        zh: "从该记录在该时刻有效的版本开始(沿取代关系查找)",
        en: "begin at the version of the record that was in force then, found along what supersedes what",
      }),
    )
    .option(
      "--relation <NAME>",
      say({
        zh: `只沿这些关系,可重复:${LINK_RELATIONS.join(" ")}`,
        en: `follow these relations only, repeatable: ${LINK_RELATIONS.join(" ")}`,
      }),
      collect(choiceValue("--relation", LINK_RELATIONS)),
    )
    .option(
      "--kind <KIND>",
      say({ zh: "只列出这些种类的记录,可重复", en: "report records of these kinds only, repeatable" }),
      collect(kindValue),
    )
    .option(
      "--department <USCC>",
      say({ zh: "只追到这些部门,可重复", en: "follow into these departments only, repeatable" }),
      collect(usccValue("--department")),
    )
    .option("--first-bad", say({ zh: "找出最上游的问题记录", en: "find the most upstream record that is bad" }))
    .option(
      "--rule <RULE>",
      say({
        zh: `与 --first-bad 同用的质量规则,违反者也算问题记录;条件用 + 连接,规则用逗号分隔:${RULE_FORMS}`,
        en: `a quality rule for --first-bad: what breaks it is bad, too; + joins conditions, commas separate rules: ${RULE_FORMS}`,
      }),
    )
    .option(
      "--recall",
      say({ zh: "列出收到过它或其衍生数据的所有部门", en: "list everyone who received it or something made from it" }),
    )
    .option(
      "--events",
      say({
        zh: "这条记录的来源、归属、流转、使用、销毁五类事件",
        en: "the five kinds of events of the record: source, ownership, circulation, use, destruction",
      }),
    )
    .option(
      "--value",
      say({
        zh: "上游最高的数据分级(产品与模型须继承),以及各部门数据的贡献份额",
        en: "the highest classification upstream, which a product or model inherits, and each department's share in it",
      }),
    )
    .option(
      "--format <FORMAT>",
      say({ zh: `${FORMATS.join(" | ")};默认 tree`, en: `${FORMATS.join(" | ")}; tree by default` }),
      choiceValue("--format", FORMATS),
    )
    .option("--out <FILE>", say({ zh: "写入文件", en: "write it into a file" }))
    .option("--resume <FILE>", say({ zh: "从先前的 ndjson 结果继续", en: "go on from an earlier result in ndjson" }));
  return addConnectionOptions(addTrustOptions(addKnownAtOption(command, context), context), context);
}

function kindValue(text: string): string {
  if (/^[a-z][a-z0-9-]{0,31}$/.test(text)) return text;
  throw new CliError("usage.value", { name: "--kind", expected: "a-z 0-9 -" });
}

export const teachTrace = (command: Command, context: Context): Command =>
  teach(command, context, {
    examples: [
      {
        line: "trace 0x… --node http://127.0.0.1:4730",
        words: { zh: "一项决定的依据从何而来:", en: "What a decision rests on:" },
      },
      {
        line: "trace 0x… --direction down --recall",
        words: { zh: "谁收到过这份证照或据此作出决定:", en: "Who received this licence, or decided with it:" },
      },
      {
        line: "trace 0x… --as-of 2026-03-02T09:00:00Z --first-bad",
        words: { zh: "当时已知的血缘中,最上游的问题记录:", en: "The most upstream bad record as of a time:" },
      },
      {
        line: "trace 0x… --first-bad --rule expired,older-than:365+kind:certificate",
        words: {
          zh: "并把过期的记录、一年以上的证照视为问题:",
          en: "Expired records and certificates of over a year count as bad, too:",
        },
      },
      {
        line: "trace 0x… --in-force --as-of 2026-03-02",
        words: { zh: "当日有效的那一版依据什么:", en: "What the version in force that day rested on:" },
      },
      {
        line: "trace 0x… --events",
        words: { zh: "一条数据从产生到销毁经过了什么:", en: "What became of one record, from its source to its end:" },
      },
      {
        line: "trace 0x… --value",
        words: {
          zh: "一项产品应定几级、由谁的数据构成:",
          en: "Which level a product inherits, and whose data is in it:",
        },
      },
      {
        line: "trace 0x… --format html --out report.html",
        words: { zh: "可离线打开、可自行复核的报告:", en: "A report that opens offline and verifies itself:" },
      },
      {
        line: "trace 0x… --format ndjson > trace.ndjson; suyuan trace 0x… --resume trace.ndjson",
        words: { zh: "中断后继续:", en: "Go on after an interruption:" },
      },
    ],
    exit: [
      [
        EXIT.ok,
        {
          zh: "血缘完整且全部核验通过;--first-bad 未发现问题",
          en: "complete, and all of it verified; with --first-bad nothing bad",
        },
      ],
      [EXIT.negative, { zh: "有记录不予采信,或发现问题记录", en: "a record was rejected, or a bad one was found" }],
      [
        EXIT.undetermined,
        { zh: "有缺口、未展示的关系或无法判定的记录", en: "gaps, withheld links or undetermined records" },
      ],
    ],
  });
