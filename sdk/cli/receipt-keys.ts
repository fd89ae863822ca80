import { openAgreeingView } from "../chain/connection.ts";
import { ReceiptChecker } from "../client/accepted.ts";
import type { AcceptedReceipt } from "../client/routes/records.ts";
import type { Hex } from "../protocol/bytes.ts";
import { splitKeyId } from "../protocol/delivery.ts";
import { verifyEd25519 } from "../verify/checks/receipt.ts";
import { connectTrusted } from "../verify/trust.ts";
import type { Context } from "./context.ts";
import { CliError } from "./errors.ts";
import { loadTrust } from "./trust.ts";

export interface ReceiptKeysOptions {
  /** The key of the keystore: a node often signs with the same. */
  readonly own: { readonly keyId: string; readonly publicKey: Hex };
  /** The trust file that was named. */
  readonly trust: string | undefined;
}

/** Checks receipts against keys that are one's own or that the chain names: never against what the node says. */
export class ReceiptKeys {
  private readonly options: ReceiptKeysOptions;
  private readonly context: Context;
  private readonly checkers = new Map<string, Promise<ReceiptChecker>>();

  constructor(options: ReceiptKeysOptions, context: Context) {
    this.options = options;
    this.context = context;
  }

  /** Throws CliError `ingest.receipt-key`, `input.*`; ChainError. */
  async holds(receipt: AcceptedReceipt): Promise<boolean> {
    const { key } = receipt;
    let checker = this.checkers.get(key);
    if (checker === undefined) this.checkers.set(key, (checker = this.checkerOf(key)));
    return (await checker).holds(receipt);
  }

  private async checkerOf(keyId: string): Promise<ReceiptChecker> {
    return new ReceiptChecker({ keyId, publicKey: await this.publicKeyOf(keyId) }, { verify: verifyEd25519 });
  }

  private async publicKeyOf(keyId: string): Promise<Hex> {
    const { own, trust: named } = this.options;
    if (own.keyId === keyId) return own.publicKey;
    const found = await loadTrust(this.context, named);
    if (found === undefined) throw new CliError("ingest.receipt-key", { key: keyId });
    const view = await openAgreeingView(connectTrusted(found.trust));
    const { department, index } = splitKeyId(keyId);
    const key = await view.key(department, index);
    if (key?.algorithm !== "ed25519") throw new CliError("ingest.receipt-key", { key: keyId });
    return key.material;
  }
}
