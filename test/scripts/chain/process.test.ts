import { expect } from "chai";
import { Wallet } from "ethers";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmbeddedChain, type EmbeddedChainProcess } from "../../../scripts/chain/spawn.ts";
import { ask, call, codeOf, sendAndWait, sign } from "./support.ts";

const MAIN = fileURLToPath(new URL("../../../scripts/chain/main.ts", import.meta.url));
const SPAWN = new URL("../../../scripts/chain/spawn.ts", import.meta.url).href;

describe("embedded chain process", function () {
  this.timeout(30_000);
  let dir: string;
  let started: EmbeddedChainProcess[];

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "suyuan-chain-"));
    started = [];
  });
  afterEach(async () => {
    for (const chain of started) await chain.kill();
    await rm(dir, { recursive: true });
  });

  const start = async (
    change: Partial<Parameters<typeof startEmbeddedChain>[0]> = {},
  ): Promise<EmbeddedChainProcess> => {
    const chain = await startEmbeddedChain({ dataDir: dir, ...change });
    started.push(chain);
    return chain;
  };

  it("serves, stops when asked, and resumes with the same chain", async () => {
    const notes: string[] = [];
    const wallet = new Wallet(Wallet.createRandom().privateKey);
    const first = await start({ onNote: (line) => notes.push(line) });
    expect(first).to.include({ chainId: 4701, height: 0, replayedBlocks: 0 });
    expect(notes).to.have.length(2);
    const receipt = await sendAndWait(first.rpcUrl, await sign(wallet, 0));
    await first.stop();
    expect(await first.exited).to.deep.equal({ code: 0, signal: null });
    const second = await start();
    expect(second).to.include({ genesisHash: first.genesisHash, height: 1, replayedBlocks: 1 });
    expect(await ask(second.rpcUrl, "eth_getTransactionReceipt", [receipt.transactionHash])).to.deep.equal(receipt);
    expect((await readdir(dir)).toSorted()).to.deep.equal(["journal.ndjson", "lock", "tip"]);
  });

  it("refuses a second process on the folder, until the first was killed", async () => {
    const first = await start();
    expect(await codeOf(start())).to.equal("chain.locked");
    expect((await call(first.rpcUrl, "eth_blockNumber")).result).to.equal("0x0");
    await first.kill();
    expect(await first.exited).to.deep.equal({ code: null, signal: "SIGKILL" });
    expect((await start()).genesisHash).to.equal(first.genesisHash);
  });

  it("passes on the code of a refusal", async () => {
    await (await start({ chainId: 7 })).stop();
    expect(await codeOf(start({ chainId: 8 }))).to.equal("chain.id-mismatch");
  });

  it("ends when its parent is killed", async () => {
    const program = `
      const { startEmbeddedChain } = await import(${JSON.stringify(SPAWN)});
      await startEmbeddedChain({ dataDir: ${JSON.stringify(dir)} });
      console.log("started");`;
    const parent = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(parent.stdout, "data");
    expect(await codeOf(start())).to.equal("chain.locked");
    parent.kill("SIGKILL");
    // The lock is free only when the chain has ended.
    for (;;) {
      if ((await codeOf(start())) !== "chain.locked") break;
    }
    expect(started).to.have.length(1);
  });

  it("prints one line when ready, and stops on SIGINT", async () => {
    const child = spawn(
      process.execPath,
      [MAIN, "--data", dir, "--port", "0", "--allow-origin", "http://127.0.0.1:4700"],
      {
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => (output += part));
    await once(child.stdout, "data");
    child.kill("SIGINT");
    const [code] = (await once(child, "close")) as [number];
    expect(code).to.equal(0);
    expect(output.endsWith("\n")).to.equal(true);
    const report = JSON.parse(output) as Record<string, unknown>;
    expect(report).to.have.all.keys(
      "ready",
      "rpcUrl",
      "chainId",
      "genesisHash",
      "height",
      "replayedBlocks",
      "replayMs",
    );
  });

  describe("arguments", () => {
    const run = (...args: string[]): { status: number | null; stdout: string } =>
      spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8" });

    it("explains itself in both languages", () => {
      const { status, stdout } = run("--help");
      expect(status).to.equal(0);
      expect(stdout).to.include("数据目录").and.include("data folder");
    });
    const wrong: [string, string[]][] = [
      ["--data", []],
      ["--port", ["--data", "x", "--port", "65536"]],
      ["--port", ["--data", "x", "--port", "1e3"]],
      ["--chain-id", ["--data", "x", "--chain-id", "0"]],
      ["--block-interval-ms", ["--data", "x", "--block-interval-ms", "-1"]],
      ["--allow-origin", ["--data", "x", "--allow-origin", "http://127.0.0.1:4700/"]],
      ["--allow-origin", ["--data", "x", "--allow-origin", "*"]],
      ["--nonsense", ["--data", "x", "--nonsense"]],
    ];
    for (const [argument, args] of wrong) {
      it(`refuses ${args.length === 0 ? "nothing" : args.slice(2).join(" ")}`, () => {
        const { status, stdout } = run(...args);
        expect(status).to.equal(64);
        expect(JSON.parse(stdout)).to.deep.equal({ ready: false, code: "chain.bad-argument", values: { argument } });
      });
    }
  });
});
