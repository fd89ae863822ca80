import { mkdir } from "node:fs/promises";
import { DEFAULT_CHAIN_ID, type StartOptions } from "./arguments.ts";
import { EmbeddedChain } from "./chain.ts";
import { ChainError } from "./errors.ts";
import { Journal } from "./journal.ts";
import { lockDirectory } from "./lock.ts";
import { serveRpc } from "./server.ts";
import { createSimulator, ENGINE, HARDFORK } from "./simulator.ts";

export interface StartDependencies {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** The chain can take no more transactions; the process must end. */
  readonly onFailure: (error: ChainError) => void;
}

/** What a starter is told, and what `main.ts` prints. */
export interface ReadyReport {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly genesisHash: string;
  readonly height: number;
  readonly replayedBlocks: number;
  readonly replayMs: number;
}

export interface RunningChain {
  readonly report: ReadyReport;
  /** Bytes of a torn last journal line that were cut on start. */
  readonly cutBytes: number;
  /** Answers what has been asked, mines what is waiting, closes the journal, frees the folder. */
  stop(): Promise<void>;
}

/** Starts the chain in this process: lock, replay, listen. Errors: `ChainError`; nothing is left open after one. */
export async function startChain(options: StartOptions, dependencies: StartDependencies): Promise<RunningChain> {
  const opened: (() => void | Promise<void>)[] = [];
  const closeAll = async () => {
    for (let close = opened.pop(); close !== undefined; close = opened.pop()) await close();
  };
  try {
    await mkdir(options.dataDir, { recursive: true });
    const lock = lockDirectory(options.dataDir);
    opened.push(() => lock.release());
    const { chain, chainId, genesisHash, replayed, replayMs } = await openChain(options, dependencies, opened);
    const server = await serveRpc(options, { chain });
    opened.push(() => server.close());
    const { blocks: replayedBlocks, cutBytes } = replayed;
    const { rpcUrl } = server;
    return {
      report: { rpcUrl, chainId, genesisHash, height: chain.height, replayedBlocks, replayMs },
      cutBytes,
      stop: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function openChain(
  options: StartOptions,
  dependencies: StartDependencies,
  opened: (() => void | Promise<void>)[],
) {
  const started = performance.now();
  const { clock, onFailure } = dependencies;
  const journal = await Journal.open(options.dataDir, {
    chainId: options.chainId ?? DEFAULT_CHAIN_ID,
    genesisTime: Math.floor(clock() / 1000),
    hardfork: HARDFORK,
    engine: ENGINE,
  });
  opened.push(() => journal.close());
  const { chainId, genesisTime, hardfork } = journal.header;
  if (options.chainId !== undefined && options.chainId !== chainId) {
    throw new ChainError("chain.id-mismatch", { have: chainId, wanted: options.chainId });
  }
  const simulator = await createSimulator({ chainId, genesisTime, hardfork });
  opened.push(() => simulator.close());
  const { chain, genesisHash, replayed } = await EmbeddedChain.open(
    { blockIntervalMs: options.blockIntervalMs },
    { simulator, journal, clock, onFailure },
  );
  opened.push(() => chain.stop());
  return { chain, chainId, genesisHash, replayed, replayMs: Math.round(performance.now() - started) };
}
