import { expect } from "chai";
import { join } from "node:path";
import { entitleCall, type ProjectStep } from "../../../sdk/chain/project-calls.ts";
import { EXIT } from "../../../sdk/cli/errors.ts";
import { answerAgreement, applyForAgreement } from "../../../sdk/client/routes/agreements.ts";
import { getReceivedEvidence } from "../../../sdk/client/routes/deliveries.ts";
import { followProjects } from "../../../sdk/client/routes/project-alerts.ts";
import { takeStep } from "../../../sdk/client/routes/project-steps.ts";
import { checkCredit, showProject } from "../../../sdk/client/routes/projects.ts";
import { penaltySchema } from "../../../sdk/families/credit-penalty-schema.ts";
import { generateCreditPenalties } from "../../../sdk/families/synthetic.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { parseEvidence } from "../../../sdk/protocol/evidence.ts";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { parseSchema } from "../../../sdk/protocol/schema.ts";
import { isRefusal } from "../../../node/records/service.ts";
import { rulesOnChain } from "../../../node/oversight/rules-on-chain.ts";
import { silentLog } from "../../../node/ports.ts";
import { PROJECT_RULES, ruleSetDigest } from "../../../sdk/oversight/law/rules.ts";
import { evidenceDigest } from "../../../node/oversight/flags.ts";
import { makeDepartment, startLedger, type TestDepartment, type TestLedger } from "../../support/ledger.ts";
import { troubles, verifyAt } from "../../support/verifying.ts";
import { run, runJson, withFolder } from "../../sdk/cli/support.ts";
import { PASSWORD, writeKeystore } from "../support/keystores.ts";
import { codeOf, startTestNode, type TestNode } from "../support/nodes.ts";

const CODE = "2026-110101-48-01-000001";
const MILLION = 100_000_000;
const DAY = 86_400;
const BASIS: Hex = `0x${"ba".repeat(32)}`;
const PERMIT: Hex = `0x${"be".repeat(32)}`;
const CONTRACTOR = "11990100990100018P";
const PURPOSE = "bid-review";
const isoDay = (seconds: number) => new Date((seconds + 8 * 3600) * 1000).toISOString().slice(0, 10);

