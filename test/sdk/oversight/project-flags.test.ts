import { expect } from "chai";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { compiledRelease, versionedRelease } from "../../../sdk/oversight/ocds/merge.ts";
import { releasesIn } from "../../../sdk/oversight/ocds/releases.ts";
import { splitChanges } from "../../../sdk/oversight/project/chain-flags.ts";
import { bidFlags } from "../../../sdk/oversight/project/bid-flags.ts";
import { explain } from "../../../sdk/oversight/project/flag.ts";
import { projectFlags } from "../../../sdk/oversight/project/oc4ids-flags.ts";
import { historyFlags, periodFlags, processFlags, rewritingFlags } from "../../../sdk/oversight/project/ocds-flags.ts";
import { published, skipUnless } from "./published.ts";

const cny = (amount: number) => ({ amount, currency: "CNY" });
const rules = (flags: readonly { rule: string }[]) => flags.map(({ rule }) => rule);
const release = (day: number, tag: string, rest: JsonObject): JsonObject => ({
  ocid: "o",
  id: `r${day}`,
  date: `2020-01-0${day}T00:00:00Z`,
  tag: [tag],
  ...rest,
});
const contract = (amount: number): JsonObject => ({ contracts: [{ id: "c", awardID: "a", value: cny(amount) }] });
const versioned = (...releases: JsonObject[]) => versionedRelease(releasesIn(releases));

describe("project flags: the published OC4IDS example", () => {
  it("the construction contract 29.00 → 35.25 million, and 42.10 against a budget of 40.00", function () {
    skipUnless(this, "oc4ids/examples/example.json");
    const { projects } = published.json("oc4ids/examples/example.json") as unknown as { projects: JsonObject[] };
    const flags = projectFlags(projects[0]!);
    const costs = flags.filter(({ rule }) => rule === "cost-overrun");
    expect(costs.map(({ actual, limit, excess }) => [actual, limit, excess])).to.deep.equal([
      [4_210_000_000, 4_000_000_000, 525],
      [3_525_000_000, 2_900_000_000, 2155],
    ]);
    expect(costs[1]!.inputs).to.deep.equal([
      { path: "/contractingProcesses/0/summary/contractValue/amount", value: 29_000_000 },
      { path: "/contractingProcesses/0/summary/modifications/2/newContractValue/amount", value: 35_250_000 },
      { path: "/contractingProcesses/0/summary/finalValue/amount", value: 35_250_000 },
    ]);
    expect(rules(flags)).to.deep.equal(["cost-overrun", "cost-overrun", "time-overrun"]);
  });
});

describe("project flags: OC4IDS", () => {
  const summary = (rest: JsonObject): JsonObject => ({
    contractingProcesses: [{ id: "p", summary: { ocid: "o", contractValue: cny(100), ...rest } }],
  });
  const change = (before: number, after: number) => ({ oldContractValue: cny(before), newContractValue: cny(after) });

  it("says nothing of a project within its figures, or of amounts in another currency", () => {
    expect(projectFlags(summary({ finalValue: cny(100) }))).to.deep.equal([]);
    expect(projectFlags(summary({ finalValue: { amount: 900, currency: "USD" } }))).to.deep.equal([]);
    expect(projectFlags({ budget: { amount: cny(10) }, completion: { finalValue: cny(10) } })).to.deep.equal([]);
  });

  it("changes each under a tenth, together a tenth, were split; one alone, or a large one, was not", () => {
    const split = (...changes: JsonObject[]) => rules(projectFlags(summary({ modifications: changes })));
    expect(split(change(100, 106), change(106, 110))).to.deep.equal(["cost-overrun", "change-splitting"]);
    expect(split(change(100, 105), change(105, 109))).to.deep.equal(["cost-overrun"]);
    expect(split(change(100, 109))).to.deep.equal(["cost-overrun"]);
    expect(split(change(100, 120), change(120, 125))).to.deep.equal(["cost-overrun"]);
  });

  it("payments above the contract", () => {
    const transactions = [{ value: cny(60) }, { value: cny(41) }, { value: { amount: 9, currency: "USD" } }];
    const [flag] = projectFlags(summary({ transactions }));
    expect(flag).to.include({ rule: "payment-above-contract", actual: 10_100, limit: 10_000, subject: "o" });
    expect(flag!.inputs).to.have.length(2);
  });

  it("a period that was moved back, by instants and not by text", () => {
    const period = (endDate: string) => ({ newContractPeriod: { endDate } });
    const moved = (endDate: string) =>
      rules(
        projectFlags(
          summary({ contractPeriod: { endDate: "2020-01-01T00:00:00Z" }, modifications: [period(endDate)] }),
        ),
      );
    expect(moved("2020-01-02T00:00:00Z")).to.deep.equal(["time-overrun"]);
    expect(moved("2020-01-01T07:00:00+08:00")).to.deep.equal([]);
  });

  it("reads anything without failing", () => {
    expect(
      projectFlags({ contractingProcesses: [1, { summary: 2 }, { summary: { modifications: [3] } }], budget: [] }),
    ).to.deep.equal([]);
  });
});

