import { expect } from "chai";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { findBlock, findReceipt, getLogs, readQuantity } from "../../../sdk/chain/blocks.ts";
import { encodeCall } from "../../../sdk/chain/contracts.ts";
import { ChainError } from "../../../sdk/chain/errors.ts";
import { fetchPost } from "../../../sdk/chain/post.ts";
import { READ_RETRY_MS, Rpc, type RpcOptions } from "../../../sdk/chain/rpc.ts";
import { keepAlivePost } from "../../../node/chain/keep-alive-post.ts";
import { codeOf } from "../../support/codes.ts";

interface Question {
  readonly id: number;
  readonly method: string;
}

type Answerer = (body: Question | readonly Question[], response: ServerResponse) => void;

for (const { by, post } of [
  { by: "fetch", post: fetchPost() },
  { by: "kept connections", post: keepAlivePost() },
])
  describe(`Rpc by ${by}`, () => {
    const open = (options: RpcOptions) => new Rpc(options, { post });
    let server: Server;
    let url: string;
    let answer: Answerer;
    let bodies: (Question | readonly Question[])[];

    before(async () => {
      server = createServer((request: IncomingMessage, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
          const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Question | Question[]; // What Rpc wrote.
          bodies.push(body);
          answer(body, response);
        });
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    });

    beforeEach(() => {
      bodies = [];
    });

    after(() => {
      server.closeAllConnections();
      server.close();
    });

    const send = (response: ServerResponse, value: unknown, status = 200): void =>
      void response
        .writeHead(status, { "content-type": "application/json" })
        .end(typeof value === "string" ? value : JSON.stringify(value));

    const results =
      (result: unknown): Answerer =>
      (body, response) =>
        send(
          response,
          Array.isArray(body)
            ? body.map(({ id }: Question) => ({ jsonrpc: "2.0", id, result }))
            : { jsonrpc: "2.0", id: 0, result },
        );

    const errors =
      (error: unknown, status = 200): Answerer =>
      (_body, response) =>
        send(response, { jsonrpc: "2.0", id: 0, error }, status);

    const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => undefined,
        (error: unknown) => error,
      );

    const ask = (options = {}) => open({ url, ...options }).request("eth_test", []);

    it("asks what is asked in one turn in one request, up to the limit, and gives each its own answer", async () => {
      answer = (body, response) => {
        const questions = Array.isArray(body) ? (body as readonly Question[]) : [body as Question];
        const answers = questions.map(({ id, method }) => ({ jsonrpc: "2.0", id, result: method })).reverse();
        send(response, Array.isArray(body) ? answers : answers[0]);
      };
      const rpc = open({ url, batchMaximum: 3 });
      const found = await Promise.all(["a", "b", "c", "d"].map((method) => rpc.request(method, [])));
      expect(found).to.deep.equal(["a", "b", "c", "d"]);
      expect(bodies.map((body) => (Array.isArray(body) ? body.length : 1))).to.deep.equal([3, 1]);
    });

    for (const { trouble, fail } of [
      { trouble: "a broken connection", fail: (response: ServerResponse) => response.destroy() },
      { trouble: "429", fail: (response: ServerResponse) => send(response, "busy", 429) },
      { trouble: "502", fail: (response: ServerResponse) => send(response, "<html>", 502) },
    ])
      it(`asks again after ${trouble} what only reads, as often as it says, and never sends a transaction twice`, async () => {
        let failures = READ_RETRY_MS.length;
        answer = (body, response) => (failures-- > 0 ? void fail(response) : results("0x1")(body, response));
        const rpc = open({ url });
        expect(await rpc.request("eth_test", [])).to.equal("0x1");
        expect(bodies).to.have.length(READ_RETRY_MS.length + 1);
        bodies = [];
        failures = READ_RETRY_MS.length + 1;
        expect(await codeOf(rpc.request("eth_test", []))).to.match(/^chain\.(?:unreachable|http)$/);
        expect(bodies).to.have.length(READ_RETRY_MS.length + 1);
        bodies = [];
        failures = 1;
        expect(await codeOf(rpc.request("eth_sendRawTransaction", ["0x00"]))).to.match(/^chain\./);
        expect(bodies).to.have.length(1);
      });

    it("says why an endpoint gives no usable answer", async () => {
      expect(await codeOf(open({ url: "http://127.0.0.1:1" }).request("eth_test", []))).to.equal("chain.unreachable");
      answer = (_body, response) => response.destroy();
      expect(await codeOf(ask())).to.equal("chain.unreachable");
      answer = () => undefined;
      expect(await codeOf(ask({ timeoutMs: 50 }))).to.equal("chain.timeout");
      answer = (_body, response) => void response.writeHead(200).write("{");
      expect(await codeOf(ask({ timeoutMs: 50 }))).to.equal("chain.timeout");
      answer = (_body, response) => send(response, "busy", 503);
      expect(await codeOf(ask())).to.equal("chain.http");
      answer = (_body, response) => send(response, "<html>");
      expect(await codeOf(ask())).to.equal("chain.response-invalid");
      answer = results("x".repeat(1000));
      expect(await codeOf(ask({ maximumResponseBytes: 500 }))).to.equal("chain.response-too-large");
      answer = (_body, response) => send(response, { jsonrpc: "2.0", id: 7, result: 1 });
      expect(await codeOf(ask())).to.equal("chain.response-invalid");
      answer = (_body, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
      expect(await codeOf(ask())).to.equal("chain.unreachable");
    });

    it("fails every question of a batch that is answered as a whole, or not at all", async () => {
      answer = errors({ code: -32600, message: "batches are not served" });
      const rpc = open({ url });
      const whole = await Promise.all(["a", "b"].map((method) => codeOf(rpc.request(method, []))));
      expect(whole).to.deep.equal(["chain.rejected", "chain.rejected"]);
      answer = (_body, response) => send(response, [{ jsonrpc: "2.0", id: 0, result: 1 }]);
      const partly = await Promise.all([rpc.request("a", []), codeOf(rpc.request("b", []))]);
      expect(partly).to.deep.equal([1, "chain.response-invalid"]);
    });

    it("knows what an endpoint's error means, also under an HTTP error", async () => {
      const meaning = async (code: number, message: string, data?: unknown, status = 200): Promise<string> => {
        answer = errors({ code, message, data }, status);
        return codeOf(ask());
      };
      expect(await meaning(-32601, "no such method")).to.equal("chain.method-unavailable");
      expect(await meaning(-32000, "already known")).to.equal("chain.already-known");
      expect(await meaning(-32000, "Known transaction")).to.equal("chain.already-known");
      expect(await meaning(-32000, "nonce too low: next nonce 3, got 1")).to.equal("chain.nonce-used");
      expect(await meaning(-32602, "invalid params", undefined, 400)).to.equal("chain.rejected");
      expect(await meaning(3, "execution reverted", "0x")).to.equal("chain.revert");
      expect(await meaning(-32000, "Execution reverted", "0x1234")).to.equal("chain.revert");
    });

    it("decodes a revert of the contracts, and repeats no text of anybody's", async () => {
      const revert = async (data: unknown): Promise<unknown> => {
        answer = errors({ code: 3, message: "execution reverted: secret", data });
        const error = await thrownBy(ask());
        return error instanceof ChainError ? error.values : error;
      };
      const id = "ab".repeat(32);
      // ScopeNumberMismatch(bytes32,uint40,uint40)
      const words = id + (3).toString(16).padStart(64, "0") + (1).toString(16).padStart(64, "0");
      const { ScopeNumberMismatch } = await selectors();
      expect(await revert(ScopeNumberMismatch + words)).to.deep.equal({
        error: "ScopeNumberMismatch",
        scope: `0x${id}`,
        next: 3,
        first: 1,
      });
      expect(await revert({ data: ScopeNumberMismatch + words })).to.include({ error: "ScopeNumberMismatch" });
      expect(await revert(`0x08c379a0${"0".repeat(62)}20${"0".repeat(62)}01${"41".padEnd(64, "0")}`)).to.deep.equal({
        error: "Error",
      });
      expect(await revert("0xdeadbeef")).to.deep.equal({ error: "unknown" });
      expect(await revert("0xzz")).to.deep.equal({ error: "unknown" });
      expect(await revert(undefined)).to.deep.equal({ error: "unknown" });
    });

    it("keeps what may be secret in a URL out of its errors", async () => {
      const error = await thrownBy(
        open({ url: "http://user:password@127.0.0.1:1/key/abc?token=def" }).request("eth_test", []),
      );
      expect(error).to.be.instanceOf(ChainError);
      expect((error as ChainError).values).to.deep.equal({ endpoint: "http://127.0.0.1:1" });
    });

    it("refuses blocks, receipts, logs and quantities of the wrong form", async () => {
      const hash = `0x${"11".repeat(32)}`;
      const other = `0x${"22".repeat(32)}`;
      const rpc = open({ url });
      const block = { number: "0x5", hash, parentHash: hash, timestamp: "0x10" };
      const blockCode = async (value: unknown): Promise<string> => {
        answer = results(value);
        return codeOf(findBlock(rpc, 5));
      };
      answer = results(block);
      expect(await findBlock(rpc, 5)).to.deep.equal({ number: 5, hash, parent: hash, time: 16 });
      answer = results(null);
      expect(await findBlock(rpc, 5)).to.equal(undefined);
      for (const wrong of [
        { ...block, number: "0x6" },
        { ...block, hash: "0x11" },
        { ...block, timestamp: 16 },
        { ...block, timestamp: `0x${"f".repeat(20)}` },
        "0x",
        1,
      ]) {
        expect(await blockCode(wrong)).to.equal("chain.response-invalid");
      }

      const log = {
        address: `0x${"33".repeat(20)}`,
        topics: [hash],
        data: "0x",
        blockNumber: "0x5",
        blockHash: hash,
        transactionHash: hash,
        logIndex: "0x0",
      };
      const receipt = {
        transactionHash: hash,
        blockNumber: "0x5",
        blockHash: hash,
        from: log.address,
        status: "0x1",
        gasUsed: "0x1",
        logs: [log],
      };
      const receiptCode = async (value: unknown): Promise<string> => {
        answer = results(value);
        return codeOf(findReceipt(rpc, hash as `0x${string}`));
      };
      expect(await receiptCode({ ...receipt, transactionHash: other })).to.equal("chain.response-invalid");
      expect(await receiptCode({ ...receipt, logs: [{ ...log, blockHash: other }] })).to.equal(
        "chain.response-invalid",
      );
      expect(await receiptCode({ ...receipt, logs: {} })).to.equal("chain.response-invalid");

      const filter = {
        addresses: [log.address as `0x${string}`],
        topics: [hash as `0x${string}`],
        fromBlock: 0,
        toBlock: 9,
      };
      answer = results([log]);
      expect(await getLogs(rpc, filter)).to.have.length(1);
      for (const stray of [
        { ...log, address: `0x${"44".repeat(20)}` },
        { ...log, topics: [other] },
        { ...log, blockNumber: "0xa" },
      ]) {
        answer = results([stray]);
        expect(await codeOf(getLogs(rpc, filter))).to.equal("chain.response-invalid");
      }
      expect(() => readQuantity("0x", "m")).to.throw(ChainError);
      expect(() => readQuantity("5", "m")).to.throw(ChainError);
    });

    it("halves a range of logs that the endpoint refuses, down to one block", async () => {
      const hash = `0x${"11".repeat(32)}` as const;
      const address = `0x${"33".repeat(20)}` as const;
      const asked: string[] = [];
      const limit =
        (blocks: number): Answerer =>
        (body, response) => {
          const [{ fromBlock, toBlock }] = (body as unknown as { params: [{ fromBlock: string; toBlock: string }] })
            .params;
          asked.push(`${Number(fromBlock)}-${Number(toBlock)}`);
          const many = Number(toBlock) - Number(fromBlock) + 1 > blocks;
          const log = {
            address,
            topics: [hash],
            data: "0x",
            blockNumber: fromBlock,
            blockHash: hash,
            transactionHash: hash,
            logIndex: "0x0",
          };
          send(response, {
            jsonrpc: "2.0",
            id: 0,
            ...(many ? { error: { code: -32005, message: "range" } } : { result: [log] }),
          });
        };
      const rpc = open({ url });
      const filter = { addresses: [address], topics: [hash], fromBlock: 0, toBlock: 7 };
      answer = limit(2);
      expect((await getLogs(rpc, filter)).map(({ block }) => block)).to.deep.equal([0, 2, 4, 6]);
      expect(asked).to.deep.equal(["0-7", "0-3", "0-1", "2-3", "4-7", "4-5", "6-7"]);
      answer = limit(0);
      expect(await codeOf(getLogs(rpc, filter))).to.equal("chain.history-too-long");
    });
  });

/** Selectors of errors, as the contracts' own interface gives them. */
async function selectors(): Promise<{ readonly ScopeNumberMismatch: string }> {
  const { id } = await import("ethers");
  expect(encodeCall("AnchorLog", "openJournal", [])).to.equal(id("openJournal()").slice(0, 10));
  return { ScopeNumberMismatch: id("ScopeNumberMismatch(bytes32,uint40,uint40)").slice(0, 10) };
}
