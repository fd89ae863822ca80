import type { LedgerView } from "../../chain/view.ts";
import { fromBase64Url, fromHex } from "../../protocol/bytes.ts";
import { deliveryBytes, splitKeyId, type DeliveryTerms, type KeySignature } from "../../protocol/delivery.ts";
import { withChain, type Context } from "../context.ts";
import { fail, pass, skipped, unclear, type Finding } from "../report.ts";

/** Both parties signed the delivery's terms, with keys of theirs that were trusted at the time of delivery. */
export async function checkReceipt({ evidence, policy, chain, awaitingReceipt }: Context): Promise<Finding> {
  const { header, delivery } = evidence;
  if (delivery === undefined)
    return policy.name === "use" ? fail("receipt.no-delivery") : skipped("receipt.not-needed");
  const { terms, provider, consumer } = delivery;
  if (consumer === undefined && !awaitingReceipt) return fail("receipt.countersignature-missing");
  return withChain(chain, async (view) => {
    const [first, second] = await Promise.all([
      checkSignature(view, { terms, signature: provider, side: "provider", department: header.issuer }),
      consumer && checkSignature(view, { terms, signature: consumer, side: "consumer", department: terms.consumer }),
    ]);
    return first ?? second ?? pass(consumer === undefined ? "receipt.awaiting" : "receipt.signed");
  });
}

interface Signed {
  readonly terms: DeliveryTerms;
  readonly signature: KeySignature;
  readonly side: "provider" | "consumer";
  /** Who must have signed. */
  readonly department: string;
}

async function checkSignature(
  view: LedgerView,
  { terms, signature, side, department }: Signed,
): Promise<Finding | undefined> {
  const { department: signer, index } = splitKeyId(signature.key);
  if (signer !== department) return fail("receipt.key-party", { side });
  const [key, trusted] = await Promise.all([view.key(signer, index), view.isKeyTrustedAt(signer, index, terms.at)]);
  if (key === undefined || !trusted) return fail("receipt.key-untrusted", { side });
  if (key.algorithm !== "ed25519") return fail("receipt.key-algorithm", { side });
  const held = await verifyEd25519({
    key: fromHex(key.material),
    signature: fromBase64Url(signature.signature),
    data: deliveryBytes(terms),
  });
  if (held === undefined) return unclear("receipt.unsupported");
  return held ? undefined : fail("receipt.signature", { side });
}

interface Ed25519Question {
  readonly key: Uint8Array;
  readonly signature: Uint8Array;
  readonly data: Uint8Array;
}

/** RFC 8032, by WebCrypto; undefined where it has no Ed25519. A key that is no point of the curve verifies nothing. */
export async function verifyEd25519({ key, signature, data }: Ed25519Question): Promise<boolean | undefined> {
  const { subtle } = globalThis.crypto;
  try {
    const imported = await subtle.importKey("raw", new Uint8Array(key), "Ed25519", false, ["verify"]);
    return await subtle.verify("Ed25519", imported, new Uint8Array(signature), new Uint8Array(data));
  } catch (error) {
    return error instanceof DOMException && error.name === "NotSupportedError" ? undefined : false;
  }
}
