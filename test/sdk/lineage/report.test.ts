import { expect } from "chai";
import { createHash } from "node:crypto";
import { runInNewContext } from "node:vm";
import type { NodeLine } from "../../../sdk/client/routes/lineage-walk.ts";
import { toHex, utf8, type Hex } from "../../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../../sdk/protocol/canonical.ts";
import { digest, type HashName } from "../../../sdk/protocol/hash.ts";
import { headerJson, recordId, type RecordHeader } from "../../../sdk/protocol/header.ts";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { commitParents, type Parent } from "../../../sdk/protocol/parents.ts";
import { leafHash, MerkleTree } from "../../../sdk/protocol/tree.ts";
import { concat } from "../../../sdk/protocol/bytes.ts";
import { traceHtml } from "../../../sdk/lineage/report/html.ts";
import { pageHashes } from "../../../sdk/lineage/report/page-hashes.ts";
import { reportVerifier } from "../../../sdk/lineage/report/verifier.ts";
import type { TraceResult } from "../../../sdk/lineage/trace/collect.ts";
import type { TracedLink, TracedNode } from "../../../sdk/lineage/trace/types.ts";

const hash32 = (text: string): Hex => toHex(digest("sha256", utf8(text)));
const LEDGER = hash32("ledger");
const ISSUER = "11990100990100018P";
const HASHES = pageHashes();

interface Made {
  readonly header: RecordHeader;
  readonly parents: ReturnType<typeof commitParents>;
}

/** A chain of records, each made from the one before, in one batch. */
function chainOf(count: number, hash: HashName): TraceResult {
  const scope = hash32(`scope ${hash}`);
  const made: Made[] = [];
  for (let seq = 0; seq < count; seq++) {
    const before = made.at(-1);
    const parents: Parent[] = before
      ? [{ ledger: LEDGER, scope, seq: seq - 1, record: toHex(recordId(before.header)), relation: "derivedFrom" }]
      : [];
    const committed = commitParents({ parents, seed: digest("sha256", utf8(`${seq}`)), hash });
    const header: RecordHeader = {
      ...{ v: 1, kind: "thing", ledger: LEDGER, hash, scope, seq, issuer: ISSUER },
      ...{ schema: hash32("schema"), issuedAt: 1000 + seq, claimsRoot: hash32(`claims ${seq}`), claimCount: 8 },
      ...(committed && { parentsRoot: committed.root }),
      parentCount: parents.length,
    };
    made.push({ header, parents: committed });
  }
  const leaves = concat(...made.map(({ header }) => leafHash(hash, recordId(header))));
  const tree = MerkleTree.fromLeafHashes(hash, leaves);
  const pass = { outcome: "pass", code: "status.active", values: {} } as const;
  const nodes = made.map(({ header, parents }, seq): TracedNode => {
    const record = toHex(recordId(header));
    const proof: JsonObject = {
      header: headerJson(header),
      inclusion: tree.proof(seq).map(toHex),
      anchor: {
        first: 0,
        count,
        time: 2000,
        root: toHex(tree.root),
        department: ISSUER,
        block: 5,
        transaction: hash32("tx"),
      },
      ...(parents && { parents: { disclosed: parents.disclosed.map((one) => ({ ...one })), proof: [] } }),
    };
    const place = { scope, seq, depth: count - 1 - seq };
    const line: NodeLine = {
      type: "node",
      ...place,
      record,
      kind: "thing",
      issuer: ISSUER,
      state: "final",
      proof,
      links: [],
      withheld: 0,
    };
    return {
      ...{
        type: "node",
        ...place,
        record,
        kind: "thing",
        issuer: ISSUER,
        verdict: "verified",
        withheld: 0,
        anchoredAt: 2000,
      },
      checks: [{ name: "record", mandatory: true, ...pass, code: "record.valid" }],
      ...{ status: pass, period: pass, findings: [], line },
    };
  });
  const links = nodes.slice(1).map(({ seq }): TracedLink => ({
    ...{ type: "link", relation: "derivedFrom", from: { scope, seq }, to: { scope, seq: seq - 1 } },
    ...{ outcome: "link.proven", findings: [] },
  }));
  const gap = {
    type: "gap",
    scope: hash32("away"),
    seq: 3,
    depth: 1,
    department: ISSUER,
    code: "gap.unreachable",
  } as const;
  const end = {
    type: "end",
    nodes: count,
    links: links.length,
    gaps: 1,
    withheld: 0,
    notFollowed: 0,
    complete: false,
  } as const;
  return { nodes, links, gaps: [gap], end };
}

const report = (result: TraceResult, language: "zh" | "en" = "zh"): string => {
  const start = { scope: result.nodes.at(-1)!.scope, seq: result.nodes.length - 1 };
  const names = new Map([[ISSUER, "市场监管<局>"]]);
  return traceHtml(result, { start, direction: "up", ledger: LEDGER, madeAt: 3000, language, names });
};

