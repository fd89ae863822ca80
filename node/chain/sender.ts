import {
  estimateGas,
  findBlock,
  getBlock,
  getNonce,
  quantity,
  readHex,
  type TransactionRequest,
} from "../../sdk/chain/blocks.ts";
import type { LedgerCall } from "../../sdk/chain/calls.ts";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import { isRevert, type ChainError } from "../../sdk/chain/errors.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { Clock, Log, Timer } from "../ports.ts";
import type { EventFeed } from "../records/events.ts";
import type { StoredReceipt } from "../storage/keyspaces.ts";
import { Serial } from "../storage/serial.ts";
import type { Store } from "../storage/store.ts";
import { TRANSFER_GAS, type Account, type UnsignedTransaction } from "./account.ts";
import { SenderError } from "./errors.ts";
import { OpenTransactions, type Alongside, type OpenTransaction, type Settled } from "./open-transactions.ts";
import type { RecentView } from "./recent-view.ts";
import { RECEIPT_POLL_MS, RESEND_AFTER_MS, Watch } from "./watch.ts";

/** Gas limit over the estimate: the state may change between the two. Unused gas is given back. */
export const GAS_MARGIN = 1.5;

/** A refusal that passing time may lift is looked at again in a new block, when the last one is older than this by our clock. */
export const STALE_BLOCK_SECONDS = 2;
/** Errors of the contracts that depend on the block's time. An idle chain simulates at its last block's time, however old. */
const TIME_DEPENDENT: ReadonlySet<unknown> = new Set([
  "AgreementNotInForce",
  "AgreementStateInvalid",
  "DeadlineNotMissed",
  "EffectiveInFuture",
  "RecoveryPending",
]);

export interface SenderOptions {
  /** In wei; 0 on chains without fees. */
  readonly gasPrice?: bigint;
  readonly receiptPollMs?: number;
  readonly resendAfterMs?: number;
}

export interface SenderDependencies {
  readonly account: Account;
  readonly connection: LedgerConnection;
  readonly recent: RecentView;
  readonly store: Store;
  readonly feed: EventFeed;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Log;
}

export interface SubmitOptions {
  /** Names what the transaction does: the same key is never done twice. */
  readonly key: string;
  readonly call: LedgerCall;
  /** Made durable in the same write as the signed transaction. */
  readonly alongside?: (transaction: Hex) => Alongside;
}

interface Waiter {
  readonly resolve: (receipt: StoredReceipt) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends the transactions of one account, in nonce order, and survives a crash at any line. Simulates first, signs, makes
 * the signed bytes durable, and only then lets them leave: from there on nothing but these bytes, or an empty transfer in
 * their place, is ever sent for the nonce.
 */
export class Sender {
  private readonly gasPrice: bigint;
  private readonly dependencies: SenderDependencies;
  private readonly open: OpenTransactions;
  private readonly watch: Watch;
  private readonly signing = new Serial();
  private readonly submissions = new Map<string, Promise<StoredReceipt>>();
  private readonly waiters = new Map<string, Waiter>();
  private closed = false;

  constructor(options: SenderOptions, dependencies: SenderDependencies) {
    this.gasPrice = options.gasPrice ?? 0n;
    this.dependencies = dependencies;
    this.open = new OpenTransactions(dependencies);
    this.watch = new Watch(
      {
        gasPrice: this.gasPrice,
        receiptPollMs: options.receiptPollMs ?? RECEIPT_POLL_MS,
        resendAfterMs: options.resendAfterMs ?? RESEND_AFTER_MS,
      },
      { ...dependencies, open: this.open, onOutcome: (key, outcome) => this.tell(key, outcome) },
    );
  }

  get address(): Hex {
    return this.dependencies.account.address;
  }

  /** Transactions that are signed and not final. */
  get pending(): number {
    return this.open.size;
  }

  /** When the oldest transaction that no block holds was signed, in seconds. */
  get waitingSince(): number | undefined {
    return this.open.waitingSince;
  }

  /** Takes up what an earlier process signed. Needs the store only: the chain is asked by the watch, again and again. */
  async start(): Promise<void> {
    await this.open.load();
    this.watch.start();
  }

  /** Whether a transaction of this key was signed and has not failed. */
  async isSigned(key: string): Promise<boolean> {
    await this.open.load();
    const { signed, receipt } = await this.open.outcomeOf(key);
    return signed && receipt?.succeeded !== false;
  }

  /**
   * Resolves with the receipt of a transaction that took effect. The same key gives the same receipt, in any process, until
   * the transaction has failed; then the key may be used again. Throws ChainError (`chain.revert`: nothing was signed),
   * SenderError `transaction.*`, `sender.closed`, StorageError.
   */
  submit(options: SubmitOptions): Promise<StoredReceipt> {
    const running = this.submissions.get(options.key);
    if (running !== undefined) return running;
    const submission = this.run(options).finally(() => this.submissions.delete(options.key));
    this.submissions.set(options.key, submission);
    return submission;
  }

  /** Blocks above `ancestor` are gone: what they held is sent again. */
  async reorganise(ancestor: number): Promise<void> {
    await this.open.load();
    this.dependencies.recent.forget(ancestor);
    for (const entry of this.open.settled()) if (entry.receipt.block > ancestor) await this.open.reopen(entry);
    this.watch.start();
  }

