import type { Keystore } from "../../sdk/client/keystore.ts";
import type { RequestSigner } from "../../sdk/client/signature.ts";
import { toBase64Url } from "../../sdk/protocol/bytes.ts";
import type { KeySignature } from "../../sdk/protocol/delivery.ts";
import { readHead, unavailable, type HeadDependencies } from "./head.ts";
import { ExchangeError } from "./errors.ts";

export interface OwnKeyOptions {
  /** USCC of the node's department. */
  readonly department: string;
  readonly exchange: Keystore["exchange"];
}

/** The node's Ed25519 key under the name that the registry gives it. */
export class OwnKey {
  readonly department: string;
  private readonly exchange: Keystore["exchange"];
  private readonly dependencies: HeadDependencies;
  private found: string | undefined;

  constructor({ department, exchange }: OwnKeyOptions, dependencies: HeadDependencies) {
    this.department = department;
    this.exchange = exchange;
    this.dependencies = dependencies;
  }

  /** `<USCC>/<index>`. Throws ExchangeError `own-key.unregistered`, HttpError `chain.unavailable`. */
  async keyId(): Promise<string> {
    if (this.found !== undefined) return this.found;
    const { view } = await readHead(this.dependencies);
    const keys = await unavailable(() => view.keys(this.department));
    const index = keys.findIndex(
      ({ algorithm, material }) => algorithm === "ed25519" && material === this.exchange.publicKey,
    );
    if (index < 0) throw new ExchangeError("own-key.unregistered", { department: this.department });
    return (this.found = `${this.department}/${index}`);
  }

  async sign(bytes: Uint8Array): Promise<KeySignature> {
    const key = await this.keyId();
    return { key, signature: toBase64Url(this.exchange.sign(bytes)) };
  }

  async requestSigner(): Promise<RequestSigner> {
    return { keyId: await this.keyId(), sign: (bytes) => this.exchange.sign(bytes) };
  }
}
