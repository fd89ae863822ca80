import type { Hex } from "../protocol/bytes.ts";
import type { NoticeKind } from "../protocol/notice.ts";
import { SHARE_CLASSES, type ShareClass } from "./catalogue.ts";
import { eventTopic } from "./contracts.ts";
import type { Asker, FoundEvent } from "./directory.ts";
import { isRevert } from "./errors.ts";
import { boundedCount, enumName, enumNumber, momentSeconds, seconds } from "./values.ts";

export const AGREEMENT_STATES = [
  "none",
  "applied",
  "incomplete",
  "agreed",
  "refused",
  "suspended",
  "revoked",
  "expired",
  "completed",
] as const;
export type AgreementState = (typeof AGREEMENT_STATES)[number];
export const DUTIES = ["none", "reply", "supply", "settle-deliveries", "settle-receipts"] as const;
export type Duty = (typeof DUTIES)[number];

/** Times in seconds; absent when there is none yet. */
export interface Agreement {
  readonly id: Hex;
  readonly resource: Hex;
  readonly provider: string;
  readonly consumer: string;
  readonly state: AgreementState;
  /** Record id of the application document. */
  readonly document: Hex;
  readonly appliedAt: number;
  readonly replyDue?: number;
  readonly supplyDue?: number;
  readonly validFrom: number;
  readonly validUntil: number;
  readonly endedAt?: number;
  readonly maximumUses: number;
  /** Delivery numbers 0 … reserved − 1 may be used. */
  readonly reserved: number;
  readonly profile: number;
  /** As published at the application: it decides the reply period. */
  readonly shareClass: ShareClass;
  readonly askedOnce: boolean;
  readonly suspendedByAuthority: boolean;
  /** Working days granted so far, and those requested and not decided yet. */
  readonly extensionDays: number;
  readonly extensionRequested: number;
}

/** Working days for each duty. */
export interface DeadlineProfile {
  readonly replyUnconditional: number;
  readonly replyConditional: number;
  readonly supply: number;
  readonly settlement: number;
  readonly effectiveFrom: number;
  readonly source: Hex;
}

/** A notice of the provider as an event names it. */
export interface NamedNotice {
  readonly kind: NoticeKind;
  readonly digest: Hex;
}

export interface AgreementReads {
  agreement(id: Hex): Promise<Agreement | undefined>;
  agreements(): Promise<readonly Agreement[]>;
  /** The state recorded at `time`, by the contract in force then. */
  agreementStateAt(id: Hex, time: number): Promise<AgreementState>;
  /** Agreed, inside its period, resource published, both parties active, consumer not denied; by the contract in force then. */
  isInForceAt(id: Hex, time: number): Promise<boolean>;
  /** End of the period in which reserved numbers may be settled; undefined while the agreement has not ended. Throws `chain.revert` YearUnknown when the calendar does not reach that far. */
  settlementUntil(id: Hex): Promise<number | undefined>;
  /** The deadline of a duty that was last recorded as missed. */
  missedDeadline(id: Hex, duty: Duty): Promise<number | undefined>;
  /** Versions count from 1. */
  profile(version: number): Promise<DeadlineProfile>;
  profileCount(): Promise<number>;
  /** The notices that the provider committed to, oldest first; the words are at its node. */
  agreementNotices(id: Hex): Promise<readonly NamedNotice[]>;
}

const NOTICE_EVENTS = ["Refused", "SupplementRequested", "ExtensionRequested"] as const;

export function agreementReads({ ask, events }: Asker): AgreementReads {
  const agreement = async (id: Hex): Promise<Agreement | undefined> => {
    const found = await whenKnown(() => ask("SharingAgreements", "agreement", [id]));
    if (found === undefined || found.state === 0) return undefined;
    const replyDue = momentSeconds(found.replyDue);
    const supplyDue = momentSeconds(found.supplyDue);
    const endedAt = momentSeconds(found.endedAt);
    return {
      id: found.id,
      resource: found.resource,
      provider: found.provider,
      consumer: found.consumer,
      state: enumName(AGREEMENT_STATES, found.state),
      document: found.document,
      appliedAt: seconds(found.appliedAt),
      ...(replyDue !== undefined && { replyDue }),
      ...(supplyDue !== undefined && { supplyDue }),
      validFrom: seconds(found.validFrom),
      validUntil: seconds(found.validUntil),
      ...(endedAt !== undefined && { endedAt }),
      maximumUses: found.maximumUses,
      reserved: found.reserved,
      profile: found.profile,
      shareClass: enumName(SHARE_CLASSES, found.shareClass),
      askedOnce: found.askedOnce,
      suspendedByAuthority: found.suspendedByAuthority,
      extensionDays: found.extensionDays,
      extensionRequested: found.extensionRequested,
    };
  };

  return {
    agreement,
    agreements: async () => {
      const count = boundedCount(await ask("SharingAgreements", "agreementCount", []));
      const ids = await Promise.all(
        Array.from({ length: count }, (_, i) => ask("SharingAgreements", "agreementByIndex", [BigInt(i)])),
      );
      return (await Promise.all(ids.map(agreement))).filter((found) => found !== undefined);
    },
    agreementStateAt: async (id, time) =>
      enumName(
        AGREEMENT_STATES,
        (await whenKnown(() => ask("SharingAgreements", "stateAt", [id, BigInt(time)], time))) ?? 0,
      ),
    isInForceAt: async (id, time) =>
      (await whenKnown(() => ask("SharingAgreements", "isInForceAt", [id, BigInt(time)], time))) ?? false,
    settlementUntil: async (id) =>
      momentSeconds((await whenKnown(() => ask("SharingAgreements", "settlementUntil", [id]))) ?? 0n),
    missedDeadline: async (id, duty) =>
      momentSeconds(
        (await whenKnown(() => ask("SharingAgreements", "missedDeadline", [id, enumNumber(DUTIES, duty)]))) ?? 0n,
      ),
    profileCount: () => ask("SharingAgreements", "profileCount", []),
    profile: async (version) => {
      const { effectiveFrom, ...days } = await ask("SharingAgreements", "profile", [version]);
      return { ...days, effectiveFrom: seconds(effectiveFrom) };
    },
    agreementNotices: async (id) => {
      const topics = [NOTICE_EVENTS.map((name) => eventTopic("SharingAgreements", name)), id];
      return (await events("SharingAgreements", { topics })).flatMap(noticeIn);
    },
  };
}

function noticeIn({ event }: FoundEvent<"SharingAgreements">): readonly NamedNotice[] {
  switch (event.name) {
    case "Refused":
      return [{ kind: "basis", digest: event.args.basis }];
    case "SupplementRequested":
      return [{ kind: "missing", digest: event.args.missing }];
    case "ExtensionRequested":
      return [{ kind: "extension", digest: event.args.reason }];
    default:
      return [];
  }
}

async function whenKnown<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isRevert(error, "AgreementUnknown")) return undefined;
    throw error;
  }
}
