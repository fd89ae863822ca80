import { Contract, id, JsonRpcProvider, type Wallet, type ContractRunner, type TransactionRequest } from "ethers";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StartOptions } from "../../../scripts/chain/arguments.ts";
import { startChain, type RunningChain } from "../../../scripts/chain/start.ts";
import { ChainError } from "../../../scripts/chain/errors.ts";

export { ChainError };
export const CHAIN_ID = 4701;

/** Runtime bytecode written by hand, so that these tests need no compiler. */
const deployCode = (runtime: string): string =>
  `0x60${(runtime.length / 2).toString(16).padStart(2, "0")}8060095f395ff3${runtime}`;

/** Any call reverts with `Denied(42)`. */
export const DENIER = deployCode(
  `63${id("Denied(uint256)").slice(2, 10)}60e01b5f52602a6004526024 5ffd`.replaceAll(" ", ""),
);
/** Any call returns block.timestamp. */
export const CLOCK = deployCode("425f5260205ff3");
/** Any call logs one event whose topic is the first word of the call data. */
export const LOGGER = deployCode("5f355f5fa100");
/** Deploying it uses up all its gas: the invalid instruction. */
export const BURNER = "0xfe";

export const denier = (address: string, runner: ContractRunner): Contract =>
  new Contract(address, ["error Denied(uint256 reason)", "function ask() view returns (uint256)"], runner);

export function connect(rpcUrl: string, chainId = CHAIN_ID): JsonRpcProvider {
  return new JsonRpcProvider(rpcUrl, chainId, {
    staticNetwork: true,
    batchMaxCount: 1,
    cacheTimeout: -1,
    polling: true,
    pollingInterval: 20,
  });
}

/** Signs a zero-fee transaction; a call to itself unless told otherwise. */
export function sign(wallet: Wallet, nonce: number, change: TransactionRequest = {}): Promise<string> {
  const target = change.data === undefined || change.to !== undefined ? { to: wallet.address } : {};
  return wallet.signTransaction({
    type: 2,
    chainId: CHAIN_ID,
    nonce,
    gasLimit: 200_000,
    maxFeePerGas: 0,
    maxPriorityFeePerGas: 0,
    ...target,
    ...change,
  });
}

export interface RpcAnswer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: string };
}

export async function call(rpcUrl: string, method: string, params: readonly unknown[] = []): Promise<RpcAnswer> {
  const response = await fetch(rpcUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  return (await response.json()) as RpcAnswer;
}

/** The result, or a throw with the error's text. */
export async function ask<T>(rpcUrl: string, method: string, params: readonly unknown[] = []): Promise<T> {
  const answer = await call(rpcUrl, method, params);
  if (answer.error !== undefined) throw new Error(`${method}: ${JSON.stringify(answer.error)}`);
  return answer.result as T;
}

/** One HTTP request for many calls of one method; the results in order. */
export async function askAll<T>(rpcUrl: string, method: string, calls: readonly (readonly unknown[])[]): Promise<T[]> {
  const response = await fetch(rpcUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(calls.map((params, id) => ({ jsonrpc: "2.0", id, method, params }))),
  });
  return ((await response.json()) as RpcAnswer[]).map(({ result }) => result as T);
}

export interface Receipt {
  readonly transactionHash: string;
  readonly blockHash: string;
  readonly blockNumber: string;
  readonly status: string;
  readonly contractAddress: string | null;
}

/** Asks until the receipt is there. Ends with the test's own time limit. */
export async function receiptOf(rpcUrl: string, hash: string): Promise<Receipt> {
  for (;;) {
    const receipt = await ask<Receipt | null>(rpcUrl, "eth_getTransactionReceipt", [hash]);
    if (receipt !== null) return receipt;
  }
}

export async function sendAndWait(rpcUrl: string, raw: string): Promise<Receipt> {
  return receiptOf(rpcUrl, await ask<string>(rpcUrl, "eth_sendRawTransaction", [raw]));
}

export interface ChainBench {
  readonly dir: string;
  start(change?: Partial<StartOptions>, clock?: () => number): Promise<RunningChain>;
  /** Stops every chain that was started and removes the folder. */
  clean(): Promise<void>;
}

/** Chains in this process over one temporary data folder. */
export async function chainBench(): Promise<ChainBench> {
  const dir = await mkdtemp(join(tmpdir(), "suyuan-chain-"));
  const running: RunningChain[] = [];
  return {
    dir,
    async start(change = {}, clock = Date.now) {
      const options = { dataDir: dir, host: "127.0.0.1", port: 0, allowOrigins: [], blockIntervalMs: 0, ...change };
      const onFailure = (error: ChainError): void => {
        throw error;
      };
      const chain = await startChain(options, { clock, onFailure });
      running.push(chain);
      return chain;
    },
    async clean() {
      for (const chain of running) await chain.stop();
      await rm(dir, { recursive: true });
    },
  };
}

/** The code of the error that `work` ends with. */
export async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error && "code" in error ? error.code : error;
  }
  return "no error";
}
