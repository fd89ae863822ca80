import { isHex, type Hex } from "../protocol/bytes.ts";
import { ChainError } from "./errors.ts";
import type { Rpc } from "./rpc.ts";

/** `time` in seconds since 1970. */
export interface Block {
  readonly number: number;
  readonly hash: Hex;
  readonly parent: Hex;
  readonly time: number;
}

export interface Log {
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly block: number;
  readonly blockHash: Hex;
  readonly transaction: Hex;
  readonly index: number;
}

export interface Receipt {
  readonly transaction: Hex;
  readonly block: number;
  readonly blockHash: Hex;
  readonly from: Hex;
  /** True when the transaction took effect (status 1). */
  readonly succeeded: boolean;
  readonly gasUsed: number;
  readonly logs: readonly Log[];
}

export type BlockTag = "latest" | "finalized" | "safe" | "earliest";

/** What to look for in logs; a topic may be undefined for any. */
export interface LogFilter {
  readonly addresses: readonly Hex[];
  readonly topics: readonly (Hex | readonly Hex[] | null)[];
  readonly fromBlock: number;
  readonly toBlock: number;
}

export const quantity = (value: number): Hex => `0x${value.toString(16)}`;

/** Halving a range stops here: an endpoint that refuses even this is of no use. */
const MAXIMUM_SPLIT_DEPTH = 24;

/** Reads one untrusted JSON-RPC object field by field. Throws ChainError `chain.response-invalid`. */
class Fields {
  private readonly members: Readonly<Record<string, unknown>>;
  private readonly method: string;

  constructor(value: unknown, method: string) {
    if (typeof value !== "object" || value === null) throw new ChainError("chain.response-invalid", { method });
    this.members = value as Readonly<Record<string, unknown>>; // Every member is checked when read.
    this.method = method;
  }

  hex(name: string, lengthBytes?: number): Hex {
    const value = this.members[name];
    const hex = typeof value === "string" ? value.toLowerCase() : value;
    if (!isHex(hex, lengthBytes)) throw this.invalid();
    return hex;
  }

  quantity(name: string): number {
    return readQuantity(this.members[name], this.method);
  }

  list(name: string): readonly unknown[] {
    const value = this.members[name];
    if (!Array.isArray(value)) throw this.invalid();
    return value as readonly unknown[]; // Array.isArray.
  }

  invalid(): ChainError {
    return new ChainError("chain.response-invalid", { method: this.method });
  }
}

/** A JSON-RPC quantity that a double holds exactly. */
export function readQuantity(value: unknown, method: string): number {
  const number = typeof value === "string" && /^0x[0-9a-fA-F]{1,14}$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw new ChainError("chain.response-invalid", { method });
  return number;
}

export function readHex(value: unknown, method: string, lengthBytes?: number): Hex {
  const hex = typeof value === "string" ? value.toLowerCase() : value;
  if (!isHex(hex, lengthBytes)) throw new ChainError("chain.response-invalid", { method });
  return hex;
}

/** The block by number or tag; undefined when the endpoint has none. */
export async function findBlock(rpc: Rpc, at: number | BlockTag): Promise<Block | undefined> {
  const method = "eth_getBlockByNumber";
  const value = await rpc.request(method, [typeof at === "number" ? quantity(at) : at, false]);
  if (value === null || value === undefined) return undefined;
  const fields = new Fields(value, method);
  const block = {
    number: fields.quantity("number"),
    hash: fields.hex("hash", 32),
    parent: fields.hex("parentHash", 32),
    time: fields.quantity("timestamp"),
  };
  if (typeof at === "number" && block.number !== at) throw fields.invalid();
  return block;
}

/** As `findBlock`. Throws `chain.block-unknown`. */
export async function getBlock(rpc: Rpc, at: number | BlockTag): Promise<Block> {
  const block = await findBlock(rpc, at);
  if (block === undefined) throw new ChainError("chain.block-unknown");
  return block;
}

