import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInChild } from "../../../scripts/bench/child.ts";
import { baselineForm, compare, entryOf, updated, type Baseline } from "../../../scripts/bench/compare.ts";
import { judge, medianOf, spreadOf, type Figure } from "../../../scripts/bench/figure.ts";
import { figureOf, single, timeTogether } from "../../../scripts/bench/measure.ts";
import { figureLines } from "../../../scripts/bench/print.ts";
import { plainFlatTree, recordIds } from "../../../scripts/bench/suites/tree.ts";
import { toHex } from "../../../sdk/protocol/bytes.ts";
import { MerkleTree } from "../../../sdk/protocol/tree.ts";

const title = { zh: "题", en: "title" };
const rate = (ratio: number, size = 10): Figure => ({
  ...{ name: "a.rate", title, unit: "/s", size, ours: single(100) },
  peer: { name: "peer", spread: single(100 / ratio), ratio },
});
const bytes = (value: number): Figure => ({
  ...{ name: "a.bytes", title, unit: "bytes", size: 10, ours: single(value), isMachineIndependent: true },
});
const baseline: Baseline = {
  tolerance: 0.25,
  figures: {
    "a.rate": { of: "ratio", is: 4, size: 10 },
    "a.bytes": { of: "value", is: 1000, size: 10, tolerance: 0.02 },
  },
};

describe("figures", () => {
  it("have the median of their runs, and the ends", () => {
    expect(medianOf([3, 1, 2])).to.equal(2);
    expect(medianOf([4, 1, 2, 3])).to.equal(2.5);
    expect(spreadOf([5, 1, 3])).to.deep.equal({ median: 3, min: 1, max: 5, runs: 3 });
    expect(() => spreadOf([])).to.throw(TypeError);
  });

  it("are rates or times, and say how many times better ours is", () => {
    const seconds = { ours: [1, 2], peer: [4, 8], limit: [0.5, 1] };
    const common = { name: "x.y", title, size: 10, items: 10, peer: { name: "p" }, limit: { name: "l", items: 5 } };
    const perSecond = figureOf({ ...common, unit: "/s" }, seconds);
    expect([perSecond.ours.max, perSecond.peer?.ratio, perSecond.limit?.ratio]).to.deep.equal([10, 4, 1]);
    const each = figureOf({ ...common, unit: "µs" }, seconds);
    expect([each.ours.min, each.peer?.ratio, each.limit?.ratio]).to.deep.equal([100_000, 4, 1]);
    const whole = figureOf({ ...common, unit: "ms" }, seconds);
    expect([whole.ours.min, whole.peer?.ratio, whole.limit?.ratio]).to.deep.equal([1000, 4, 0.5]);
  });

  it("meet their targets or do not", () => {
    const target = (of: "value" | "ratio", is: "at least" | "at most", bound: number) =>
      judge({ ...rate(3), targets: [{ of, is, bound }] })[0]?.met;
    expect(target("ratio", "at least", 3)).to.equal(true);
    expect(target("ratio", "at least", 3.1)).to.equal(false);
    expect(target("value", "at most", 100)).to.equal(true);
    expect(target("value", "at most", 99)).to.equal(false);
    expect(() => judge({ ...bytes(1), targets: [{ of: "share", is: "at least", bound: 1 }] })).to.throw(TypeError);
  });

  it("are printed with target, peer and both languages", () => {
    const lines = figureLines({ ...rate(3), targets: [{ of: "ratio", is: "at least", bound: 9 }] }).join("\n");
    for (const part of ["题", "title", "100/s", "peer", "3.00 ×", "✗"]) expect(lines).to.include(part);
  });
});

describe("works timed together", () => {
  it("run turn by turn, the first round uncounted", async () => {
    const calls: string[] = [];
    const seconds = await timeTogether({ a: () => calls.push("a"), b: async () => calls.push("b") }, { rounds: 3 });
    expect(calls.join("")).to.equal("abababab");
    expect([seconds.a.length, seconds.b.length]).to.deep.equal([3, 3]);
  });
});

