import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedChain, type EmbeddedChainProcess } from "../../scripts/chain/spawn.ts";
import { ROOT } from "./evaluation.ts";

describe("npm start on a chain that runs already", function () {
  this.timeout(120_000);
  let folder: string;
  let chain: EmbeddedChainProcess;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "suyuan-chain-"));
    chain = await startEmbeddedChain({ dataDir: folder });
  });
  after(async () => {
    await chain.stop();
    rmSync(folder, { recursive: true });
  });

  const start = async (rpcUrl: string): Promise<{ code: unknown; output: string }> => {
    const child = spawn(process.execPath, [join(ROOT, "scripts/start/main.ts"), "--once", "--no-scenario"], {
      cwd: ROOT,
      env: { ...process.env, SUYUAN_RPC_URL: rpcUrl },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (output += text.toString()));
    const [code] = (await once(child, "close")) as [unknown];
    return { code, output };
  };

  it("deploys the contracts there and starts no chain of its own", async () => {
    const { code, output } = await start(chain.rpcUrl);
    expect(code, output).to.equal(0);
    const block = await fetch(chain.rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_blockNumber", params: [] }),
    }).then((response) => response.json() as Promise<{ result: string }>);
    expect(Number(block.result)).to.be.greaterThan(10);
  });

  it("says so when the chain cannot be reached", async () => {
    const { code, output } = await start("http://127.0.0.1:1");
    expect(code).to.equal(1);
    expect(output).to.include("chain.unreachable");
  });
});
