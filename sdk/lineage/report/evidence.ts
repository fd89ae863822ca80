import { canonicalize } from "../../protocol/canonical.ts";
import { toHex, utf8, type Hex } from "../../protocol/bytes.ts";
import { anchorDigest } from "../../protocol/anchor.ts";
import type { Evidence } from "../../protocol/evidence.ts";
import { digest, isHashName } from "../../protocol/hash.ts";
import type { Json, JsonObject } from "../../protocol/json.ts";
import type { RecordPlace } from "../activity.ts";
import type { Direction } from "../relations.ts";
import type { TraceResult } from "../trace/collect.ts";
import type { TracedNode } from "../trace/types.ts";

export const REPORT_FORMAT = "suyuan/trace-report/1";

/** What was asked, by whom it was made. */
export interface ReportQuestion {
  readonly start: RecordPlace;
  readonly direction: Direction;
  readonly asOf?: number;
  readonly ledger: Hex;
  /** Seconds. */
  readonly madeAt: number;
  /** Names of departments, by USCC. */
  readonly names?: ReadonlyMap<string, string>;
}

export interface ReportEvidence {
  /** As it stands in the file: canonical JSON in which nothing can end a script element. */
  readonly text: string;
  /** SHA-256 of the text. */
  readonly digest: Hex;
}

/** The evidence of a report: everything that its own script verifies, and everything that it shows. */
export function reportEvidence(result: TraceResult, question: ReportQuestion): ReportEvidence {
  const { start, direction, asOf, ledger, madeAt, names } = question;
  const { links, gaps, end } = result;
  const document: JsonObject = {
    format: REPORT_FORMAT,
    ledger,
    madeAt,
    start: { ...start },
    direction,
    ...(asOf !== undefined && { asOf }),
    ...(names && { departments: Object.fromEntries(names) }),
    nodes: result.nodes.map(nodeJson),
    links: links.map(({ type: _type, findings, from, to, ...link }): Json => ({
      ...link,
      from: { scope: from.scope, seq: from.seq },
      to: { scope: to.scope, seq: to.seq },
      findings: findings.map(findingJson),
    })),
    gaps: gaps.map(({ type: _type, ...gap }): Json => ({ ...gap })),
    end: { ...end, ...(end.block && { block: { ...end.block } }) }, // Numbers, booleans and a block.
  };
  // The same value: JSON knows these characters by their escapes, and a script element ends at its first "</".
  const text = canonicalize(document)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
  return { text, digest: toHex(digest("sha256", utf8(text))) };
}

/** What the chain stores for the batch (SPEC §7.2): with it the anchor's numbers are covered too, and anyone can look it up. */
function slotOf(proof: JsonObject): { readonly slot: Hex } | undefined {
  const { header, anchor } = proof as unknown as Pick<Evidence, "header" | "anchor">; // A proof that was read and judged.
  return isHashName(header.hash) ? { slot: anchorDigest({ ...anchor, hash: header.hash }) } : undefined;
}

const findingJson = ({ code, values }: { readonly code: string; readonly values: object }): Json => ({
  code,
  values: { ...values },
});

function nodeJson({ line, checks, status, period, findings, type: _type, ...node }: TracedNode): Json {
  return {
    ...node,
    checks: checks.map(({ name, outcome, code, values }) => ({ name, outcome, code, values: { ...values } })),
    status: { outcome: status.outcome, ...(findingJson(status) as JsonObject) },
    period: { outcome: period.outcome, ...(findingJson(period) as JsonObject) },
    findings: findings.map(findingJson),
    ...(line.proof && node.anchoredAt !== undefined && { proof: line.proof, ...slotOf(line.proof) }),
    ...(line.package && { package: line.package.map((item) => ({ ...item })) }),
    ...(line.destroyed && { destroyed: { ...line.destroyed } }),
  };
}
