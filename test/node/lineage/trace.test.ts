import { expect } from "chai";
import { kinds, relations, startLineage, trace, type LineagePair } from "./fixture.ts";

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
});
