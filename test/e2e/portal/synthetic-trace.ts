import type { Hex } from "../../../sdk/protocol/bytes.ts";

const DEPARTMENTS = ["119901009901000269", "119901009901000343", "129901009901000425"] as const;
const KINDS = ["certificate", "delivery", "receipt", "activity"] as const;
const ROW = 100;
export const SYNTHETIC_SCOPE: Hex = `0x${"5c".repeat(32)}`;

const hex = (number: number): Hex => `0x${number.toString(16).padStart(64, "0")}`;

/**
 * What a node answers about a made-up lineage, line by line: rows of a hundred records below one another, each made from
 * two of the row above, every five-hundredth bad. Only the size is of interest: no proof is in it.
 */
export function syntheticTrace(nodes: number): string {
  const place = (i: number) => ({ scope: SYNTHETIC_SCOPE, seq: i });
  const lines: object[] = [];
  let links = 0;
  for (let i = 0; i < nodes; i++) {
    const depth = i === 0 ? 0 : 1 + Math.floor((i - 1) / ROW);
    const isBad = i % 500 === 499;
    const finding = (code: string) => ({ outcome: isBad ? "fail" : "pass", code, values: {} });
    lines.push({
      ...{ type: "node", ...place(i), depth, record: hex(i), kind: KINDS[i % KINDS.length], verdict: "verified" },
      ...{ issuer: DEPARTMENTS[i % DEPARTMENTS.length], checks: [], findings: [], withheld: 0 },
      ...{
        status: finding(isBad ? "status.revoked" : "status.active"),
        period: { ...finding("period.unlimited"), outcome: "pass" },
      },
      ...{ anchoredAt: 1_772_413_200 + i, line: { record: hex(i) } },
    });
    for (const parent of depth === 0 ? [] : [...new Set([Math.max(0, i - ROW), Math.max(0, i - ROW - 1)])]) {
      links++;
      const link = { type: "link", relation: "derivedFrom", outcome: "link.proven", findings: [] };
      lines.push({ ...link, from: place(parent), to: place(i) });
    }
  }
  const end = { type: "end", nodes, links, gaps: 0, withheld: 0, notFollowed: 0, complete: true };
  return [...lines, end].map((line) => `${JSON.stringify(line)}\n`).join("");
}
