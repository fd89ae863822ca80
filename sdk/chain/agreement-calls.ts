import type { Hex } from "../protocol/bytes.ts";
import { DUTIES, type DeadlineProfile, type Duty } from "./agreements.ts";
import type { LedgerCall } from "./calls.ts";
import { encodeCall } from "./contracts.ts";
import { enumNumber } from "./values.ts";

export interface ApplyCall {
  readonly resource: Hex;
  /** Record id of the application. */
  readonly document: Hex;
  readonly validFrom: number;
  readonly validUntil: number;
  readonly maximumUses: number;
}

export const applyForCall = ({ resource, document, validFrom, validUntil, maximumUses }: ApplyCall): LedgerCall => ({
  contract: "SharingAgreements",
  data: encodeCall("SharingAgreements", "applyFor", [
    resource,
    document,
    BigInt(validFrom),
    BigInt(validUntil),
    maximumUses,
  ]),
});

type AgreementCall = { readonly agreement: Hex };
type ReasonedCall = AgreementCall & { readonly reason: number };

export const requestSupplementCall = ({
  agreement,
  missing,
}: AgreementCall & { readonly missing: Hex }): LedgerCall => ({
  contract: "SharingAgreements",
  data: encodeCall("SharingAgreements", "requestSupplement", [agreement, missing]),
});

export const supplementCall = ({ agreement, document }: AgreementCall & { readonly document: Hex }): LedgerCall => ({
  contract: "SharingAgreements",
  data: encodeCall("SharingAgreements", "supplement", [agreement, document]),
});

export const requestExtensionCall = ({
  agreement,
  workingDays,
  reason,
}: AgreementCall & { readonly workingDays: number; readonly reason: Hex }): LedgerCall => ({
  contract: "SharingAgreements",
  data: encodeCall("SharingAgreements", "requestExtension", [agreement, workingDays, reason]),
});

export const decideExtensionCall = ({ agreement, grant }: AgreementCall & { readonly grant: boolean }): LedgerCall => ({
  contract: "SharingAgreements",
  data: encodeCall("SharingAgreements", "decideExtension", [agreement, grant]),
});

export const agreeCall = ({ agreement }: AgreementCall): LedgerCall => ({
  contract: "SharingAgreements",
  data: encodeCall("SharingAgreements", "agree", [agreement]),
});

/** `basis` is the digest of the written reason. */
export const refuseCall = ({ agreement, basis }: AgreementCall & { readonly basis: Hex }): LedgerCall => ({
  contract: "SharingAgreements",
  data: encodeCall("SharingAgreements", "refuse", [agreement, basis]),
});

export const suspendAgreementCall = ({ agreement, reason }: ReasonedCall): LedgerCall => ({
  contract: "SharingAgreements",
  data: encodeCall("SharingAgreements", "suspend", [agreement, reason]),
});

export const resumeAgreementCall = ({ agreement }: AgreementCall): LedgerCall => ({
  contract: "SharingAgreements",
  data: encodeCall("SharingAgreements", "resume", [agreement]),
});

export const revokeAgreementCall = ({ agreement, reason }: ReasonedCall): LedgerCall => ({
  contract: "SharingAgreements",
  data: encodeCall("SharingAgreements", "revoke", [agreement, reason]),
});

export const recordExpiryCall = ({ agreement }: AgreementCall): LedgerCall => ({
  contract: "SharingAgreements",
  data: encodeCall("SharingAgreements", "recordExpiry", [agreement]),
});

export const completeAgreementCall = ({ agreement }: AgreementCall): LedgerCall => ({
  contract: "SharingAgreements",
  data: encodeCall("SharingAgreements", "complete", [agreement]),
});

export const reserveCall = ({ agreement, count }: AgreementCall & { readonly count: number }): LedgerCall => ({
  contract: "SharingAgreements",
  data: encodeCall("SharingAgreements", "reserve", [agreement, count]),
});

export const recordMissedDeadlineCall = ({ agreement, duty }: AgreementCall & { readonly duty: Duty }): LedgerCall => ({
  contract: "SharingAgreements",
  data: encodeCall("SharingAgreements", "recordMissedDeadline", [agreement, enumNumber(DUTIES, duty)]),
});

export const appendProfileCall = (profile: DeadlineProfile): LedgerCall => ({
  contract: "SharingAgreements",
  data: encodeCall("SharingAgreements", "appendProfile", [
    { ...profile, effectiveFrom: BigInt(profile.effectiveFrom) },
  ]),
});