/** A municipal project that overruns, from its code to the payment that the contract refuses: real chain, real nodes. */
describe("a project under watch", function () {
  this.timeout(180_000);
  let ledger: TestLedger;
  const departments = {
    owner: makeDepartment(21, "住建局"),
    approver: makeDepartment(22, "发改委"),
    payer: makeDepartment(23, "财政局"),
    overseer: makeDepartment(24, "监督"),
  };
  const nodes = {} as Record<keyof typeof departments | "registry", TestNode>;
  let penalties: { resource: Hex; scope: Hex };
  let agreement: Hex;
  let award = 0;
  let penaltyNumber = "";

  const step = (
    by: TestNode,
    given: Exclude<ProjectStep, { step: "register" }> | { step: "register"; bodies: Bodies },
  ) =>
    by.client().call(takeStep, {
      params: { code: CODE },
      body: { step: given, filing: { title: given.step, content: { step: given.step } } },
    });
  type Bodies = Extract<ProjectStep, { step: "register" }>["bodies"];
  const show = () => nodes.owner.client().call(showProject, { params: { code: CODE } });
  const rules = async () => (await show()).flags.map(({ rule }) => rule);

  before(async () => {
    ledger = await startLedger();
    for (const [name, department] of Object.entries(departments))
      await ledger.admit(department, name === "overseer" ? "oversight" : "department");
    const entitle = (body: TestDepartment, ...duties: ("approve" | "plan" | "pay" | "audit")[]) =>
      ledger.send(ledger.deployer, entitleCall(body.uscc, { duties, basis: BASIS }));
    await entitle(departments.approver, "approve", "plan");
    await entitle(departments.payer, "pay", "audit");
    for (const name of ["owner", "approver", "payer", "overseer"] as const)
      nodes[name] = await startTestNode({ ledger, department: departments[name] });
    nodes.registry = await startTestNode({ ledger, department: ledger.provider });
    await publishPenalties();
  });
  after(async () => {
    for (const node of Object.values(nodes)) await node.stop();
    await ledger.stop();
  });

  async function publishPenalties(): Promise<void> {
    const schema = parseSchema(penaltySchema);
    penalties = await ledger.publish({ provider: ledger.provider, code: "penalty", schema });
    await nodes.registry.node.core.records.registerScope({
      ...penalties,
      kind: "resource",
      schema,
      recordKind: "credit-penalty",
      hash: "keccak256",
      businessKey: ({ decisionNumber }) => decisionNumber as string,
    });
    const body = {
      resource: penalties.resource,
      purpose: PURPOSE,
      fields: [],
      matter: "投标资格核查",
      validFrom: ledger.now,
      validUntil: ledger.now + 3000 * DAY,
      maximumUses: 100,
    };
    ({ agreement } = await nodes.owner.client().call(applyForAgreement, { body }));
    await nodes.registry.client().call(answerAgreement, { params: { id: agreement }, body: { decision: "agree" } });
  }

  async function penalise(decisionDate: string): Promise<string> {
    const [sample] = [...generateCreditPenalties({ count: 1, seed: 3, first: 0 })];
    const document = { ...sample!, counterpartyCode: CONTRACTOR, decisionDate, validUntil: "2030-01-01" } as JsonObject;
    const { records } = nodes.registry.node.core;
    const [result] = await records.accept(penalties.scope, [{ document }]);
    if (result === undefined || isRefusal(result)) throw result?.error ?? new Error("nothing accepted");
    await records.waitFor(penalties.scope, result.seq, "final", { timeoutMs: 30_000 });
    return document["decisionNumber"] as string;
  }

  it("the rules that nodes judge by are those on chain; others are noticed", async () => {
    const { connection } = ledger;
    const told: unknown[] = [];
    const log = { ...silentLog, error: (values: unknown) => void told.push(values) };
    expect(await rulesOnChain(ruleSetDigest(PROJECT_RULES), { connection, log })).to.equal("in-force");
    expect(told).to.deep.equal([]);
    // One word of the data, the version's name as before.
    const digest = ruleSetDigest({ ...PROJECT_RULES, source: "x" });
    expect(await rulesOnChain(digest, { connection, log })).to.equal("unknown");
    expect(told).to.deep.equal([{ digest, rules: "unknown" }]);
  });

  it("is approved, planned and tendered step by step, each with its filing", async () => {
    const { approver, owner } = nodes;
    const bodies = {
      owner: departments.owner.uscc,
      approver: departments.approver.uscc,
      planner: departments.approver.uscc,
      payer: departments.payer.uscc,
      auditor: departments.payer.uscc,
    };
    await step(approver, { step: "register", bodies });
    await step(approver, { step: "approve", stage: "proposal", amount: 0 });
    await step(approver, { step: "approve", stage: "feasibility", amount: 38 * MILLION });
    await step(approver, { step: "approve", stage: "design", amount: 40 * MILLION });
    await step(approver, { step: "issue-plan", amount: 40 * MILLION });
    const from = ledger.now;
    const tender = { estimate: 30 * MILLION, saleFrom: from, saleUntil: from + 5 * DAY, bidBond: 0 };
    expect(await codeOf(step(owner, { step: "announce", ...tender, deadline: from + 19 * DAY }))).to.equal(
      "project.gate-closed",
    );
    await step(owner, { step: "announce", ...tender, deadline: from + 20 * DAY });
    ledger.advance(20 * DAY);
    expect(await codeOf(step(owner, { step: "open-bids", lot: 1, bidders: 2, openedAt: ledger.now }))).to.equal(
      "project.gate-closed",
    );
    await step(owner, { step: "open-bids", lot: 1, bidders: 3, openedAt: ledger.now });
    const published = ledger.now;
    await step(owner, {
      step: "publish-candidates",
      lot: 1,
      reportAt: published,
      from: published,
      until: published + 3 * DAY,
    });
    const { chain, filings } = await show();
    expect(chain).to.deep.include({ budget: 40 * MILLION, estimate: 38 * MILLION, stage: "tender" });
    // The owner's node lists its own filings. What was refused stays on the record; said again in the same words it is the same record.
    expect(filings.map((filing) => filing.step)).to.deep.equal(["announce", "open-bids", "publish-candidates"]);
  });

  it("a contractor penalised between bid and award is flagged with the evidence of the penalty", async () => {
    const bid = ledger.now;
    ledger.advance(2 * DAY);
    const number = await penalise(isoDay(ledger.now));
    penaltyNumber = number;
    ledger.advance(2 * DAY);
    award = ledger.now;
    const check = (occasion: "bid" | "award", at: number) =>
      nodes.owner.client().call(checkCredit, {
        params: { code: CODE },
        body: { contractor: CONTRACTOR, occasion, at, agreement, keys: [number], fields: [], purpose: PURPOSE },
      });
    expect(await check("bid", bid)).to.deep.include({ clear: true, penalties: [] });
    const { clear, penalties: found } = await check("award", award);
    expect([clear, found.length]).to.deep.equal([false, 1]);
    const flag = (await show()).flags.find(({ rule }) => rule === "contractor-penalised")!;
    expect(flag).to.deep.include({ source: "credit", subject: `award/${CONTRACTOR}` });
    // The proof used is kept: it is the evidence that the flag names, and anyone who holds it can verify it.
    const { agreement: id, k, index } = flag.proof!;
    const kept = await nodes.owner.client().call(getReceivedEvidence, { params: { id, k, index } });
    expect(evidenceDigest(kept)).to.equal(flag.proof!.evidence);
    expect(troubles(await verifyAt(ledger, parseEvidence(kept)))).to.deep.equal([]);
  });

  it("the same check at the terminal: 0 for a clear day, 1 with the flag for one under a penalty", async () => {
    await withFolder(async (folder) => {
      await writeKeystore(join(folder, "owner.json"), departments.owner);
      const env = {
        SUYUAN_NODE: nodes.owner.url,
        SUYUAN_KEYSTORE: "owner.json",
        SUYUAN_KEYSTORE_PASSWORD: PASSWORD,
        SUYUAN_KEY_ID: `${departments.owner.uscc}/1`,
        INIT_CWD: folder,
      };
      const options = { env, clock: () => ledger.now * 1000 };
      const flagged = (await show()).flags.length;
      const check = ["project", "credit", CODE, "--contractor", CONTRACTOR, "--agreement", agreement];
      const key = ["--key", penaltyNumber];
      const bid = await runJson([...check, ...key, "--occasion", "bid", "--at", String(award - 4 * DAY)], options);
      expect([bid.code, bid.result?.["clear"]]).to.deep.equal([EXIT.ok, true]);
      const awarded = [...check, ...key, "--occasion", "award", "--at", String(award)];
      const found = await runJson(awarded, options);
      expect([found.code, found.result?.["clear"]]).to.deep.equal([EXIT.negative, false]);
      expect(found.result).to.have.nested.property("penalties[0].proof.agreement", agreement);
      expect((await run([...awarded, "--lang", "en"], options)).out).to.include("contractor-penalised");
      // What was flagged before is not flagged again.
      expect((await show()).flags).to.have.length(flagged);
      const without = await runJson([...check, "--occasion", "award"], options);
      expect([without.code, without.error?.code]).to.deep.equal([EXIT.usage, "usage.either"]);
    });
  });

  it("overruns: a change is free within the budget, and paying beyond it reverts with article 23", async () => {
    const { owner, payer, approver } = nodes;
    await step(owner, { step: "award", lot: 1, winner: CONTRACTOR, amount: 29 * MILLION, awardedAt: award });
    await step(owner, { step: "sign", lot: 1, amount: 29 * MILLION, performanceBond: 2 * MILLION, signedAt: award });
    await step(owner, { step: "start", startedAt: award, completionDue: award + 300 * DAY, permit: PERMIT });
    await step(owner, { step: "report-progress", lot: 1, progress: 5000, asOf: ledger.now });
    await step(payer, { step: "pay", lot: 1, amount: 20 * MILLION });
    await step(owner, { step: "propose-change", lot: 1, kind: "scale", amount: 6.25 * MILLION });
    const unapproved = await step(owner, { step: "apply-change", change: 1 }).catch((error: unknown) => error);
    expect(unapproved).to.have.nested.property("problem.values.article", 21);
    await step(approver, { step: "decide-change", change: 1, approved: true });
    await step(owner, { step: "apply-change", change: 1 });
    for (const [i, amount] of [1.5 * MILLION, 1.5 * MILLION].entries()) {
      await step(owner, { step: "propose-change", lot: 1, kind: "price", amount });
      await step(owner, { step: "apply-change", change: i + 2 });
    }
    const refused = await step(payer, { step: "pay", lot: 1, amount: 22.1 * MILLION }).catch((error: unknown) => error);
    expect(refused).to.have.nested.property("problem.code", "project.gate-closed");
    expect(refused).to.have.nested.property("problem.values.rule", "total-exceeded");
    expect(refused).to.have.nested.property("problem.values.article", 23);
    expect(refused).to.have.nested.property("problem.values.actual", String(42.1 * MILLION));
    await step(approver, { step: "reratify", budget: 43 * MILLION, funding: BASIS });
    await step(payer, { step: "pay", lot: 1, amount: 22.1 * MILLION });
    const { chain } = await show();
    expect(chain).to.deep.include({ paid: 42.1 * MILLION, committed: 38.25 * MILLION, budget: 43 * MILLION });
    expect(await rules()).to.include.members(["payment-ahead", "payment-above-contract"]);
  });

  it("records what the chain flagged, and tells an overseer by the stream", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20_000).unref();
    const seen: string[] = [];
    const events = await nodes.owner
      .client(departments.overseer)
      .call(
        followProjects,
        { query: { cursor: 0, rules: "payment-ahead,contractor-penalised,change-splitting" } },
        { signal: controller.signal },
      );
    for await (const { data } of events) {
      seen.push(data.rule);
      expect(data.flag).to.not.equal(undefined);
      if (new Set(seen).size === 3) break;
    }
    controller.abort();
    expect(new Set(seen)).to.deep.equal(new Set(["contractor-penalised", "payment-ahead", "change-splitting"]));
    expect(await codeOf(nodes.owner.client(departments.payer).call(followProjects, {}))).to.equal(
      "caller.not-oversight",
    );
  });

  it("an issue is reported, assigned with a working-day deadline, urged, answered and closed", async () => {
    const { payer, overseer, owner } = nodes;
    await step(payer, { step: "report-issue" });
    await step(overseer, { step: "assign-issue", issue: 1, assignee: departments.owner.uscc, workingDays: 5 });
    await step(overseer, { step: "urge-issue", issue: 1 });
    await step(owner, { step: "answer-issue", issue: 1 });
    await step(overseer, { step: "close-issue", issue: 1 });
    const { chain } = await show();
    const [issue] = chain!["issueList"] as JsonObject[];
    expect(issue).to.deep.include({ state: "closed", urged: 1, assignee: departments.owner.uscc });
    expect(issue!["due"]).to.be.greaterThan(ledger.now);
  });
});
