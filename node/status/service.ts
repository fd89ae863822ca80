import { getBlock } from "../../sdk/chain/blocks.ts";
import { changeStatusCall, changeStatusRangeCall } from "../../sdk/chain/calls.ts";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { RECORD_STATES, type RecordState } from "../../sdk/chain/statuses.ts";
import { enumNumber } from "../../sdk/chain/values.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { Sender } from "../chain/sender.ts";
import type { EventFeed } from "../records/events.ts";
import { STATUS_CHANGES } from "../storage/keyspaces.ts";
import { Serial } from "../storage/serial.ts";
import { put, type Store } from "../storage/store.ts";

/** What the contract takes for the time of the block (IRecordStatus). */
const AT_BLOCK_TIME = 0;

/** 1 … 1,040 neighbouring records in one transaction (IRecordStatus). */
export interface StatusChangeOptions {
  readonly scope: Hex;
  readonly first: number;
  /** Default 1. */
  readonly count?: number;
  readonly state: Exclude<RecordState, "superseded">;
  /** A code above 0. */
  readonly reason: number;
  /** Seconds, not in the future. Default: the time of the block that takes the change. */
  readonly effectiveFrom?: number;
  /** The caller's name for this decision: the same key is carried out once. */
  readonly key: string;
}

export interface StatusChangeResult {
  readonly transaction: Hex;
  readonly block: number;
}

export interface StatusDependencies {
  readonly sender: Sender;
  readonly connection: LedgerConnection;
  readonly store: Store;
  readonly feed: EventFeed;
}

/** Changes the state of records on chain and tells subscribers. Which changes are allowed, the contract decides. */
export class StatusService {
  private readonly dependencies: StatusDependencies;
  private readonly telling = new Serial();

  constructor(dependencies: StatusDependencies) {
    this.dependencies = dependencies;
  }

  /** Throws ChainError `chain.revert` with the contract's error (`StatusTerminal`, `NumberNotAnchored`, …), SenderError, StorageError. */
  async change(options: StatusChangeOptions): Promise<StatusChangeResult> {
    const { sender, connection } = this.dependencies;
    const { scope, first, count = 1, state, reason } = options;
    const change = { scope, state, reason, effectiveFrom: options.effectiveFrom ?? AT_BLOCK_TIME };
    const key = `status/${options.key}`;
    const knownVersion = async () =>
      (await sender.isSigned(key)) ? 0 : (await connection.view("latest")).statusVersion(scope, first);
    const call =
      count === 1
        ? changeStatusCall({ ...change, seq: first, knownVersion: await knownVersion() })
        : changeStatusRangeCall({ ...change, first, count });
    const { transaction, block } = await sender.submit({ key, call });
    await this.telling.run(() => this.tell({ ...change, first, count, key, transaction, block }));
    return { transaction, block };
  }

  private async tell({
    key,
    scope,
    first,
    count,
    state,
    reason,
    effectiveFrom,
    transaction,
    block,
  }: Required<StatusChangeOptions> & StatusChangeResult): Promise<void> {
    const { store, feed, connection } = this.dependencies;
    if ((await store.get(STATUS_CHANGES, key)) !== undefined) return;
    const at = (await getBlock(connection.rpc, block)).time;
    const effective = effectiveFrom === AT_BLOCK_TIME ? at : effectiveFrom;
    const detail = { state: enumNumber(RECORD_STATES, state), reason, effectiveFrom: effective, transaction, block };
    // Crash before this line: the change is on chain and nobody was told; the caller, who has no answer, asks again and it is.
    await feed.commit(
      [put(STATUS_CHANGES, key, { transaction })],
      [{ scope, first, count, change: "status", at, detail }],
    );
  }
}
