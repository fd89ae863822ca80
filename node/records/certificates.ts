import { affectedCertificates, creditPenalty } from "../../sdk/families/credit-penalty.ts";
import { ecertificate } from "../../sdk/families/ecertificate.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { Digests } from "./checks.ts";

/** Certificates that a document is, replaces or is about, by their identifiers. */
export interface NamedCertificates {
  readonly own?: string;
  readonly predecessor?: string;
  readonly quoted: readonly string[];
}

const NONE: NamedCertificates = { quoted: [] };

/** What a document of a kind names; it may be of any shape. */
export function certificatesIn(kind: string, document: JsonObject): NamedCertificates {
  if (kind === creditPenalty.kind) return { quoted: affectedCertificates(document) };
  if (kind !== ecertificate.kind) return NONE;
  const { certificateIdentifier: own, predecessor } = document;
  return {
    quoted: [],
    ...(typeof own === "string" && { own }),
    ...(typeof predecessor === "string" && { predecessor }),
  };
}

/** The keyed digest under which a certificate of a scope is found. */
export const certificateDigest = (
  { scope, identifier }: { readonly scope: Hex; readonly identifier: string },
  digests: Pick<Digests, "contentDigest">,
): Uint8Array => digests.contentDigest("certificate", `${scope}\n${identifier}`);
