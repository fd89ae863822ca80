import { toHex, type Hex } from "./bytes.ts";
import { canonicalBytes } from "./canonical.ts";
import { digest } from "./hash.ts";

const NOTICE_DOMAIN = "suyuan/notice/1";

export const NOTICE_KINDS = ["basis", "missing", "extension"] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What a provider wrote about an agreement: why it refused, what is missing, why it needs more time. `at` in seconds. */
export interface Notice {
  readonly agreement: Hex;
  readonly kind: NoticeKind;
  readonly text: string;
  readonly at: number;
  /** 16 random bytes in base64url: a short text cannot be guessed from its digest. */
  readonly salt: string;
}

/** `suyuan/notice/1` ‖ JCS of the notice (SPEC §9.8). */
export const noticeBytes = ({ agreement, kind, text, at, salt }: Notice): Uint8Array =>
  canonicalBytes({ agreement, kind, text, at, salt }, NOTICE_DOMAIN);

/** What the chain holds of a notice (SPEC §9.8). */
export const noticeDigest = (notice: Notice): Hex => toHex(digest("sha256", noticeBytes(notice)));
