import { expect } from "chai";
import { traceRecord } from "../../../sdk/client/routes/lineage-trace.ts";
import { nodeSource } from "../../../sdk/lineage/trace/source.ts";
import { versionInForce } from "../../../sdk/lineage/trace/in-force.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import type { Relation } from "../../../sdk/protocol/parents.ts";
import { isRefusal } from "../../../node/records/model.ts";
import { startPair, type Pair } from "../deliveries/fixture.ts";
import { certificate } from "../support/core.ts";
import { codeOf, signerOf, trustOf } from "../support/nodes.ts";
import { collect } from "../support/resources.ts";
import { trace } from "./fixture.ts";

const DAY = 86_400;
const DAYS = [
  { picked: ["apple-1", "pear-1", "plum-1"], used: ["apple-1", "pear-1", "plum-1"] },
  { picked: ["apple-2", "pear-2", "plum-2"], used: ["apple-1", "pear-2", "plum-2"] },
  { picked: ["apple-3", "pear-3", "plum-3"], used: ["apple-3", "pear-2", "plum-3"] },
] as const;

interface Named {
  readonly seq: number;
  readonly record: Hex;
}

/** Nine batches of three fruits; each day the pie is baked anew from the newest batches in the orchard's shed. */
describe("the orchard puzzle, with records of a node", function () {
  this.timeout(120_000);
  let pair: Pair;
  let began: number;
  const ids = new Map<string, Named>();
  const get = (name: string): Named => {
    const found = ids.get(name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  before(async () => {
    pair = await startPair();
    began = pair.ledger.now;
    for (const [day, { picked, used }] of DAYS.entries()) {
      for (const name of picked) await record(name, []);
      pair.ledger.advance(DAY / 2);
      const before = ids.has("pie") ? [["pie", "supersedes"] as const] : [];
      const pie = await record("pie", [...used.map((name) => [name, "derivedFrom"] as const), ...before]);
      ids.set(`pie of day ${day}`, pie);
      pair.ledger.advance(DAY / 2);
    }
  });
  after(() => pair.stop());

  async function record(name: string, from: readonly (readonly [string, Relation])[]): Promise<Named> {
    const { scope, ledger, provider } = pair;
    const { records } = provider.node.core;
    const parents = from.map(([parent, relation]) => ({ ledger: ledger.ledger, scope, ...get(parent), relation }));
    const [made] = await records.accept(scope, [
      { document: certificate(name, { note: String(ledger.now) }), parents },
    ]);
    if (made === undefined || isRefusal(made)) throw made?.error ?? new TypeError("a result for each input");
    await records.waitFor(scope, made.seq, "final", { timeoutMs: 30_000 });
    const named = { seq: made.seq, record: made.record };
    ids.set(name, named);
    return named;
  }

  const at = (name: string) => ({ scope: pair.scope, seq: get(name).seq });
  const dependencies = (as = pair.ledger.provider) => {
    const { connection, now } = pair.ledger;
    const source = nodeSource(
      { signer: signerOf(as) },
      { clock: () => now * 1000, view: () => connection.view("final") },
    );
    return { source, connections: [connection], trust: trustOf(pair.ledger), now };
  };
  /** The batches in the pie that was in force at a time, asked from any version of it. */
  async function batchesAsOf(asOf: number, from: string): Promise<readonly string[]> {
    const home = pair.ledger.provider.uscc;
    const { scope, seq, complete } = await versionInForce({ start: at(from), asOf, home }, dependencies());
    expect(complete).to.equal(true);
    const options = { start: { scope, seq }, direction: "up", asOf, relations: ["derivedFrom"] } as const;
    const { nodes, end } = await trace(pair, pair.ledger.provider, options);
    expect(end.complete).to.equal(true);
    return [...ids]
      .filter(([name, { seq: one }]) => !name.startsWith("pie") && nodes.some((node) => node.seq === one))
      .map(([name]) => name);
  }

  for (const from of ["pie of day 0", "pie of day 1", "pie of day 2"]) {
    it(`asked as of a day gives exactly the batches used then, from the ${from}`, async () => {
      expect(await batchesAsOf(began + DAY - 60, from)).to.deep.equal(["apple-1", "pear-1", "plum-1"]);
      // The second day's fruit is there, its pie is not baked yet.
      expect(await batchesAsOf(began + DAY + 60, from)).to.deep.equal(["apple-1", "pear-1", "plum-1"]);
      expect(await batchesAsOf(began + 2 * DAY - 60, from)).to.deep.equal(["apple-1", "pear-2", "plum-2"]);
      expect(await batchesAsOf(began + 3 * DAY - 60, from)).to.deep.equal(["pear-2", "apple-3", "plum-3"]);
    });
  }

  it("knows no pie before the first was baked", async () => {
    const asked = versionInForce({ start: at("pie of day 2"), asOf: began + 60 }, dependencies());
    expect(await codeOf(asked)).to.equal("lineage.version-none");
  });

  it("is answered by the node, which names the version first", async () => {
    const query = { inForce: "true", asOf: began + 2 * DAY - 60, relations: "derivedFrom" } as const;
    const client = pair.provider.client();
    const params = at("pie of day 2");
    const events = await collect(await client.call(traceRecord, { params, query }));
    expect(events[0]).to.deep.equal({ type: "version", ...at("pie of day 1"), complete: true });
    expect(events.filter(({ type }) => type === "node")).to.have.length(4);
    const early = client.call(traceRecord, { params, query: { inForce: "true", asOf: began + 60 } });
    expect(await codeOf(early)).to.equal("lineage.version-none");
  });

  it("is not ended by a record of another department that says it supersedes it", async () => {
    const { ledger, consumer } = pair;
    await consumer.node.core.openJournal();
    const { records, journal } = consumer.node.core;
    const parent = { ledger: ledger.ledger, scope: pair.scope, ...get("pie"), relation: "supersedes" } as const;
    const document = { action: "test", subject: "x", key: `${ledger.consumer.uscc}/1` };
    const [made] = await records.accept(journal, [{ kind: "operation", document, parents: [parent] }]);
    if (made === undefined || isRefusal(made)) throw made?.error ?? new TypeError("a result for each input");
    await records.waitFor(journal, made.seq, "final", { timeoutMs: 30_000 });
    const asked = versionInForce(
      { start: { scope: journal, seq: made.seq }, home: ledger.consumer.uscc },
      dependencies(ledger.consumer),
    );
    // Both stand, the pie and what claims to follow it: nobody is told that the pie is over.
    expect(await codeOf(asked)).to.equal("lineage.version-several");
  });
});
