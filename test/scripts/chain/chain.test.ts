import { expect } from "chai";
import { decodeRlp, encodeRlp, isError, Transaction, Wallet, type JsonRpcProvider } from "ethers";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeLine, encodeLine } from "../../../scripts/chain/lines.ts";
import { BLOCK_GAS_USABLE } from "../../../scripts/chain/simulator.ts";
import type { RunningChain } from "../../../scripts/chain/start.ts";
import { mined } from "../../../scripts/deploy/mined.ts";
import * as support from "./support.ts";

const { ask, call, codeOf, sendAndWait, sign } = support;

interface Block {
  readonly number: string;
  readonly hash: string;
  readonly timestamp: string;
  readonly baseFeePerGas: string;
  readonly gasUsed: string;
  readonly transactions: readonly string[];
}

/** Signed as it should be, but sent with nonce 0 written as a zero byte: not the canonical encoding. */
async function withLongNonce(wallet: Wallet): Promise<string> {
  const { unsignedSerialized, signature } = Transaction.from(await sign(wallet, 0));
  if (signature === null) throw new Error("not signed");
  // The list that the unsigned transaction is: chain id, nonce, …
  const fields = decodeRlp(`0x${unsignedSerialized.slice(4)}`) as string[];
  const quantity = (hex: string): string => `0x${hex.slice(2).replace(/^(?:00)+/, "")}`;
  const yParity = signature.yParity === 0 ? "0x" : "0x01";
  return `0x02${encodeRlp([...fields.with(1, "0x00"), yParity, quantity(signature.r), quantity(signature.s)]).slice(2)}`;
}

