import { syntheticCertificate } from "../../../sdk/families/synthetic-certificates.ts";
import type { ECertificate } from "../../../sdk/families/ecertificate.ts";
import { utf8 } from "../../../sdk/protocol/bytes.ts";

const SEED = 3;

/** Claims of a document of the workload. */
export const CLAIMS = 25;

/** The i-th document: an electronic certificate of 25 claims with its business key and identifier, different for each i. */
export function documentOf(index: number): ECertificate {
  const { extendInfo: _unused, ...certificate } = syntheticCertificate({ seed: SEED, asOf: "2025-09-01" }, index);
  return certificate;
}

/** Documents `first … first + count − 1`, one a line. */
export function ndjsonOf(first: number, count: number): Uint8Array {
  let text = "";
  for (let i = first; i < first + count; i++) text += `${JSON.stringify(documentOf(i))}\n`;
  return utf8(text);
}
