import { isError, type TransactionReceipt, type TransactionResponse } from "ethers";

/** How long to wait for a new block until the receipt is asked for again. */
const ASK_AGAIN_MS = 1000;

/**
 * The receipt of a sent transaction, once it is in a block. ethers looks for it again with each new block; on a chain that
 * makes no empty blocks none comes after the one that was mined just before ethers began to count. Throws ethers'
 * CALL_EXCEPTION when it failed, TRANSACTION_REPLACED when another one took its nonce.
 */
export async function mined(sent: TransactionResponse): Promise<TransactionReceipt> {
  for (;;) {
    try {
      const receipt = await sent.wait(1, ASK_AGAIN_MS);
      if (receipt !== null) return receipt;
    } catch (error) {
      if (!isError(error, "TIMEOUT")) throw error;
    }
  }
}
