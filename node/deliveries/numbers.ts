import type { Agreement } from "../../sdk/chain/agreements.ts";
import { reserveCall } from "../../sdk/chain/agreement-calls.ts";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { readHead, unavailable, type HeadDependencies } from "../exchange/head.ts";
import { act, type LedgerActionDependencies } from "../exchange/ledger-actions.ts";
import type { Timer } from "../ports.ts";
import { MAXIMUM_SEQ } from "../storage/codecs.ts";
import { DELIVERY_FLOORS, RECEPTIONS } from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";
import { DeliveryError } from "./errors.ts";

const FINAL_POLL_MS = 200;
const FINAL_POLLS = 300;

export interface NumbersOptions {
  /** Numbers reserved at a time. */
  readonly reserveWindow: number;
}

export interface NumbersDependencies extends HeadDependencies, LedgerActionDependencies {
  readonly connection: LedgerConnection;
  readonly timer: Timer;
}

/** The numbers of agreements, as the consumer reserves them. */
export class Numbers {
  private readonly options: NumbersOptions;
  private readonly dependencies: NumbersDependencies;

  constructor(options: NumbersOptions, dependencies: NumbersDependencies) {
    this.options = options;
    this.dependencies = dependencies;
  }

  /**
   * Reserves windows on chain until number k is in one, and waits until the reservation is final: verification reads the
   * final block. Throws `delivery.uses-exhausted`, `delivery.undetermined`, ChainError `chain.revert`, HttpError `chain.unavailable`.
   */
  async reserve({ id, maximumUses, ...agreement }: Agreement, k: number): Promise<void> {
    let { reserved } = agreement;
    while (k >= reserved) {
      const count = Math.min(this.options.reserveWindow, maximumUses - reserved);
      if (count <= 0) throw new DeliveryError("delivery.uses-exhausted", { maximumUses });
      const call = reserveCall({ agreement: id, count });
      // Named by where the window begins: two callers, or a repeated call, reserve it once.
      await act({ name: `agreement/${id}/window`, call, idempotencyKey: String(reserved) }, this.dependencies);
      const { view } = await readHead(this.dependencies);
      const after = (await unavailable(() => view.agreement(id)))?.reserved ?? 0;
      if (after <= reserved) throw new DeliveryError("delivery.undetermined", { checks: "reservation" });
      reserved = after;
    }
    await this.untilFinal(id, k);
  }

  private async untilFinal(id: Hex, k: number): Promise<void> {
    const { connection, timer } = this.dependencies;
    for (let poll = 0; poll < FINAL_POLLS; poll++) {
      const found = await unavailable(async () => (await connection.view("final")).agreement(id));
      if (found !== undefined && k < found.reserved) return;
      await new Promise<void>((resolve) => timer(FINAL_POLL_MS, resolve));
    }
    throw new DeliveryError("delivery.undetermined", { checks: "finality" });
  }
}

/** The lowest number that a refusal freed, or the one after the last that was used. Numbers below `settled`, and those of which a restored backup knows nothing, are spoken for. */
export async function nextNumber(
  store: Store,
  { agreement, settled }: { readonly agreement: Hex; readonly settled: number },
): Promise<number> {
  const floor = (await store.get(DELIVERY_FLOORS, agreement)) ?? 0;
  let next = Math.max(settled, floor);
  const range = { gte: { scope: agreement, seq: next }, lte: { scope: agreement, seq: MAXIMUM_SEQ } };
  for await (const [{ seq }, { state }] of store.iterate(RECEPTIONS, range)) {
    if (seq > next || state === "free") break;
    next = seq + 1;
  }
  return next;
}
