import { ChainError } from "../../sdk/chain/errors.ts";

/** Undefined on a ledger that was deployed without the contract. */
export async function ifDeployed<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ChainError && error.code === "chain.contract-missing") return undefined;
    throw error;
  }
}
