import type { Hex } from "../protocol/bytes.ts";
import { CARRIERS, REMARKS } from "./record-roles.ts";
import type { RecordPlace } from "./activity.ts";
import type { TraceResult } from "./trace/collect.ts";
import { placeName, type TracedNode } from "./trace/types.ts";

/** What happens to a version of data: 来源、归属、流转、使用、销毁. */
export const PROCESS_KINDS = ["source", "ownership", "circulation", "use", "destruction"] as const;
export type ProcessKind = (typeof PROCESS_KINDS)[number];

export const PROCESS_WORDS: Readonly<Record<ProcessKind, { readonly zh: string; readonly en: string }>> = {
  source: { zh: "来源", en: "source" },
  ownership: { zh: "归属", en: "ownership" },
  circulation: { zh: "流转", en: "circulation" },
  use: { zh: "使用", en: "use" },
  destruction: { zh: "销毁", en: "destruction" },
};

/** One event, and the record that proves it. */
export interface ProcessEvent extends RecordPlace {
  readonly event: ProcessKind;
  readonly record: Hex;
  /** Kind of the record. */
  readonly kind: string;
  /** The department whose record it is. */
  readonly department: string;
  /** Seconds: when it was anchored; absent for what is named by another record only. */
  readonly at?: number;
}

/**
 * The five kinds of events of one record, from a trace of its immediate sources and one of everything downstream: where it
 * came from, whose it is, to whom it went, what was made with it, and how it ended. Only genuine records count.
 */
export function processEvents(
  root: RecordPlace,
  { up, down }: { readonly up: TraceResult; readonly down: TraceResult },
): readonly ProcessEvent[] {
  const name = placeName(root);
  const isGenuine = ({ verdict }: TracedNode): boolean => verdict === "verified";
  const own = [...up.nodes, ...down.nodes].find((node) => placeName(node) === name && isGenuine(node));
  const others = (trace: TraceResult): readonly TracedNode[] =>
    trace.nodes.filter((node) => placeName(node) !== name && isGenuine(node));
  const destroyed = own?.line.destroyed;
  return [
    ...(own === undefined ? [] : [eventOf("source", own)]),
    ...others(up).map((node) => eventOf("source", node)),
    ...(own === undefined ? [] : [eventOf("ownership", own)]),
    ...others(down).flatMap((node) => {
      if (CARRIERS.has(node.kind)) return [eventOf("circulation", node)];
      return REMARKS.has(node.kind) ? [] : [eventOf("use", node)];
    }),
    ...(own === undefined || destroyed === undefined
      ? []
      : [{ event: "destruction" as const, kind: "destruction", department: own.issuer, ...destroyed }]),
  ];
}

const eventOf = (event: ProcessKind, { scope, seq, record, kind, issuer, anchoredAt }: TracedNode): ProcessEvent => ({
  ...{ event, scope, seq, record, kind, department: issuer },
  ...(anchoredAt !== undefined && { at: anchoredAt }),
});
