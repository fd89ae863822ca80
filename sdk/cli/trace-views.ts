import type { LedgerView } from "../chain/view.ts";
import { PROCESS_WORDS, processEvents } from "../lineage/process-events.ts";
import { attributionOf, classificationOf } from "../lineage/provenance-value.ts";
import { collectTrace } from "../lineage/trace/collect.ts";
import { traceLineage, type TraceDependencies, type TraceOptions } from "../lineage/trace/trace.ts";
import { placeName } from "../lineage/trace/types.ts";
import type { Hex } from "../protocol/bytes.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./errors.ts";
import { told } from "./trace-output.ts";
import { listLines, timeOrDash } from "./views.ts";

interface Asked {
  readonly question: TraceOptions;
  readonly dependencies: TraceDependencies;
  readonly names: ReadonlyMap<string, string>;
}

/** The five kinds of events of the record at which a trace begins. */
export async function showEvents({ question, dependencies, names }: Asked, context: Context): Promise<ExitCode> {
  const { output, say } = context;
  const collect = (options: Pick<TraceOptions, "direction" | "depth">) =>
    collectTrace(told(traceLineage({ ...question, ...options }, dependencies), context));
  const up = await collect({ direction: "up", depth: 1 });
  const down = await collect({ direction: "down" });
  const events = processEvents(question.start, { up, down });
  const complete = up.end.gaps === 0 && down.end.complete;
  output.result({
    lines: () => [
      ...listLines({
        headings: [
          say({ zh: "事件", en: "event" }),
          say({ zh: "时间", en: "at" }),
          say({ zh: "部门", en: "department" }),
          say({ zh: "种类", en: "kind" }),
          say({ zh: "记录", en: "record" }),
        ],
        rows: events.map(({ event, at, department, kind, record }) => [
          say(PROCESS_WORDS[event]),
          timeOrDash(at),
          names.get(department) ?? department,
          kind,
          record,
        ]),
        none: say({ zh: "没有看到任何事件", en: "No event was seen" }),
      }),
      completeness(complete, context),
    ],
    json: { ...question.start, events, complete },
  });
  return complete ? EXIT.ok : EXIT.undetermined;
}

/** What a product inherits and to whom it is owed. */
export async function showValue(
  { question, dependencies, names, view }: Asked & { readonly view: LedgerView },
  context: Context,
): Promise<ExitCode> {
  const { output, say } = context;
  const { start } = question;
  const result = await collectTrace(told(traceLineage({ ...question, direction: "up" }, dependencies), context));
  const classification = await classificationOf(result, { start, levelOf: levelsOf(view) });
  const shares = attributionOf(result, start);
  const { own, inherited, from, code } = classification;
  const { complete } = result.end;
  output.result({
    lines: () => [
      `${code === "classification.lower" ? "✗" : "✓"} ${code}  ${say({
        zh: `本身 ${own ?? "–"} 级,上游最高 ${inherited} 级`,
        en: `own level ${own ?? "–"}, highest upstream ${inherited}`,
      })}${from === undefined ? "" : `  ${placeName(from)}`}`,
      ...shares.map(
        ({ department, share, sources }) =>
          `  ${(share * 100).toFixed(1).padStart(5)} %  ${names.get(department) ?? department}  ${say({ zh: `${sources} 条来源记录`, en: `${sources} source records` })}`,
      ),
      completeness(complete, context),
    ],
    json: { ...start, classification, shares, complete },
  });
  if (code === "classification.lower") return EXIT.negative;
  return complete ? EXIT.ok : EXIT.undetermined;
}

const completeness = (complete: boolean, { say }: Context): string =>
  complete
    ? say({ zh: "✓ 血缘完整", en: "✓ The trace is complete" })
    : say({
        zh: "! 血缘不完整:有缺口或未展示的关系",
        en: "! The trace is not complete: there are gaps or withheld links",
      });

/** By the terms in force at a time; each resource and version is read once. */
function levelsOf(view: LedgerView): (resource: Hex, at: number) => Promise<number | undefined> {
  const known = new Map<string, Promise<number | undefined>>();
  return async (resource, at) => {
    const { version } = await view.publishedAt(resource, at);
    const name = `${resource} ${version}`;
    const level = known.get(name) ?? view.terms(resource, version, at).then((terms) => terms?.level);
    known.set(name, level);
    return level;
  };
}
