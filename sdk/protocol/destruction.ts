import type { Hex } from "./bytes.ts";
import { canonicalBytes } from "./canonical.ts";

const INTENT_DOMAIN = "suyuan/destruction-intent/1";

/** A decision to destroy a payload: what each of two people signs. `at` in seconds. */
export interface DestructionIntent {
  readonly ledger: Hex;
  readonly scope: Hex;
  readonly seq: number;
  readonly record: Hex;
  readonly reason: string;
  readonly at: number;
}

/** The bytes that each approver signs: `suyuan/destruction-intent/1` ‖ JCS of the intent (SPEC §9.7). */
export const intentBytes = ({ ledger, scope, seq, record, reason, at }: DestructionIntent): Uint8Array =>
  canonicalBytes({ ledger, scope, seq, record, reason, at }, INTENT_DOMAIN);
