import { expect } from "chai";
import { applyForAgreement, listAgreements } from "../../sdk/client/routes/agreements.ts";
import { askApproval, decideApproval, listApprovals } from "../../sdk/client/routes/approvals.ts";
import { ROUTES } from "../../sdk/client/routes/all.ts";
import { createOperator, listOperators, type OperatorRole } from "../../sdk/client/routes/operators.ts";
import { ProblemError } from "../../sdk/client/problem-error.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { RIGHTS, standingOf } from "../../node/accounts/rights.ts";
import { startPair, type Pair } from "../node/deliveries/fixture.ts";
import { BrowserSession } from "./browser-session.ts";

const PASSWORD = "a long enough password";

describe("sessions of operators on a node", function () {
  this.timeout(120_000);
  let pair: Pair;
  const people = {} as Record<"clerk" | "approver" | "both" | "auditor" | "admin", BrowserSession>;

  before(async () => {
    pair = await startPair();
    const roles: Record<keyof typeof people, OperatorRole[]> = {
      clerk: ["clerk"],
      approver: ["approver"],
      both: ["clerk", "approver"],
      auditor: ["auditor"],
      admin: ["administrator"],
    };
    for (const [name, role] of Object.entries(roles) as [keyof typeof people, OperatorRole[]][]) {
      const body = { name, displayName: name, roles: role, password: PASSWORD };
      await pair.consumer.client().call(createOperator, { body });
      people[name] = new BrowserSession(pair.consumer.url);
      expect(await people[name].signIn(name, PASSWORD)).to.equal(204);
    }
  });
  after(() => pair.stop());

  const application = (): JsonObject => ({
    resource: pair.resource,
    purpose: "bid-review",
    fields: ['["scope"]'],
    validFrom: pair.ledger.now,
    validUntil: pair.ledger.now + 86_400 * 30,
    maximumUses: 10,
  });
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "none",
      (error: unknown) => (error instanceof ProblemError ? error.problem.code : String(error)),
    );

  it("says who is signed in and what they may do", async () => {
    const { operator, department, may, mayAsk, mayApprove } = await people.clerk.session();
    expect(operator).to.deep.equal({ name: "clerk", displayName: "clerk", roles: ["clerk"] });
    expect(department.id).to.equal(pair.ledger.consumer.uscc);
    expect(may).to.include("submitRecords").and.not.to.include("createOperator");
    expect(mayAsk).to.include("applyForAgreement");
    expect(mayApprove).to.deep.equal([]);
  });

  it("the cookie is for this node only, and for no script", async () => {
    const response = await fetch(`${pair.consumer.url}/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "clerk", password: PASSWORD }),
    });
    const [cookie = ""] = response.headers.getSetCookie();
    expect(cookie).to.include("HttpOnly").and.to.include("SameSite=Strict").and.to.include("Path=/");
    expect(cookie.startsWith(`suyuan_${pair.ledger.consumer.uscc}=`)).to.equal(true);
    const elsewhere = new BrowserSession(pair.provider.url);
    elsewhere.cookie = people.admin.cookie;
    expect(await elsewhere.send("GET", "/v1/operators")).to.deep.equal([401, "signature.missing"]);
  });

  it("a page of another site is refused, with or without the cookie", async () => {
    const { clerk } = people;
    const origin = { origin: "https://evil.example" };
    expect(await clerk.send("GET", "/v1/agreements", origin)).to.deep.equal([403, "session.csrf"]);
    expect(await clerk.send("GET", "/v1/agreements", { "sec-fetch-site": "same-site" })).to.deep.equal([
      403,
      "session.csrf",
    ]);
    expect(await new BrowserSession(pair.consumer.url).signIn("clerk", PASSWORD, origin)).to.equal(403);
  });

  it("what changes something needs the session's token", async () => {
    const body = { operation: "applyForAgreement", params: {}, body: application() };
    expect(await people.clerk.send("POST", "/v1/approvals", {}, body)).to.deep.equal([403, "session.csrf"]);
    const wrong = { "x-suyuan-csrf": people.auditor.csrf ?? "" };
    expect(await people.clerk.send("POST", "/v1/approvals", wrong, body)).to.deep.equal([403, "session.csrf"]);
  });

  it("a signature does not open what is for people, nor a session what is for nobody here", async () => {
    expect(await codeOf(pair.consumer.client().call(listApprovals, {}))).to.equal("session.missing");
    const { admin } = people;
    const hash = `0x${"11".repeat(32)}`;
    const approvals = [{ key: "a", signature: "b" }];
    const body = { reason: "x", at: 0, approvals };
    const [status, code] = await admin.send("POST", `/v1/records/${hash}/0/destruction`, admin.proof, body);
    expect([status, code]).to.deep.equal([403, "operator.role"]);
  });

  it("rights name routes that exist", () => {
    const known = new Set(ROUTES.map(({ id }) => id));
    expect(Object.keys(RIGHTS).filter((id) => !known.has(id))).to.deep.equal([]);
  });

  it("every route that its roles do not name is denied", async () => {
    const hash = `0x${"11".repeat(32)}`;
    const session = await people.auditor.session();
    for (const route of ROUTES) {
      if (route.access === "public" || session.may.includes(route.id)) continue;
      const path = route.path
        .replace(":name", "someone")
        .replace(":id", route.path.startsWith("/v1/departments") ? pair.ledger.provider.uscc : hash)
        .replace(/:(seq|k|index)/g, "0")
        .replace(/:\w+/g, hash);
      const proof = route.method === "get" ? {} : people.auditor.proof;
      const [status, code] = await people.auditor.send(route.method.toUpperCase(), path, proof);
      // A few want more in their address than this makes up; their standing is asked for directly.
      if (code === "http.request-invalid") expect(standingOf(route.id, ["auditor"])).not.to.equal("allowed");
      else
        expect([status, code], route.id).to.be.deep.oneOf([
          [403, "operator.role"],
          [403, "operator.approval"],
        ]);
    }
  });

  it("reads what its role may read", async () => {
    expect((await people.auditor.client.call(listAgreements, {})).agreements).to.deep.equal([]);
    expect((await people.admin.client.call(listOperators, {})).operators).to.have.length(5);
    expect(await codeOf(people.clerk.client.call(listOperators, {}))).to.equal("operator.role");
  });

  it("nobody applies alone", async () => {
    const body = { ...application() } as unknown as Parameters<typeof callApply>[0];
    const callApply = (input: { resource: `0x${string}` }) =>
      people.both.client.call(applyForAgreement, { body: input as never }); // The same members as the route's.
    expect(await codeOf(callApply(body))).to.equal("operator.approval");
    const asked = await people.both.client.call(askApproval, {
      body: { operation: "applyForAgreement", params: {}, body: application() },
    });
    const own = people.both.client.call(decideApproval, { params: { id: asked.id }, body: { approve: true } });
    expect(await codeOf(own)).to.equal("approval.own");
    const clerk = people.clerk.client.call(decideApproval, { params: { id: asked.id }, body: { approve: true } });
    expect(await codeOf(clerk)).to.equal("operator.role");
    const refused = await people.approver.client.call(decideApproval, {
      params: { id: asked.id },
      body: { approve: false, remark: "用途不清" },
    });
    expect(refused).to.include({ state: "refused", askedBy: "both", decidedBy: "approver" });
    expect((await people.clerk.client.call(listAgreements, {})).agreements).to.deep.equal([]);
  });

  it("one asks, another approves, and what was asked is done, once", async () => {
    const body = application();
    const asked = await people.clerk.client.call(askApproval, {
      body: { operation: "applyForAgreement", params: {}, body, remark: "投标审查" },
    });
    expect(asked).to.include({ state: "waiting", askedBy: "clerk" });
    expect(asked.body).to.deep.equal(body);
    const decide = () =>
      people.approver.client.call(decideApproval, { params: { id: asked.id }, body: { approve: true } });
    const done = await decide();
    expect(done).to.include({ state: "done", decidedBy: "approver" });
    const { agreements } = await people.clerk.client.call(listAgreements, {});
    expect(agreements.map(({ id }) => id)).to.deep.equal([done.answer?.["agreement"]]);
    expect(await codeOf(decide())).to.equal("approval.decided");
    const { approvals } = await people.auditor.client.call(listApprovals, { query: { state: "done" } });
    expect(approvals.map(({ id }) => id)).to.deep.equal([asked.id]);
  });

  it("the other side answers the same way, and its journal says which people did", async () => {
    const { provider } = pair;
    const names = ["asker", "decider"] as const;
    const [asker, decider] = names.map(() => new BrowserSession(provider.url)) as [BrowserSession, BrowserSession]; // Two names.
    for (const [i, name] of names.entries()) {
      const roles: OperatorRole[] = i === 0 ? ["clerk"] : ["approver"];
      await provider.client().call(createOperator, { body: { name, displayName: name, roles, password: PASSWORD } });
      await [asker, decider][i]?.signIn(name, PASSWORD);
    }
    const { agreements } = await asker.client.call(listAgreements, { query: { side: "provider", state: "applied" } });
    const id = agreements[0]?.id ?? "0x";
    const body = { operation: "answerAgreement", params: { id }, body: { decision: "agree" } };
    const asked = await asker.client.call(askApproval, { body });
    const done = await decider.client.call(decideApproval, { params: { id: asked.id }, body: { approve: true } });
    expect(done).to.include({ state: "done" });
    const after = await asker.client.call(listAgreements, { query: { state: "agreed" } });
    expect(after.agreements.map((one) => one.id)).to.deep.equal([id]);
    const { records, journal } = provider.node.core;
    const noted: unknown[] = [];
    for (let seq = 0; seq < 50; seq++) {
      const view = await records.view(journal, seq).catch(() => undefined);
      if (view === undefined) break;
      await records.waitFor(journal, seq, "final", { timeoutMs: 30_000 });
      const { evidence } = await records.evidence(journal, seq);
      noted.push(evidence.claims.disclosed.find(({ path }) => path[0] === "detail")?.value);
    }
    expect(noted).to.include("operator/decider asker");
  });

  it("refuses to wait for what could never be done", async () => {
    const ask = (operation: string, body: JsonObject) =>
      codeOf(people.clerk.client.call(askApproval, { body: { operation, params: {}, body } }));
    expect(await ask("applyForAgreement", { purpose: "x" })).to.equal("http.request-invalid");
    expect(await ask("createOperator", {})).to.equal("operator.role");
    expect(await ask("submitRecords", {})).to.equal("approval.operation");
    expect(await ask("toString", {})).to.equal("operator.role");
  });

  it("says which code an approved action failed with", async () => {
    const body = { ...application(), fields: ['["nothing-like-this"]'] };
    const asked = await people.clerk.client.call(askApproval, {
      body: { operation: "applyForAgreement", params: {}, body },
    });
    const done = await people.approver.client.call(decideApproval, {
      params: { id: asked.id },
      body: { approve: true },
    });
    expect(done).to.include({ state: "failed", code: "application.field-unknown" });
  });

  it("what waits at rest shows nothing of itself", async () => {
    const { store } = pair.consumer.node.core;
    const { APPROVALS } = await import("../../node/storage/keyspaces.ts");
    for await (const [, text] of store.iterate(APPROVALS)) expect(text).not.to.include("applyForAgreement");
  });

  it("ends when signed out", async () => {
    const session = new BrowserSession(pair.consumer.url);
    await session.signIn("auditor", PASSWORD);
    expect(await session.send("POST", "/session/end")).to.deep.equal([204, ""]);
    expect(await session.send("GET", "/v1/agreements")).to.deep.equal([401, "session.expired"]);
  });
});
