import { expect } from "chai";
import { attributionOf, classificationOf } from "../../../sdk/lineage/provenance-value.ts";
import { processEvents } from "../../../sdk/lineage/process-events.ts";
import type { TraceResult } from "../../../sdk/lineage/trace/collect.ts";
import type { TracedLink, TracedNode } from "../../../sdk/lineage/trace/types.ts";
import { toHex, utf8, type Hex } from "../../../sdk/protocol/bytes.ts";
import { digest } from "../../../sdk/protocol/hash.ts";

const hash32 = (text: string): Hex => toHex(digest("sha256", utf8(text)));
const SCOPE = hash32("scope");
const place = (seq: number) => ({ scope: SCOPE, seq });

interface Thing {
  readonly issuer?: string;
  readonly kind?: string;
  readonly level?: number;
  readonly verdict?: TracedNode["verdict"];
  readonly from?: readonly number[];
  readonly destroyed?: boolean;
}

/** A trace in which thing i came from the things named; a thing with a level stands in a resource of that level. */
function traceOf(things: readonly Thing[]): TraceResult {
  const standing = { outcome: "pass", code: "status.active", values: {} } as const;
  const nodes = things.map(
    ({ issuer = "A", kind = "thing", level, verdict = "verified", destroyed }, seq): TracedNode => {
      const record = hash32(`record ${seq}`);
      const proof = { header: { ...(level !== undefined && { resource: hash32(`level ${level}`) }) } };
      const gone = destroyed === true ? { destroyed: { scope: SCOPE, seq: 99, record: hash32("destruction") } } : {};
      const base = { type: "node", ...place(seq), depth: 0, record, kind, issuer, withheld: 0 } as const;
      const line = { ...base, state: "final", proof, links: [], ...gone };
      return {
        ...base,
        verdict,
        checks: [],
        status: standing,
        period: standing,
        findings: [],
        anchoredAt: 1000 + seq,
        line,
      };
    },
  );
  const links = things.flatMap(({ from = [] }, seq) =>
    from.map((to): TracedLink => ({
      ...{ type: "link", relation: "derivedFrom", from: place(seq), to: place(to) },
      ...{ outcome: "link.proven", findings: [] },
    })),
  );
  const counts = { nodes: nodes.length, links: links.length, gaps: 0, withheld: 0, notFollowed: 0 };
  return { nodes, links, gaps: [], end: { type: "end", ...counts, complete: true } };
}

const levels = new Map([1, 2, 3, 4].map((level) => [hash32(`level ${level}`), level]));
const levelOf = (resource: Hex) => Promise.resolve(levels.get(resource));

describe("what a product inherits", () => {
  const of = (things: readonly Thing[]) => classificationOf(traceOf(things), { start: place(0), levelOf });

  it("is the highest level of anything upstream, wherever it is", async () => {
    const found = await of([{ from: [1, 2] }, { level: 1 }, { level: 2, from: [3] }, { level: 4 }]);
    expect(found).to.deep.equal({ own: undefined, inherited: 4, from: place(3), code: "classification.inherited" });
  });

  it("is broken by a product that is classified below its sources, kept by one that is not", async () => {
    expect((await of([{ level: 2, from: [1] }, { level: 3 }])).code).to.equal("classification.lower");
    expect((await of([{ level: 3, from: [1] }, { level: 3 }])).code).to.equal("classification.kept");
    expect((await of([{ level: 1 }])).code).to.equal("classification.kept");
  });

  it("counts no record that is not genuine", async () => {
    expect(
      (
        await of([
          { level: 2, from: [1] },
          { level: 4, verdict: "rejected" },
        ])
      ).code,
    ).to.equal("classification.kept");
  });
});

describe("to whom a product is owed", () => {
  it("is shared equally at each step, over every way, and sums to 1", () => {
    // 0 came from 1 and 2; both came from 3, and 2 from 4 as well.
    const result = traceOf([{ from: [1, 2] }, { from: [3] }, { from: [3, 4] }, { issuer: "B" }, { issuer: "C" }]);
    const shares = attributionOf(result, place(0));
    expect(shares).to.deep.equal([
      { department: "B", share: 0.75, sources: 1 },
      { department: "C", share: 0.25, sources: 1 },
    ]);
  });

  it("takes a link for nothing that is not proven", () => {
    const result = traceOf([{ from: [1] }, { issuer: "B" }]);
    const links = result.links.map((link) => ({ ...link, outcome: "link.unproven" as const }));
    expect(attributionOf({ ...result, links }, place(0))).to.deep.equal([{ department: "A", share: 1, sources: 1 }]);
  });

  it("of a chain of a hundred thousand takes no stack", function () {
    this.timeout(30_000);
    const count = 100_000;
    const result = traceOf(Array.from({ length: count }, (_, i) => ({ from: i + 1 < count ? [i + 1] : [] })));
    expect(attributionOf(result, place(0))).to.deep.equal([{ department: "A", share: 1, sources: 1 }]);
  });
});

describe("the events of a record", () => {
  it("end with its destruction, and leave out what only speaks of it or is not genuine", () => {
    const down = traceOf([
      { destroyed: true },
      { kind: "delivery" },
      { kind: "activity", issuer: "B" },
      { kind: "recall" },
      { kind: "activity", verdict: "rejected" },
    ]);
    const events = processEvents(place(0), { up: traceOf([{ destroyed: true }]), down });
    expect(events.map(({ event, kind, department, at }) => [event, kind, department, at])).to.deep.equal([
      ["source", "thing", "A", 1000],
      ["ownership", "thing", "A", 1000],
      ["circulation", "delivery", "A", 1001],
      ["use", "activity", "B", 1002],
      ["destruction", "destruction", "A", undefined],
    ]);
    expect(events.at(-1)).to.include({ scope: SCOPE, seq: 99, record: hash32("destruction") });
  });
});
