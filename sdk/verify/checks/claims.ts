import { fromHex } from "../../protocol/bytes.ts";
import { findDisclosureFault } from "../../protocol/disclosure.ts";
import type { Context } from "../context.ts";
import { fail, pass, skipped, type Finding } from "../report.ts";

/** Each disclosed claim is what the record committed to at its position, and the required ones are all there. */
export function checkClaims({ evidence: { header, claims }, schema }: Context): Finding {
  if (schema === undefined) return skipped("claims.schema-unreadable");
  const fault = findDisclosureFault({
    hash: header.hash,
    disclosed: claims.disclosed,
    proof: claims.proof,
    root: fromHex(header.claimsRoot),
    count: header.claimCount,
    required: schema.required,
  });
  return fault === undefined ? pass("claims.valid", { disclosed: claims.disclosed.length }) : fail(fault);
}
