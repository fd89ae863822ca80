import type { Context } from "../context.ts";
import { pass, unclear, type Finding } from "../report.ts";

/** The anchor's block is not after the final block. */
export function checkFinality({ evidence: { anchor }, chain }: Context): Finding {
  if ("missing" in chain) return chain.missing;
  const { block } = anchor;
  return block <= chain.view.block.number ? pass("finality.final", { block }) : unclear("finality.pending", { block });
}
