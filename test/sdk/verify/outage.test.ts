import { expect } from "chai";
import { eventTopic } from "../../../sdk/chain/contracts.ts";
import { changeStatusCall } from "../../../sdk/chain/calls.ts";
import type { Evidence } from "../../../sdk/protocol/evidence.ts";
import { connectTrusted, type Trust } from "../../../sdk/verify/trust.ts";
import { verifyEvidence } from "../../../sdk/verify/verify.ts";
import type { Report } from "../../../sdk/verify/report.ts";
import { someHash } from "../../support/deliveries.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { startProxy, type RpcProxy, type Tamper } from "../../support/proxy.ts";
import { anchorBatch, evidenceOf, licence, LICENCE_SCHEMA } from "../../support/records.ts";
import { AUTHENTIC, findingOf, outcomeOf, troubles, trustOf } from "../../support/verifying.ts";

const CHAIN_CHECKS = ["ledger", "scope", "schema", "anchor", "finality", "head", "issuer", "status", "authorization"];

describe("verifyEvidence: when the chain cannot be believed or reached", function () {
  this.timeout(20_000);

  let ledger: TestLedger;
  let proxy: RpcProxy;
  let evidence: Evidence;
  let suspended: Evidence;

  before(async function () {
    this.timeout(30_000);
    ledger = await startLedger();
    proxy = await startProxy(ledger.rpcUrl);
    const open = await ledger.publish({
      provider: ledger.provider,
      code: "open",
      schema: LICENCE_SCHEMA,
      shareClass: "unconditional",
    });
    const batch = { department: ledger.provider, ...open, kind: "certificate", schema: LICENCE_SCHEMA };
    const records = await anchorBatch(ledger, { ...batch, documents: [1, 2].map(licence) });
    [evidence, suspended] = records.map((record) => evidenceOf(record)) as [Evidence, Evidence];
    ledger.advance(10);
    await ledger.send(
      ledger.provider,
      changeStatusCall({ scope: open.scope, seq: 1, state: "suspended", reason: 1, effectiveFrom: ledger.now }),
    );
  });

  after(async () => {
    await proxy.stop();
    await ledger.stop();
  });

  interface Asking {
    readonly trust?: Trust | undefined;
    readonly rpc?: readonly string[];
    readonly tamper?: Tamper;
    readonly now?: number;
    readonly file?: Evidence;
  }

  const verify = async ({
    trust = trustOf(ledger),
    rpc = [proxy.url],
    tamper,
    now = ledger.now,
    file = evidence,
  }: Asking = {}): Promise<Report> => {
    proxy.tamper = tamper ?? ((_request, answer) => answer);
    return verifyEvidence(
      { evidence: file, policy: AUTHENTIC },
      { connections: connectTrusted(trust, rpc), trust, now },
    );
  };

  const codes = (report: Report): Record<string, string> =>
    Object.fromEntries(
      report.checks.filter(({ outcome }) => outcome === "error").map(({ name, code }) => [name, code]),
    );

  it("verifies through an honest endpoint, asking each question once", async () => {
    proxy.asked.length = 0;
    expect((await verify()).verdict).to.equal("verified");
    expect(proxy.asked.filter((method) => method === "eth_getLogs")).to.have.length(1);
  });

  it("is undetermined without a trust file", async () => {
    const report = await verifyEvidence(
      { evidence, policy: AUTHENTIC },
      { connections: undefined, trust: undefined, now: ledger.now },
    );
    expect(report.verdict).to.equal("undetermined");
    expect(outcomeOf(report, "ledger")).to.equal("error ledger.no-trust");
    expect(report.checks.filter(({ outcome }) => outcome === "pass").map(({ name }) => name)).to.deep.equal([
      "format",
      "record",
      "claims",
      "inclusion",
      "time",
      "period",
    ]);
  });

  it("is undetermined when the chain is stopped, and says so in every check that needs it", async () => {
    const report = await verify({ rpc: ["http://127.0.0.1:1"] });
    expect(report.verdict).to.equal("undetermined");
    expect(codes(report)).to.deep.equal(Object.fromEntries(CHAIN_CHECKS.map((name) => [name, "chain.unreachable"])));
  });

  it("still rejects what the file alone gives away", async () => {
    const file = { ...evidence, anchor: { ...evidence.anchor, root: someHash(1) } };
    expect((await verify({ rpc: ["http://127.0.0.1:1"], file })).verdict).to.equal("rejected");
  });

  it("is undetermined at another chain, another genesis, or where the Directory is missing", async () => {
    const name = ledger.name;
    const wrong = async (changes: Partial<typeof name>) => {
      const trust = trustOf(ledger, { ledger: { ...name, ...changes } });
      const file = { ...evidence };
      return (await verify({ trust, file })).checks.find((check) => check.name === "anchor")?.code;
    };
    expect(await wrong({ chainId: 1 })).to.equal("chain.wrong-chain");
    expect(await wrong({ genesis: someHash(1) })).to.equal("chain.wrong-genesis");
    expect(await wrong({ directory: `0x${"12".repeat(20)}` })).to.equal("chain.directory-missing");
  });

  it("rejects a file of this ledger under another ledger's trust file", async () => {
    const trust = trustOf(ledger, { ledger: { ...ledger.name, genesis: someHash(1) } });
    const report = await verify({ trust });
    expect(outcomeOf(report, "ledger")).to.equal("fail ledger.other");
    expect(report.verdict).to.equal("rejected");
  });

  it("is undetermined at a stale chain, with a clock behind the chain, and judges no age where there is none", async () => {
    const block = await ledger.connection.check();
    const head = async (now: number, maximumLagSeconds: number | null) =>
      outcomeOf(await verify({ now, trust: trustOf(ledger, { maximumLagSeconds }) }), "head");
    expect(await head(block.time + 60, 60)).to.equal("pass head.fresh");
    expect(await head(block.time + 61, 60)).to.equal("error head.stale");
    expect(await head(block.time + 10 ** 6, null)).to.equal("pass head.not-judged");
    expect(await head(block.time - 300, 60)).to.equal("pass head.fresh");
    expect(await head(block.time - 301, 60)).to.equal("error head.ahead");
    expect(
      (await verify({ now: block.time + 61, trust: trustOf(ledger, { maximumLagSeconds: 60 }) })).verdict,
    ).to.equal("undetermined");
  });

  it("is undetermined when an endpoint hides a status event, or changes a word", async () => {
    const hiding: Tamper = ({ method }, answer) => (method === "eth_getLogs" ? { ...answer, result: [] } : answer);
    expect(outcomeOf(await verify({ file: suspended }), "status")).to.equal("fail status.suspended");
    expect(outcomeOf(await verify({ file: suspended, tamper: hiding }), "status")).to.equal(
      "error chain.status-incomplete",
    );
    const topic = eventTopic("RecordStatus", "StatusChanged");
    const inventing: Tamper = ({ method }, answer) => {
      const logs = method === "eth_getLogs" ? (answer.result as { topics: string[] }[]) : [];
      return logs.some(({ topics }) => topics[0] === topic) ? { ...answer, result: [...logs, ...logs] } : answer;
    };
    expect(outcomeOf(await verify({ file: suspended, tamper: inventing }), "status")).to.equal(
      "error chain.status-incomplete",
    );
  });

  it("is undetermined when two endpoints disagree, and verifies when they agree", async () => {
    expect((await verify({ rpc: [ledger.rpcUrl, proxy.url] })).verdict).to.equal("verified");
    const lying: Tamper = ({ method }, answer) =>
      method === "eth_call" && typeof answer.result === "string" && answer.result.length === 66
        ? { ...answer, result: someHash(0) }
        : answer;
    const report = await verify({ rpc: [ledger.rpcUrl, proxy.url], tamper: lying, file: suspended });
    expect(report.verdict).to.not.equal("verified");
    expect(Object.values(codes(report))).to.include("chain.disagreement");
    expect(troubles(report).filter((trouble) => trouble.includes(" fail "))).to.deep.equal([]);
  });

  it("is undetermined when one of two endpoints is stopped", async () => {
    const report = await verify({ rpc: [ledger.rpcUrl, "http://127.0.0.1:1"] });
    expect(report.verdict).to.equal("undetermined");
  });

  it("is undetermined when the block was replaced while it was read", async () => {
    const { number } = await ledger.connection.check();
    // Its number is asked for only at the end: at first the block is found by its tag.
    const replacing: Tamper = ({ method, params }, answer) =>
      method === "eth_getBlockByNumber" && params[0] === `0x${number.toString(16)}`
        ? { ...answer, result: { ...(answer.result as object), hash: someHash(7) } }
        : answer;
    const report = await verify({ tamper: replacing });
    expect(outcomeOf(report, "head")).to.equal("error chain.block-replaced");
    expect(report.verdict).to.equal("undetermined");
  });

  it("waits for finality: an anchor after the final block is undetermined, not rejected", async () => {
    const behind: Tamper = ({ method, params }, answer) =>
      method === "eth_getBlockByNumber" && params[0] === "latest" ? { ...answer, result: earlier } : answer;
    const number = `0x${(evidence.anchor.block - 1).toString(16)}`;
    const earlier = await ledger.connection.rpc.request("eth_getBlockByNumber", [number, false]);
    const report = await verify({ tamper: behind });
    expect(outcomeOf(report, "finality")).to.equal("error finality.pending");
    expect(outcomeOf(report, "anchor")).to.equal("error anchor.not-yet");
    expect(report.block?.number).to.equal(evidence.anchor.block - 1);
  });

  it("reports an answer of the wrong form as error", async () => {
    const garbling: Tamper = ({ method }, answer) => (method === "eth_call" ? { ...answer, result: "0x1234" } : answer);
    const report = await verify({ tamper: garbling });
    expect(report.verdict).to.equal("undetermined");
    expect(findingOf(report, "anchor").code).to.equal("chain.response-invalid");
  });

  it("refuses connections to a ledger that is not the trusted one: a programming mistake", async () => {
    const other = trustOf(ledger, { ledger: { ...ledger.name, chainId: 1 } });
    let thrown: unknown;
    try {
      await verifyEvidence(
        { evidence, policy: AUTHENTIC },
        { connections: [ledger.connection], trust: other, now: ledger.now },
      );
    } catch (error) {
      thrown = error;
    }
    expect(thrown).to.be.instanceOf(TypeError);
  });
});
