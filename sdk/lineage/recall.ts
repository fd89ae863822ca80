import { deliveriesScope } from "../protocol/anchor.ts";
import { isHex, type Hex } from "../protocol/bytes.ts";
import { HASH_BYTES } from "../protocol/hash.ts";
import type { RecordPlace } from "./activity.ts";
import { CARRIERS, REMARKS } from "./record-roles.ts";
import { placeName, type TraceEvent, type TraceGap, type TracedNode } from "./trace/types.ts";

/** One delivery by which a department received the record, or something made from it. */
export interface RecallDelivery {
  readonly agreement: Hex;
  readonly k: number;
  /** Of the delivery's record. */
  readonly record: Hex;
  readonly depth: number;
}

export interface RecallRecipient {
  readonly department: string;
  readonly deliveries: readonly RecallDelivery[];
  /** What it made from them, as far as it was shown. */
  readonly derived: readonly RecallDerived[];
  /** Links behind its receipts that were not shown. */
  readonly withheld: number;
}

export interface RecallDerived extends RecordPlace {
  readonly record: Hex;
  readonly kind: string;
  readonly issuer: string;
  readonly depth: number;
}

/** Everyone who received a record or something derived from it (SPEC §14.3). */
export interface RecallList {
  readonly root: RecordPlace;
  readonly recipients: readonly RecallRecipient[];
  /** What the holder of the record made from it itself. */
  readonly own: readonly RecallDerived[];
  readonly gaps: readonly TraceGap[];
  /** False when something is withheld or could not be asked about: then there may be more. */
  readonly complete: boolean;
}

export interface RecallOptions {
  readonly root: RecordPlace;
  /** The consumer of an agreement, from the chain. */
  readonly consumerOf: (agreement: Hex) => Promise<string | undefined>;
}

/** Makes the recall list from the events of a downstream trace of the record. */
export async function recallListOf(
  events: AsyncIterable<TraceEvent>,
  { root, consumerOf }: RecallOptions,
): Promise<RecallList> {
  const nodes: TracedNode[] = [];
  const gaps: TraceGap[] = [];
  const links: { readonly from: string; readonly to: string; readonly place: RecordPlace }[] = [];
  let complete = false;
  for await (const event of events) {
    if (event.type === "node") nodes.push(event);
    else if (event.type === "gap") gaps.push(event);
    else if (event.type === "end") ({ complete } = event);
    else if (event.relation === "delivered")
      links.push({ from: placeName(event.from), to: placeName(event.to), place: event.from });
  }
  const rootNode = nodes.find((node) => placeName(node) === placeName(root));
  const recipients = new Map<string, { deliveries: RecallDelivery[]; derived: RecallDerived[]; withheld: number }>();
  const of = (department: string) => {
    const known = recipients.get(department) ?? { deliveries: [], derived: [], withheld: 0 };
    recipients.set(department, known);
    return known;
  };
  for (const node of nodes.filter(({ kind }) => kind === "delivery")) {
    const agreement = agreementOf(node);
    const consumer = agreement && (await consumerOf(agreement));
    if (agreement === undefined || consumer === undefined) continue;
    of(consumer).deliveries.push({ agreement, k: node.seq, record: node.record, depth: node.depth });
  }
  const own: RecallDerived[] = [];
  for (const node of nodes) {
    const { scope, seq, record, kind, issuer, depth } = node;
    const isRecipient = recipients.has(issuer);
    if (isRecipient) of(issuer).withheld += withheldOf(node);
    if (CARRIERS.has(kind) || REMARKS.has(kind) || placeName(node) === placeName(root)) continue;
    const derived = { scope, seq, record, kind, issuer, depth };
    if (isRecipient && issuer !== rootNode?.issuer) of(issuer).derived.push(derived);
    else own.push(derived);
  }
  return {
    root,
    recipients: [...recipients].map(([department, found]) => ({ department, ...found })),
    own,
    gaps,
    complete,
  };
}

function withheldOf({ findings }: TracedNode): number {
  const count = findings.find(({ code }) => code === "node.withheld")?.values["count"];
  return typeof count === "number" ? count : 0;
}

/** The agreement that a delivery's record says it is of, if that is the one in whose stream it stands. */
function agreementOf({ line, scope }: TracedNode): Hex | undefined {
  const claims = line.proof?.["claims"];
  const disclosed =
    typeof claims === "object" && claims !== null && "disclosed" in claims ? claims.disclosed : undefined;
  if (!Array.isArray(disclosed)) return undefined;
  for (const claim of disclosed as readonly unknown[]) {
    if (typeof claim !== "object" || claim === null || !("path" in claim) || !("value" in claim)) continue;
    const { path, value } = claim;
    if (Array.isArray(path) && path.length === 1 && path[0] === "agreement" && isHex(value, HASH_BYTES))
      return deliveriesScope(value) === scope ? value : undefined;
  }
  return undefined;
}
