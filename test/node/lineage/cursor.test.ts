import { expect } from "chai";
import { firstBad, traceRecord } from "../../../sdk/client/routes/lineage-trace.ts";
import type { TraceEvent } from "../../../sdk/lineage/trace/types.ts";
import { parseQualityRule } from "../../../sdk/lineage/quality-rule.ts";
import { FIRST_CURSOR, resumable, type ResumableLine } from "../../../node/lineage/cursor.ts";
import { codeOf } from "../support/nodes.ts";
import { collect } from "../support/resources.ts";
import { each, startLineage, type LineagePair } from "./fixture.ts";

const SCOPE = `0x${"ab".repeat(32)}` as const;
const gap = (seq: number): TraceEvent => ({ type: "gap", scope: SCOPE, seq, depth: 1, code: "gap.unknown" });
const END: TraceEvent = {
  ...{ type: "end", nodes: 0, links: 0, gaps: 600, withheld: 0, notFollowed: 0 },
  complete: false,
};

describe("a trace that is gone on with", () => {
  const events = [...Array.from({ length: 600 }, (_, seq) => gap(seq)), END];
  const lines = async (all: readonly TraceEvent[], cursor: string): Promise<readonly ResumableLine[]> => {
    const found: ResumableLine[] = [];
    for await (const some of await resumable(each(all), cursor)) found.push(...some);
    return found;
  };

  it("gives exactly what follows the cursor", async () => {
    const whole = await lines(events, FIRST_CURSOR);
    expect(whole.filter(({ type }) => type !== "cursor")).to.deep.equal(events);
    const places = whole.flatMap((line, at) => (line.type === "cursor" ? [{ at, cursor: line.cursor }] : []));
    expect(places).to.have.length(2);
    for (const { at, cursor } of places) expect(await lines(events, cursor)).to.deep.equal(whole.slice(at + 1));
  });

  it("is refused when it no longer begins with what was told", async () => {
    const whole = await lines(events, FIRST_CURSOR);
    const line = whole.find((one) => one.type === "cursor");
    const cursor = line?.type === "cursor" ? line.cursor : "";
    expect(await codeOf(resumable(each(events.with(3, gap(9999))), cursor))).to.equal("lineage.cursor-stale");
    expect(await codeOf(resumable(each(events.slice(0, 100)), cursor))).to.equal("lineage.cursor-stale");
    expect(await codeOf(resumable(each(events.with(400, gap(9999))), cursor))).to.equal("ok");
  });
});

describe("questions to a node about a trace", function () {
  this.timeout(120_000);
  let pair: LineagePair;
  before(async () => {
    pair = await startLineage();
  });
  after(() => pair.stop());

  const params = () => ({ scope: pair.decision.scope, seq: pair.decision.seq });

  it("can be gone on with over HTTP", async () => {
    const client = pair.consumer.client();
    const ask = async (cursor?: string) => {
      const query = cursor === undefined ? {} : { cursor };
      return (await collect(await client.call(traceRecord, { params: params(), query }))).map(({ type }) => type);
    };
    expect(await ask(FIRST_CURSOR)).to.deep.equal(await ask());
    expect(await codeOf(ask(`2.${"0".repeat(64)}`))).to.equal("lineage.cursor-stale");
    expect(await codeOf(ask("2"))).to.equal("http.request-invalid");
  });

  describe("the first bad ancestor", () => {
    const ask = (rule?: string) =>
      pair.consumer.client().call(firstBad, { params: params(), query: rule === undefined ? {} : { rule } });

    it("is nothing until a rule is broken", async () => {
      expect(await ask()).to.deep.equal({ all: [], complete: true });
      const { first } = await ask("kind:certificate");
      expect(first).to.deep.include({ ...pair.licence, kind: "certificate", reason: "rule.kind" });
      expect((await ask("kind:certificate+expired")).all).to.deep.equal([]);
      expect((await ask("expired,kind:delivery")).first?.reason).to.equal("rule.kind");
      expect((await ask(`issued-before:${pair.ledger.now + 1}`)).all.length).to.be.greaterThan(0);
      expect((await ask("older-than:1")).all).to.deep.equal([]);
      expect(await codeOf(ask("nonsense"))).to.equal("lineage.rule");
    });
  });

  it("reads no rule that is none", () => {
    for (const rule of ["", "kind", "expired:1", "older-than:x", "issuer:0", "record:0x12", "kind:A", "expired,,late"])
      expect(() => parseQualityRule(rule, { now: 0 }), rule)
        .to.throw()
        .with.property("code", "lineage.rule");
  });
});
