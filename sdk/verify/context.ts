import { ChainError } from "../chain/errors.ts";
import type { LedgerView } from "../chain/view.ts";
import type { Hex } from "../protocol/bytes.ts";
import type { Evidence } from "../protocol/evidence.ts";
import type { RecordSchema } from "../protocol/schema.ts";
import { unclear, type Finding, type Policy } from "./report.ts";
import type { Trust } from "./trust.ts";

/** What every check may look at. The chain is present only when it was reached and is the trusted one. */
export interface Context {
  readonly evidence: Evidence;
  readonly record: Uint8Array;
  readonly recordHex: Hex;
  /** The evidence's schema when it can be read. */
  readonly schema: RecordSchema | undefined;
  readonly policy: Policy;
  readonly trust: Trust | undefined;
  readonly chain: Chain;
  /** The time asked about, seconds. */
  readonly at: number;
  readonly knownAt: number | undefined;
  readonly now: number;
  readonly awaitingReceipt: boolean;
}

export type Chain = { readonly view: LedgerView } | { readonly missing: Finding };

/** Runs a check that needs the chain; without it, or when a read fails, the outcome is `error`. */
export const withChain = (chain: Chain, check: (view: LedgerView) => Promise<Finding>): Promise<Finding> =>
  "missing" in chain ? Promise.resolve(chain.missing) : check(chain.view).catch(unreadable);

/** A finding in any case: what could not be read is `error`, never a guess. */
export function settled(check: () => Finding | Promise<Finding>): Finding | Promise<Finding> {
  try {
    const found = check();
    return found instanceof Promise ? found.catch(unreadable) : found;
  } catch (error) {
    return unreadable(error);
  }
}

function unreadable(error: unknown): Finding {
  if (error instanceof ChainError) return unclear(error.code, error.values);
  return unclear("verify.unexpected", { error: error instanceof Error ? error.name : "unknown" });
}
