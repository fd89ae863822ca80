import { expect } from "chai";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bidCommitment, type BidOpening } from "../../../sdk/chain/bids.ts";
import { entitleCall } from "../../../sdk/chain/project-calls.ts";
import { projectId } from "../../../sdk/chain/projects.ts";
import { EXIT } from "../../../sdk/cli/errors.ts";
import { listBids, type listTenderNotices, openBid } from "../../../sdk/client/routes/bids.ts";
import { takeStep } from "../../../sdk/client/routes/project-steps.ts";
import { importProjects, showProject } from "../../../sdk/client/routes/projects.ts";
import type { AnswerOf, CallOf } from "../../../sdk/client/route.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { makeDepartment, startLedger, type TestLedger } from "../../support/ledger.ts";
import { runJson } from "../../sdk/cli/support.ts";
import { PASSWORD, writeKeystore } from "../support/keystores.ts";
import { startTestNode, type TestNode } from "../support/nodes.ts";

const CODE = "2026-110101-48-01-000003";
const DAY = 86_400;
const HOUR = 3600;
const MILLION = 100_000_000;
const BASIS: Hex = `0x${"ba".repeat(32)}`;
const [FIRST, SECOND] = ["91990100MA0000015X", "11990100990100018P"] as const;

type Step = CallOf<typeof takeStep>["body"]["step"];

