import type { Command } from "commander";
import { openAgreeingView, type LedgerConnection } from "../../chain/connection.ts";
import { findByRecordId } from "../../client/routes/lineage.ts";
import { describeNode } from "../../client/routes/node.ts";
import { isHex, type Hex } from "../../protocol/bytes.ts";
import { canonicalize } from "../../protocol/canonical.ts";
import { isJsonObject, parseJson } from "../../protocol/json.ts";
import { LINK_RELATIONS, type Direction, type LinkRelation } from "../../lineage/relations.ts";
import type { RecordPlace } from "../../lineage/activity.ts";
import { firstBadAncestor } from "../../lineage/bad-ancestor.ts";
import { provJson } from "../../lineage/prov/document.ts";
import { recallListOf } from "../../lineage/recall.ts";
import { traceHtml } from "../../lineage/report/html.ts";
import { traceEvents } from "../../lineage/report/openlineage.ts";
import { traceProv } from "../../lineage/report/prov.ts";
import { traceTree } from "../../lineage/report/tree.ts";
import { collectTrace, type TraceResult } from "../../lineage/trace/collect.ts";
import { nodeSource } from "../../lineage/trace/source.ts";
import { traceLineage, type TraceOptions } from "../../lineage/trace/trace.ts";
import type { TracedNode, TraceEvent } from "../../lineage/trace/types.ts";
import { connectTrusted, trustedLedger, type Trust } from "../../verify/trust.ts";
import { addConnectionOptions, connectSigner, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT, type ExitCode } from "../errors.ts";
import { writePrivate } from "../files.ts";
import { teach } from "../help.ts";
import { badLines, recallLines } from "../lineage-text.ts";
import { loadTrust } from "../trust.ts";
import { collect, integerValue, timeValue, urlValue, usccValue } from "../values.ts";

const FORMATS = ["tree", "json", "ndjson", "prov", "openlineage", "html"] as const;
type Format = (typeof FORMATS)[number];

interface TraceCommandOptions extends ConnectionOptions {
  readonly direction: Direction;
  readonly depth?: number;
  readonly asOf?: number;
  readonly knownAt?: number;
  readonly relation?: readonly LinkRelation[];
  readonly kind?: readonly string[];
  readonly department?: readonly string[];
  readonly format?: Format;
  readonly out?: string;
  readonly resume?: string;
  readonly recall?: boolean;
  readonly firstBad?: boolean;
  readonly trust?: string;
  readonly rpc?: readonly string[];
}

/** `trace <record>`: where a record comes from, or where it went, over the nodes of all departments it passed. */
export function registerTrace(program: Command, context: Context): void {
  const { say } = context;
  const command = program
    .command("trace")
    .description(
      say({
        zh: "追溯记录的来源(上游)或去向(下游):跨越各部门节点,沿途逐条向链核验;无法连通的部门留下有标记的缺口",
        en: "Trace where a record comes from (upstream) or went (downstream), over all departments' nodes, verified against the chain on the way; a department that cannot be asked leaves a marked gap",
      }),
    )
    .argument("<record>", say({ zh: "记录标识 0x…,或 <范围>/<编号>", en: "the record's id 0x…, or <scope>/<number>" }));
  addFilters(command, context);
  addConnectionOptions(command, context).action(
    context.action((record: string, options: TraceCommandOptions) => trace(record, options, context)),
  );
  teachTrace(command, context);
}

const oneOf =
  <T extends string>(name: string, allowed: readonly T[]) =>
  (text: string): T => {
    const found = allowed.find((one) => one === text);
    if (found === undefined) throw new CliError("usage.value", { name, expected: allowed.join(" | ") });
    return found;
  };

function kindValue(text: string): string {
  if (/^[a-z][a-z0-9-]{0,31}$/.test(text)) return text;
  throw new CliError("usage.value", { name: "--kind", expected: "a-z 0-9 -" });
}

