import { createPublicKey, verify } from "node:crypto";
import type { LedgerView } from "../../sdk/chain/view.ts";
import { concat, fromBase64Url, fromHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { canonicalBytes } from "../../sdk/protocol/canonical.ts";
import { splitKeyId, type KeySignature } from "../../sdk/protocol/delivery.ts";
import { DestructionError } from "./errors.ts";

/** What two people sign. `at` in seconds. */
export interface DestructionIntent {
  readonly ledger: Hex;
  readonly scope: Hex;
  readonly seq: number;
  readonly record: Hex;
  readonly reason: string;
  readonly at: number;
}

export const APPROVALS = 2;
const INTENT_DOMAIN = "suyuan/destruction-intent/1";
/** DER of an Ed25519 public key up to its 32 bytes (RFC 8410 §4). */
const SPKI_ED25519 = fromHex("0x302a300506032b6570032100");

/** The bytes that each approver signs. */
export const intentBytes = ({ ledger, scope, seq, record, reason, at }: DestructionIntent): Uint8Array =>
  canonicalBytes({ ledger, scope, seq, record, reason, at }, INTENT_DOMAIN);

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
    if (!isSignature(key.material, bytes, signature)) throw invalid("signature");
    materials.add(key.material);
  }
  if (materials.size < APPROVALS) throw new DestructionError("destruction.too-few");
}

function isSignature(material: Hex, bytes: Uint8Array, signature: string): boolean {
  try {
    const key = createPublicKey({
      key: Buffer.from(concat(SPKI_ED25519, fromHex(material))),
      format: "der",
      type: "spki",
    });
    return verify(null, bytes, key, fromBase64Url(signature));
  } catch {
    return false;
  }
}
