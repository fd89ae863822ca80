import { fileURLToPath } from "node:url";
import hardhat from "hardhat/package.json" with { type: "json" };
import { RpcCode, RpcFailure } from "./errors.ts";

/** Shanghai: the newest rules that need nothing (blobs, beacon roots) a permissioned chain does not have. */
export const HARDFORK = "shanghai";
/** What decides block hashes beside the inputs: this version pins the version of the native engine. */
export const ENGINE = `hardhat ${hardhat.version}`;
/**
 * Blocks are filled to half of their limit at most: EIP-1559 raises the base fee only above half, so it stays zero and a
 * transaction with a zero price is always valid.
 */
export const BLOCK_GAS_LIMIT = 60_000_000n;
export const BLOCK_GAS_USABLE = BLOCK_GAS_LIMIT / 2n;

export interface SimulatorOptions {
  readonly chainId: number;
  /** Unix seconds of block 0. */
  readonly genesisTime: number;
  readonly hardfork: string;
}

export interface BlockHead {
  readonly number: number;
  readonly hash: string;
  readonly time: number;
  readonly transactions: readonly string[];
}

/** An in-memory chain that mines only when told to and is a pure function of what it is given, in order. */
export interface Simulator {
  /** Any JSON-RPC method of the engine, state-changing ones included. Errors: `RpcFailure`. */
  request(method: string, params: readonly unknown[]): Promise<unknown>;
  /** The last block. */
  head(): Promise<BlockHead>;
  /** Mines everything admitted into one block of this time (Unix seconds, not before the last block's). */
  mine(time: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts an empty chain with no funded account, so every transaction has price and value zero. */
export async function createSimulator(options: SimulatorOptions): Promise<Simulator> {
  process.env["HARDHAT_DISABLE_TELEMETRY"] = "true";
  const { createHardhatRuntimeEnvironment } = await import("hardhat/hre");
  const hre = await createHardhatRuntimeEnvironment(
    {
      // No build output is looked up or written: the engine runs the same whether or not contracts were compiled here.
      paths: { artifacts: "node_modules/.suyuan-chain/artifacts", cache: "node_modules/.suyuan-chain/cache" },
      networks: {
        embedded: {
          type: "edr-simulated",
          chainType: "l1",
          chainId: options.chainId,
          networkId: options.chainId,
          hardfork: options.hardfork,
          accounts: [],
          blockGasLimit: BLOCK_GAS_LIMIT,
          initialBaseFeePerGas: 0,
          initialDate: new Date(options.genesisTime * 1000),
          allowBlocksWithSameTimestamp: true,
          throwOnTransactionFailures: false,
          mining: { auto: false, interval: 0, mempool: { order: "fifo" } },
        },
      },
    },
    {},
    fileURLToPath(new URL("../..", import.meta.url)),
  );
  const connection = await hre.network.create("embedded");

  const request = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    try {
      return await connection.provider.request({ method, params });
    } catch (error) {
      throw toRpcFailure(error);
    }
  };
  const head = async (): Promise<BlockHead> => toHead(await request("eth_getBlockByNumber", ["latest", false]));
  const mine = async (time: number): Promise<void> => void (await request("evm_mine", [time]));
  return { request, head, mine, close: () => connection.close() };
}

function toHead(block: unknown): BlockHead {
  // The engine's own answer in process, of the shape EIP-1474 fixes.
  const { number, hash, timestamp, transactions } = block as {
    number: string;
    hash: string;
    timestamp: string;
    transactions: string[];
  };
  return { number: Number(number), hash, time: Number(timestamp), transactions };
}

/** The engine's error as geth words it, so that clients decode revert data and recognise a used nonce. */
function toRpcFailure(error: unknown): RpcFailure {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "number") {
    return new RpcFailure(RpcCode.internal, "internal error");
  }
  const data = "data" in error && typeof error.data === "string" ? error.data : undefined;
  if (error.code === RpcCode.executionReverted && data !== undefined && /revert/i.test(error.message)) {
    return new RpcFailure(RpcCode.executionReverted, "execution reverted", data);
  }
  if (/doesn't have enough funds/.test(error.message)) {
    return new RpcFailure(RpcCode.rejected, "insufficient funds for gas * price + value: this chain has no currency");
  }
  return new RpcFailure(error.code, error.message);
}
