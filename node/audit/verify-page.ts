import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { Finding, Verdict } from "../../sdk/verify/report.ts";
import { connectTrusted, type Trust } from "../../sdk/verify/trust.ts";
import { verifyEvidences } from "../../sdk/verify/verify.ts";
import { textAt, type Texts } from "../records/lines.ts";

/** Files that are verified together, and everything that decides about them. Survives structured cloning. */
export interface AuditPage {
  readonly files: Texts;
  readonly trust: Trust;
  readonly rpc: readonly string[];
  /** One final block for the whole audit. */
  readonly block: number;
  /** Seconds. */
  readonly now: number;
  readonly at?: number;
  readonly knownAt?: number;
}

/** What one file is, and the checks that keep it from being verified. */
export interface FileVerdict {
  readonly verdict: Verdict;
  readonly record?: Hex;
  readonly findings: readonly (Finding & { readonly name: string })[];
}

/** Verifies the files of a page under the policy `authentic`. Runs in a worker thread, over connections of its own. */
export async function verifyPage(page: AuditPage): Promise<readonly FileVerdict[]> {
  const { files, trust, rpc, block, now, at, knownAt } = page;
  const times = { ...(at !== undefined && { at }), ...(knownAt !== undefined && { knownAt }) };
  const inputs = Array.from({ length: files.ends.length }, (_, i) => ({
    evidence: textAt(files, i),
    policy: { name: "authentic" } as const,
    ...times,
  }));
  const reports = await verifyEvidences(inputs, { connections: connectTrusted(trust, rpc), trust, now, block });
  return reports.map(({ verdict, record, checks }) => ({
    verdict,
    ...(record && { record: record.id }),
    findings: checks
      // What was skipped follows from one of these.
      .filter(({ outcome, mandatory }) => outcome === "fail" || (mandatory && outcome === "error"))
      .map(({ name, outcome, code, values }) => ({ name, outcome, code, values })),
  }));
}
