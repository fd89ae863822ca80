import { fromHex } from "../../protocol/bytes.ts";
import type { Evidence } from "../../protocol/evidence.ts";
import type { ProvenTree } from "../../protocol/proven-tree.ts";
import { leafHash, verifyInclusion, type InclusionUnder } from "../../protocol/tree.ts";
import type { Context } from "../context.ts";
import { fail, pass, type Finding } from "../report.ts";

type Proven = Pick<Context, "evidence" | "record">;

/** The path that must lead from the record to the batch's root: its leaf is number seq − first. */
export function inclusionOf({ evidence: { header, anchor, inclusion }, record }: Proven): InclusionUnder {
  const { hash, seq } = header;
  const place = { index: seq - anchor.first, count: anchor.count };
  return { hash, leaf: leafHash(hash, record), ...place, proof: inclusion, root: fromHex(anchor.root) };
}

/** The record stands in the anchored batch; `tree` is what was proven of that batch before, if anything. */
export function checkInclusion(proven: Proven, tree?: ProvenTree): Finding {
  const path = inclusionOf(proven);
  return inclusionFinding(proven.evidence, tree === undefined ? verifyInclusion(path, path.root) : tree.verify(path));
}

/** `held`: whether the path leads from the record to the batch's root. */
export const inclusionFinding = ({ header, anchor }: Pick<Evidence, "header" | "anchor">, held: boolean): Finding =>
  held
    ? pass("inclusion.valid", { index: header.seq - anchor.first, count: anchor.count })
    : fail("inclusion.mismatch");