const evidenceOf = (page: string) => {
  const [, text = ""] = /<script type="application\/json" id="evidence">([^]*?)<\/script>/.exec(page) ?? [];
  const [, sum = ""] = /<code id="digest">(0x[0-9a-f]{64})<\/code>/.exec(page) ?? [];
  return { text, sum };
};

/** Runs the page's own script over what it would find in the page. */
function open(page: string): { readonly holds: string | undefined; readonly banner: string } {
  const { text, sum } = evidenceOf(page);
  const scripts = [...page.matchAll(/<script>([^]*?)<\/script>/g)].map(([, code]) => code ?? "");
  const elements: Record<string, { textContent: string; dataset: Record<string, string>; append: () => void }> = {};
  const element = (textContent: string) => ({ textContent, dataset: {}, append: () => undefined });
  Object.assign(elements, { evidence: element(text), digest: element(sum), self: element(""), faults: element("") });
  const document = { getElementById: (id: string) => elements[id], createElement: () => element("") };
  runInNewContext(scripts.join("\n"), { document, TextEncoder });
  return { holds: elements["self"]?.dataset["holds"], banner: elements["self"]?.textContent ?? "" };
}

describe("the report of a trace", function () {
  this.timeout(60_000);
  for (const hash of ["keccak256", "sha256", "sm3"] as const) {
    it(`verifies itself from the file, with records under ${hash}`, () => {
      const page = report(chainOf(7, hash));
      expect(open(page).holds).to.equal("true");
      const { text, sum } = evidenceOf(page);
      expect(sum).to.equal(`0x${createHash("sha256").update(text).digest("hex")}`);
      expect(reportVerifier(text, sum, HASHES)).to.deep.equal({ holds: true, records: 7, links: 6, faults: [] });
    });
  }

  it("fails its own verification with any byte of its evidence changed", () => {
    const page = report(chainOf(3, "keccak256"));
    const { text, sum } = evidenceOf(page);
    const flipped = (at: number): string =>
      text.slice(0, at) + (text.charAt(at) === "1" ? "2" : "1") + text.slice(at + 1);
    for (let at = 0; at < text.length; at += 5)
      expect(reportVerifier(flipped(at), sum, HASHES).holds, `byte ${at}`).to.equal(false);
    expect(open(page.replace(text, () => flipped(text.length >> 1))).holds).to.equal("false");
  });

  it("does not hold with a digest made for altered evidence: records, places, parents and links are computed again", () => {
    const { text } = evidenceOf(report(chainOf(4, "keccak256")));
    const sumOf = (altered: string): string => toHex(digest("sha256", utf8(altered)));
    const faultsOf = (alter: (document: { nodes: JsonObject[]; links: JsonObject[] }) => void): readonly string[] => {
      const document = JSON.parse(text) as { nodes: JsonObject[]; links: JsonObject[] };
      alter(document);
      const altered = canonicalize(document);
      return reportVerifier(altered, sumOf(altered), HASHES).faults.map((fault) => fault.replace(/^.*: /, ""));
    };
    const proofOf = (node: JsonObject | undefined) => node?.["proof"] as Record<string, Record<string, unknown>>;
    expect(faultsOf(() => undefined)).to.deep.equal([]);
    expect(faultsOf(({ nodes }) => Object.assign(proofOf(nodes[1])["header"]!, { issuedAt: 1 }))).to.include.members([
      "record",
      "inclusion",
    ]);
    expect(faultsOf(({ nodes }) => Object.assign(proofOf(nodes[1])["anchor"]!, { count: 3 }))).to.deep.equal([
      "anchor",
    ]);
    expect(
      faultsOf(({ nodes }) => Object.assign((proofOf(nodes[1])["parents"]!["disclosed"] as object[])[0]!, { seq: 3 })),
    ).to.include("parents");
    expect(faultsOf(({ links }) => Object.assign(links[0]!, { relation: "quotes" }))).to.deep.equal(["quotes"]);
    expect(faultsOf(({ nodes }) => void nodes.shift())).to.deep.equal([]);
    expect(faultsOf(({ nodes }) => void nodes.pop())).to.deep.equal(["derivedFrom"]);
  });

  it("needs no network: nothing in it is fetched, and names cannot break out of it", () => {
    const page = report(chainOf(3, "keccak256"), "en");
    expect(page).not.to.match(/(?:src|href)=|url\((?!#tip\))|@import|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    expect(page).to.include("default-src 'none'");
    expect(page).not.to.include("市场监管<局>");
    expect(page).to.include("市场监管&lt;局&gt;");
  });

  it("has a drawing, a table with every check, the links and the gaps, in two languages", () => {
    for (const [language, words] of [
      ["zh", ["图", "记录", "关系", "缺口"]],
      ["en", ["Graph", "Records", "Links", "Gaps"]],
    ] as const) {
      const page = report(chainOf(3, "keccak256"), language);
      for (const word of words) expect(page).to.include(`<h2>${word}</h2>`);
      expect(page.match(/<rect /g)).to.have.length(4);
      expect(page.match(/<tr class="verified">/g)).to.have.length(3);
      expect(page).to.include("gap.unreachable").and.to.include("record.valid").and.to.include("@media print");
    }
  });
});
