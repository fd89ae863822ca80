import type { Evidence } from "../../sdk/protocol/evidence.ts";
import { evidenceJson } from "../../sdk/protocol/evidence.ts";
import type { Json } from "../../sdk/protocol/json.ts";
import { utf8 } from "../../sdk/protocol/bytes.ts";
import type { CheckName, Finding, Policy, Report } from "../../sdk/verify/report.ts";
import type { Trust } from "../../sdk/verify/trust.ts";
import { verifyEvidence, type VerifyInput } from "../../sdk/verify/verify.ts";
import type { TestLedger } from "./ledger.ts";

export const AUTHENTIC: Policy = { name: "authentic" };

export const trustOf = (ledger: TestLedger, changes: Partial<Trust> = {}): Trust => ({
  ledger: ledger.name,
  rpc: [ledger.rpcUrl],
  maximumLagSeconds: null,
  evaluation: true,
  finality: { tag: "latest" },
  ...changes,
});

/** Verifies at the chain's own time with the ledger's trust. */
export const verifyAt = (ledger: TestLedger, evidence: Evidence, input: Partial<VerifyInput> = {}): Promise<Report> =>
  verifyEvidence(
    { evidence, policy: AUTHENTIC, ...input },
    { connections: [ledger.connection], trust: trustOf(ledger), now: ledger.now },
  );

export function findingOf(report: Report, name: CheckName): Finding {
  const check = report.checks.find((found) => found.name === name);
  if (check === undefined) throw new Error(`no check ${name}`);
  return check;
}

/** `outcome code`, to assert both at once. */
export const outcomeOf = (report: Report, name: CheckName): string => {
  const { outcome, code } = findingOf(report, name);
  return `${outcome} ${code}`;
};

/** Every check that is neither pass nor skipped, as `name outcome code`. */
export const troubles = (report: Report): string[] =>
  report.checks
    .filter(({ outcome }) => outcome === "fail" || outcome === "error")
    .map(({ name, outcome, code }) => `${name} ${outcome} ${code}`);

export const fileOf = (evidence: Evidence): Uint8Array => utf8(JSON.stringify(evidenceJson(evidence)));

export type Step = string | number;

/** The path of every scalar in a JSON value. */
export function leafPaths(value: Json, path: readonly Step[] = []): (readonly Step[])[] {
  if (typeof value !== "object" || value === null) return [path];
  const entries: (readonly [Step, Json])[] = Array.isArray(value)
    ? value.map((item: Json, i) => [i, item] as const)
    : Object.entries(value);
  return entries.flatMap(([step, item]) => leafPaths(item, [...path, step]));
}

/** A copy with one place changed; `change` returning undefined removes it. */
export function changedAt(value: Json, path: readonly Step[], change: (old: Json) => Json | undefined): Json {
  const [step, ...rest] = path;
  if (step === undefined) return change(value) ?? null;
  const copy = structuredClone(value) as Record<Step, Json>; // Indexed by a step that came from this very value.
  const inner = rest.length === 0 ? change(copy[step] ?? null) : changedAt(copy[step] ?? null, rest, change);
  if (inner === undefined && Array.isArray(copy)) copy.splice(Number(step), 1);
  else if (inner === undefined) delete copy[step];
  else copy[step] = inner;
  return copy;
}