describe("project flags: OCDS", () => {
  const award = { awards: [{ id: "a", date: "2020-01-02T00:00:00Z", value: cny(100) }] };
  const compiled = (rest: JsonObject) => compiledRelease(releasesIn([release(1, "contract", { ...award, ...rest })]));

  it("a contract that differs from its award, above or below", () => {
    expect(processFlags(compiled(contract(100)))).to.deep.equal([]);
    expect(rules(processFlags(compiled(contract(101))))).to.deep.equal(["contract-differs"]);
    expect(rules(processFlags(compiled(contract(99))))).to.deep.equal(["contract-differs"]);
  });

  it("a contract without an award, or signed before it", () => {
    expect(rules(processFlags({ contracts: [{ id: "c", awardID: "x" }] }))).to.deep.equal(["stage-skipped"]);
    const early = { contracts: [{ id: "c", awardID: "a", value: cny(100), dateSigned: "2020-01-01T00:00:00Z" }] };
    expect(rules(processFlags(compiled(early)))).to.deep.equal(["stage-skipped"]);
  });

  it("payments above the contract", () => {
    const implementation = {
      transactions: [
        { id: "1", value: cny(100) },
        { id: "2", value: cny(1) },
      ],
    };
    const paid = { contracts: [{ id: "c", awardID: "a", value: cny(100), implementation }] };
    expect(rules(processFlags(compiled(paid)))).to.deep.equal(["payment-above-contract"]);
  });

  it("the history of a contract: overrun and split changes", () => {
    const amounts = (...values: number[]) =>
      rules(historyFlags(versioned(...values.map((value, i) => release(i + 1, "contractAmendment", contract(value))))));
    expect(amounts(100)).to.deep.equal([]);
    expect(amounts(100, 106, 111)).to.deep.equal(["cost-overrun", "change-splitting"]);
    expect(amounts(100, 120)).to.deep.equal(["cost-overrun"]);
    expect(amounts(100, 90)).to.deep.equal([]);
  });

  it("a contract whose end was moved back, by instants", () => {
    const ends = (...dates: string[]) =>
      periodFlags(
        versioned(
          ...dates.map((endDate, i) =>
            release(i + 1, "contractAmendment", { contracts: [{ id: "c", awardID: "a", period: { endDate } }] }),
          ),
        ),
      );
    expect(ends("2020-06-01T00:00:00Z")).to.deep.equal([]);
    expect(ends("2020-06-01T00:00:00Z", "2020-05-01T00:00:00Z")).to.deep.equal([]);
    expect(ends("2020-06-01T00:00:00Z", "2020-06-01T07:59:00+08:00")).to.deep.equal([]);
    const [flag] = ends("2020-06-01T00:00:00Z", "2020-07-01T00:00:00Z");
    expect(flag).to.include({ rule: "time-overrun", subject: "c", limit: 1_590_969_600, actual: 1_593_561_600 });
    expect(flag!.inputs.map(({ release: by }) => by)).to.deep.equal(["r1", "r2"]);
  });

  it("a rewritten value is silent unless a tag says that its section changed", () => {
    const rewriting = (tag: string) =>
      rewritingFlags(versioned(release(1, "contract", contract(100)), release(2, tag, contract(120))));
    for (const tag of ["contractAmendment", "contractUpdate", "contractTermination"])
      expect(rewriting(tag)).to.deep.equal([]);
    for (const tag of ["contract", "tenderAmendment", "implementation"]) {
      const [flag] = rewriting(tag);
      expect(flag).to.include({ rule: "silent-rewriting", subject: "r2" });
      expect(flag!.inputs).to.deep.equal([
        { path: "/contracts/0/value/amount/0", value: "r1: 100", release: "r1" },
        { path: "/contracts/0/value/amount/1", value: "r2: 120", release: "r2" },
      ]);
    }
  });

  it("one release that rewrites several values is one flag", () => {
    const tender = (a: string, b: string) => ({ tender: { id: "t", title: a, status: b } });
    const flags = rewritingFlags(
      versioned(release(1, "tender", tender("a", "b")), release(2, "award", tender("c", "d"))),
    );
    expect(flags.map(({ subject, inputs }) => [subject, inputs.length])).to.deep.equal([["r2", 4]]);
  });

  it("a first value, one after null, and progress of implementation are no rewriting", () => {
    const title = (value: string | null) => ({ tender: { id: "t", title: value } });
    expect(
      rewritingFlags(versioned(release(1, "tender", { tender: { id: "t" } }), release(2, "tender", title("x")))),
    ).to.deep.equal([]);
    expect(
      rewritingFlags(versioned(release(1, "tender", title(null)), release(2, "tender", title("x")))),
    ).to.deep.equal([]);
    const status = (value: string) => ({
      contracts: [{ id: "c", implementation: { milestones: [{ id: "m", status: value }] } }],
    });
    expect(
      rewritingFlags(
        versioned(release(1, "contract", status("scheduled")), release(2, "implementation", status("met"))),
      ),
    ).to.deep.equal([]);
  });
});

