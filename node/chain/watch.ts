import { findReceipt, getBlock, quantity, readQuantity, sendRawTransaction } from "../../sdk/chain/blocks.ts";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { ChainError } from "../../sdk/chain/errors.ts";
import type { Clock, Log, Timer } from "../ports.ts";
import type { StoredReceipt } from "../storage/keyspaces.ts";
import type { Account } from "./account.ts";
import { SenderError } from "./errors.ts";
import type { RecentView } from "./recent-view.ts";
import { TRANSFER_GAS } from "./account.ts";
import { hashesOf, type OpenTransaction, type OpenTransactions } from "./open-transactions.ts";

/** How often a receipt is asked for, at most; the first questions come faster. */
export const RECEIPT_POLL_MS = 100;
const FIRST_POLL_MS = 5;
/** Until the same bytes are sent again while there is no receipt. */
export const RESEND_AFTER_MS = 15_000;
/** Until the same bytes are sent again when the endpoint was not reached. */
export const RETRY_SEND_MS = 1000;
/** Refusals of the same bytes by the endpoint until their nonce is given up. */
export const REFUSALS_BEFORE_CANCEL = 5;

export interface WatchOptions {
  readonly receiptPollMs: number;
  readonly resendAfterMs: number;
  readonly gasPrice: bigint;
}

export interface WatchDependencies {
  readonly open: OpenTransactions;
  readonly account: Account;
  readonly connection: LedgerConnection;
  readonly recent: RecentView;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Log;
  /** Told once for every settled nonce. */
  readonly onOutcome: (key: string, outcome: StoredReceipt | SenderError) => void;
}

interface Attempts {
  /** When to send next, in milliseconds. */
  dueAt: number;
  refusals: number;
  /** Its nonce was found used, and no receipt. */
  seemedTaken: boolean;
}

/** Follows every signed transaction to its receipt, and sends its bytes again when they seem lost. Runs while there is one. */
export class Watch {
  private readonly options: WatchOptions;
  private readonly dependencies: WatchDependencies;
  private readonly attempts = new Map<number, Attempts>();
  private running: Promise<void> | undefined;
  private wake: () => void = () => undefined;
  private closed = false;

  constructor(options: WatchOptions, dependencies: WatchDependencies) {
    this.options = options;
    this.dependencies = dependencies;
  }

