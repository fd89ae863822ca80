import { Wallet } from "ethers";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ask, call, sign, type Receipt } from "../scripts/chain/support.ts";

const MAIN = fileURLToPath(new URL("../../scripts/chain/main.ts", import.meta.url));

export interface TracedChain {
  readonly rpcUrl: string;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly stderr: string;
  }>;
  /** Closes its standard input and waits until it has ended. */
  stop(): Promise<void>;
}

/** The chain under strace. One thread for file work, so that `when=` counts the calls of the whole process. */
export async function startTraced(dataDir: string, strace: readonly string[]): Promise<TracedChain> {
  const args = [...strace, process.execPath, MAIN, "--data", dataDir, "--port", "0", "--die-with-parent"];
  const child = spawn("strace", ["-f", "-qq", ...args], { env: { ...process.env, UV_THREADPOOL_SIZE: "1" } });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => (stderr += part));
  const ended = once(child, "exit").then(([code, signal]: unknown[]) => ({
    code: code as ChildProcess["exitCode"],
    signal: signal as ChildProcess["signalCode"],
    stderr,
  }));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const { rpcUrl } = JSON.parse(line.toString()) as { rpcUrl: string };
  return {
    rpcUrl,
    ended,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** A sender that remembers every signed transaction and every receipt it was shown, across the chain's deaths. */
export class Sender {
  readonly wallet = new Wallet(Wallet.createRandom().privateKey);
  readonly signed: string[] = [];
  readonly receipts = new Map<string, Receipt>();

  /** Sends in bursts and waits for each receipt, until the chain is gone. `onEvent` runs at each answer. */
  async run(rpcUrl: string, burst: number, onEvent: () => void): Promise<void> {
    try {
      let nonce = Number(await ask<string>(rpcUrl, "eth_getTransactionCount", [this.wallet.address, "latest"]));
      for (;;) {
        const hashes: string[] = [];
        for (let count = 0; count < burst; count += 1, nonce += 1) {
          const raw = (this.signed[nonce] ??= await sign(this.wallet, nonce));
          hashes.push(await ask<string>(rpcUrl, "eth_sendRawTransaction", [raw]));
          onEvent();
        }
        for (const hash of hashes) {
          await this.#receipt(rpcUrl, hash);
          onEvent();
        }
      }
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
    }
  }

  /** Sends every transaction it ever signed again, in order, and waits for the receipts. */
  async resend(rpcUrl: string): Promise<void> {
    for (const raw of this.signed) {
      const answer = await call(rpcUrl, "eth_sendRawTransaction", [raw]);
      if (answer.error !== undefined && answer.error.message !== "already known") throw new Error(answer.error.message);
      if (typeof answer.result === "string") await this.#receipt(rpcUrl, answer.result);
    }
  }

  async #receipt(rpcUrl: string, hash: string): Promise<void> {
    for (;;) {
      const receipt = await ask<Receipt | null>(rpcUrl, "eth_getTransactionReceipt", [hash]);
      if (receipt === null) continue;
      this.receipts.set(hash, receipt);
      return;
    }
  }
}

/** `fetch` throws a TypeError when the other side is gone. */
export const isConnectionLost = (error: unknown): boolean => error instanceof TypeError;
