import { changeStatus } from "../../../sdk/client/routes/records.ts";
import { recordActivity } from "../../../sdk/client/routes/lineage-activities.ts";
import { nodeSource } from "../../../sdk/lineage/trace/source.ts";
import { traceLineage, type TraceOptions } from "../../../sdk/lineage/trace/trace.ts";
import type { TracedLink, TracedNode, TraceEnd, TraceEvent, TraceGap } from "../../../sdk/lineage/trace/types.ts";
import { receiptsScope } from "../../../sdk/protocol/anchor.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { makeDepartment, type TestDepartment } from "../../support/ledger.ts";
import { signerOf, trustOf } from "../support/nodes.ts";
import { addCertificates, agree, obtain, settle, startPair, type Pair } from "../deliveries/fixture.ts";

export interface Place {
  readonly scope: Hex;
  readonly seq: number;
}

/** A licence that a trading centre received, and the decision it made with it. */
export interface LineagePair extends Pair {
  readonly oversight: TestDepartment;
  readonly licence: Place;
  readonly agreement: Hex;
  readonly receipt: Place;
  readonly decision: Place & { readonly record: Hex };
}

export async function startLineage(options: Parameters<typeof startPair>[0] = {}): Promise<LineagePair> {
  const pair = await startPair(options);
  const { ledger, scope } = pair;
  const oversight = makeDepartment(9, "监督");
  await ledger.admit(oversight, "oversight");
  await addCertificates(pair, ["A-1", "A-2"]);
  const agreement = await agree(pair);
  await obtain(pair, agreement, ["A-1"]);
  await settle(pair, agreement);
  const licence = { scope, seq: 0 };
  const decision = await decide(pair, licence);
  return { ...pair, oversight, licence, agreement, receipt: { scope: receiptsScope(agreement), seq: 0 }, decision };
}

let decisions = 0;

/** The consumer reviews a qualification with a record that it received. */
export async function decide({ consumer }: Pair, licence: Place): Promise<Place & { readonly record: Hex }> {
  const made = await consumer.client().call(recordActivity, {
    body: { activity: `review-${decisions++}`, name: "投标资格审查", state: "complete", used: [licence] },
  });
  await consumer.node.core.records.waitFor(made.scope, made.seq, "final", { timeoutMs: 30_000 });
  return { scope: made.scope, seq: made.seq, record: made.record };
}

export const suspend = ({ provider }: Pair, { scope, seq }: Place) =>
  provider.client().call(changeStatus, { params: { scope, seq }, body: { state: "suspended", reason: 1 } });

export interface Traced {
  readonly nodes: readonly TracedNode[];
  readonly links: readonly TracedLink[];
  readonly gaps: readonly TraceGap[];
  readonly end: TraceEnd;
  readonly events: readonly TraceEvent[];
}

/** A trace as a department asks for it, over the addresses in the registry. */
export async function trace({ ledger }: Pair, as: TestDepartment, options: TraceOptions): Promise<Traced> {
  const clock = () => ledger.now * 1000;
  const source = nodeSource({ signer: signerOf(as) }, { clock, view: () => ledger.connection.view("final") });
  const events: TraceEvent[] = [];
  const dependencies = { source, connections: [ledger.connection], trust: trustOf(ledger), now: ledger.now };
  for await (const event of traceLineage(options, dependencies)) events.push(event);
  const of = <T extends TraceEvent["type"]>(type: T) =>
    events.filter((event): event is Extract<TraceEvent, { type: T }> => event.type === type);
  const [end] = of("end");
  if (end === undefined) throw new Error("a trace ends");
  return { nodes: of("node"), links: of("link"), gaps: of("gap"), end, events };
}

export const kinds = ({ nodes }: Traced): string[] => nodes.map(({ kind }) => kind);
export const relations = ({ links }: Traced): string[] =>
  links.map(({ relation, outcome }) => `${relation} ${outcome}`).sort();

export async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}