/** The receipt of a mined transaction; undefined while there is none. */
export async function findReceipt(rpc: Rpc, transaction: Hex): Promise<Receipt | undefined> {
  const method = "eth_getTransactionReceipt";
  const value = await rpc.request(method, [transaction]);
  if (value === null || value === undefined) return undefined;
  const fields = new Fields(value, method);
  const receipt: Receipt = {
    transaction: fields.hex("transactionHash", 32),
    block: fields.quantity("blockNumber"),
    blockHash: fields.hex("blockHash", 32),
    from: fields.hex("from", 20),
    succeeded: fields.quantity("status") === 1,
    gasUsed: fields.quantity("gasUsed"),
    logs: fields.list("logs").map((log) => parseLog(log, method)),
  };
  const own = receipt.logs.every(
    (log) => log.transaction === transaction && log.blockHash === receipt.blockHash && log.block === receipt.block,
  );
  if (receipt.transaction !== transaction || !own) throw fields.invalid();
  return receipt;
}

/** The logs that match, in order. A range that the endpoint refuses is halved. Throws `chain.history-too-long` when that does not help. */
export async function getLogs(rpc: Rpc, filter: LogFilter, depth = 0): Promise<readonly Log[]> {
  const { addresses, topics, fromBlock, toBlock } = filter;
  if (fromBlock > toBlock || addresses.length === 0) return [];
  const method = "eth_getLogs";
  let value: unknown;
  try {
    value = await rpc.request(method, [
      { address: addresses, topics, fromBlock: quantity(fromBlock), toBlock: quantity(toBlock) },
    ]);
  } catch (error) {
    const splittable =
      error instanceof ChainError && (error.code === "chain.rejected" || error.code === "chain.response-too-large");
    if (!splittable) throw error;
    if (fromBlock === toBlock || depth === MAXIMUM_SPLIT_DEPTH)
      throw new ChainError("chain.history-too-long", { method }, error);
    const middle = fromBlock + Math.floor((toBlock - fromBlock) / 2);
    // One after the other: the first half meets the endpoint's limit before the second is asked.
    const earlier = await getLogs(rpc, { ...filter, toBlock: middle }, depth + 1);
    return [...earlier, ...(await getLogs(rpc, { ...filter, fromBlock: middle + 1 }, depth + 1))];
  }
  if (!Array.isArray(value)) throw new ChainError("chain.response-invalid", { method });
  const logs = value.map((log: unknown) => parseLog(log, method));
  if (!logs.every((log) => matches(log, filter))) throw new ChainError("chain.response-invalid", { method });
  return logs.sort((a, b) => a.block - b.block || a.index - b.index);
}

function matches(log: Log, { addresses, topics, fromBlock, toBlock }: LogFilter): boolean {
  return (
    addresses.includes(log.address) &&
    log.block >= fromBlock &&
    log.block <= toBlock &&
    topics.every((wanted, i) => {
      const topic = log.topics[i];
      if (wanted === null) return true;
      return topic !== undefined && (typeof wanted === "string" ? wanted === topic : wanted.includes(topic));
    })
  );
}

function parseLog(value: unknown, method: string): Log {
  const fields = new Fields(value, method);
  return {
    address: fields.hex("address", 20),
    topics: fields.list("topics").map((topic) => readHex(topic, method, 32)),
    data: fields.hex("data"),
    block: fields.quantity("blockNumber"),
    blockHash: fields.hex("blockHash", 32),
    transaction: fields.hex("transactionHash", 32),
    index: fields.quantity("logIndex"),
  };
}

/** Sends a signed transaction and returns its hash. Throws ChainError, `chain.already-known` and `chain.nonce-used` among others. */
export async function sendRawTransaction(rpc: Rpc, raw: Hex): Promise<Hex> {
  const method = "eth_sendRawTransaction";
  return readHex(await rpc.request(method, [raw]), method, 32);
}

/** The next nonce of an account; with "pending", after what waits in the endpoint's pool. */
export async function getNonce(rpc: Rpc, account: Hex, at: number | "latest" | "pending" = "latest"): Promise<number> {
  const method = "eth_getTransactionCount";
  return readQuantity(await rpc.request(method, [account, typeof at === "number" ? quantity(at) : at]), method);
}

export interface TransactionRequest {
  readonly from: Hex;
  readonly to: Hex;
  readonly data: Hex;
}

/** Throws ChainError `chain.revert` when the transaction would fail. */
export async function estimateGas(rpc: Rpc, request: TransactionRequest, block: number): Promise<number> {
  const method = "eth_estimateGas";
  return readQuantity(await rpc.request(method, [request, quantity(block)]), method);
}
