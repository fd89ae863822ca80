import type { Command } from "commander";
import { listAssessments, makeAssessment } from "../../client/routes/lineage-use.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { listLines, timeOrDash } from "../views.ts";

interface AssessOptions extends ConnectionOptions {
  readonly list?: boolean;
}

/** `lineage assess`: the assessment of the department's data that the node also makes regularly. */
export function registerAssess(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("assess")
    .description(
      say({
        zh: "立即评估本部门的数据(节点也定期评估):每个资源的记录、使用、冷数据、授权、阶段、保存期;报告摘要登记并锚定",
        en: "Assess the department's data now, as the node does regularly: records, use, cold records, agreements, stage and retention of each resource; the report's digest is recorded and anchored",
      }),
    )
    .option("--list", say({ zh: "列出已有的评估,由新到旧", en: "list the assessments made so far, newest first" }));
  addConnectionOptions(command, context).action(
    context.action(async (options: AssessOptions) => {
      const client = await connect(options, context);
      const made =
        options.list === true
          ? (await client.call(listAssessments, {})).assessments
          : [await client.call(makeAssessment, {})];
      output.result({
        lines: () =>
          listLines({
            headings: [
              say({ zh: "时间", en: "at" }),
              say({ zh: "资源", en: "resources" }),
              say({ zh: "冷数据", en: "cold records" }),
              say({ zh: "报告摘要", en: "digest of the report" }),
              say({ zh: "记录", en: "record" }),
            ],
            rows: made.map(({ at, digest, seq, record, report }) => [
              timeOrDash(at),
              ...figuresOf(report),
              digest,
              `${seq} ${record}`,
            ]),
            none: say({ zh: "还没有评估", en: "There is no assessment yet" }),
          }),
        json: options.list === true ? { assessments: made } : made[0],
      });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [
      { line: "lineage assess", words: { zh: "立即评估并登记:", en: "Assess now, and record it:" } },
      {
        line: "lineage assess --list --json",
        words: { zh: "历次评估的完整报告:", en: "The complete reports so far:" },
      },
    ],
  });
}

/** Of a report as the node makes it: how many resources, and how many cold records in all of them. */
function figuresOf(report: Readonly<Record<string, unknown>>): readonly [resources: string, cold: string] {
  const { resources } = report;
  if (!Array.isArray(resources)) return ["-", "-"];
  const cold = (resources as readonly { readonly cold?: unknown }[]).reduce(
    (sum, one) => sum + (typeof one.cold === "number" ? one.cold : 0),
    0,
  );
  return [String(resources.length), String(cold)];
}
