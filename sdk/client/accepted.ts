import { canonicalBytes } from "../protocol/canonical.ts";
import type { AcceptedReceipt } from "./routes/records.ts";

/** What the signature of an accepted receipt covers: `suyuan/accepted/1` ‖ JCS({at, ledger, record, scope, seq}) (SPEC §9.6). */
export const acceptedBytes = ({
  ledger,
  scope,
  seq,
  record,
  at,
}: Omit<AcceptedReceipt, "key" | "signature">): Uint8Array =>
  canonicalBytes({ ledger, scope, seq, record, at }, "suyuan/accepted/1");
