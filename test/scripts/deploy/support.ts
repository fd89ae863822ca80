import {
  AbstractSigner,
  BrowserProvider,
  HDNodeWallet,
  type Provider,
  type Signer,
  type TransactionRequest,
} from "ethers";
import { network } from "hardhat";

export interface TestChain {
  readonly provider: BrowserProvider;
  /** A fresh account; nothing costs a fee here. */
  readonly account: (index: number) => Signer;
  readonly close: () => Promise<void>;
}

/** A chain in this process without fees, mining each transaction at once. */
export const createTestChain = async (): Promise<TestChain> => {
  const connection = await network.create({
    network: "default",
    override: { initialBaseFeePerGas: 0, initialDate: new Date("2025-09-01T01:00:00Z") },
  });
  const provider = new BrowserProvider(connection.provider, undefined, { cacheTimeout: -1, pollingInterval: 10 });
  const root = HDNodeWallet.fromPhrase("test test test test test test test test test test test junk");
  return {
    provider,
    account: (index) => root.deriveChild(1000 + index).connect(provider),
    close: async () => {
      provider.destroy();
      await connection.close();
    },
  };
};

export class CutOff extends Error {}

/** A signer that dies instead of sending its `allowed + 1`-th transaction. */
export class DyingSigner extends AbstractSigner {
  readonly #signer: Signer;
  #left: number;

  constructor(signer: Signer, { allowed }: { readonly allowed: number }) {
    super(signer.provider);
    this.#signer = signer;
    this.#left = allowed;
  }

  override sendTransaction(transaction: TransactionRequest): ReturnType<Signer["sendTransaction"]> {
    return this.#left-- > 0 ? this.#signer.sendTransaction(transaction) : Promise.reject(new CutOff());
  }

  getAddress(): Promise<string> {
    return this.#signer.getAddress();
  }

  connect(provider: Provider | null): Signer {
    return new DyingSigner(this.#signer.connect(provider), { allowed: this.#left });
  }

  signTransaction(transaction: TransactionRequest): Promise<string> {
    return this.#signer.signTransaction(transaction);
  }

  signMessage(message: string | Uint8Array): Promise<string> {
    return this.#signer.signMessage(message);
  }

  signTypedData(...values: Parameters<Signer["signTypedData"]>): Promise<string> {
    return this.#signer.signTypedData(...values);
  }
}
