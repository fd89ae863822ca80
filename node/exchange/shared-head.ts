import { getBlock } from "../../sdk/chain/blocks.ts";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import { Shared } from "../storage/serial.ts";

/** Views of one block handed out before a new one is made: a view remembers every answer, and an idle chain's block lasts. */
export const VIEWS_OF_A_BLOCK = 4096;

interface Kept {
  readonly view: LedgerView;
  uses: number;
}

/**
 * The same ledger, whose latest block is asked for at every read, and everything else only once a block: what the
 * contracts say at a block cannot change, and a block's hash names the whole chain below it.
 */
export function withSharedHead(connection: LedgerConnection): LedgerConnection {
  let kept: Kept | undefined;
  const read = async (): Promise<LedgerView> => {
    const block = await getBlock(connection.rpc, "latest");
    if (kept?.view.block.hash === block.hash && kept.uses < VIEWS_OF_A_BLOCK) {
      kept.uses++;
      return kept.view;
    }
    const view = await connection.view(block);
    kept = { view, uses: 0 };
    return view;
  };
  const reads = new Shared<LedgerView>();
  return { ...connection, view: (at) => (at === "latest" ? reads.run(read) : connection.view(at)) };
}
