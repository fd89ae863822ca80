import { expect } from "chai";
import { Wallet } from "ethers";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MAX_BATCH } from "../../scripts/chain/rpc.ts";
import { startEmbeddedChain, type EmbeddedChainProcess } from "../../scripts/chain/spawn.ts";
import { ask, askAll, call, receiptOf, sendAndWait, sign, type Receipt } from "../scripts/chain/support.ts";
import { seededRandom } from "../support/random.ts";
import { needsStrace } from "../support/strace.ts";
import { held, LONG as ROUNDS, SEED } from "./tally.ts";
import { isConnectionLost, Sender, startTraced } from "./chain.support.ts";

const isLong = ROUNDS > 1;
const KILLS = isLong ? 100 : 5;
const SENDERS = 4;

interface Block {
  readonly number: string;
  readonly transactions: readonly string[];
}

describe("embedded chain under faults", function () {
  this.timeout(isLong ? 600_000 : 60_000);
  let dir: string;
  let chain: EmbeddedChainProcess | undefined;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "suyuan-chain-fault-"));
  });
  afterEach(async () => {
    await chain?.kill();
    chain = undefined;
    await rm(dir, { recursive: true });
  });

  const start = async (): Promise<EmbeddedChainProcess> => (chain = await startEmbeddedChain({ dataDir: dir }));

  it(`loses no transaction it gave a receipt for in ${String(KILLS)} kills (SUYUAN_FAULTS_SEED=${String(SEED)})`, async () => {
    const random = seededRandom(SEED);
    const senders = Array.from({ length: SENDERS }, () => new Sender());
    const genesisHashes = new Set<string>();
    let height = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { rpcUrl, ...process } = await start();
      genesisHashes.add(process.genesisHash);
      expect(process.height).to.be.at.least(height);
      await expectReceipts(rpcUrl, senders);
      let eventsLeft = 1 + Math.floor(random() * 60);
      const onEvent = (): void => {
        eventsLeft -= 1;
        if (eventsLeft === 0) void process.kill();
      };
      const burst = 1 + Math.floor(random() * 3);
      await Promise.all(senders.map((sender) => sender.run(rpcUrl, burst, onEvent)));
      height = Math.max(0, ...allReceipts(senders).map(({ blockNumber }) => Number(blockNumber)));
    }
    const { rpcUrl } = await start();
    await expectReceipts(rpcUrl, senders);
    await Promise.all(senders.map((sender) => sender.resend(rpcUrl)));
    await expectReceipts(rpcUrl, senders);
    await expectMinedOnce(rpcUrl, senders);
    expect(genesisHashes.size).to.equal(1);
    expect(allReceipts(senders)).to.have.length.above(KILLS);
    held("embedded-chain", KILLS);
  });

  describe("at the disk", () => {
    const traced: { stop(): Promise<void> }[] = [];
    const wallet = new Wallet(Wallet.createRandom().privateKey);

    before(needsStrace);
    afterEach(async () => {
      for (const each of traced.splice(0)) await each.stop();
    });

    const startUnder = async (...strace: string[]): Promise<Awaited<ReturnType<typeof startTraced>>> => {
      const started = await startTraced(dir, strace);
      traced.push(started);
      return started;
    };
    const onJournal = (...injections: string[]): string[] => [
      "-o",
      "/dev/null",
      "-P",
      join(dir, "journal.ndjson"),
      "-e",
      "trace=pwrite64,fdatasync,ftruncate",
      ...injections.flatMap((injection) => ["-e", `inject=${injection}`]),
    ];

    it("syncs a block's line after writing it and before anyone is shown a receipt", async () => {
      const trace = join(dir, "trace");
      const { rpcUrl, ...traced } = await startUnder(
        "-o",
        trace,
        "-y",
        "-s",
        "900",
        "-e",
        "trace=pwrite64,fdatasync,write,writev",
      );
      const { transactionHash } = await sendAndWait(rpcUrl, await sign(wallet, 0));
      await traced.stop();
      const lines = (await readFile(trace, "utf8")).split("\n");
      const written = lines.findIndex((line) =>
        /pwrite64\(\d+<[^>]*journal\.ndjson>, "[0-9a-f]{8} \{\\"number\\":1,/.test(line),
      );
      const entered = lines.findIndex(
        (line, index) => index > written && /fdatasync\(\d+<[^>]*journal\.ndjson>/.test(line),
      );
      const thread = lines[entered]?.split(" ", 1)[0] ?? "";
      const synced = lines.findIndex(
        (line, index) => index >= entered && line.startsWith(`${thread} `) && /fdatasync.*\) += 0/.test(line),
      );
      const shown = lines.findIndex(
        (line) =>
          /writev?\(\d+<(?:socket|TCP)/.test(line) &&
          line.includes('\\"blockHash\\":\\"0x') &&
          line.includes(transactionHash),
      );
      expect(written).to.be.above(0);
      expect(entered).to.be.above(written);
      expect(synced).to.be.at.least(entered);
      expect(shown).to.be.above(synced);
    });

    // The first fdatasync of the journal ends the replay on start; then comes one a block.
    it("shows no receipt and stops when the sync fails, and keeps the block out of the next start", async () => {
      const { rpcUrl, ended } = await startUnder(...onJournal("fdatasync:error=EIO:when=3"));
      const kept = await sendAndWait(rpcUrl, await sign(wallet, 0));
      const raw = await sign(wallet, 1);
      const seen = await receiptUnlessGone(rpcUrl, raw);
      const { code, stderr } = await ended;
      expect(seen).to.equal(undefined);
      expect(code).to.equal(1);
      expect(stderr).to.include("chain.journal-write-failed");

      const next = await start();
      expect(next.height).to.equal(1);
      expect(await receiptOf(next.rpcUrl, kept.transactionHash)).to.deep.equal(kept);
      expect((await sendAndWait(next.rpcUrl, raw)).blockNumber).to.equal("0x2");
    });

    it("does the same when the disk is full", async () => {
      const { rpcUrl, ended } = await startUnder(...onJournal("pwrite64:error=ENOSPC:when=2"));
      const kept = await sendAndWait(rpcUrl, await sign(wallet, 0));
      expect(await receiptUnlessGone(rpcUrl, await sign(wallet, 1))).to.equal(undefined);
      expect((await ended).stderr).to.include("chain.journal-write-failed");
      const next = await start();
      expect(next.height).to.equal(1);
      expect(await receiptOf(next.rpcUrl, kept.transactionHash)).to.deep.equal(kept);
    });

    for (const step of ["pwrite64:signal=KILL:when=3", "fdatasync:signal=KILL:when=4"]) {
      it(`keeps every receipt when killed in ${step}`, async () => {
        const { rpcUrl, ended } = await startUnder(...onJournal(step));
        const kept = [
          await sendAndWait(rpcUrl, await sign(wallet, 0)),
          await sendAndWait(rpcUrl, await sign(wallet, 1)),
        ];
        const raw = await sign(wallet, 2);
        expect(await receiptUnlessGone(rpcUrl, raw)).to.equal(undefined);
        expect((await ended).code).to.not.equal(0);
        const next = await start();
        for (const receipt of kept)
          expect(await receiptOf(next.rpcUrl, receipt.transactionHash)).to.deep.equal(receipt);
        const again = await call(next.rpcUrl, "eth_sendRawTransaction", [raw]);
        expect([undefined, "already known"]).to.include(again.error?.message);
        expect(await ask(next.rpcUrl, "eth_getTransactionCount", [wallet.address, "pending"])).to.equal("0x3");
      });
    }
  });
});

