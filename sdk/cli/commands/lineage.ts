import type { Command } from "commander";
import { receiveOpenLineage, receiveProv, type ImportOutcome } from "../../client/routes/lineage-activities.ts";
import { getEvidence } from "../../client/routes/records.ts";
import { checkGraph, readGraph, type ImportedGraph } from "../../lineage/imported.ts";
import { anchoredEvent } from "../../lineage/openlineage/anchored.ts";
import { provJson } from "../../lineage/prov/document.ts";
import { utf8 } from "../../protocol/bytes.ts";
import { parseEvidence } from "../../protocol/evidence.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../errors.ts";
import { teach } from "../help.ts";
import { addRecordArgument, findPlace } from "../place.ts";
import { registerAssess } from "./lineage-assess.ts";

/** `lineage check|import|export|assess`: lineage of other systems in OpenLineage and W3C PROV-JSON, and the assessment. */
export function registerLineage(program: Command, context: Context): void {
  const group = program.command("lineage").description(
    context.say({
      zh: "与其他系统交换血缘(OpenLineage 2-0-2 事件与 W3C PROV-JSON 文档),以及数据的定期评估",
      en: "Lineage from and to other systems (OpenLineage 2-0-2 events and W3C PROV-JSON documents), and the assessment of data",
    }),
  );
  registerCheck(group, context);
  registerImport(group, context);
  registerExport(group, context);
  registerAssess(group, context);
}

const addFile = (command: Command, { say }: Context): Command =>
  command.argument(
    "<file>",
    say({
      zh: "PROV-JSON 文档,或 OpenLineage 事件(一个、一组,或每行一个);- 为标准输入",
      en: "a PROV-JSON document, or OpenLineage events (one, a list, or one a line); - is standard input",
    }),
  );

function registerCheck(group: Command, context: Context): void {
  const { say, output } = context;
  const command = addFile(group.command("check"), context)
    .description(
      say({
        zh: "检查外来的血缘图:是否符合结构,是否有环(有环即有数据成了自己的来源)。在本机进行,不登记任何内容",
        en: "Check a graph from elsewhere: its form, and whether it has a cycle, so that something is its own source. Done here; nothing is recorded",
      }),
    )
    .action(
      context.action(async (file: string): Promise<ExitCode> => {
        const check = checkGraph(readGraph(await context.readInput(file)));
        const { format, statements, dependencies, code, cycle } = check;
        output.result({
          lines: () => [
            `${cycle === undefined ? "✓" : "✗"} ${code}  ${format}  ${say({
              zh: `${statements} 项,${dependencies} 条依赖`,
              en: `${statements} statements, ${dependencies} dependencies`,
            })}`,
            ...(cycle === undefined ? [] : [...cycle, cycle[0] ?? ""].map((name) => `  ← ${name}`)),
          ],
          json: check,
        });
        return cycle === undefined ? EXIT.ok : EXIT.negative;
      }),
    );
  teach(command, context, {
    examples: [
      { line: "lineage check provenance.json", words: { zh: "一份 PROV-JSON 文档:", en: "A PROV-JSON document:" } },
      { line: "lineage check events.ndjson --json", words: { zh: "一批事件,输出 JSON:", en: "Events, as JSON:" } },
    ],
    exit: [
      [EXIT.ok, { zh: "没有环(lineage.acyclic)", en: "no cycle (lineage.acyclic)" }],
      [
        EXIT.negative,
        {
          zh: "有环(lineage.cycle),列出环上各项;或不符合结构(给出位置)",
          en: "a cycle (lineage.cycle), with the names on it; or it does not fit the schema (the place is told)",
        },
      ],
    ],
  });
}