describe("sealed bids", function () {
  this.timeout(120_000);
  let ledger: TestLedger;
  let folder: string;
  const departments = {
    owner: makeDepartment(51, "住建局"),
    approver: makeDepartment(52, "发改委"),
    centre: makeDepartment(53, "交易中心"),
  };
  type Party = keyof typeof departments;
  const nodes = {} as Record<Party, TestNode>;
  let deadline = 0;

  const step = (by: Party, given: Step) =>
    nodes[by].client().call(takeStep, { params: { code: CODE }, body: { step: given, filing: { title: given.step } } });
  const bid = (party: Party, ...args: string[]) =>
    runJson(["project", "bid", ...args], {
      env: {
        SUYUAN_NODE: nodes[party].url,
        SUYUAN_KEYSTORE: `${party}.json`,
        SUYUAN_KEYSTORE_PASSWORD: PASSWORD,
        SUYUAN_KEY_ID: `${departments[party].uscc}/1`,
        INIT_CWD: folder,
      },
      clock: () => ledger.now * 1000,
    });
  const reverted = (answer: Awaited<ReturnType<typeof bid>>) => [
    answer.code,
    answer.error?.code,
    answer.error?.values["error"],
  ];
  const listed = () => nodes.owner.client().call(listBids, { params: { code: CODE, lot: 1 } });

  const entitle = () => {
    const duties = ["approve", "plan", "pay", "audit"] as const;
    return ledger.send(ledger.deployer, entitleCall(departments.approver.uscc, { duties, basis: BASIS }));
  };
  /** With a block at the new time: a call is tried out at the time of the newest one. */
  const advance = async (seconds: number) => {
    ledger.advance(seconds);
    await entitle();
  };

  before(async () => {
    ledger = await startLedger();
    folder = await mkdtemp(join(tmpdir(), "cli-bids-"));
    for (const [name, department] of Object.entries(departments)) {
      await ledger.admit(department);
      await writeKeystore(join(folder, `${name}.json`), department);
      nodes[name as Party] = await startTestNode({ ledger, department }); // The names of a constant.
    }
    await entitle();
    await writeFile(join(folder, "bid.pdf"), "signed bid");
    const { owner, approver } = departments;
    const bodies = {
      owner: owner.uscc,
      approver: approver.uscc,
      planner: approver.uscc,
      payer: approver.uscc,
      auditor: approver.uscc,
    };
    await step("approver", { step: "register", bodies });
    await step("approver", { step: "approve", stage: "proposal", amount: 0 });
    await step("approver", { step: "approve", stage: "feasibility", amount: 38 * MILLION });
    await step("approver", { step: "approve", stage: "design", amount: 40 * MILLION });
    const saleFrom = ledger.now;
    deadline = saleFrom + 20 * DAY;
    const tender = { estimate: 30 * MILLION, saleFrom, saleUntil: saleFrom + 5 * DAY, deadline, bidBond: 0 };
    await step("owner", { step: "announce", ...tender });
    // The owner's node lists the project, so what the chain says against it is recorded there.
    const release = {
      ocid: "ocds-abc-9",
      id: "1",
      date: "2026-01-01T00:00:00Z",
      tag: ["tender"],
      initiationType: "tender",
    };
    await nodes.owner.client().call(importProjects, { body: { document: [release], project: CODE } });
  });
  after(async () => {
    for (const node of Object.values(nodes)) await node.stop();
    await ledger.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** The flags of these rules, once all are there: they come once what they speak of is final, which another block makes it. */
  const flagged = async (rules: readonly string[]) => {
    const show = async () => {
      const { flags } = await nodes.owner.client().call(showProject, { params: { code: CODE } });
      return flags.filter(({ rule }) => rules.includes(rule));
    };
    let flags = await show();
    for (let i = 0; i < 400 && new Set(flags.map(({ rule }) => rule)).size < rules.length; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      flags = await show();
    }
    expect(new Set(flags.map(({ rule }) => rule))).to.deep.equal(new Set(rules));
    return flags;
  };
  const seal = async (bidder: string, amount: number, out: string) => {
    const args = ["--bidder", bidder, "--amount", String(amount), "--document", "bid.pdf", "--out", out];
    const { code, result } = await bid("centre", "seal", CODE, "1", ...args);
    expect(code).to.equal(EXIT.ok);
    return (result as { commitment: Hex }).commitment;
  };

  it("a bid is sealed without a node, and handed in by any department while the tender is open", async () => {
    const first = await seal(FIRST, 29 * MILLION, "first.json");
    const second = await seal(SECOND, 28 * MILLION, "second.json");
    const third = await seal(SECOND, 31 * MILLION, "third.json");
    expect(reverted(await bid("centre", "submit", CODE, "1", first))).to.deep.equal([
      EXIT.negative,
      "chain.revert",
      "RoundUnknown",
    ]);
    await step("owner", { step: "announce-round", lot: 1, openUntil: deadline + DAY });
    for (const commitment of [first, second, third])
      expect((await bid("centre", "submit", CODE, "1", commitment)).code).to.equal(EXIT.ok);
    const { round, bids } = await listed();
    expect(round).to.deep.equal({ deadline, openUntil: deadline + DAY, sealed: 3, opened: 0 });
    expect(bids.map(({ commitment, relay, opened }) => [commitment, relay, opened])).to.deep.equal(
      [first, second, third].map((commitment) => [commitment, departments.centre.uscc, undefined]),
    );
  });

  it("a notice is public to all at once; while an objection is open the tender rests", async () => {
    await step("owner", { step: "clarify", lot: 1 });
    await step("centre", { step: "raise-objection", lot: 1 });
    const commitment = await seal(SECOND, 30 * MILLION, "resting.json");
    const resting = await bid("centre", "submit", CODE, "1", commitment);
    expect([resting.code, resting.error?.code]).to.deep.equal([EXIT.negative, "project.gate-closed"]);
    expect(resting.error?.values).to.include({ rule: "objection-open", article: 22, actual: "1" });
    await advance(4 * DAY);
    await step("owner", { step: "answer-objection", lot: 1, objection: 2 });
    const { code, result } = await runJson(["project", "notices", CODE, "1", "--node", nodes.centre.url]);
    expect(code).to.equal(EXIT.ok);
    const { notices, openObjections, deadline: due } = result as AnswerOf<typeof listTenderNotices>;
    expect([openObjections, due]).to.deep.equal([0, deadline]);
    const { owner, centre } = departments;
    expect(notices.map(({ number, kind, by, about }) => [number, kind, by, about])).to.deep.equal([
      [1, "clarification", owner.uscc, undefined],
      [2, "objection", centre.uscc, 3],
      [3, "answer", owner.uscc, 2],
    ]);
    await flagged(["objection-answered-late"]);
  });

  it("the last days before the deadline are without clarifications and objections", async () => {
    await advance(deadline - 14 * DAY - ledger.now);
    const refused = (by: Party, given: Step) => step(by, given).catch((error: unknown) => error);
    const clarified = await refused("owner", { step: "clarify", lot: 1 });
    expect(clarified).to.have.nested.property("problem.values.rule", "clarification-late");
    expect(clarified).to.have.nested.property("problem.values.article", 23);
    await advance(5 * DAY);
    const objected = await refused("centre", { step: "raise-objection", lot: 1 });
    expect(objected).to.have.nested.property("problem.values.rule", "objection-late");
    expect(objected).to.have.nested.property("problem.values.actual", "9");
    await step("owner", { step: "postpone", lot: 1, deadline: deadline + DAY });
    deadline += DAY;
    expect((await listed()).round).to.deep.include({ deadline, openUntil: deadline + DAY });
    await step("centre", { step: "raise-objection", lot: 1 });
    await step("owner", { step: "answer-objection", lot: 1, objection: 5 });
  });

  it("nobody opens before the deadline", async () => {
    expect(reverted(await bid("centre", "open", "first.json"))).to.deep.equal([
      EXIT.negative,
      "chain.revert",
      "OpenedTooEarly",
    ]);
  });

  it("after the deadline nothing is handed in, another value does not open, and what was sealed does", async () => {
    await advance(deadline - ledger.now);
    const late = await seal(FIRST, 27 * MILLION, "late.json");
    expect(reverted(await bid("centre", "submit", CODE, "1", late))).to.deep.equal([
      EXIT.negative,
      "chain.revert",
      "TenderClosed",
    ]);
    expect((await bid("centre", "open", "late.json")).error?.code).to.equal("project.bid-not-sealed");
    const sealed = JSON.parse(await readFile(join(folder, "first.json"), "utf8")) as BidOpening;
    const { bidder, document, salt } = sealed;
    const lower = { bidder, document, salt, amount: 27 * MILLION };
    const tried = nodes.centre
      .client()
      .call(openBid, { params: { code: CODE, lot: 1 }, body: { number: 1, ...lower } });
    const refused: unknown = await tried.catch((error: unknown) => error);
    expect(refused).to.have.nested.property("problem.values.error", "CommitmentDiffers");
    // SDK and contract make the same commitment of it.
    const other = bidCommitment({ project: projectId(CODE), lot: 1 }, lower);
    expect(refused).to.have.nested.property("problem.values.opened", other);
    for (const file of ["first.json", "second.json"])
      expect((await bid("centre", "open", file)).code, file).to.equal(EXIT.ok);
    const { round, bids } = await listed();
    expect(round).to.deep.include({ sealed: 3, opened: 2 });
    expect(bids.map(({ opened }) => opened && [opened.bidder, opened.amount])).to.deep.equal([
      [FIRST, 29 * MILLION],
      [SECOND, 28 * MILLION],
      undefined,
    ]);
  });

  it("once the time to open is over a bid stays closed", async () => {
    await advance(DAY);
    expect(reverted(await bid("centre", "open", "third.json"))).to.deep.equal([
      EXIT.negative,
      "chain.revert",
      "OpenedTooLate",
    ]);
  });

  it("an award that the bids do not bear out is flagged, with the bids", async () => {
    await step("owner", { step: "open-bids", lot: 1, bidders: 3, openedAt: deadline });
    const from = deadline + HOUR;
    await step("owner", { step: "publish-candidates", lot: 1, reportAt: from, from, until: from + 3 * DAY });
    await advance(4 * DAY);
    await step("owner", { step: "award", lot: 1, winner: FIRST, amount: 29.5 * MILLION, awardedAt: ledger.now });
    const expected = ["award-differs-from-bid", "bidders-differ", "bids-unopened"];
    const said = await flagged(expected);
    expect(said.map(({ rule }) => rule).sort()).to.deep.equal(expected);
    const award = said.find(({ rule }) => rule === "award-differs-from-bid")!;
    expect(award).to.deep.include({ actual: 29.5 * MILLION, limit: 29 * MILLION, subject: "1", source: "chain" });
    expect(award.article.zh).to.equal("《中华人民共和国招标投标法实施条例》第57条");
    expect(award.inputs.slice(0, 2).map(({ path, value }) => [path, value])).to.deep.equal([
      ["/award", `${FIRST} ${29.5 * MILLION}`],
      ["/bids/1", `${FIRST} ${29 * MILLION}`],
    ]);
    expect(said.find(({ rule }) => rule === "bids-unopened")).to.include({ actual: 1 });
    expect(said.find(({ rule }) => rule === "bidders-differ")).to.include({ actual: 3, limit: 2 });
  });

  it("bonds that come back late and works that nobody paid for are flagged with articles 57 and 22", async () => {
    await step("approver", { step: "issue-plan", amount: 5 * MILLION });
    const signedAt = ledger.now;
    const contract = { amount: 29.5 * MILLION, performanceBond: 0, signedAt };
    await step("owner", { step: "sign", lot: 1, ...contract });
    const completionDue = signedAt + 300 * DAY;
    await step("owner", { step: "start", startedAt: signedAt, completionDue, permit: BASIS });
    await advance(6 * DAY);
    await step("owner", { step: "return-bonds", lot: 1, returnedAt: signedAt + 6 * DAY });
    for (const progress of [5000, 6000])
      await step("owner", { step: "report-progress", lot: 1, progress, asOf: ledger.now });
    const said = await flagged(["bonds-returned-late", "payment-behind", "works-unfunded"]);
    const figures = said.map(({ rule, actual, limit, article }) => [rule, actual, limit, article.zh]);
    expect(figures).to.deep.include.members([
      ["bonds-returned-late", 6, 5, "《中华人民共和国招标投标法实施条例》第57条"],
      ["payment-behind", 0, 14.75 * MILLION, "《政府投资条例》第22条"],
      ["works-unfunded", 17.7 * MILLION, 5 * MILLION, "《政府投资条例》第22条"],
    ]);
    for (const { flag } of said) expect(flag).to.not.equal(undefined);
  });
});
