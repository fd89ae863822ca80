import type { LedgerCall } from "../../sdk/chain/calls.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { Sender } from "../chain/sender.ts";
import { unavailable } from "./head.ts";

export interface LedgerAction {
  /** What is done, to what: `agreement/0x…/suspend`. */
  readonly name: string;
  readonly call: LedgerCall;
  /** The caller's key: repeating a call with it gives the first one's transaction. */
  readonly idempotencyKey: string | undefined;
}

export interface Done {
  readonly transaction: Hex;
  readonly block: number;
}

export interface LedgerActionDependencies {
  readonly sender: Pick<Sender, "submit">;
  readonly newId: () => string;
}

/** Does something on chain under the node's account. Throws ChainError `chain.revert`, SenderError, HttpError `chain.unavailable`. */
export async function act(
  { name, call, idempotencyKey }: LedgerAction,
  { sender, newId }: LedgerActionDependencies,
): Promise<Done> {
  const key = `${name}/${idempotencyKey === undefined ? `once/${newId()}` : `key/${idempotencyKey}`}`;
  const { transaction, block } = await unavailable(() => sender.submit({ key, call }));
  return { transaction, block };
}
