import { SigningKey } from "ethers/crypto";
import { computeAddress, Transaction } from "ethers/transaction";
import { isHex, type Hex } from "../../sdk/protocol/bytes.ts";

/** Gas of a transfer without data. */
export const TRANSFER_GAS = 21_000;

export interface UnsignedTransaction {
  readonly chainId: number;
  readonly nonce: number;
  readonly to: Hex;
  readonly data: Hex;
  readonly gas: number;
  readonly gasPrice: bigint;
}

export interface SignedTransaction {
  readonly raw: Hex;
  readonly hash: Hex;
}

/** A chain account that signs. Asynchronous, so that the key may live elsewhere. */
export interface Account {
  readonly address: Hex;
  sign(transaction: UnsignedTransaction): Promise<SignedTransaction>;
}

/** An account whose secp256k1 key is in this process. Signs legacy transactions bound to their chain (EIP-155): every permissioned engine takes them. */
export function localAccount(privateKey: Hex): Account {
  const key = new SigningKey(privateKey);
  return {
    address: hexOf(computeAddress(key)),
    sign: ({ chainId, nonce, to, data, gas, gasPrice }) => {
      const transaction = Transaction.from({ type: 0, chainId, nonce, to, data, gasLimit: gas, gasPrice, value: 0 });
      transaction.signature = key.sign(transaction.unsignedHash);
      return Promise.resolve({ raw: hexOf(transaction.serialized), hash: hexOf(transaction.hash) });
    },
  };
}

function hexOf(text: string | null): Hex {
  const hex = text?.toLowerCase();
  if (!isHex(hex)) throw new TypeError("not hexadecimal");
  return hex;
}