const allReceipts = (senders: readonly Sender[]): Receipt[] =>
  senders.flatMap(({ receipts }) => [...receipts.values()]);

async function expectReceipts(rpcUrl: string, senders: readonly Sender[]): Promise<void> {
  const seen = allReceipts(senders);
  for (let from = 0; from < seen.length; from += MAX_BATCH) {
    const part = seen.slice(from, from + MAX_BATCH);
    const hashes = part.map(({ transactionHash }) => [transactionHash]);
    expect(await askAll<Receipt>(rpcUrl, "eth_getTransactionReceipt", hashes)).to.deep.equal(part);
  }
}

/** Every transaction that was ever signed is in exactly one block, and no block is empty. */
async function expectMinedOnce(rpcUrl: string, senders: readonly Sender[]): Promise<void> {
  const height = Number(await ask<string>(rpcUrl, "eth_blockNumber"));
  const mined: string[] = [];
  for (let number = 1; number <= height; number += 1) {
    const { transactions } = await ask<Block>(rpcUrl, "eth_getBlockByNumber", [`0x${number.toString(16)}`, false]);
    expect(transactions).to.have.length.above(0);
    mined.push(...transactions);
  }
  expect(new Set(mined).size).to.equal(mined.length);
  expect(mined).to.have.length(senders.reduce((sum, { signed }) => sum + signed.length, 0));
}

/** Sends, then asks for the receipt until the chain is gone; undefined when none was ever shown. */
async function receiptUnlessGone(rpcUrl: string, raw: string): Promise<Receipt | undefined> {
  try {
    return await sendAndWait(rpcUrl, raw);
  } catch (error) {
    if (isConnectionLost(error)) return undefined;
    throw error;
  }
}
