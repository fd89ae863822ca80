import { expect } from "chai";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { ALLOWED_METHODS, MAX_BATCH } from "../../../scripts/chain/rpc.ts";
import { MAX_BODY_BYTES } from "../../../scripts/chain/server.ts";
import type { RunningChain } from "../../../scripts/chain/start.ts";
import { call, chainBench, codeOf, type ChainBench, type RpcAnswer } from "./support.ts";

const PORTAL = "http://127.0.0.1:4700";

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe("chain JSON-RPC server", function () {
  this.timeout(20_000);
  let bench: ChainBench;
  let chain: RunningChain;
  let url: string;

  before(async () => {
    bench = await chainBench();
    chain = await bench.start({ allowOrigins: [PORTAL] });
    url = chain.report.rpcUrl;
  });
  after(() => bench.clean());

  const CHAIN_ID_REQUEST = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
  const post = (headers: Record<string, string>, body: string = CHAIN_ID_REQUEST, method = "POST"): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        url,
        { method, headers: { "content-type": "application/json", ...headers } },
        (incoming) => {
          let text = "";
          incoming.setEncoding("utf8").on("data", (part: string) => (text += part));
          incoming.on("end", () =>
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }),
          );
        },
      );
      outgoing.on("error", reject).end(method === "OPTIONS" ? undefined : body);
    });
  const errorCode = (reply: Reply): number | undefined => (JSON.parse(reply.body) as RpcAnswer).error?.code;

  describe("methods", () => {
    for (const method of [
      "evm_mine",
      "evm_snapshot",
      "evm_revert",
      "evm_setNextBlockTimestamp",
      "hardhat_setBalance",
      "hardhat_impersonateAccount",
      "hardhat_reset",
      "anvil_setCode",
      "debug_traceTransaction",
      "eth_sendTransaction",
      "eth_sign",
      "eth_signTransaction",
      "eth_signTypedData_v4",
      "eth_newFilter",
      "eth_subscribe",
      "personal_sign",
      "eth_sendrawtransaction",
      "toString",
      "__proto__",
      "",
    ]) {
      it(`refuses ${method === "" ? "the empty name" : method}`, async () => {
        expect((await call(url, method, [])).error?.code).to.equal(-32601);
      });
    }

    it("serves every method of the list", async () => {
      const zero = "0x0000000000000000000000000000000000000000";
      const none = `0x${"0".repeat(64)}`;
      const params: Record<string, unknown[]> = {
        eth_call: [{ to: zero }, "latest"],
        eth_estimateGas: [{ to: zero }],
        eth_feeHistory: ["0x1", "latest", []],
        eth_getBalance: [zero, "latest"],
        eth_getBlockByHash: [none, false],
        eth_getBlockByNumber: ["latest", false],
        eth_getBlockTransactionCountByHash: [none],
        eth_getBlockTransactionCountByNumber: ["latest"],
        eth_getCode: [zero, "latest"],
        eth_getLogs: [{ fromBlock: "0x0", toBlock: "latest" }],
        eth_getStorageAt: [zero, "0x0", "latest"],
        eth_getTransactionByBlockHashAndIndex: [none, "0x0"],
        eth_getTransactionByBlockNumberAndIndex: ["latest", "0x0"],
        eth_getTransactionByHash: [none],
        eth_getTransactionCount: [zero, "pending"],
        eth_getTransactionReceipt: [none],
      };
      for (const method of ALLOWED_METHODS) {
        if (method === "eth_sendRawTransaction") continue;
        expect((await call(url, method, params[method] ?? [])).error, method).to.equal(undefined);
      }
    });

    it("says the chain has no accounts, no price, and is not syncing", async () => {
      expect((await call(url, "eth_accounts")).result).to.deep.equal([]);
      expect((await call(url, "eth_gasPrice")).result).to.equal("0x0");
      expect((await call(url, "eth_maxPriorityFeePerGas")).result).to.equal("0x0");
      expect((await call(url, "eth_syncing")).result).to.equal(false);
      expect((await call(url, "net_version")).result).to.equal("4701");
    });
  });

  describe("Host", () => {
    for (const host of ["127.0.0.1", "127.0.0.1:1", "localhost:4701", "LOCALHOST", "[::1]:4701"]) {
      it(`answers ${host}`, async () => expect((await post({ host })).status).to.equal(200));
    }
    for (const host of [
      "example.org",
      "127.0.0.1.example.org",
      "localhost.example.org:4701",
      "127.0.0.2",
      "0.0.0.0",
      "user@127.0.0.1",
      "127.0.0.1:4701:1",
      "::1",
    ]) {
      it(`refuses ${host}`, async () => expect((await post({ host })).status).to.equal(403));
    }
  });

  describe("Origin", () => {
    it("answers without one and adds no CORS header", async () => {
      const reply = await post({});
      expect(reply.status).to.equal(200);
      expect(reply.headers["access-control-allow-origin"]).to.equal(undefined);
    });
    it("answers an allowed one by name", async () => {
      const reply = await post({ origin: PORTAL });
      expect(reply.status).to.equal(200);
      expect(reply.headers["access-control-allow-origin"]).to.equal(PORTAL);
      expect(reply.headers.vary).to.equal("Origin");
    });
    for (const origin of [
      "null",
      "http://127.0.0.1:4799",
      "https://127.0.0.1:4700",
      "http://example.org",
      `${PORTAL}.example.org`,
    ]) {
      it(`refuses ${origin}`, async () => {
        const reply = await post({ origin });
        expect(reply.status).to.equal(403);
        expect(reply.headers["access-control-allow-origin"]).to.equal(undefined);
      });
    }
    it("answers the preflight of an allowed one", async () => {
      const reply = await post({ origin: PORTAL, "access-control-request-method": "POST" }, "", "OPTIONS");
      expect(reply.status).to.equal(204);
      expect(reply.headers["access-control-allow-origin"]).to.equal(PORTAL);
      expect(reply.headers["access-control-allow-methods"]).to.equal("POST");
      expect(reply.headers["access-control-allow-headers"]).to.equal("content-type");
    });
    it("refuses the preflight of another", async () => {
      expect((await post({ origin: "http://example.org" }, "", "OPTIONS")).status).to.equal(403);
    });
  });

  describe("bodies", () => {
    it("refuses another content type", async () => {
      for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"]) {
        expect((await post({ "content-type": type })).status).to.equal(415);
      }
      expect((await post({ "content-type": "application/json; charset=utf-8" })).status).to.equal(200);
    });
    it("refuses another HTTP method", async () => {
      const reply = await post({}, "", "PUT");
      expect(reply.status).to.equal(405);
      expect(reply.headers.allow).to.equal("POST, OPTIONS");
    });
    it("takes a body of the largest size and refuses one byte more", async () => {
      const padded = (bytes: number): string => CHAIN_ID_REQUEST.padEnd(bytes, " ");
      expect((await post({}, padded(MAX_BODY_BYTES))).status).to.equal(200);
      const larger = await post({}, padded(MAX_BODY_BYTES + 1)).catch((error: unknown) => error);
      // The server may close the connection before the client has written all of it.
      if (larger instanceof Error) expect(larger).to.have.property("code").that.is.oneOf(["EPIPE", "ECONNRESET"]);
      else expect(larger).to.have.property("status", 413);
    });
    it("names what is not JSON, not a request, not parameters", async () => {
      expect(errorCode(await post({}, "{"))).to.equal(-32700);
      for (const body of [
        "null",
        "1",
        "{}",
        '{"id":1,"method":"eth_chainId"}',
        '{"jsonrpc":"2.0","id":1,"method":7}',
        '{"jsonrpc":"2.0","method":"eth_chainId"}',
        "[]",
      ]) {
        expect(errorCode(await post({}, body)), body).to.equal(-32600);
      }
      expect(errorCode(await post({}, '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":{}}'))).to.equal(-32602);
    });
    it("answers a batch in order, errors in their place", async () => {
      const batch = ["eth_chainId", "evm_mine", "eth_blockNumber"].map((method, id) => ({
        jsonrpc: "2.0",
        id,
        method,
        params: [],
      }));
      const replies = JSON.parse((await post({}, JSON.stringify(batch))).body) as (RpcAnswer & { id: number })[];
      expect(replies.map(({ id }) => id)).to.deep.equal([0, 1, 2]);
      expect(replies.map(({ error }) => error?.code)).to.deep.equal([undefined, -32601, undefined]);
    });
    it("bounds a batch", async () => {
      const batch = (length: number): string => `[${Array<string>(length).fill(CHAIN_ID_REQUEST).join(",")}]`;
      expect(JSON.parse((await post({}, batch(MAX_BATCH))).body)).to.have.length(MAX_BATCH);
      expect(errorCode(await post({}, batch(MAX_BATCH + 1)))).to.equal(-32600);
    });
  });

  it("listens on loopback only", async () => {
    for (const host of ["0.0.0.0", "::", "192.168.0.1", "example.org"]) {
      const other = await chainBench();
      expect(await codeOf(other.start({ host }))).to.equal("chain.host-not-loopback");
      await other.clean();
    }
  });

  it("names a port that is taken", async () => {
    const other = await chainBench();
    expect(await codeOf(other.start({ port: Number(new URL(url).port) }))).to.equal("chain.port-in-use");
    await other.clean();
  });
});
