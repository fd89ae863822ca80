import { withChain, type Context } from "../context.ts";
import { pass, unclear, type Finding } from "../report.ts";

/** The anchor's block is not after the final block. */
export const checkFinality = ({ evidence: { anchor }, chain }: Context): Promise<Finding> =>
  withChain(chain, (view) => {
    const { block } = anchor;
    return Promise.resolve(
      block <= view.block.number ? pass("finality.final", { block }) : unclear("finality.pending", { block }),
    );
  });
