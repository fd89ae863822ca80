import type { LedgerView } from "../../sdk/chain/view.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { splitKeyId, type KeySignature } from "../../sdk/protocol/delivery.ts";
import { intentBytes, type DestructionIntent } from "../../sdk/protocol/destruction.ts";
import { isEd25519Signature } from "../exchange/ed25519.ts";
import { DestructionError } from "./errors.ts";

export const APPROVALS = 2;

export interface ApprovalOptions {
  readonly intent: DestructionIntent;
  readonly approvals: readonly KeySignature[];
  /** USCC of the department whose keys must have signed. */
  readonly department: string;
  /** When the keys must be in force, in seconds. */
  readonly time: number;
}

/** Throws DestructionError `destruction.approvals`, `destruction.too-few` unless at least two different keys of the department, trusted at `time`, signed the intent. */
export async function checkApprovals(
  { intent, approvals, department, time }: ApprovalOptions,
  view: LedgerView,
): Promise<void> {
  const bytes = intentBytes(intent);
  const materials = new Set<Hex>();
  for (const [i, { key: keyId, signature }] of approvals.entries()) {
    const invalid = (reason: string) => new DestructionError("destruction.approvals", { number: i + 1, reason });
    const name = splitKeyId(keyId);
    if (name.department !== department) throw invalid("department");
    const key = await view.key(department, name.index);
    if (key?.algorithm !== "ed25519") throw invalid("key");
    if (!(await view.isKeyTrustedAt(department, name.index, time))) throw invalid("not-in-force");
    if (materials.has(key.material)) throw invalid("same-key");
    if (!isEd25519Signature(key.material, bytes, signature)) throw invalid("signature");
    materials.add(key.material);
  }
  if (materials.size < APPROVALS) throw new DestructionError("destruction.too-few");
}
