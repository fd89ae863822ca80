import { expect } from "chai";
import type { NodeLine } from "../../../sdk/client/routes/lineage-walk.ts";
import type { ExamineProofs } from "../../../sdk/lineage/trace/examine.ts";
import { threadedTasks } from "../../../node/records/tasks.ts";
import { judgeLines } from "../../../sdk/lineage/trace/judge-lines.ts";
import { MetStatuses } from "../../../sdk/lineage/trace/met-statuses.ts";
import type { NodeJudgement } from "../../../sdk/lineage/trace/node.ts";
import { MetBatches } from "../../../sdk/lineage/trace/shared.ts";
import { toHex, type Hex } from "../../../sdk/protocol/bytes.ts";
import { headerJson, recordId, type RecordHeader } from "../../../sdk/protocol/header.ts";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { commitParents } from "../../../sdk/protocol/parents.ts";
import { MerkleTree } from "../../../sdk/protocol/tree.ts";
import { unclear } from "../../../sdk/verify/report.ts";

const COUNT = 150;
const USCC = "11430000006122244L";
const hashOf = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;
const [LEDGER, SCOPE, SCHEMA, TRANSACTION] = [hashOf(1), hashOf(2), hashOf(3), hashOf(4)];
const NOW = 1_800_000_000;

interface Made {
  readonly header: RecordHeader;
  readonly parents: JsonObject | undefined;
}

function make(seq: number): Made {
  const parents = seq === 0 ? [] : [0, seq - 1].slice(0, 1 + (seq % 2));
  const committed = commitParents({
    parents: parents.map((parent) => ({
      ...{ ledger: LEDGER, scope: SCOPE, seq: parent, record: hashOf(parent) },
      relation: "derivedFrom" as const,
    })),
    seed: new Uint8Array(32).fill(seq),
    hash: "keccak256",
  });
  const header: RecordHeader = {
    ...{ v: 1, kind: "operation", ledger: LEDGER, hash: "keccak256", scope: SCOPE, seq, issuer: USCC, schema: SCHEMA },
    ...{ issuedAt: NOW - 10, claimsRoot: hashOf(seq + 9), claimCount: 16, parentCount: parents.length },
    ...(committed && { parentsRoot: committed.root }),
  };
  return {
    header,
    parents: committed && { disclosed: committed.disclosed.map((one) => ({ ...one })), proof: [] },
  };
}

/** As a node tells of one batch of records. */
function makeLines(): NodeLine[] {
  const made = Array.from({ length: COUNT }, (_, seq) => make(seq));
  const ids = made.map(({ header }) => recordId(header));
  const tree = MerkleTree.fromRecordIds("keccak256", Buffer.concat(ids));
  const anchor = {
    ...{ first: 0, count: COUNT, time: NOW - 5, root: toHex(tree.root), department: USCC, block: 7 },
    transaction: TRANSACTION,
  };
  return made.map(({ header, parents }, seq): NodeLine => ({
    ...{ type: "node", scope: SCOPE, seq, depth: 1, record: toHex(ids[seq] ?? new Uint8Array()), kind: "operation" },
    ...{ issuer: USCC, state: "final", links: [], withheld: 0 },
    proof: { header: headerJson(header), inclusion: tree.proof(seq).map(toHex), anchor, ...(parents && { parents }) },
  }));
}

type Change = (proof: JsonObject, line: NodeLine) => Partial<NodeLine>;
const member = (proof: JsonObject, name: string): JsonObject => proof[name] as JsonObject; // As made above.

