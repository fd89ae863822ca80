import { Transaction } from "ethers/transaction";
import { ChainError, RpcCode, RpcFailure } from "./errors.ts";
import type { BlockInput, Journal, ReplayedJournal } from "./journal.ts";
import { BLOCK_GAS_USABLE, type BlockHead, type Simulator } from "./simulator.ts";

/** Transactions that may wait for admission at once; more are answered with `limitExceeded`. */
export const MAX_WAITING = 4096;
const RAW_TRANSACTION = /^0x(?:[0-9a-f]{2})+$/;
const ECRECOVER = "0x0000000000000000000000000000000000000001";

export interface ChainOptions {
  /** How long the first waiting transaction waits for others, in ms; 0 mines as soon as the chain is free. */
  readonly blockIntervalMs: number;
}

export interface ChainDependencies {
  readonly simulator: Simulator;
  readonly journal: Journal;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Called once when the chain can take no more transactions. The process must then end: only a replay recovers. */
  readonly onFailure: (error: ChainError) => void;
}

interface Admitted {
  readonly raw: string;
  readonly hash: string;
}

/**
 * One writer over a simulated network and its journal. Admission to the engine's pool and mining run in one lane, one at
 * a time: the pool then holds exactly the transactions of the next block in order of admission, and a replay of the
 * journal gives the same blocks.
 *
 * Order of a block: journal line, fdatasync, mine. The engine has no receipt before it mines, so none precedes the disk.
 */
export class EmbeddedChain {
  readonly #options: ChainOptions;
  readonly #dependencies: ChainDependencies;
  #lane: Promise<unknown> = Promise.resolve();
  #head: BlockHead;
  #admitted: Admitted[] = [];
  #admittedGas = 0n;
  /** Senders with a transaction in the pool, and the nonce after their last one. */
  readonly #nextNonce = new Map<string, number>();
  #mining: "idle" | "scheduled" = "idle";
  #timer: NodeJS.Timeout | undefined;
  #waiting = 0;
  #closed = false;
  #failure: ChainError | undefined;

  private constructor(options: ChainOptions, dependencies: ChainDependencies, head: BlockHead) {
    this.#options = options;
    this.#dependencies = dependencies;
    this.#head = head;
  }

  /** Replays the journal into the empty simulator. Errors: those of `Journal.replay`, `chain.replay-diverged`. */
  static async open(
    options: ChainOptions,
    dependencies: ChainDependencies,
  ): Promise<{ readonly chain: EmbeddedChain; readonly genesisHash: string; readonly replayed: ReplayedJournal }> {
    const { simulator, journal, clock } = dependencies;
    const genesis = await simulator.head();
    let head = genesis;
    const replayed = await journal.replay(async (block, line) => {
      head = await replayBlock(block, { simulator, journal, head, line });
    });
    await alignClock(simulator, clock);
    return { chain: new EmbeddedChain(options, dependencies, head), genesisHash: genesis.hash, replayed };
  }

  get height(): number {
    return this.#head.number;
  }

  /**
   * Admits a signed transaction and returns its hash; it is mined soon after. The hash promises nothing across a crash,
   * the receipt does. A nonce gap is refused, and so is another transaction with a nonce that is already waiting: what is
   * waiting is always mined. Errors: `RpcFailure` in geth's words.
   */
  async submit(raw: string): Promise<string> {
    if (this.#waiting >= MAX_WAITING) throw new RpcFailure(RpcCode.limitExceeded, "too many transactions are waiting");
    this.#waiting += 1;
    try {
      return await this.#inLane(() => this.#admit(raw.toLowerCase()));
    } finally {
      this.#waiting -= 1;
    }
  }

  /** The nonce after everything mined and waiting. `address` in any case. */
  async pendingNonce(address: string): Promise<number> {
    // The pool's entry is removed only after its block is mined, so an absent entry means the state has it.
    return this.#nextNonce.get(address.toLowerCase()) ?? this.#minedNonce(address);
  }

  /** A read of the engine; it takes no turn in the lane. */
  read(method: string, params: readonly unknown[]): Promise<unknown> {
    return this.#dependencies.simulator.request(method, params);
  }

  /** Takes nothing more and mines what is waiting. Simulator and journal stay with their owner. */
  async stop(): Promise<void> {
    this.#closed = true;
    await this.#inLane(() => this.#mine()).catch(() => undefined);
  }

  #inLane<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#lane.then(work);
    this.#lane = result.catch(() => undefined);
    return result;
  }