describe("embedded chain", function () {
  this.timeout(20_000);
  let bench: support.ChainBench;
  let running: RunningChain;
  let url: string;
  let provider: JsonRpcProvider;
  let wallet: Wallet;

  const start = async (...change: Parameters<support.ChainBench["start"]>): Promise<void> => {
    running = await bench.start(...change);
    url = running.report.rpcUrl;
    provider = support.connect(url, running.report.chainId);
  };
  const restart = async (...change: Parameters<support.ChainBench["start"]>): Promise<void> => {
    provider.destroy();
    await running.stop();
    await start(...change);
  };
  const send = (raw: string): Promise<support.RpcAnswer> => call(url, "eth_sendRawTransaction", [raw]);
  const block = (tag: string): Promise<Block> => ask<Block>(url, "eth_getBlockByNumber", [tag, false]);
  const height = async (): Promise<number> => Number(await ask<string>(url, "eth_blockNumber"));
  const allBlocks = async (): Promise<Block[]> =>
    Promise.all(Array.from({ length: (await height()) + 1 }, (_, number) => block(`0x${number.toString(16)}`)));
  const deploy = async (nonce: number, data: string): Promise<string> =>
    (await sendAndWait(url, await sign(wallet, nonce, { data }))).contractAddress ?? "";

  beforeEach(async () => {
    bench = await support.chainBench();
    wallet = new Wallet(Wallet.createRandom().privateKey);
  });
  afterEach(async () => {
    provider.destroy();
    await bench.clean();
  });

  describe("transactions", () => {
    beforeEach(() => start());

    it("mines one that an ethers wallet made by itself, at no price", async () => {
      const response = await wallet.connect(provider).sendTransaction({ to: wallet.address, data: "0x01" });
      const receipt = await mined(response);
      expect(receipt.status).to.equal(1);
      expect(receipt.gasPrice).to.equal(0n);
      expect(response.gasPrice).to.equal(0n);
    });

    it("mines legacy, access-list and fee-market transactions", async () => {
      for (const [nonce, type] of [0, 1, 2].entries()) {
        const fees = type === 2 ? {} : { gasPrice: 0, maxFeePerGas: null, maxPriorityFeePerGas: null };
        expect((await sendAndWait(url, await sign(wallet, nonce, { type, ...fees }))).status).to.equal("0x1");
      }
    });

    it("gives a failed transaction a receipt with status 0", async () => {
      const to = await deploy(0, support.DENIER);
      expect((await sendAndWait(url, await sign(wallet, 1, { to }))).status).to.equal("0x0");
    });

    it("makes no empty block and puts what waits together into one", async () => {
      await restart({ blockIntervalMs: 2_000 });
      const wallets = Array.from({ length: 20 }, () => new Wallet(Wallet.createRandom().privateKey));
      const raws = await Promise.all(wallets.map((each) => sign(each, 0)));
      const receipts = await Promise.all(raws.map((raw) => sendAndWait(url, raw)));
      expect(new Set(receipts.map(({ blockNumber }) => blockNumber))).to.deep.equal(new Set(["0x1"]));
      expect(await height()).to.equal(1);
    });

    it("keeps the order of one sender within a block", async () => {
      await restart({ blockIntervalMs: 2_000 });
      const hashes: string[] = [];
      for (let nonce = 0; nonce < 5; nonce += 1) {
        hashes.push(await ask<string>(url, "eth_sendRawTransaction", [await sign(wallet, nonce)]));
        expect(await provider.getTransactionCount(wallet.address, "pending")).to.equal(nonce + 1);
      }
      await Promise.all(hashes.map((hash) => support.receiptOf(url, hash)));
      expect((await block("latest")).transactions).to.deep.equal(hashes);
      expect(await provider.getTransactionCount(wallet.address, "latest")).to.equal(5);
    });

    it("keeps the base fee at zero after blocks as full as it makes them", async () => {
      // Far enough away for the second one to arrive; the third one does not fit and ends the block.
      await restart({ blockIntervalMs: 3_000 });
      const gasLimit = BLOCK_GAS_USABLE / 2n;
      const raws = await Promise.all([0, 1, 2].map((nonce) => sign(wallet, nonce, { data: support.BURNER, gasLimit })));
      const hashes: string[] = [];
      for (const raw of raws) hashes.push(await ask<string>(url, "eth_sendRawTransaction", [raw]));
      await Promise.all(hashes.map((hash) => support.receiptOf(url, hash)));
      const blocks = await allBlocks();
      expect(blocks.map(({ transactions }) => transactions.length)).to.deep.equal([0, 2, 1]);
      expect(BigInt(blocks[1]?.gasUsed ?? 0)).to.equal(BLOCK_GAS_USABLE);
      expect(blocks.map(({ baseFeePerGas }) => baseFeePerGas)).to.deep.equal(["0x0", "0x0", "0x0"]);
      const fees = await ask<{ baseFeePerGas: string[] }>(url, "eth_feeHistory", ["0x3", "latest", []]);
      expect(new Set(fees.baseFeePerGas)).to.deep.equal(new Set(["0x0"]));
    });
  });

  describe("refusals", () => {
    beforeEach(() => start());

    const message = async (raw: string): Promise<string | undefined> => (await send(raw)).error?.message;
    const ethersCode = async (raw: string): Promise<unknown> => codeOf(provider.broadcastTransaction(raw));

    it("knows the same bytes again, waiting or mined", async () => {
      await restart({ blockIntervalMs: 60 });
      const raw = await sign(wallet, 0);
      const hash = await ask<string>(url, "eth_sendRawTransaction", [raw]);
      expect(await message(raw)).to.equal("already known");
      await support.receiptOf(url, hash);
      expect(await message(raw)).to.equal("already known");
      expect(await message(raw.toUpperCase().replace("0X", "0x"))).to.equal("already known");
      expect(await height()).to.equal(1);
    });

    it("refuses a used nonce so that ethers says NONCE_EXPIRED", async () => {
      await sendAndWait(url, await sign(wallet, 0));
      expect(await ethersCode(await sign(wallet, 0, { to: wallet.address, data: "0x02" }))).to.equal("NONCE_EXPIRED");
    });

    it("refuses to replace a waiting transaction, which is then mined", async () => {
      await restart({ blockIntervalMs: 3000 });
      const hash = await ask<string>(url, "eth_sendRawTransaction", [await sign(wallet, 0)]);
      const other = await sign(wallet, 0, { to: wallet.address, data: "0x02" });
      expect(await ethersCode(other)).to.equal("REPLACEMENT_UNDERPRICED");
      expect((await support.receiptOf(url, hash)).status).to.equal("0x1");
    });

    it("refuses a nonce gap and keeps nothing of it", async () => {
      const later = await sign(wallet, 1);
      expect((await send(later)).error?.code).to.equal(-32000);
      expect(await ask(url, "eth_getTransactionByHash", [Transaction.from(later).hash])).to.equal(null);
      await sendAndWait(url, await sign(wallet, 0));
      expect(await height()).to.equal(1);
      await sendAndWait(url, later);
    });

    it("refuses price or value, as nobody has any", async () => {
      const priced = await sign(wallet, 0, { maxFeePerGas: 1, maxPriorityFeePerGas: 1 });
      expect(await ethersCode(priced)).to.equal("INSUFFICIENT_FUNDS");
      expect(await ethersCode(await sign(wallet, 0, { value: 1 }))).to.equal("INSUFFICIENT_FUNDS");
    });

    it("refuses what the chain cannot take and goes on", async () => {
      const refused: [string, number][] = [
        ["zz", -32602],
        ["0x", -32602],
        ["0x02ff", -32602],
        [`${await sign(wallet, 0)}00`, -32602],
        [await withLongNonce(wallet), -32602],
        [Transaction.from(await sign(wallet, 0)).unsignedSerialized, -32602],
        [await sign(wallet, 0, { chainId: 5 }), -32602],
        [
          await wallet.signTransaction({ type: 0, nonce: 0, gasLimit: 21_000, gasPrice: 0, to: wallet.address }),
          -32000,
        ],
        [await sign(wallet, 0, { gasLimit: 20_999 }), -32000],
        [await sign(wallet, 0, { gasLimit: BLOCK_GAS_USABLE + 1n }), -32000],
        [await sign(wallet, 0, { data: `0x${"00".repeat(49_153)}`, gasLimit: 20_000_000 }), -32602],
      ];
      for (const [raw, code] of refused) expect((await send(raw)).error?.code, raw.slice(0, 40)).to.equal(code);
      expect((await call(url, "eth_sendRawTransaction", [])).error?.code).to.equal(-32602);
      expect(await height()).to.equal(0);
      expect((await sendAndWait(url, await sign(wallet, 0))).status).to.equal("0x1");
    });
  });

  describe("reads", () => {
    beforeEach(() => start());

    it("passes a custom error on to ethers, from a call and from an estimate", async () => {
      const contract = support.denier(await deploy(0, support.DENIER), provider);
      const ask = contract.getFunction("ask");
      for (const read of [() => ask.staticCall(), () => ask.estimateGas()]) {
        const error: unknown = await read().then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (!isError(error, "CALL_EXCEPTION")) throw new Error("not a call exception");
        const decoded = contract.interface.parseError(error.data ?? "0x");
        expect([decoded?.name, decoded?.args[0]]).to.deep.equal(["Denied", 42n]);
      }
      const answer = await call(url, "eth_call", [{ to: await contract.getAddress() }, "latest"]);
      expect(answer.error?.code).to.equal(3);
      expect(answer.error?.data).to.match(/^0x[0-9a-f]{8}0{62}2a$/);
    });

    it("finds logs by range, address and topic", async () => {
      const to = await deploy(0, support.LOGGER);
      const topics = [1, 2, 3].map((n) => `0x${n.toString(16).padStart(64, "0")}`);
      for (const [index, data] of topics.entries()) await sendAndWait(url, await sign(wallet, index + 1, { to, data }));
      expect(await provider.getLogs({ address: to, fromBlock: 0, toBlock: "latest" })).to.have.length(3);
      expect(await provider.getLogs({ address: to, fromBlock: 3, toBlock: 3 })).to.have.length(1);
      const found = await provider.getLogs({ topics: [topics[2] ?? ""], fromBlock: 0, toBlock: "finalized" });
      expect(found.map(({ blockNumber }) => blockNumber)).to.deep.equal([4]);
    });

    it("takes finalized and safe as the last block", async () => {
      await sendAndWait(url, await sign(wallet, 0));
      const latest = await block("latest");
      expect(latest.number).to.equal("0x1");
      expect(await block("finalized")).to.deep.equal(latest);
      expect(await block("safe")).to.deep.equal(latest);
    });
  });

  describe("time", () => {
    it("is the clock's in each block, and never goes back", async () => {
      let now = 1_800_000_000_900;
      await start({}, () => now);
      const times: number[] = [];
      for (const [nonce, step] of [0, 5000, -60_000, 61_000].entries()) {
        now += step;
        await sendAndWait(url, await sign(wallet, nonce));
        times.push(Number((await block("latest")).timestamp));
      }
      expect(times).to.deep.equal([1_800_000_000, 1_800_000_005, 1_800_000_005, 1_800_000_006]);
      expect(Number((await block("0x0")).timestamp)).to.equal(1_800_000_000);
    });

    it("stands still for a call on an idle chain, and runs for an estimate", async () => {
      const past = Date.now() - 3_600_000;
      await start({}, () => past);
      const to = await deploy(0, support.CLOCK);
      await restart();
      const lastBlock = Number((await block("latest")).timestamp);
      expect(lastBlock).to.equal(Math.floor(past / 1000));
      expect(Number(await ask<string>(url, "eth_call", [{ to }, "latest"]))).to.equal(lastBlock);
      expect(Number(await ask<string>(url, "eth_call", [{ to }, "pending"]))).to.be.at.least(lastBlock + 3600);
    });
  });

  describe("restart", () => {
    it("gives the same blocks, receipts and state", async () => {
      await start();
      const to = await deploy(0, support.LOGGER);
      for (let nonce = 1; nonce <= 20; nonce += 1)
        await sendAndWait(url, await sign(wallet, nonce, { to, data: "0x07" }));
      const before = {
        blocks: await allBlocks(),
        logs: await ask(url, "eth_getLogs", [{ fromBlock: "0x0", address: to }]),
      };
      const receipt = await ask(url, "eth_getTransactionReceipt", [before.blocks[7]?.transactions[0]]);
      const first = running.report;
      await restart();
      expect(running.report).to.include({
        genesisHash: first.genesisHash,
        chainId: first.chainId,
        height: 21,
        replayedBlocks: 21,
      });
      expect(await allBlocks()).to.deep.equal(before.blocks);
      expect(await ask(url, "eth_getLogs", [{ fromBlock: "0x0", address: to }])).to.deep.equal(before.logs);
      expect(await ask(url, "eth_getTransactionReceipt", [before.blocks[7]?.transactions[0]])).to.deep.equal(receipt);
      await sendAndWait(url, await sign(wallet, 21, { to, data: "0x08" }));
      expect((await block("latest")).number).to.equal("0x16");
    });

    it("mines on stop what was waiting", async () => {
      await start({ blockIntervalMs: 60_000 });
      const hash = await ask<string>(url, "eth_sendRawTransaction", [await sign(wallet, 0)]);
      expect(await ask(url, "eth_getTransactionReceipt", [hash])).to.equal(null);
      await restart();
      expect((await support.receiptOf(url, hash)).blockNumber).to.equal("0x1");
    });

    it("keeps the chain id and genesis of the folder, and refuses another id", async () => {
      await start({ chainId: 5_001 });
      const { genesisHash } = running.report;
      await restart({}, () => 4_000_000_000_000);
      expect(running.report).to.include({ chainId: 5_001, genesisHash });
      await running.stop();
      expect(await codeOf(bench.start({ chainId: 5_002 }))).to.equal("chain.id-mismatch");
    });

    it("refuses a journal that replays to another chain, naming the first line that differs", async () => {
      await start();
      for (let nonce = 0; nonce < 4; nonce += 1) await sendAndWait(url, await sign(wallet, nonce));
      await running.stop();
      const path = join(bench.dir, "journal.ndjson");
      const original = await readFile(path, "utf8");
      const change = async (line: number, edit: (value: Record<string, unknown>) => void): Promise<void> => {
        const lines = original.split("\n");
        // Written by this test's own chain.
        const value = decodeLine(Buffer.from(lines[line - 1] ?? "")) as Record<string, unknown>;
        edit(value);
        lines[line - 1] = encodeLine(value).toString().trimEnd();
        await writeFile(path, lines.join("\n"));
      };
      const startedWith = async (): Promise<unknown> => {
        try {
          await bench.start();
        } catch (error) {
          return error instanceof support.ChainError ? [error.code, error.values["line"]] : error;
        }
        return "started";
      };
      // A changed time of block 2 shows in the hash that block 3 names; the last block's in the tip.
      await change(3, (value) => (value["time"] = Number(value["time"]) + 1));
      expect(await startedWith()).to.deep.equal(["chain.replay-diverged", 4]);
      await change(5, (value) => (value["time"] = Number(value["time"]) + 1));
      expect(await startedWith()).to.deep.equal(["chain.replay-diverged", 5]);
      await change(4, (value) => (value["transactions"] = ["0x01"]));
      expect(await startedWith()).to.deep.equal(["chain.replay-diverged", 4]);
      await writeFile(path, original);
      expect(await startedWith()).to.equal("started");
    });

    it("refuses a folder that is in use", async () => {
      await start();
      expect(await codeOf(bench.start())).to.equal("chain.locked");
      await sendAndWait(url, await sign(wallet, 0));
      await running.stop();
      await start();
      expect(running.report.height).to.equal(1);
    });
  });
});
