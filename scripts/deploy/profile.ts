import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { canonicalBytes } from "../../sdk/protocol/canonical.ts";
import { digest } from "../../sdk/protocol/hash.ts";

/** Periods in working days, with the rule they come from: a local rule that departs from the ledger's first profile. */
export interface DeadlineProfile {
  readonly replyUnconditional: number;
  readonly replyConditional: number;
  readonly supply: number;
  readonly settlement: number;
  /** Seconds; not before the block that appends the profile. */
  readonly effectiveFrom: number;
  readonly source: { readonly title: string; readonly document: string; readonly issued: string };
}

/** SHA-256 of the canonical JSON (RFC 8785) of the profile: what the chain stores as its source. */
export const profileDigest = (profile: DeadlineProfile): Hex =>
  toHex(digest("sha256", canonicalBytes({ ...profile, source: { ...profile.source } })));