function registerImport(group: Command, context: Context): void {
  const { say, output } = context;
  const command = addFile(group.command("import"), context).description(
    say({
      zh: "登记外来的血缘:每个事件(或 PROV 活动)成为一条锚定的活动记录;不符合结构的逐项拒绝并给出位置",
      en: "Record lineage from elsewhere: each event, or activity of PROV, becomes an anchored record; what does not fit is refused with its place",
    }),
  );
  addConnectionOptions(command, context).action(
    context.action(async (file: string, options: ConnectionOptions): Promise<ExitCode> => {
      const outcomes = await send(readGraph(await context.readInput(file)), { options, context });
      const refused = outcomes.filter(({ outcome }) => outcome === "refused").length;
      output.result({
        lines: () => [
          ...outcomes.flatMap((one) => outcomeLines(one)),
          say({
            zh: `登记 ${outcomes.length - refused} 条,拒绝 ${refused} 条`,
            en: `${outcomes.length - refused} recorded, ${refused} refused`,
          }),
        ],
        json: { accepted: outcomes.length - refused, refused, outcomes },
      });
      return refused === 0 ? EXIT.ok : EXIT.negative;
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "lineage import events.ndjson",
        words: { zh: "每行一个 OpenLineage 事件:", en: "OpenLineage events, one a line:" },
      },
      { line: "lineage import provenance.json", words: { zh: "一份 PROV-JSON 文档:", en: "A PROV-JSON document:" } },
    ],
    exit: [
      [EXIT.ok, { zh: "全部登记", en: "all were recorded" }],
      [
        EXIT.negative,
        {
          zh: "有的被拒绝;PROV 文档有环则整份拒绝",
          en: "some were refused; a PROV document with a cycle is refused whole",
        },
      ],
    ],
    notes: [
      {
        zh: "可重复运行:相同内容只登记一次。事件之间成环(例如原地更新的表)仍会登记,并注明 lineage.cycle。",
        en: "It may be repeated: equal content is recorded once. Events that form a cycle, as a table updated in place does, are recorded with the remark lineage.cycle.",
      },
    ],
  });
}

async function send(
  graph: ImportedGraph,
  { options, context }: { readonly options: ConnectionOptions; readonly context: Context },
): Promise<readonly ImportOutcome[]> {
  const client = await connect(options, context);
  const isProv = graph.format === "prov-json";
  const answer = isProv
    ? await client.call(receiveProv, {
        body: { mediaType: "application/json", bytes: utf8(JSON.stringify(provJson(graph.document))) },
      })
    : await client.call(receiveOpenLineage, {
        body: {
          mediaType: "application/x-ndjson",
          bytes: utf8(graph.events.map(({ event }) => JSON.stringify(event)).join("\n")),
        },
      });
  const outcomes: ImportOutcome[] = [];
  for await (const outcome of answer) outcomes.push(outcome);
  return outcomes;
}

function outcomeLines(outcome: ImportOutcome): readonly string[] {
  if (outcome.outcome === "refused") return [`✗ ${outcome.line + 1}  ${outcome.code}  ${outcome.title}`];
  const { receipt, line, remarks = [] } = outcome;
  return [`✓ ${line + 1}  ${receipt.scope}/${receipt.seq}  ${[receipt.record, ...remarks].join("  ")}`];
}

function registerExport(group: Command, context: Context): void {
  const { say, output } = context;
  const command = addRecordArgument(group.command("export"), context).description(
    say({
      zh: "取回登记过的 OpenLineage 事件,原样,另加一个带有证明的分面(suyuan_proof):其中的存证可单独核验",
      en: "An OpenLineage event that was recorded, as it came, with one facet more (suyuan_proof): the evidence in it can be verified by itself",
    }),
  );
  addConnectionOptions(command, context).action(
    context.action(async (record: string, options: ConnectionOptions) => {
      const client = await connect(options, context);
      const params = await findPlace(record, client);
      const evidence = await client.call(getEvidence, { params, query: { parents: "true" } });
      output.document(anchoredEvent(parseEvidence(evidence)));
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "lineage export 0x… > event.json",
        words: { zh: "一次活动的事件及其证明:", en: "The event of an activity, with its proof:" },
      },
      {
        line: "trace 0x… --format openlineage",
        words: { zh: "整个血缘的事件:", en: "Events of a whole trace:" },
      },
    ],
  });
}