describe("project flags: explanations", () => {
  it("name rule, article and what to check in both languages", () => {
    for (const rule of ["cost-overrun", "silent-rewriting", "payment-ahead"]) {
      const { says, check } = explain(rule);
      for (const text of [says.zh, says.en, check.zh, check.en]) expect(text).to.not.equal("");
    }
    expect(explain("cost-overrun").article.zh).to.equal("《政府投资条例》第23条");
    expect(() => explain("none")).to.throw(TypeError);
  });
});

describe("project flags: changes on chain", () => {
  const change = (amount: number, more: object = {}) => ({
    ...({ lot: 1, kind: "price", state: "in-effect", amount: BigInt(amount) } as const),
    ...more,
  });
  const split = (...changes: ReturnType<typeof change>[]) =>
    splitChanges({ number: 1, lot: { contracted: 1000n }, changes });

  it("increases that need no consent, each under a tenth and together a tenth, were split", () => {
    expect(split(change(60), change(40))).to.deep.equal([
      {
        ...{ rule: "change-splitting", subject: "1", actual: 100, limit: 100 },
        inputs: [
          { path: "/changes/1", value: 60 },
          { path: "/changes/2", value: 40 },
        ],
      },
    ]);
  });

  it("one alone, less in all, a large one, one that was approved, refused, lowered or of another lot does not count", () => {
    expect(split(change(99))).to.deep.equal([]);
    expect(split(change(60), change(39))).to.deep.equal([]);
    expect(split(change(60), change(100))).to.deep.equal([]);
    expect(split(change(60), change(60, { kind: "scale" }))).to.deep.equal([]);
    expect(split(change(60), change(60, { state: "refused" }))).to.deep.equal([]);
    expect(split(change(60), change(-60))).to.deep.equal([]);
    expect(split(change(60), change(60, { lot: 2 }))).to.deep.equal([]);
  });
});

describe("project flags: sealed bids", () => {
  const bodies = { owner: "O", approver: "A", planner: "A", payer: "P", auditor: "P" };
  const bid = (bidder: string, amount: number, openedAt = 1) => ({
    ...({ commitment: "0x01", document: "0x02", sealedAt: 1, relay: "R" } as const),
    ...{ bidder, openedAt, amount: BigInt(amount) },
  });
  const flagsOf = (bids: ReturnType<typeof bid>[], lot: { bidders: number; winner: string; award: bigint }) =>
    rules(
      bidFlags({
        number: 1,
        lot,
        bodies,
        bids,
        round: { sealedCount: bids.length, openedCount: bids.filter(({ openedAt }) => openedAt > 0).length },
      }),
    );

  it("an award that one of its winner's bids bears out says nothing", () => {
    const bids = [bid("X", 10), bid("Y", 9), bid("Z", 8)];
    expect(flagsOf(bids, { bidders: 3, winner: "Y", award: 9n })).to.deep.equal([]);
  });

  it("a closed bid, another count, another amount or winner, several bids, and a body of the project", () => {
    expect(flagsOf([bid("X", 10), bid("", 0, 0)], { bidders: 1, winner: "X", award: 10n })).to.deep.equal([
      "bids-unopened",
    ]);
    expect(flagsOf([bid("X", 10)], { bidders: 3, winner: "X", award: 10n })).to.deep.equal(["bidders-differ"]);
    expect(flagsOf([bid("X", 10)], { bidders: 1, winner: "X", award: 11n })).to.deep.equal(["award-differs-from-bid"]);
    expect(flagsOf([bid("X", 10)], { bidders: 1, winner: "N", award: 10n })).to.deep.equal(["award-differs-from-bid"]);
    expect(flagsOf([bid("X", 10), bid("X", 9)], { bidders: 2, winner: "X", award: 9n })).to.deep.equal([
      "bids-several",
    ]);
    expect(flagsOf([bid("P", 10)], { bidders: 1, winner: "P", award: 10n })).to.deep.equal(["bidder-conflict"]);
  });
});