  /** Looks at once, and goes on looking. */
  start(): void {
    this.wake();
    this.running ??= this.run().finally(() => {
      this.running = undefined;
      // A transaction may have been signed between the last look and this line.
      if (!this.closed && this.dependencies.open.unsettled().length > 0) this.start();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wake();
    await this.running;
  }

  /** Sends the stored bytes. Whatever the endpoint says, only a receipt tells what happened. */
  async send({ nonce, raw }: OpenTransaction): Promise<void> {
    const attempts = this.attemptsOf(nonce);
    const { clock, connection, log } = this.dependencies;
    attempts.dueAt = clock() + this.options.resendAfterMs;
    try {
      await sendRawTransaction(connection.rpc, raw);
      attempts.refusals = 0;
    } catch (error) {
      const code = codeOf(error);
      if (code === "chain.already-known" || code === "chain.nonce-used") return;
      if (code === "chain.rejected") attempts.refusals++;
      else attempts.dueAt = Math.min(attempts.dueAt, clock() + RETRY_SEND_MS);
      log.warn({ nonce, code }, "a transaction could not be sent");
    }
  }

  private attemptsOf(nonce: number): Attempts {
    const attempts = this.attempts.get(nonce) ?? { dueAt: 0, refusals: 0, seemedTaken: false };
    this.attempts.set(nonce, attempts);
    return attempts;
  }

  private async run(): Promise<void> {
    const { open, log } = this.dependencies;
    let pauseMs = FIRST_POLL_MS;
    while (!this.closed && open.unsettled().length > 0) {
      let settled = 0;
      try {
        await open.load();
        for (const entry of open.unsettled()) settled += (await this.look(entry)) ? 1 : 0;
      } catch (error) {
        log.warn({ code: codeOf(error) }, "receipts cannot be read; trying again");
      }
      if (this.closed || open.unsettled().length === 0) break;
      pauseMs = settled > 0 ? FIRST_POLL_MS : Math.min(2 * pauseMs, this.options.receiptPollMs);
      await this.pause(pauseMs);
    }
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.dependencies.timer(delayMs, resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
    });
  }

  /** True when the nonce is settled. */
  private async look(entry: OpenTransaction): Promise<boolean> {
    if (await this.settleByReceipt(entry)) return true;
    const attempts = this.attempts.get(entry.nonce);
    if (attempts !== undefined && this.dependencies.clock() < attempts.dueAt) return false;
    if (await this.settleAsTaken(entry)) return true;
    if ((attempts?.refusals ?? 0) >= REFUSALS_BEFORE_CANCEL && !entry.cancelling) await this.cancel(entry);
    else await this.send(entry);
    return false;
  }

  private async settleByReceipt(entry: OpenTransaction): Promise<boolean> {
    const { open, connection, recent, onOutcome } = this.dependencies;
    for (const hash of hashesOf(entry)) {
      const found = await findReceipt(connection.rpc, hash);
      if (found === undefined) continue;
      const { transaction, block, blockHash } = found;
      const cancelled = entry.cancelling && transaction === entry.hash;
      const receipt = { transaction, block, blockHash, succeeded: found.succeeded && !cancelled };
      recent.saw(block);
      await open.settle(entry, receipt, { final: connection.finality.tag === "latest" });
      this.attempts.delete(entry.nonce);
      if (receipt.succeeded) onOutcome(entry.key, receipt);
      else
        onOutcome(
          entry.key,
          cancelled ? new SenderError("transaction.cancelled") : new SenderError("transaction.failed", { block }),
        );
      return true;
    }
    return false;
  }

  /**
   * A final block holds another transaction with this nonce: ours can never be mined. Believed the second time: an endpoint
   * may count the nonce before another one, which is asked next, has the receipt.
   */
  private async settleAsTaken(entry: OpenTransaction): Promise<boolean> {
    const { open, connection, account, log, recent, onOutcome } = this.dependencies;
    const { nonce, key } = entry;
    const final = await getBlock(connection.rpc, connection.finality.tag);
    const method = "eth_getTransactionCount";
    const used = readQuantity(await connection.rpc.request(method, [account.address, quantity(final.number)]), method);
    if (used <= nonce || (await this.settleByReceipt(entry))) return false;
    const attempts = this.attemptsOf(nonce);
    if (!attempts.seemedTaken) {
      attempts.seemedTaken = true;
      return false;
    }
    log.error({ nonce }, "another transaction of the account took a nonce: the account is used elsewhere too");
    recent.saw(final.number);
    await open.drop(entry);
    this.attempts.delete(nonce);
    onOutcome(key, new SenderError("transaction.nonce-taken", { nonce }));
    return true;
  }

  /** Takes the nonce back with an empty transfer to ourselves, so that later nonces are not held up. */
  private async cancel(entry: OpenTransaction): Promise<void> {
    const { open, account, connection, clock, log } = this.dependencies;
    const { nonce } = entry;
    const { raw, hash } = await account.sign({
      chainId: connection.chainId,
      nonce,
      to: account.address,
      data: "0x",
      gas: TRANSFER_GAS,
      gasPrice: this.options.gasPrice,
    });
    log.warn({ nonce }, "a transaction is refused again and again; its nonce is cancelled");
    const signedAt = Math.floor(clock() / 1000);
    const replaced: OpenTransaction = { ...entry, raw, hash, signedAt, cancelling: true, rivals: hashesOf(entry) };
    // Crash before this line: the refused bytes are tried again. After it: either may be mined, and the receipt tells which.
    await open.replace(replaced);
    this.attempts.delete(nonce);
    await this.send(replaced);
  }
}

const codeOf = (error: unknown): string =>
  error instanceof ChainError ? error.code : error instanceof Error ? error.name : "unknown";
