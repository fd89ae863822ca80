import type { LineOutcome } from "../../sdk/client/routes/records.ts";
import type { CodedError, Language } from "../../sdk/protocol/errors.ts";
import type { Finding } from "./model.ts";

export type RefusedLine = Extract<LineOutcome, { outcome: "refused" }>;

/** A refusal in words: plain data, which a worker thread can hand over. */
export const refusedLine = (
  line: number,
  { error, findings = [] }: { readonly error: CodedError; readonly findings?: readonly Finding[] },
  language: Language,
): RefusedLine => ({
  line,
  outcome: "refused",
  code: error.code,
  values: { ...error.values },
  title: error.describe(language),
  remedy: error.remedy(language),
  findings: findings.map((finding) => ({
    code: finding.code,
    path: [...finding.path],
    values: { ...finding.values },
    title: finding.describe(language),
    remedy: finding.remedy(language),
  })),
});
