import type { Agreement } from "../../sdk/chain/agreements.ts";
import { grants, parsePattern, splitKeyId, type KeySignature } from "../../sdk/protocol/delivery.ts";
import { isEd25519Signature } from "../exchange/ed25519.ts";
import type { Head } from "../exchange/head.ts";
import type { Application } from "../agreements/applications.ts";
import { DeliveryError } from "./errors.ts";

/** Deliveries of an agreement that may be without a receipt at a time. */
export const MAXIMUM_UNACKNOWLEDGED = 16;

/** Throws `delivery.not-in-force`. `now` is the caller's present: an idle chain's last block is not. */
export async function requireInForce({ id, state }: Agreement, { view, now }: Head): Promise<void> {
  if (!(await view.isInForceAt(id, now))) throw new DeliveryError("delivery.not-in-force", { state });
}

/** Throws `delivery.purpose`, `delivery.field-not-granted`. Required claims belong to every grant and are not asked for. */
export function requireGranted(
  { terms, patterns }: Application,
  asked: { readonly purpose: string; readonly fields: readonly string[] },
): void {
  if (asked.purpose !== terms.purpose) throw new DeliveryError("delivery.purpose");
  asked.fields.forEach((field, index) => {
    const wanted = parsePattern(field);
    if (!patterns.some((pattern) => grants(pattern, wanted)))
      throw new DeliveryError("delivery.field-not-granted", { index });
  });
}

export interface SignatureRule {
  readonly signature: KeySignature;
  readonly bytes: Uint8Array;
  readonly department: string;
  /** The key must be trusted at this time, seconds. */
  readonly at: number;
}

/** Whether a department's key, trusted at a time, made a signature. */
export async function isSignedBy(
  { signature, bytes, department, at }: SignatureRule,
  { view }: Head,
): Promise<boolean> {
  const { department: signer, index } = splitKeyId(signature.key);
  if (signer !== department) return false;
  const [key, trusted] = await Promise.all([view.key(signer, index), view.isKeyTrustedAt(signer, index, at)]);
  return trusted && key?.algorithm === "ed25519" && isEd25519Signature(key.material, bytes, signature.signature);
}
