import type { Hex } from "../../sdk/protocol/bytes.ts";

/** The few things that intake asks the chain. Each throws ChainError when the chain cannot be read. */
export interface LedgerGate {
  /** Undefined while the scope is not open. */
  headOf(scope: Hex): Promise<{ readonly holder: string; readonly next: number } | undefined>;
  /** True when the record's state can never become active again. */
  isTerminal(scope: Hex, seq: number): Promise<boolean>;
}

/** Whose records these are: goes into every header. */
export interface Identity {
  /** Ledger id. */
  readonly ledger: Hex;
  /** USCC of the node's department. */
  readonly department: string;
}
