import { fromHex } from "../../protocol/bytes.ts";
import { leafHash, verifyInclusion } from "../../protocol/tree.ts";
import type { Context } from "../context.ts";
import { fail, pass, type Finding } from "../report.ts";

/** The record is leaf number seq − first of the anchored batch. */
export function checkInclusion({ evidence: { header, anchor, inclusion }, record }: Context): Finding {
  const { hash } = header;
  const index = header.seq - anchor.first;
  const held = verifyInclusion(
    { hash, leaf: leafHash(hash, record), index, count: anchor.count, proof: inclusion },
    fromHex(anchor.root),
  );
  return held ? pass("inclusion.valid", { index, count: anchor.count }) : fail("inclusion.mismatch");
}
