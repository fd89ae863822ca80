import { canonicalize } from "../protocol/canonical.ts";
import { parseJson } from "../protocol/json.ts";
import type { LedgerView } from "../chain/view.ts";
import { firstBadAncestor, type QualityRule } from "../lineage/bad-ancestor.ts";
import type { RecordPlace } from "../lineage/activity.ts";
import { provJson } from "../lineage/prov/document.ts";
import { recallListOf } from "../lineage/recall.ts";
import { traceHtml } from "../lineage/report/html.ts";
import { traceEvents } from "../lineage/report/openlineage.ts";
import { traceProv } from "../lineage/report/prov.ts";
import { traceTree } from "../lineage/report/tree.ts";
import type { TraceResult } from "../lineage/trace/collect.ts";
import type { TraceOptions } from "../lineage/trace/trace.ts";
import type { TraceEvent } from "../lineage/trace/types.ts";
import { trustedLedger, type Trust } from "../verify/trust.ts";
import type { TraceCommandOptions } from "./commands/trace-options.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./errors.ts";
import { writePrivate } from "./files.ts";
import { badLines, recallLines } from "./lineage-text.ts";

/** The events of a trace, told to the person as they come. */
export async function* told(events: AsyncIterable<TraceEvent>, { output, say }: Context): AsyncGenerator<TraceEvent> {
  let nodes = 0;
  for await (const event of events) {
    if (event.type === "node") {
      nodes++;
      output.progress(say({ zh: `已核验 ${nodes} 条记录`, en: `${nodes} records verified` }));
    }
    yield event;
  }
  output.progressEnd();
}

/** Each event as a line of NDJSON. */
export async function streamTrace(events: AsyncIterable<TraceEvent>, { output }: Context): Promise<ExitCode> {
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
}

/** The whole trace in the format asked for. */
export async function showTrace(
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

/** The recall list of the record at which a downstream trace began. */
export async function showRecall(
  events: AsyncIterable<TraceEvent>,
  { start, view }: { readonly start: RecordPlace; readonly view: LedgerView },
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

/** The most upstream bad records of an upstream trace. */
export async function showFirstBad(
  events: AsyncIterable<TraceEvent>,
  context: Context,
  rule?: QualityRule,
): Promise<ExitCode> {
  const found = await firstBadAncestor(told(events, context), rule);
  context.output.result({ lines: () => badLines(found, context), json: { ...found, first: found.first ?? null } });
  if (found.first !== undefined) return EXIT.negative;
  return found.complete ? EXIT.ok : EXIT.undetermined;
}

export function exitOfTrace({ nodes, end }: TraceResult): ExitCode {
  if (nodes.some(({ verdict }) => verdict === "rejected")) return EXIT.negative;
  const sure = end.complete && nodes.every(({ verdict }) => verdict === "verified");
  return sure ? EXIT.ok : EXIT.undetermined;
}
