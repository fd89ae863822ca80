import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { ChainError } from "../../sdk/chain/errors.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import { HttpError } from "../http/errors.ts";
import type { Clock } from "../ports.ts";

/** The ledger at its current head, with the present by which rights are judged. */
export interface Head {
  readonly view: LedgerView;
  /** Seconds: the node's clock, or the head's time when that is later. An idle chain's head is old, an honest clock is not. */
  readonly now: number;
}

export interface HeadDependencies {
  readonly connection: LedgerConnection;
  readonly clock: Clock;
}

/** Reads at the current head. Throws HttpError `chain.unavailable`: without the ledger nothing is decided. */
export async function readHead({ connection, clock }: HeadDependencies): Promise<Head> {
  const view = await unavailable(() => connection.view("latest"));
  return { view, now: Math.max(Math.floor(clock() / 1000), view.block.time) };
}

/** Runs reads of the chain; whatever keeps them from being made is `chain.unavailable`. A revert is an answer and stays. */
export async function unavailable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ChainError && error.code !== "chain.revert")
      throw new HttpError("chain.unavailable", {}, error);
    throw error;
  }
}
