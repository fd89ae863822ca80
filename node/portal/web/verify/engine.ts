import { openAgreeingView } from "../../../../sdk/chain/connection.ts";
import { toHex } from "../../../../sdk/protocol/bytes.ts";
import { MAXIMUM_EVIDENCE_BYTES, parseEvidenceBytes } from "../../../../sdk/protocol/evidence.ts";
import { digest } from "../../../../sdk/protocol/hash.ts";
import { checkIdentifier, type CheckedIdentifier } from "../../../../sdk/protocol/identifiers/check.ts";
import { parseRecordCode, type RecordCode } from "../../../../sdk/protocol/record-code.ts";
import { compareFiles, type Comparison } from "../../../../sdk/verify/compare.ts";
import type { Policy, Report } from "../../../../sdk/verify/report.ts";
import { connectTrusted, trustedLedger, type Trust } from "../../../../sdk/verify/trust.ts";
import { verifyEvidences } from "../../../../sdk/verify/verify.ts";

// The verifier itself, loaded beside the page: nothing in here asks the node that served it.

export { describeFinding } from "../../../../sdk/verify/codes.ts";
export { equivocationTexts } from "../../../../sdk/verify/compare.ts";
export { contentOf } from "../../../../sdk/verify/content.ts";
export { CHECK_WORDS, FIXER_WORDS, formatTime, OUTCOME_WORDS, VERDICT_WORDS } from "../../../../sdk/verify/words.ts";
export { parseTrustBytes, trustedLedger, trustJson } from "../../../../sdk/verify/trust.ts";
export { parseEvidenceBytes };

/** As much of a file as the verifier needs: one byte too many is enough for it to refuse the file. */
export const readBeginning = async (file: Blob): Promise<Uint8Array> =>
  new Uint8Array(await file.slice(0, MAXIMUM_EVIDENCE_BYTES + 1).arrayBuffer());

export const sha256Hex = (bytes: Uint8Array): string => toHex(digest("sha256", bytes));

export interface Asked {
  readonly policy: Policy;
  readonly trust: Trust | undefined;
  /** Chain endpoints; with several, all must agree. */
  readonly endpoints: readonly string[];
  /** Seconds. */
  readonly now: number;
  /** The time asked about, seconds. */
  readonly at?: number;
}

export interface Judgement {
  readonly reports: readonly Report[];
  /** What several files say together. */
  readonly comparison: Comparison;
}

/** Verifies files side by side at one block of the trusted chain. */
export async function judge(
  files: readonly Uint8Array[],
  { policy, trust, endpoints, now, at }: Asked,
): Promise<Judgement> {
  const inputs = files.map((evidence) => ({ evidence, policy, ...(at !== undefined && { at }) }));
  const connections = trust && connectTrusted(trust, endpoints);
  const reports = await verifyEvidences(inputs, { connections, trust, now });
  const comparison = compareFiles(
    reports.map((report, i) => ({
      report,
      ...(report.record && { evidence: parseEvidenceBytes(files[i] ?? new Uint8Array()) }),
    })),
  );
  return { reports, comparison };
}

/** What the chain says about the number that a printed code names. It cannot say whether the paper is genuine. */
export interface CodeAnswer {
  readonly code: RecordCode;
  readonly department?: { readonly id: string; readonly name: string };
  /** Whether the number is anchored at all. */
  readonly anchored: boolean;
  readonly state?: string;
  readonly block: { readonly number: number; readonly time: number };
}

export { parseRecordCode };

/** Throws ChainError when the chain cannot be read, TypeError for a code of another ledger. */
export async function lookUp(code: RecordCode, { trust, endpoints }: Pick<Asked, "trust" | "endpoints">) {
  if (trust === undefined || trustedLedger(trust) !== code.ledger) return "other-ledger" as const;
  const view = await openAgreeingView(connectTrusted(trust, endpoints));
  const head = await view.head(code.scope);
  const anchored = head !== undefined && code.seq < head.next;
  const [department, state] = await Promise.all([
    head && view.department(head.holder),
    anchored ? view.currentState(code.scope, code.seq) : undefined,
  ]);
  const { number, time } = view.block;
  const answer: CodeAnswer = {
    code,
    anchored,
    block: { number, time },
    ...(department && { department: { id: department.id, name: department.name } }),
    ...(state && { state }),
  };
  return answer;
}

export type Identified = CheckedIdentifier;

/** Structure and check characters of an identifier, as of a day in China. */
export const identify = (text: string, nowMs: number): Identified =>
  checkIdentifier(text.trim(), { asOf: new Date(nowMs + 8 * 3600 * 1000).toISOString().slice(0, 10) });