/** What a hostile or broken node could say, one thing at a time. */
const CHANGES: Readonly<Record<string, Change>> = {
  "a path that leads elsewhere": (proof) => ({ proof: { ...proof, inclusion: [SCHEMA] } }),
  "a node of the path replaced": (proof) => ({
    proof: { ...proof, inclusion: (proof["inclusion"] as Hex[]).map((one, i) => (i === 3 ? SCHEMA : one)) },
  }),
  "another place in the batch": (proof) => ({ proof: { ...proof, anchor: { ...member(proof, "anchor"), first: 1 } } }),
  "another root": (proof) => ({ proof: { ...proof, anchor: { ...member(proof, "anchor"), root: SCHEMA } } }),
  "another record id": () => ({ record: SCHEMA }),
  "another issuer beside it": () => ({ issuer: "12990100990100042X" }),
  "another header": (proof) => ({ proof: { ...proof, header: { ...member(proof, "header"), issuedAt: NOW } } }),
  "a member that nobody knows": (proof) => ({ proof: { ...proof, more: 1 } }),
  "a number that is none": (proof) => ({ proof: { ...proof, header: { ...member(proof, "header"), seq: 1.5 } } }),
  "no anchor": ({ anchor: _anchor, ...proof }) => ({ proof }),
  "no parents": ({ parents: _parents, ...proof }) => ({ proof }),
  "a parent replaced": (proof) => ({
    proof: {
      ...proof,
      parents: {
        disclosed: (member(proof, "parents")["disclosed"] as JsonObject[]).map((one) => ({ ...one, record: SCHEMA })),
        proof: [],
      },
    },
  }),
  "parents out of order": (proof) => ({
    proof: {
      ...proof,
      parents: { disclosed: (member(proof, "parents")["disclosed"] as JsonObject[]).toReversed(), proof: [] },
    },
  }),
  "no proof": () => ({ proof: undefined }),
  "claims shown": (proof) => ({ proof: { ...proof, claims: { disclosed: [], proof: [SCHEMA] } } }),
};

const judgement = (): NodeJudgement => ({
  ...{ chain: { missing: unclear("verify.no-connection") }, trust: undefined, at: NOW, knownAt: undefined, now: NOW },
  ...{ batches: new MetBatches(), statuses: new MetStatuses() },
});

describe("proofs examined in the node's threads", function () {
  this.timeout(60_000);
  const tasks = threadedTasks();
  after(() => tasks.close());
  const examine: ExamineProofs = (task) => tasks.examineProofs(task);

  it("give the same judgement, word by word, of what is sound and of everything that is not", async () => {
    const sound = makeLines();
    const changed = Object.values(CHANGES).map((change, i): NodeLine => {
      const line = sound[2 * i + 1] ?? sound[1];
      if (line?.proof === undefined) throw new Error("every line has a proof");
      return { ...line, ...change(line.proof, line) };
    });
    const lines = [...sound, ...changed];
    const here = await judgeLines(lines, judgement());
    const there = await judgeLines(lines, judgement(), examine);
    expect(there.map(({ node }) => node)).to.deep.equal(here.map(({ node }) => node));
    for (const [i, { evidence }] of there.entries()) {
      expect(evidence?.header).to.deep.equal(here[i]?.evidence?.header);
      expect(evidence?.anchor).to.deep.equal(here[i]?.evidence?.anchor);
      expect(evidence?.parents?.disclosed).to.deep.equal(here[i]?.evidence?.parents?.disclosed);
    }
    const outcomes = (name: string) =>
      there.map(({ node }) => node.checks.find((check) => check.name === name)?.outcome ?? "none");
    expect(outcomes("inclusion").slice(0, COUNT)).to.deep.equal(sound.map(() => "pass"));
    expect(outcomes("record").slice(0, COUNT)).to.deep.equal(sound.map(() => "pass"));
    const bad = Object.keys(CHANGES).map((name, i) => {
      const { checks } = there[COUNT + i]?.node ?? { checks: [] };
      return [name, checks.find(({ outcome }) => outcome === "fail")?.code ?? "none"];
    });
    expect(Object.fromEntries(bad)).to.deep.equal({
      "a path that leads elsewhere": "inclusion.mismatch",
      "a node of the path replaced": "inclusion.mismatch",
      "another place in the batch": "inclusion.mismatch",
      "another root": "inclusion.mismatch",
      "another record id": "format.invalid",
      "another issuer beside it": "format.invalid",
      "another header": "format.invalid",
      "a member that nobody knows": "format.invalid",
      "a number that is none": "format.invalid",
      "no anchor": "format.invalid",
      "no parents": "none",
      "a parent replaced": "record.parents",
      "parents out of order": "record.parents",
      "no proof": "none",
      "claims shown": "none",
    });
  });

  it("are sent together, and not when they are few or show claims", async () => {
    const sent: number[] = [];
    const counting: ExamineProofs = (task) => {
      sent.push((JSON.parse(task.text) as unknown[]).length);
      return examine(task);
    };
    const lines = makeLines();
    await judgeLines(lines.slice(0, 10), judgement(), counting);
    expect(sent).to.deep.equal([]);
    const [first, ...rest] = lines;
    const shown = { ...first, proof: { ...first?.proof, claims: { disclosed: [], proof: [] } } } as NodeLine; // One member more.
    await judgeLines([shown, ...rest], judgement(), counting);
    expect(sent).to.deep.equal([COUNT - 1]);
  });
});
