import { expect } from "chai";
import { firstBadAncestor } from "../../../sdk/lineage/bad-ancestor.ts";
import { recallListOf } from "../../../sdk/lineage/recall.ts";
import { restartProvider } from "../deliveries/fixture.ts";
import { each, kinds, relations, startLineage, suspend, trace, type LineagePair } from "./fixture.ts";

describe("a trace over two departments' nodes", function () {
  this.timeout(120_000);
  let pair: LineagePair;
  before(async () => {
    pair = await startLineage();
  });
  after(() => pair.stop());

  it("leads oversight from the decision back to the licence, every record and link verified", async () => {
    const found = await trace(pair, pair.oversight, { start: pair.decision, direction: "up" });
    expect(kinds(found)).to.have.members(["activity", "receipt", "delivery", "certificate"]);
    expect(
      found.nodes.map(({ verdict, checks }) => [verdict, checks.filter(({ outcome }) => outcome === "fail")]),
    ).to.deep.equal(found.nodes.map(() => ["verified", []]));
    expect(relations(found)).to.deep.equal([
      "delivered link.proven",
      "derivedFrom link.proven",
      "receiptOf link.proven",
      "received link.proven",
    ]);
    expect(found.links.flatMap(({ findings }) => findings)).to.deep.equal([]);
    expect(found.end).to.include({ nodes: 4, links: 4, gaps: 0, withheld: 0, complete: true });
  });

  it("leads oversight from the licence down to the decision", async () => {
    const found = await trace(pair, pair.oversight, { start: pair.licence, direction: "down" });
    expect(kinds(found)).to.have.members(["certificate", "delivery", "receipt", "activity"]);
    expect(relations(found)).to.deep.equal([
      "delivered link.proven",
      "derivedFrom link.proven",
      "receiptOf link.proven",
    ]);
    expect(found.end.complete).to.equal(true);
  });

  it("shows a department its own side, the delivery by which the licence came, and how much is withheld", async () => {
    const { consumer, provider, stranger } = pair.ledger;
    const mine = await trace(pair, consumer, { start: pair.decision, direction: "up", home: consumer.uscc });
    expect(kinds(mine)).to.have.members(["activity", "receipt", "delivery", "certificate"]);
    expect(mine.links.every(({ outcome }) => outcome === "link.proven")).to.equal(true);
    const theirs = await trace(pair, provider, { start: pair.licence, direction: "down", home: provider.uscc });
    expect(kinds(theirs)).to.have.members(["certificate", "delivery", "receipt"]);
    const receipt = theirs.nodes.find(({ kind }) => kind === "receipt");
    expect(receipt?.verdict).to.equal("verified");
    expect(receipt?.findings).to.deep.equal([{ code: "node.withheld", values: { count: 1 } }]);
    expect(theirs.end).to.include({ withheld: 1, complete: false });
    const nobody = await trace(pair, stranger, { start: pair.decision, direction: "up" });
    expect(nobody.nodes.map(({ kind, verdict, withheld }) => [kind, verdict, withheld])).to.deep.equal([
      ["activity", "verified", 1],
    ]);
    expect(nobody.links).to.deep.equal([]);
  });

  it("begins at a record of another department where it was received", async () => {
    const { consumer } = pair.ledger;
    const found = await trace(pair, consumer, { start: pair.licence, direction: "down", home: consumer.uscc });
    expect(kinds(found)).to.include.members(["certificate", "receipt", "activity"]);
    expect(relations(found)).to.include("received link.proven");
  });

  it("follows only what it is asked to: depth, relations, departments; and reports only the kinds asked for", async () => {
    const of = async (options: object) =>
      kinds(await trace(pair, pair.oversight, { start: pair.decision, direction: "up", ...options }));
    expect(await of({ depth: 1 })).to.have.members(["activity", "receipt"]);
    expect(await of({ depth: 0 })).to.deep.equal(["activity"]);
    expect(await of({ relations: ["derivedFrom", "receiptOf"] })).to.have.members(["activity", "receipt", "delivery"]);
    expect(await of({ departments: [pair.ledger.consumer.uscc] })).to.have.members(["activity", "receipt"]);
    expect(await of({ kinds: ["certificate"] })).to.deep.equal(["certificate"]);
    const { end } = await trace(pair, pair.oversight, { start: pair.decision, direction: "up", depth: 1 });
    expect(end).to.include({ notFollowed: 2, gaps: 0 });
  });

  it("marks what a department that is down leaves open, and goes on from there when it is back", async () => {
    await pair.provider.node.stop();
    const broken = await trace(pair, pair.oversight, { start: pair.decision, direction: "up" });
    expect(kinds(broken)).to.have.members(["activity", "receipt"]);
    expect(broken.gaps.map(({ department, code }) => [department, code])).to.deep.equal([
      [pair.ledger.provider.uscc, "gap.unreachable"],
      [pair.ledger.provider.uscc, "gap.unreachable"],
    ]);
    // What the receipt's own record proves stands without the provider.
    expect(relations(broken)).to.deep.equal([
      "derivedFrom link.proven",
      "receiptOf link.proven",
      "received link.proven",
    ]);
    expect(broken.end.complete).to.equal(false);
    await restartProvider(pair);
    const resumed = await trace(pair, pair.oversight, { start: pair.decision, direction: "up", resume: broken.nodes });
    expect(kinds(resumed)).to.have.members(["activity", "receipt", "delivery", "certificate"]);
    expect(resumed.end).to.include({ gaps: 0, complete: true });
  });

  it("says how the records stood at a time, not only now", async () => {
    const before = pair.ledger.now;
    pair.ledger.advance(3600);
    await suspend(pair, pair.licence);
    const status = async (asOf?: number) => {
      const { nodes } = await trace(pair, pair.oversight, {
        start: pair.decision,
        direction: "up",
        ...(asOf !== undefined && { asOf }),
      });
      return nodes.find(({ kind }) => kind === "certificate")?.status.code;
    };
    expect(await status()).to.equal("status.suspended");
    expect(await status(before)).to.equal("status.active");
    const unborn = await trace(pair, pair.oversight, {
      start: pair.decision,
      direction: "up",
      asOf: before - 10_000_000,
    });
    expect(unborn.nodes).to.deep.equal([]);
    expect(unborn.gaps).to.deep.equal([]);
  });

  it("makes the recall list: who received it, and the decision that was made with it", async () => {
    const { events } = await trace(pair, pair.oversight, { start: pair.licence, direction: "down" });
    const view = await pair.ledger.connection.view("final");
    const list = await recallListOf(each(events), {
      root: pair.licence,
      consumerOf: async (id) => (await view.agreement(id))?.consumer,
    });
    expect(list.complete).to.equal(true);
    expect(list.recipients.map(({ department }) => department)).to.deep.equal([pair.ledger.consumer.uscc]);
    const [recipient] = list.recipients;
    expect(recipient?.deliveries.map(({ agreement, k }) => [agreement, k])).to.deep.equal([[pair.agreement, 0]]);
    expect(recipient?.derived.map(({ record }) => record)).to.deep.equal([pair.decision.record]);
  });

  it("finds the most upstream record that is bad", async () => {
    const { events } = await trace(pair, pair.oversight, { start: pair.decision, direction: "up" });
    const bad = await firstBadAncestor(each(events));
    expect(bad.first).to.include({ scope: pair.licence.scope, seq: 0, reason: "status.suspended" });
    expect(bad.all).to.have.length(1);
    const ruled = await firstBadAncestor(each(events), ({ kind }) =>
      kind === "activity" ? "quality.rule-7" : undefined,
    );
    expect(ruled.first?.reason).to.equal("status.suspended");
    expect(ruled.all.map(({ kind }) => kind)).to.have.members(["certificate"]);
  });
});
