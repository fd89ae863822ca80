import { parseKeySignature, type KeySignature } from "../protocol/delivery.ts";
import { toBase64Url } from "../protocol/bytes.ts";
import { intentBytes, type DestructionIntent } from "../protocol/destruction.ts";
import type { RequestSigner } from "../client/signature.ts";
import type { Json } from "../protocol/json.ts";
import { ProtocolError } from "../protocol/protocol-error.ts";
import { Shape } from "../protocol/shape.ts";

const APPROVAL_FORMAT = "suyuan/destruction-approval/1";
const MAXIMUM_APPROVALS = 8;

/** A decision with the signatures it has so far. Carried from one person to the next; the node checks every signature. */
export interface Approval {
  readonly intent: DestructionIntent;
  readonly approvals: readonly KeySignature[];
}

export async function signIntent(intent: DestructionIntent, signer: RequestSigner): Promise<KeySignature> {
  return { key: signer.keyId, signature: toBase64Url(await signer.sign(intentBytes(intent))) };
}

export const approvalJson = ({ intent, approvals }: Approval): Json => ({
  format: APPROVAL_FORMAT,
  intent: { ...intent },
  approvals: approvals.map((approval) => ({ ...approval })),
});

/** Throws ProtocolError `shape.*`, `version.unknown`. */
export function parseApproval(value: Json): Approval {
  const s = new Shape(value, "approval");
  if (s.text("format") !== APPROVAL_FORMAT) throw new ProtocolError("version.unknown");
  const i = s.object("intent");
  const intent: DestructionIntent = {
    ledger: i.hex("ledger", 32),
    scope: i.hex("scope", 32),
    seq: i.integer("seq"),
    record: i.hex("record", 32),
    reason: i.text("reason"),
    at: i.integer("at"),
  };
  i.end();
  const approvals = s
    .array("approvals", MAXIMUM_APPROVALS)
    .map((item, n) => parseKeySignature(item, `approval.approvals[${n}]`));
  s.end();
  return { intent, approvals };
}