const addFilters = (command: Command, { say }: Context): Command =>
  command
    .option(
      "--direction <up|down>",
      say({ zh: "up 上游(默认),down 下游", en: "up (the default) or down" }),
      oneOf("--direction", ["up", "down"] as const),
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
      "--known-at <TIME>",
      say({ zh: "只计该时刻之前入链的变更", en: "count only what was recorded by then" }),
      timeValue("--known-at"),
    )
    .option(
      "--relation <NAME>",
      say({
        zh: `只沿这些关系,可重复:${LINK_RELATIONS.join(" ")}`,
        en: `follow these relations only, repeatable: ${LINK_RELATIONS.join(" ")}`,
      }),
      collect(oneOf("--relation", LINK_RELATIONS)),
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
      "--recall",
      say({ zh: "列出收到过它或其衍生数据的所有部门", en: "list everyone who received it or something made from it" }),
    )
    .option(
      "--format <FORMAT>",
      say({ zh: `${FORMATS.join(" | ")};默认 tree`, en: `${FORMATS.join(" | ")}; tree by default` }),
      oneOf("--format", FORMATS),
    )
    .option("--out <FILE>", say({ zh: "写入文件", en: "write it into a file" }))
    .option("--resume <FILE>", say({ zh: "从先前的 ndjson 结果继续", en: "go on from an earlier result in ndjson" }))
    .option("--trust <FILE>", say({ zh: "信任文件;默认同 verify", en: "the trust file; found as by verify" }))
    .option(
      "--rpc <URL>",
      say({
        zh: "链节点,可重复;默认取自信任文件",
        en: "a chain endpoint, repeatable; by default those of the trust file",
      }),
      collect(urlValue("--rpc")),
    );

const teachTrace = (command: Command, context: Context): Command =>
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

async function trace(record: string, options: TraceCommandOptions, context: Context): Promise<ExitCode> {
  const trusted = await loadTrust(context, options.trust);
  if (trusted === undefined) throw new CliError("usage.option-missing", { name: "--trust", try: "trace --help" });
  const { client, signer } = await connectSigner(options, context);
  const connections = connectTrusted(trusted.trust, options.rpc);
  const { department } = await client.call(describeNode, {});
  const start = parsePlace(record) ?? (await client.call(findByRecordId, { params: { record: recordId(record) } }));
  const view = await openAgreeingView(connections);
  const { clock, random } = context.world;
  const source = nodeSource({ signer }, { view: () => Promise.resolve(view), clock, random });
  const question = await questionOf({ start, home: department.id }, options, context);
  const events = traceLineage(question, { source, connections, trust: trusted.trust, now: context.now() });
  if (options.recall === true) return recall(events, { start, view }, context);
  if (options.firstBad === true) return firstBad(events, context);
  if (options.format === "ndjson") return stream(events, context);
  const result = await collectTrace(told(events, context));
  const names = new Map((await view.departments()).map(({ id, name }) => [id, name]));
  await show(result, { question, names, trust: trusted.trust, connections }, { options, context });
  return exitOf(result);
}

const PLACE = /^(0x[0-9a-f]{64})\/(0|[1-9]\d{0,12})$/;

function parsePlace(text: string): RecordPlace | undefined {
  const [, scope, seq] = PLACE.exec(text) ?? [];
  return isHex(scope, 32) ? { scope, seq: Number(seq) } : undefined;
}

function recordId(text: string): Hex {
  if (isHex(text, 32)) return text;
  throw new CliError("usage.value", { name: "<record>", expected: "0x… (64) | 0x…/N" });
}

async function questionOf(
  { start, home }: { readonly start: RecordPlace; readonly home: string },
  options: TraceCommandOptions,
  context: Context,
): Promise<TraceOptions> {
  const { depth, asOf, knownAt, relation, kind, department, resume } = options;
  return {
    start,
    home,
    direction: options.recall === true ? "down" : options.firstBad === true ? "up" : options.direction,
    ...(depth !== undefined && { depth }),
    ...(asOf !== undefined && { asOf }),
    ...(knownAt !== undefined && { knownAt }),
    ...(relation && { relations: relation }),
    ...(kind && { kinds: kind }),
    ...(department && { departments: department }),
    ...(resume !== undefined && { resume: await readNodes(resume, context) }),
  };
}

