import { fromHex } from "../../protocol/bytes.ts";
import type { Evidence } from "../../protocol/evidence.ts";
import type { ProvenTree } from "../../protocol/proven-tree.ts";
import { leafHash, verifyInclusion } from "../../protocol/tree.ts";
import type { Context } from "../context.ts";
import { fail, pass, type Finding } from "../report.ts";

/** The record is leaf number seq − first of the anchored batch; `tree` is what was proven of that batch before, if anything. */
export function checkInclusion({ evidence, record }: Pick<Context, "evidence" | "record">, tree?: ProvenTree): Finding {
  const { header, anchor, inclusion } = evidence;
  const { hash } = header;
  const index = header.seq - anchor.first;
  const path = { leaf: leafHash(hash, record), index, proof: inclusion };
  const held =
    tree === undefined
      ? verifyInclusion({ ...path, hash, count: anchor.count }, fromHex(anchor.root))
      : tree.verify(path);
  return inclusionFinding(evidence, held);
}

/** `held`: whether the path leads from the record to the batch's root. */
export const inclusionFinding = ({ header, anchor }: Pick<Evidence, "header" | "anchor">, held: boolean): Finding =>
  held
    ? pass("inclusion.valid", { index: header.seq - anchor.first, count: anchor.count })
    : fail("inclusion.mismatch");
