import type { TracedLink, TracedNode, TraceEnd, TraceEvent, TraceGap } from "./types.ts";

/** A whole trace. */
export interface TraceResult {
  readonly nodes: readonly TracedNode[];
  readonly links: readonly TracedLink[];
  readonly gaps: readonly TraceGap[];
  readonly end: TraceEnd;
}

/** Reads a trace to its end. Throws what the trace throws, TypeError when it has no end. */
export async function collectTrace(events: AsyncIterable<TraceEvent>): Promise<TraceResult> {
  const nodes: TracedNode[] = [];
  const links: TracedLink[] = [];
  const gaps: TraceGap[] = [];
  let end: TraceEnd | undefined;
  for await (const event of events) {
    if (event.type === "node") nodes.push(event);
    else if (event.type === "link") links.push(event);
    else if (event.type === "gap") gaps.push(event);
    else end = event;
  }
  if (end === undefined) throw new TypeError("a trace ends with its end");
  return { nodes, links, gaps, end };
}