/** The nodes of an earlier trace. What they say is judged again, so only their form is taken on trust. */
async function readNodes(path: string, context: Context): Promise<readonly TracedNode[]> {
  const text = new TextDecoder().decode(await context.readInput(path));
  return text.split("\n").flatMap((line) => {
    if (line.trim() === "") return [];
    const event = parseJson(line);
    if (!isJsonObject(event) || typeof event["type"] !== "string")
      throw new CliError("input.form", {
        path,
        expectedZh: "trace --format ndjson 的结果",
        expectedEn: "a result of trace --format ndjson",
      });
    return event["type"] === "node" ? [event as unknown as TracedNode] : []; // Judged again by the trace.
  });
}

async function* told(events: AsyncIterable<TraceEvent>, { output, say }: Context): AsyncGenerator<TraceEvent> {
  let nodes = 0;
  for await (const event of events) {
    if (event.type === "node")
      output.progress(say({ zh: `已核验 ${++nodes} 条记录`, en: `${++nodes} records verified` }));
    yield event;
  }
  output.progressEnd();
}

async function stream(events: AsyncIterable<TraceEvent>, { output }: Context): Promise<ExitCode> {
  let code: ExitCode = EXIT.undetermined;
  let rejected = false;
  for await (const event of events) {
    if (!(await output.stream(canonicalize(parseJson(JSON.stringify(event)))))) return code;
    if (event.type === "node") rejected ||= event.verdict === "rejected";
    if (event.type === "end") code = rejected ? EXIT.negative : event.complete ? EXIT.ok : EXIT.undetermined;
  }
  return code;
}

interface Shown {
  readonly question: TraceOptions;
  readonly names: ReadonlyMap<string, string>;
  readonly trust: Trust;
  readonly connections: readonly LedgerConnection[];
}

async function show(
  result: TraceResult,
  { question, names, trust }: Shown,
  { options, context }: { readonly options: TraceCommandOptions; readonly context: Context },
): Promise<void> {
  const { language, output } = context;
  const { start, direction, asOf } = question;
  const ledger = trustedLedger(trust);
  const format = options.format ?? (context.json ? "json" : "tree");
  const document = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
  const text = (): string => {
    switch (format) {
      case "html":
        return traceHtml(result, {
          start,
          direction,
          language,
          ledger,
          names,
          madeAt: context.now(),
          ...(asOf !== undefined && { asOf }),
        });
      case "prov":
        return document(provJson(traceProv(result)));
      case "openlineage":
        return traceEvents(result, ledger)
          .map((event) => `${JSON.stringify(event)}\n`)
          .join("");
      case "json":
      case "ndjson":
        return document(result);
      case "tree":
        return `${traceTree(result, { start, direction, language, names }).join("\n")}\n`;
    }
  };
  if (options.out === undefined) {
    output.text(text(), { printable: format === "tree" });
    return;
  }
  await writePrivate(options.out, { text: text(), context });
  output.note(context.say({ zh: `已写入 ${options.out}`, en: `Written to ${options.out}` }));
}

async function recall(
  events: AsyncIterable<TraceEvent>,
  { start, view }: { readonly start: RecordPlace; readonly view: Awaited<ReturnType<typeof openAgreeingView>> },
  context: Context,
): Promise<ExitCode> {
  const list = await recallListOf(told(events, context), {
    root: start,
    consumerOf: async (agreement) => (await view.agreement(agreement))?.consumer,
  });
  const names = new Map((await view.departments()).map(({ id, name }) => [id, name]));
  context.output.result({ lines: () => recallLines(list, names, context), json: list });
  return list.complete ? EXIT.ok : EXIT.undetermined;
}

async function firstBad(events: AsyncIterable<TraceEvent>, context: Context): Promise<ExitCode> {
  const found = await firstBadAncestor(told(events, context));
  context.output.result({ lines: () => badLines(found, context), json: { ...found, first: found.first ?? null } });
  if (found.first !== undefined) return EXIT.negative;
  return found.complete ? EXIT.ok : EXIT.undetermined;
}

function exitOf({ nodes, end }: TraceResult): ExitCode {
  if (nodes.some(({ verdict }) => verdict === "rejected")) return EXIT.negative;
  const sure = end.complete && nodes.every(({ verdict }) => verdict === "verified");
  return sure ? EXIT.ok : EXIT.undetermined;
}
