import { expect } from "chai";
import { groupTrace } from "../../node/portal/web/app/lineage-groups.ts";
import type { TracedLink, TracedNode } from "../../sdk/lineage/trace/types.ts";

const SCOPE = `0x${"00".repeat(32)}` as const;
const PASS = { outcome: "pass", code: "status.active", values: {} } as const;
const FAIL = { outcome: "fail", code: "status.suspended", values: {} } as const;

const node = (seq: number, more: Partial<TracedNode> = {}): TracedNode =>
  ({
    ...{
      type: "node",
      scope: SCOPE,
      seq,
      depth: 1,
      record: SCOPE,
      kind: "ecertificate",
      issuer: "A",
      verdict: "verified",
    },
    ...{ checks: [], status: PASS, period: PASS, findings: [], withheld: 0 },
    ...more,
  }) as unknown as TracedNode; // The line that a node told is not looked at here.
const link = (from: number, to: number, more: Partial<TracedLink> = {}): TracedLink => ({
  ...{ type: "link", relation: "generated", outcome: "link.proven", findings: [] },
  from: { scope: SCOPE, seq: from },
  to: { scope: SCOPE, seq: to },
  ...more,
});
const start = node(0, { depth: 0, kind: "activity" });
const many = (count: number): TracedNode[] => Array.from({ length: count }, (_, i) => node(i + 1));

describe("what of a lineage is drawn", () => {
  const closed = { limit: 300, opened: new Set<string>() };

  it("every record of a small one", () => {
    const nodes = [start, ...many(20)];
    const links = nodes.slice(1).map(({ seq }) => link(0, seq));
    const { boxes, links: drawn } = groupTrace({ nodes, links, gaps: [] }, closed);
    expect(boxes.map(({ type }) => type)).to.deep.equal(Array(21).fill("node"));
    expect(drawn).to.have.length(20);
  });

  it("those alike together in a large one, with how many of them are bad", () => {
    const nodes = [start, ...many(10_000)].map((one) => (one.seq === 7777 ? { ...one, status: FAIL } : one));
    const links = nodes.slice(1).map(({ seq }) => link(0, seq, seq === 5 ? { outcome: "link.unproven" } : {}));
    const { boxes, links: drawn } = groupTrace({ nodes, links, gaps: [] }, closed);
    expect(boxes).to.have.length(2);
    expect(boxes[1]).to.include({ type: "group", kind: "ecertificate", count: 10_000, bad: 1, open: true });
    expect(drawn).to.deep.equal([
      { from: `${SCOPE}/0`, to: "1/A/ecertificate", relation: "generated", proven: false, count: 10_000 },
    ]);
  });

  it("an opened group shows what is bad first, and the rest still together", () => {
    const nodes = [start, ...many(1000)].map((one) => (one.seq === 777 ? { ...one, status: FAIL } : one));
    const { boxes } = groupTrace({ nodes, links: [], gaps: [] }, { limit: 300, opened: new Set(["1/A/ecertificate"]) });
    const [, first] = boxes;
    expect(first?.type === "node" && first.node.seq).to.equal(777);
    expect(boxes.filter(({ type }) => type === "node")).to.have.length(101);
    expect(boxes.at(-1)).to.include({ type: "group", count: 900, bad: 0, open: false });
  });

  it("gaps are drawn, and links to what is not there are not", () => {
    const gap = { type: "gap", scope: SCOPE, seq: 9, depth: 1, code: "gap.unreachable" } as const;
    const { boxes, links } = groupTrace({ nodes: [start], links: [link(0, 9), link(0, 10)], gaps: [gap] }, closed);
    expect(boxes.map(({ type }) => type)).to.have.members(["gap", "node"]);
    expect(links).to.have.length(1);
  });
});
