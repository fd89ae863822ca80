import { ChainError } from "../../sdk/chain/errors.ts";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import type { Clock, Timer } from "../ports.ts";
import { POSITION } from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";
import { HEAD, LAG_TOLERANCE_MS } from "./follower.ts";

/** Endpoints behind one address are a block or two apart for a moment: asked again so often, so many milliseconds later. */
export const CATCH_UP_ATTEMPTS = 10;
export const CATCH_UP_INTERVAL_MS = 200;

export interface RecentViewDependencies {
  readonly connection: LedgerConnection;
  readonly store: Store;
  readonly clock: Clock;
  readonly timer: Timer;
}

/**
 * Views of the chain that are not older than what this node has seen of it. An endpoint that lags would give a nonce a
 * second time, and take what is on chain for lost.
 */
export class RecentView {
  private readonly dependencies: RecentViewDependencies;
  private newest: number | undefined;
  /** When the endpoint was first found behind, in milliseconds. */
  private behindSince: number | undefined;

  constructor(dependencies: RecentViewDependencies) {
    this.dependencies = dependencies;
  }

  /** A block of this number holds something of ours. */
  saw(block: number): void {
    this.newest = Math.max(this.newest ?? 0, block);
  }

  /** Blocks above `ancestor` are gone. */
  forget(ancestor: number): void {
    this.newest = Math.max(0, ancestor);
    this.behindSince = undefined;
  }

  /**
   * The latest block, once it is not before one that was seen. An endpoint that stays behind for LAG_TOLERANCE_MS has lost
   * those blocks, and is believed. Throws ChainError `chain.endpoint-behind` until then.
   */
  async open(): Promise<LedgerView> {
    const { connection, store, clock } = this.dependencies;
    this.saw((await store.get(POSITION, HEAD))?.number ?? 0);
    // One that is known to be behind is asked once: whoever needs it tries again by itself.
    const attempts = this.behindSince === undefined ? CATCH_UP_ATTEMPTS : 1;
    for (let attempt = 1; ; attempt++) {
      const view = await connection.view("latest");
      const blocks = (this.newest ?? 0) - view.block.number;
      if (blocks <= 0) {
        this.behindSince = undefined;
        return view;
      }
      this.behindSince ??= clock();
      if (clock() - this.behindSince >= LAG_TOLERANCE_MS) return view;
      if (attempt >= attempts) throw new ChainError("chain.endpoint-behind", { endpoint: connection.endpoint, blocks });
      await new Promise<void>((resolve) => this.dependencies.timer(CATCH_UP_INTERVAL_MS, resolve));
    }
  }
}