  async #admit(raw: string): Promise<string> {
    if (this.#closed || this.#failure !== undefined) throw new RpcFailure(RpcCode.internal, "the chain is stopping");
    const { simulator } = this.#dependencies;
    const transaction = parseTransaction(raw);
    const sender = await recoverSender(simulator, transaction);
    await this.#checkNonce(sender, transaction);
    if (transaction.gasLimit > BLOCK_GAS_USABLE) {
      throw new RpcFailure(RpcCode.rejected, `exceeds block gas limit: at most ${String(BLOCK_GAS_USABLE)}`);
    }
    if (this.#admittedGas + transaction.gasLimit > BLOCK_GAS_USABLE) await this.#mine();
    // A string: the engine answers with the transaction's hash, or throws.
    const hash = (await simulator.request("eth_sendRawTransaction", [raw])) as string;
    this.#admitted.push({ raw, hash });
    this.#admittedGas += transaction.gasLimit;
    this.#nextNonce.set(sender, transaction.nonce + 1);
    this.#schedule();
    return hash;
  }

  async #checkNonce(sender: string, transaction: Transaction): Promise<void> {
    const next = this.#nextNonce.get(sender) ?? (await this.#minedNonce(sender));
    if (transaction.nonce === next) return;
    if (transaction.nonce > next) {
      throw new RpcFailure(
        RpcCode.rejected,
        `nonce too high: next nonce ${String(next)}, got ${String(transaction.nonce)}`,
      );
    }
    const hash = transaction.hash;
    const waiting = this.#admitted.some((admitted) => admitted.hash === hash);
    if (waiting || (await this.#dependencies.simulator.request("eth_getTransactionReceipt", [hash])) !== null) {
      throw new RpcFailure(RpcCode.rejected, "already known");
    }
    if (transaction.nonce >= (await this.#minedNonce(sender))) {
      throw new RpcFailure(RpcCode.rejected, "replacement transaction underpriced");
    }
    throw new RpcFailure(
      RpcCode.rejected,
      `nonce too low: next nonce ${String(next)}, got ${String(transaction.nonce)}`,
    );
  }

  async #minedNonce(address: string): Promise<number> {
    return Number(await this.#dependencies.simulator.request("eth_getTransactionCount", [address, "latest"]));
  }

  /** In the lane behind the admissions that already wait, so that they share the block and its one fdatasync. */
  #schedule(): void {
    if (this.#mining === "scheduled") return;
    this.#mining = "scheduled";
    const run = () => void this.#inLane(() => this.#mine()).catch(() => undefined);
    if (this.#options.blockIntervalMs === 0) run();
    else this.#timer = setTimeout(run, this.#options.blockIntervalMs);
  }

  async #mine(): Promise<void> {
    this.#mining = "idle";
    clearTimeout(this.#timer);
    if (this.#admitted.length === 0 || this.#failure !== undefined) return;
    const { journal, simulator, clock } = this.#dependencies;
    const block: BlockInput = {
      number: this.#head.number + 1,
      parent: this.#head.hash,
      time: Math.max(this.#head.time, Math.floor(clock() / 1000)),
      transactions: this.#admitted.map(({ raw }) => raw),
    };
    try {
      // A crash before this resolves loses these transactions; none has a receipt and their senders send them again.
      await journal.append(block);
      // A crash from here on mines the same block on restart.
      this.#head = await mineExactly(block, this.#admitted, simulator, journal);
      await journal.recordTip({ number: this.#head.number, hash: this.#head.hash });
    } catch (error) {
      this.#fail(
        error instanceof ChainError ? error : new ChainError("chain.mining-failed", { block: block.number }, error),
      );
      throw error;
    }
    this.#admitted = [];
    this.#admittedGas = 0n;
    this.#nextNonce.clear();
  }

  #fail(error: ChainError): void {
    this.#failure = error;
    this.#dependencies.onFailure(error);
  }
}

async function mineExactly(
  block: BlockInput,
  admitted: readonly Admitted[],
  simulator: Simulator,
  journal: Journal,
): Promise<BlockHead> {
  try {
    await simulator.mine(block.time);
  } catch (error) {
    // Not mined, so nobody has seen it; left in the journal it would fail every restart.
    if ((await simulator.head()).number < block.number) await journal.undo();
    throw new ChainError("chain.mining-failed", { block: block.number }, error);
  }
  const head = await simulator.head();
  const same =
    head.number === block.number &&
    head.transactions.length === admitted.length &&
    head.transactions.every((hash, index) => hash === admitted[index]?.hash);
  if (!same) throw new ChainError("chain.mining-failed", { block: block.number });
  return head;
}

async function replayBlock(
  block: BlockInput,
  at: { readonly simulator: Simulator; readonly journal: Journal; readonly head: BlockHead; readonly line: number },
): Promise<BlockHead> {
  const { simulator, journal } = at;
  const diverged = (cause?: unknown) =>
    new ChainError(
      "chain.replay-diverged",
      { line: at.line, block: block.number, engine: journal.header.engine },
      cause,
    );
  if (block.parent !== at.head.hash) throw diverged();
  let head: BlockHead;
  try {
    for (const raw of block.transactions) await simulator.request("eth_sendRawTransaction", [raw]);
    await simulator.mine(block.time);
    head = await simulator.head();
  } catch (error) {
    throw diverged(error);
  }
  const complete = head.number === block.number && head.transactions.length === block.transactions.length;
  const recorded = journal.tip?.number === block.number ? journal.tip.hash : head.hash;
  if (!complete || recorded !== head.hash) throw diverged();
  return head;
}

/**
 * The engine times its pending block (what eth_estimateGas runs in) from the last block it mined; after a replay that is
 * long ago. Block times themselves are always given, so this changes no block.
 */
async function alignClock(simulator: Simulator, clock: () => number): Promise<void> {
  // The engine's own answer, of the shape EIP-1474 fixes.
  const pending = (await simulator.request("eth_getBlockByNumber", ["pending", false])) as { timestamp: string };
  const behindSeconds = Math.floor(clock() / 1000) - Number(pending.timestamp);
  if (behindSeconds > 0) await simulator.request("evm_increaseTime", [behindSeconds]);
}

function parseTransaction(raw: string): Transaction {
  let transaction: Transaction | undefined;
  try {
    if (RAW_TRANSACTION.test(raw)) transaction = Transaction.from(raw);
  } catch {
    transaction = undefined;
  }
  // Only the one canonical encoding: another would be hashed and its sender recovered differently here and in the engine.
  if (!transaction?.isSigned() || transaction.serialized !== raw) {
    throw new RpcFailure(RpcCode.invalidParams, "not a signed transaction");
  }
  if (transaction.chainId === 0n) {
    throw new RpcFailure(RpcCode.rejected, "only replay-protected (EIP-155) transactions allowed over RPC");
  }
  return transaction;
}

/** By the engine's ecrecover precompile: ten times as fast as in JavaScript. */
async function recoverSender(simulator: Simulator, transaction: Transaction): Promise<string> {
  const { signature } = transaction;
  if (signature === null) throw new RpcFailure(RpcCode.invalidParams, "not a signed transaction");
  const v = signature.v.toString(16).padStart(64, "0");
  const data = `${transaction.unsignedHash}${v}${signature.r.slice(2)}${signature.s.slice(2)}`;
  const word = await simulator.request("eth_call", [{ to: ECRECOVER, data }, "latest"]);
  if (typeof word !== "string" || word.length !== 66) throw new RpcFailure(RpcCode.invalidParams, "invalid signature");
  return `0x${word.slice(26)}`;
}
