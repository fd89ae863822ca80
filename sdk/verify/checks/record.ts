import { fromHex, equalBytes } from "../../protocol/bytes.ts";
import type { Evidence } from "../../protocol/evidence.ts";
import { parentData } from "../../protocol/parents.ts";
import { leafHash, rootFromMultiproof } from "../../protocol/tree.ts";
import type { Context } from "../context.ts";
import { fail, pass, type Finding } from "../report.ts";

/** The record id is the header's, so it needs no comparison; the disclosed parents are the header's too (SPEC §5.2). */
export function checkRecord({ evidence, recordHex }: Context): Finding {
  const disclosed = evidence.parents?.disclosed.length ?? 0;
  if (evidence.parents !== undefined && !parentsMatch(evidence)) return fail("record.parents");
  return pass("record.valid", { record: recordHex, disclosed, withheld: evidence.header.parentCount - disclosed });
}

/** Whether the disclosed parents are those the header commits to. */
export function parentsMatch({ header, parents }: Evidence): boolean {
  if (header.parentsRoot === undefined || parents === undefined) return false;
  const { hash, parentCount: count } = header;
  const leaves = parents.disclosed.map(({ at, salt, ...parent }) => ({
    position: at,
    hash: leafHash(hash, parentData(salt, parent)),
  }));
  const root = rootFromMultiproof({ hash, leaves, count, proof: parents.proof });
  return root !== undefined && equalBytes(root, fromHex(header.parentsRoot));
}