  /** Blocks up to `final` cannot be replaced: their nonces are settled. */
  async finalise(final: number): Promise<void> {
    await this.open.load();
    const covered = this.open.settled().filter(({ receipt }) => receipt.block <= final);
    const blocks = await Promise.all(
      covered.map(({ receipt }) => findBlock(this.dependencies.connection.rpc, receipt.block)),
    );
    const isThere = ({ receipt }: Settled, i: number) => blocks[i]?.hash === receipt.blockHash;
    await this.open.finalise(covered.filter(isThere));
    // A receipt that was read just before its block was replaced.
    for (const entry of covered.filter((candidate, i) => !isThere(candidate, i))) await this.open.reopen(entry);
    this.watch.start();
  }

  /** What is signed stays durable and goes on at the next start; whoever waits gets `sender.closed`. */
  async close(): Promise<void> {
    this.closed = true;
    await this.watch.close();
    for (const { reject } of this.waiters.values()) reject(new SenderError("sender.closed"));
    this.waiters.clear();
    await this.signing.run(() => Promise.resolve());
  }

  private async run({ key, call, alongside }: SubmitOptions): Promise<StoredReceipt> {
    await this.open.load();
    const { signed, receipt } = await this.open.outcomeOf(key);
    if (receipt?.succeeded === true) return receipt;
    // From here to the waiter nothing is awaited: `close` finds every waiter, or the closed sender is found here.
    if (this.closed) throw new SenderError("sender.closed");
    // Waited for before it is sent: the receipt may be there before the endpoint has answered.
    const outcome = new Promise<StoredReceipt>((resolve, reject) => this.waiters.set(key, { resolve, reject }));
    outcome.catch(() => undefined);
    if (!signed || receipt !== undefined) {
      try {
        await this.signing.run(() => this.signAtCurrentTime({ key, call, ...(alongside && { alongside }) }));
      } catch (error) {
        this.waiters.delete(key);
        throw error;
      }
    }
    this.watch.start();
    return outcome;
  }

  private async signAtCurrentTime(options: SubmitOptions): Promise<void> {
    try {
      await this.sign(options);
    } catch (error) {
      if (!isRevert(error) || !TIME_DEPENDENT.has(error.values["error"]) || !(await this.isTimeBehind(error)))
        throw error;
      await this.makeBlock();
      await this.sign(options);
    }
  }

  /** Whether the last block is too old to go by, or what it refuses as future is past by our clock. */
  private async isTimeBehind({ values }: ChainError): Promise<boolean> {
    const { connection, clock } = this.dependencies;
    const { time } = await getBlock(connection.rpc, "latest");
    const now = Math.floor(clock() / 1000);
    const from = Number(values["effectiveFrom"]);
    return now - time > STALE_BLOCK_SECONDS || (from > time && from <= now);
  }

  /** An empty transfer to ourselves: on a chain without empty blocks, the only way to let its time pass. */
  private async makeBlock(): Promise<void> {
    const { nonce } = await this.position();
    const key = `time/${nonce}`;
    const mined = new Promise<StoredReceipt>((resolve, reject) => this.waiters.set(key, { resolve, reject }));
    mined.catch(() => undefined);
    await this.signAndSend({ key, nonce, to: this.address, data: "0x", gas: TRANSFER_GAS });
    this.watch.start();
    await mined;
  }

  /** Everything up to the durable signature; a refusal on the way leaves nothing behind. */
  private async sign({ key, call, alongside }: SubmitOptions): Promise<void> {
    if (this.closed) throw new SenderError("sender.closed");
    const { account, connection } = this.dependencies;
    const { rpc } = connection;
    const { view, nonce } = await this.position();
    const { number } = view.block;
    const to = await view.contractAddress(call.contract);
    const request: TransactionRequest = { from: account.address, to, data: call.data };
    readHex(await rpc.request("eth_call", [request, quantity(number)]), "eth_call");
    const gas = Math.ceil((await estimateGas(rpc, request, number)) * GAS_MARGIN);
    await this.signAndSend({ key, nonce, to, data: call.data, gas, ...(alongside && { alongside }) });
  }

  private async signAndSend({
    key,
    alongside,
    ...content
  }: Pick<SubmitOptions, "key" | "alongside"> & Omit<UnsignedTransaction, "chainId" | "gasPrice">): Promise<void> {
    const { account, connection, clock } = this.dependencies;
    const { chainId } = connection;
    const { gasPrice } = this;
    const { raw, hash } = await account.sign({ ...content, chainId, gasPrice });
    const signedAt = Math.floor(clock() / 1000);
    const entry: OpenTransaction = { nonce: content.nonce, key, raw, hash, signedAt, cancelling: false, rivals: [] };
    // Crash before this line: the bytes never left the process, the nonce is free. After it: they are sent at the next start.
    await this.open.sign(entry, alongside?.(hash));
    await this.watch.send(entry);
  }

  /**
   * One block, at which everything is asked though another endpoint may answer each question, and the first nonce that is
   * free there. The chain may know more than the store: an account used elsewhere, or a store restored from a backup.
   */
  private async position(): Promise<{ readonly view: LedgerView; readonly nonce: number }> {
    const { connection, recent } = this.dependencies;
    await this.open.load();
    // Before the block is chosen: what is settled from here on may be in a later one, and is not open any more.
    const own = this.open.nextNonce;
    const view = await recent.open();
    return { view, nonce: Math.max(own, await getNonce(connection.rpc, this.address, view.block.number)) };
  }

  private tell(key: string, outcome: StoredReceipt | SenderError): void {
    const waiter = this.waiters.get(key);
    this.waiters.delete(key);
    if (outcome instanceof SenderError) waiter?.reject(outcome);
    else waiter?.resolve(outcome);
  }
}
