import { isHex, type Hex } from "../protocol/bytes.ts";
import { ledgerId, type LedgerName } from "../protocol/header.ts";
import { findBlock, getBlock, readQuantity, type Block, type BlockTag } from "./blocks.ts";
import type { NamedContract } from "./contracts.ts";
import { ChainError } from "./errors.ts";
import { agreeingReader, blockReader, type BlockReader, type Pinning } from "./reader.ts";
import { Rpc, type RpcDependencies, type RpcOptions } from "./rpc.ts";
import { ledgerView, type LedgerView } from "./view.ts";

/** Which block counts as final. "latest" fits chains whose blocks are never replaced (QBFT, the embedded chain). */
export interface Finality {
  readonly tag: BlockTag;
}

export interface ConnectOptions extends Omit<RpcOptions, "url"> {
  readonly rpcUrl: string;
  /** Which ledger must be there; from a trust file or configuration, never from what is being checked. */
  readonly ledger: LedgerName;
  readonly finality: Finality;
}

/**
 * One endpoint of one ledger. Nothing is asked before the first read, and each view first makes sure that the endpoint
 * still serves the trusted chain (chain id, genesis block, code at the Directory): a restarted endpoint may not.
 */
export interface LedgerConnection extends LedgerName {
  /** The ledger id that headers carry. */
  readonly ledger: Hex;
  readonly endpoint: string;
  readonly rpc: Rpc;
  readonly finality: Finality;
  /** Throws ChainError unless the endpoint serves the trusted ledger. Returns its final block. */
  check(): Promise<Block>;
  /** Reads at the final block, the latest one, the block of a number, or one that this endpoint has just named. Throws ChainError as `check`. */
  view(at?: ViewedBlock): Promise<LedgerView>;
  /** As `view`, without the contracts. */
  reader(at?: ViewedBlock): Promise<BlockReader>;
}

export type ViewedBlock = "final" | "latest" | number | Block;

export function connectLedger(options: ConnectOptions, dependencies: RpcDependencies = {}): LedgerConnection {
  const { rpcUrl, ledger: name, finality, ...limits } = options;
  const rpc = new Rpc({ url: rpcUrl, ...limits }, dependencies);
  const directory = name.directory.toLowerCase() as Hex; // Hexadecimal in either case.
  // Of the views of this connection: where each contract was found last.
  const lastAddresses = new Map<NamedContract, Hex>();
  const blockOf = (at: ViewedBlock): Promise<Block> | Block =>
    typeof at === "object" ? at : getBlock(rpc, at === "final" ? finality.tag : at);
  const pinned = async (at: ViewedBlock): Promise<PinnedBlock> => {
    const block = await blockOf(at);
    return { block, pinning: await findPinning({ rpc, directory, block }) };
  };
  const checkAt = async (at: ViewedBlock): Promise<PinnedBlock> => {
    const asked = pinned(at);
    asked.catch(() => undefined); // Awaited when it is known to be about the right chain.
    const [chainId, genesis] = await Promise.all([rpc.request("eth_chainId", []), findBlock(rpc, 0)]);
    const found = readQuantity(chainId, "eth_chainId");
    if (found !== name.chainId)
      throw new ChainError("chain.wrong-chain", { endpoint: rpc.endpoint, found, expected: name.chainId });
    if (genesis?.hash !== name.genesis) throw new ChainError("chain.wrong-genesis", { endpoint: rpc.endpoint });
    return asked;
  };
  const reader = async (at: ViewedBlock = "final"): Promise<BlockReader> => {
    const { block, pinning } = await checkAt(at);
    return blockReader({ rpc, block, pinning });
  };
  return {
    ...name,
    directory,
    ledger: ledgerId(name),
    endpoint: rpc.endpoint,
    rpc,
    finality,
    check: async () => (await checkAt("final")).block,
    reader,
    view: async (at) => ledgerView({ reader: await reader(at), directory, lastAddresses }),
  };
}

interface PinnedBlock {
  readonly block: Block;
  readonly pinning: Pinning;
}

/** Also proves that the Directory has code. Throws `chain.directory-missing`. */
async function findPinning({ rpc, directory, block }: { rpc: Rpc; directory: Hex; block: Block }): Promise<Pinning> {
  const hasCode = async (at: unknown): Promise<boolean> => {
    const code = await rpc.request("eth_getCode", [directory, at]);
    return isHex(code) && code.length > 2;
  };
  let pinning: Pinning = "hash";
  let found: boolean;
  try {
    found = await hasCode({ blockHash: block.hash, requireCanonical: true });
  } catch (error) {
    if (!(error instanceof ChainError) || error.code !== "chain.rejected") throw error;
    pinning = "number";
    found = await hasCode(`0x${block.number.toString(16)}`);
  }
  if (!found) throw new ChainError("chain.directory-missing", { endpoint: rpc.endpoint });
  return pinning;
}

/** Endpoints of one chain are a block or two apart for a moment: a lagging one is asked again so often. */
const CATCH_UP_ATTEMPTS = 10;
const CATCH_UP_INTERVAL_MS = 300;

/**
 * One view over several endpoints of the same ledger, at the newest final block that any of them names: all must come to
 * have it, and every answer is the same from each. An endpoint that stopped before a revocation cannot hide it by setting
 * the block for all. Throws `chain.endpoint-behind`, `chain.disagreement`.
 * With `block` the view is at that block, which whoever asks found to be final.
 */
export async function openAgreeingView(connections: readonly LedgerConnection[], block?: number): Promise<LedgerView> {
  const [first] = connections;
  if (first === undefined) throw new TypeError("no connection");
  if (connections.length === 1) return first.view(block ?? "final");
  if (connections.some(({ ledger }) => ledger !== first.ledger))
    throw new TypeError("connections to different ledgers");
  const at = block ?? (await newestFinal(connections));
  const readers = await Promise.all(connections.map((connection) => connection.reader(at)));
  return ledgerView({ reader: agreeingReader(readers), directory: first.directory });
}

async function newestFinal(connections: readonly LedgerConnection[]): Promise<number> {
  const finals = await Promise.all(connections.map((connection) => connection.check()));
  const newest = Math.max(...finals.map(({ number }) => number));
  await Promise.all(connections.map((connection, i) => caughtUp(connection, finals[i], newest)));
  return newest;
}

async function caughtUp(connection: LedgerConnection, known: Block | undefined, newest: number): Promise<void> {
  let number = known?.number ?? 0;
  for (let attempt = 0; number < newest; attempt++) {
    if (attempt === CATCH_UP_ATTEMPTS)
      throw new ChainError("chain.endpoint-behind", { endpoint: connection.endpoint, blocks: newest - number });
    await new Promise((resolve) => setTimeout(resolve, CATCH_UP_INTERVAL_MS));
    ({ number } = await connection.check());
  }
}