describe("the baseline", () => {
  it("finds what got worse beyond its tolerance, and nothing else", () => {
    expect(compare([rate(3.1), bytes(1010)], baseline).worse).to.deep.equal([]);
    expect(compare([rate(2.9), bytes(1000)], baseline).worse.map(({ name }) => name)).to.deep.equal(["a.rate"]);
    expect(compare([rate(40), bytes(1030)], baseline).worse.map(({ name }) => name)).to.deep.equal(["a.bytes"]);
    expect(compare([bytes(500)], baseline).worse).to.deep.equal([]);
  });

  it("compares equal sizes only", () => {
    expect(compare([rate(1, 11)], baseline).compared).to.deep.equal([]);
  });

  it("compares a share before a ratio, and a value only of what no machine changes", () => {
    expect(entryOf({ ...rate(3), limit: { name: "l", spread: single(1), ratio: 0.5 } })?.of).to.equal("share");
    expect(entryOf(rate(3))).to.deep.equal({ of: "ratio", is: 3, size: 10 });
    expect(entryOf({ ...bytes(1), isMachineIndependent: false })).to.equal(undefined);
  });

  it("takes new figures and keeps the others and every tolerance", () => {
    const { figures } = updated(baseline, [bytes(900)]);
    expect(figures["a.bytes"]).to.deep.equal({ of: "value", is: 900, size: 10, tolerance: 0.02 });
    expect(figures["a.rate"]).to.deep.equal(baseline.figures["a.rate"]);
  });

  it("is committed in its form", () => {
    const committed = readFileSync(new URL("../../../scripts/bench/baseline.json", import.meta.url), "utf8");
    expect(baselineForm.parse(JSON.parse(committed)).tolerance).to.be.within(0.05, 0.5);
  });
});

describe("the yardstick", () => {
  it("is the same tree", async () => {
    const plain = await plainFlatTree();
    for (const count of [1, 2, 3, 7, 8, 1000]) {
      const ids = recordIds(count);
      expect(toHex(plain(ids))).to.equal(toHex(MerkleTree.fromRecordIds("keccak256", ids).root));
    }
  });
});

describe("a task in a process of its own", function () {
  this.timeout(60_000);
  const task = (value: number) => ({
    module: new URL("./child-task.ts", import.meta.url).href,
    ...{ task: "triple", input: { value } },
  });

  it("gives its result and the memory it took", async () => {
    const { result, peakBytes, startBytes } = await runInChild<number>(task(7));
    expect(result).to.equal(21);
    expect(peakBytes)
      .to.be.at.least(startBytes * 0.9)
      .and.at.most(2 ** 31);
  });

  it("rejects with what it throws", async () => {
    const error = await runInChild<number>(task(-1)).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error);
  });
});

describe("npm run bench", function () {
  this.timeout(120_000);
  const bench = (...args: string[]) =>
    spawnSync(process.execPath, ["scripts/bench/main.ts", ...args], { encoding: "utf8" });

  it("writes every figure with its peer, ratio and machine", () => {
    const folder = mkdtempSync(join(tmpdir(), "suyuan-bench-"));
    try {
      const file = join(folder, "out.json");
      const { status, stdout } = bench("hash", "--size", "200", "--json", file);
      expect(status).to.equal(0);
      expect(stdout).to.include("keccak256");
      const { format, machine, figures } = JSON.parse(readFileSync(file, "utf8")) as {
        format: string;
        machine: { cores: number };
        figures: (Figure & { suite: string })[];
      };
      expect(format).to.equal("suyuan/bench/1");
      expect(machine.cores).to.be.at.least(1);
      expect(figures.map(({ name }) => name)).to.deep.equal(["hash.keccak256", "hash.sha256", "hash.sm3"]);
      for (const { suite, peer, limit, ours, size } of figures) {
        expect([suite, size]).to.deep.equal(["hash", 200]);
        expect(ours.median).to.be.greaterThan(0);
        expect(peer?.ratio).to.be.greaterThan(0);
        expect(limit?.ratio).to.be.greaterThan(0);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("fails when there is nothing to compare", () => {
    expect(bench("hash", "--size", "199", "--compare").status).to.equal(1);
  });

  it("explains itself", () => {
    expect(bench("--help")).to.include({ status: 0 });
    expect(bench("--help").stdout).to.include("用法").and.to.include("--compare");
    expect(bench("nothing").status).to.equal(2);
    expect(bench("hash", "--size", "0").status).to.equal(2);
  });
});
