import type { Command } from "commander";
import { openAgreeingView } from "../../chain/connection.ts";
import { guardedTransport } from "../../client/guarded-transport.ts";
import { describeNode } from "../../client/routes/node.ts";
import { isJsonObject, parseJson } from "../../protocol/json.ts";
import type { RecordPlace } from "../../lineage/activity.ts";
import type { QualityRule } from "../../lineage/bad-ancestor.ts";
import { parseQualityRule } from "../../lineage/quality-rule.ts";
import { collectTrace } from "../../lineage/trace/collect.ts";
import { versionInForce } from "../../lineage/trace/in-force.ts";
import { nodeSource } from "../../lineage/trace/source.ts";
import { traceLineage, type TraceDependencies, type TraceOptions } from "../../lineage/trace/trace.ts";
import { placeName, type TracedNode } from "../../lineage/trace/types.ts";
import { connectTrusted } from "../../verify/trust.ts";
import { connectSigner } from "../connection.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT, type ExitCode } from "../errors.ts";
import { addRecordArgument, findPlace } from "../place.ts";
import { exitOfTrace, showFirstBad, showRecall, showTrace, streamTrace, told } from "../trace-output.ts";
import { showEvents, showValue } from "../trace-views.ts";
import { requireTrust } from "../trust.ts";
import { addTraceOptions, teachTrace, type TraceCommandOptions } from "./trace-options.ts";

/** `trace <record>`: where a record comes from, or where it went, over the nodes of all departments it passed. */
export function registerTrace(program: Command, context: Context): void {
  const command = addRecordArgument(program.command("trace"), context).description(
    context.say({
      zh: "追溯记录的来源(上游)或去向(下游):跨越各部门节点,沿途逐条向链核验;无法连通的部门留下有标记的缺口",
      en: "Trace where a record comes from (upstream) or went (downstream), over all departments' nodes, verified against the chain on the way; a department that cannot be asked leaves a marked gap",
    }),
  );
  addTraceOptions(command, context).action(
    context.action((record: string, options: TraceCommandOptions) => trace(record, options, context)),
  );
  teachTrace(command, context);
}

async function trace(record: string, options: TraceCommandOptions, context: Context): Promise<ExitCode> {
  const rule = ruleOf(options, context);
  const trust = await requireTrust(context, { trust: options.trust, command: "trace" });
  const { client, signer } = await connectSigner(options, context);
  const connections = connectTrusted(trust, options.rpc);
  const { department } = await client.call(describeNode, {});
  const given = await findPlace(record, client);
  const view = await openAgreeingView(connections);
  const { clock, random } = context.world;
  const transport = guardedTransport({ allowLoopback: trust.evaluation });
  const source = nodeSource({ signer }, { view: () => Promise.resolve(view), transport, clock, random });
  const dependencies: TraceDependencies = { source, connections, trust, now: context.now() };
  const home = department.id;
  const { start, isSure } = await startOf({ given, home, options }, dependencies, context);
  const question = await questionOf({ start, home }, options, context);
  if (options.events === true || options.value === true) {
    const names = new Map((await view.departments()).map(({ id, name }) => [id, name]));
    const asked = { question, dependencies, names };
    return sureOf(
      await (options.events === true ? showEvents(asked, context) : showValue({ ...asked, view }, context)),
      isSure,
    );
  }
  const events = traceLineage(question, dependencies);
  const sure = (code: ExitCode): ExitCode => sureOf(code, isSure);
  if (options.recall === true) return sure(await showRecall(events, { start, view }, context));
  if (options.firstBad === true) return sure(await showFirstBad(events, context, rule));
  if (options.format === "ndjson") return sure(await streamTrace(events, context));
  const result = await collectTrace(told(events, context));
  const names = new Map((await view.departments()).map(({ id, name }) => [id, name]));
  await showTrace(result, { question, names, trust }, { options, context });
  return sure(exitOfTrace(result));
}

/** Read before anything is asked. */
function ruleOf({ rule, firstBad, asOf }: TraceCommandOptions, context: Context): QualityRule | undefined {
  if (rule === undefined) return undefined;
  if (firstBad !== true) throw new CliError("usage.value", { name: "--rule", expected: "--first-bad --rule …" });
  return parseQualityRule(rule, { now: asOf ?? context.now() });
}

const sureOf = (code: ExitCode, isSure: boolean): ExitCode => (code === EXIT.ok && !isSure ? EXIT.undetermined : code);

interface Given {
  readonly given: RecordPlace;
  readonly home: string;
  readonly options: TraceCommandOptions;
}

/** The record named, or with --in-force the version of it that was in force at the time asked about. */
async function startOf(
  { given, home, options: { inForce, asOf, knownAt } }: Given,
  dependencies: TraceDependencies,
  { output, say }: Context,
): Promise<{ readonly start: RecordPlace; readonly isSure: boolean }> {
  if (inForce !== true) return { start: given, isSure: true };
  const times = { ...(asOf !== undefined && { asOf }), ...(knownAt !== undefined && { knownAt }) };
  const { scope, seq, complete } = await versionInForce({ start: given, home, ...times }, dependencies);
  const start = { scope, seq };
  output.note(say({ zh: `当时有效的版本:${placeName(start)}`, en: `The version in force then: ${placeName(start)}` }));
  if (!complete)
    output.note(
      say({
        zh: "! 有的版本未能看到:当时有效的可能是另一版",
        en: "! Some versions could not be seen: another one may have been in force",
      }),
    );
  return { start, isSure: complete };
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
