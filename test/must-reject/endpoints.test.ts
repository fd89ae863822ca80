import { changeStatusCall } from "../../sdk/chain/calls.ts";
import type { Evidence } from "../../sdk/protocol/evidence.ts";
import { someHash } from "../support/deliveries.ts";
import type { TestLedger } from "../support/ledger.ts";
import { startProxy, type RpcProxy, type Tamper } from "../support/proxy.ts";
import { evidenceOf, licence } from "../support/records.ts";
import { trustOf } from "../support/verifying.ts";
import { startWorld, type World } from "./world.ts";
import { countsCases } from "../faults/tally.ts";

const HONEST: Tamper = (_request, answer) => answer;
const MAXIMUM_LAG_SECONDS = 60;

describe("must reject: what an endpoint makes of a revoked record", function () {
  this.timeout(40_000);
  countsCases("forgeries");

  let world: World;
  let ledger: TestLedger;
  let proxy: RpcProxy;
  let file: Evidence;
  let stopped: Tamper;

  before(async () => {
    world = await startWorld();
    ledger = world.ledger;
    proxy = await startProxy(ledger.rpcUrl);
    const record = await world.one();
    file = evidenceOf(record);
    const { scope, seq } = record.committed.header;
    const before = await ledger.connection.check();
    const block = await ledger.connection.rpc.request("eth_getBlockByNumber", [
      `0x${before.number.toString(16)}`,
      false,
    ]);
    stopped = ({ method, params }, answer) => {
      if (method !== "eth_getBlockByNumber" || typeof params[0] !== "string") return answer;
      const asked = params[0].startsWith("0x") ? Number(params[0]) : Number.POSITIVE_INFINITY;
      if (asked === Number.POSITIVE_INFINITY) return { ...answer, result: block };
      return asked > before.number ? { ...answer, result: null } : answer;
    };
    ledger.advance(3600);
    const revocation = { scope, seq, state: "revoked", reason: 1, effectiveFrom: 0 } as const;
    await ledger.send(ledger.provider, changeStatusCall(revocation));
  });
  after(async () => {
    await proxy.stop();
    await world.stop();
  });

  const behind = async (tamper: Tamper, work: () => Promise<void>): Promise<void> => {
    proxy.tamper = tamper;
    try {
      await work();
    } finally {
      proxy.tamper = HONEST;
    }
  };
  const undetermined = { verdict: "undetermined" } as const;

  it("an honest endpoint tells of the revocation", () =>
    world.refuses({ file, rpc: [proxy.url], check: "status", code: "status.revoked" }));

  it("an endpoint that stopped before the revocation, on a ledger with a maximum lag", () =>
    behind(stopped, () =>
      world.refuses({
        file,
        rpc: [proxy.url],
        trust: trustOf(ledger, { maximumLagSeconds: MAXIMUM_LAG_SECONDS }),
        check: "head",
        code: "head.stale",
        ...undetermined,
      }),
    ));

  it("an endpoint that stopped before the revocation, beside an honest one", () =>
    behind(stopped, () =>
      world.refuses({
        file,
        rpc: [proxy.url, ledger.rpcUrl],
        check: "status",
        code: "chain.endpoint-behind",
        ...undetermined,
      }),
    ));

  it("an endpoint that hides the revocation, alone and beside an honest one", () =>
    behind(
      ({ method }, answer) => (method === "eth_getLogs" ? { ...answer, result: [] } : answer),
      async () => {
        const hidden = { file, check: "status", ...undetermined } as const;
        await world.refuses({ ...hidden, rpc: [proxy.url], code: "chain.status-incomplete" });
        await world.refuses({ ...hidden, rpc: [ledger.rpcUrl, proxy.url], code: "chain.disagreement" });
      },
    ));

  it("two endpoints that disagree about a value, a block or the whole chain", async () => {
    const rpc = [ledger.rpcUrl, proxy.url];
    const disagreement = { file, rpc, check: "status", code: "chain.disagreement", ...undetermined } as const;
    await behind(
      ({ method }, answer) => (method === "eth_call" ? { ...answer, result: someHash(0) } : answer),
      () => world.refuses(disagreement),
    );
    await behind(
      ({ method, params }, answer) =>
        method === "eth_getBlockByNumber" && params[0] !== "0x0"
          ? { ...answer, result: { ...(answer.result as object), timestamp: "0x1" } }
          : answer,
      () => world.refuses(disagreement),
    );
    await behind(
      ({ method }, answer) => (method === "eth_chainId" ? { ...answer, result: "0x1" } : answer),
      () => world.refuses({ ...disagreement, code: "chain.wrong-chain" }),
    );
  });

  it("an endpoint that is not there, alone and beside an honest one", async () => {
    const gone = "http://127.0.0.1:1";
    for (const rpc of [[gone], [ledger.rpcUrl, gone]])
      await world.refuses({ file, rpc, check: "status", code: "chain.unreachable", ...undetermined });
  });

  it("an endpoint that invents an anchor for a record that has none", async () => {
    const genuine = await world.one({ documents: [licence(2)] });
    const invented = { ...evidenceOf(genuine), header: { ...genuine.committed.header, issuedAt: 1 } };
    await behind(HONEST, () =>
      world.refuses({ file: invented, rpc: [proxy.url], check: "inclusion", code: "inclusion.mismatch" }),
    );
  });
});
