import { expect } from "chai";
import { walkLineage, type LineageLine } from "../../../sdk/client/routes/lineage-walk.ts";
import { isIndexed, rebuildIndex } from "../../../node/lineage/rebuild.ts";
import { LINEAGE_LINKS, LINEAGE_PARENTS, LINEAGE_RECORDS, LINEAGE_STAGES } from "../../../node/storage/keyspaces.ts";
import { del, type Space } from "../../../node/storage/store.ts";
import { recordStage, findStage } from "../../../sdk/client/routes/lineage-stages.ts";
import { findByRecordId } from "../../../sdk/client/routes/lineage-walk.ts";
import type { TestNode } from "../support/nodes.ts";
import { collect } from "../support/resources.ts";
import { decide, startLineage, type LineagePair, type Place } from "./fixture.ts";

describe("the index of lineage", function () {
  this.timeout(120_000);
  let pair: LineagePair;
  before(async () => {
    pair = await startLineage();
    await decide(pair, pair.licence);
  });
  after(() => pair.stop());

  const answers = async (node: TestNode): Promise<readonly LineageLine[]> => {
    const starts = [pair.licence, pair.decision, pair.receipt].map(({ scope, seq }: Place) => ({
      scope,
      seq,
      depth: 0,
    }));
    const all: LineageLine[] = [];
    for (const direction of ["up", "down"] as const)
      all.push(...(await collect(await node.client().call(walkLineage, { body: { direction, depth: 50, starts } }))));
    // Links of one record have no order of their own.
    return all.map((line) =>
      "links" in line
        ? { ...line, links: line.links.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) }
        : line,
    );
  };

  it("gives the same answers after it was deleted and made again from the records", async () => {
    const client = () => pair.provider.client();
    await client().call(recordStage, { body: { subject: "dataset:licences", stage: "source", actor: "clerk" } });
    await client().call(recordStage, { body: { subject: "dataset:licences", stage: "resource", actor: "clerk" } });
    const stages = () => client().call(findStage, { query: { subject: "dataset:licences" } });
    const find = () => pair.consumer.client().call(findByRecordId, { params: { record: pair.decision.record } });
    const before = [await answers(pair.provider), await answers(pair.consumer), await stages(), await find()];
    for (const { node } of [pair.provider, pair.consumer]) {
      const { store, records, lineage: writer } = node.core;
      expect(await isIndexed(store)).to.equal(true);
      for (const space of [LINEAGE_LINKS, LINEAGE_PARENTS, LINEAGE_RECORDS, LINEAGE_STAGES] as const) {
        const any = space as Space<never, unknown>;
        for await (const [key] of store.iterate(any)) await store.write([del(any, key)]);
        expect(await store.page(any, { limit: 1 })).to.deep.equal([]);
      }
      const made = await rebuildIndex({ store, reader: records.reader, writer });
      expect(made.lost).to.equal(0);
      expect(made.links).to.be.greaterThan(0);
    }
    expect([await answers(pair.provider), await answers(pair.consumer), await stages(), await find()]).to.deep.equal(
      before,
    );
  });

  it("teaches which stage may follow", async () => {
    const client = () => pair.provider.client();
    const stages = (await client().call(findStage, { query: { subject: "dataset:licences" } })).stages;
    expect(stages.map(({ stage }) => stage)).to.deep.equal(["resource", "source"]);
    const refused = await client()
      .call(recordStage, { body: { subject: "dataset:licences", stage: "application", actor: "clerk" } })
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(refused).to.include({ code: "lifecycle.transition" });
  });
});
