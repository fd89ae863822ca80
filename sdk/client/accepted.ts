import { fromBase64Url, fromHex, toHex, concat, utf8, type Hex } from "../protocol/bytes.ts";
import { canonicalBytes } from "../protocol/canonical.ts";
import { leafHash, MerkleTree, rootFromInclusion } from "../protocol/tree.ts";
import type { AcceptedReceipt } from "./routes/records.ts";

/** The word itself: this record is durable under this number. */
export type AcceptedStatement = Omit<AcceptedReceipt, "group" | "key" | "signature">;

const HASH = "sha256";

/** Leaf data of a statement: `suyuan/accepted/1` ‖ JCS({at, ledger, record, scope, seq}) (SPEC §9.6). */
export const acceptedBytes = ({ ledger, scope, seq, record, at }: AcceptedStatement): Uint8Array =>
  // Hexadecimal and integers, named in order: that is their canonical form.
  utf8(`suyuan/accepted/1${JSON.stringify({ at, ledger, record, scope, seq })}`);

/** What one signature for a group of statements covers: `suyuan/accepted-group/1` ‖ JCS({count, root}) (SPEC §9.6). */
const groupBytes = (count: number, root: Uint8Array): Uint8Array =>
  canonicalBytes({ count, root: toHex(root) }, "suyuan/accepted-group/1");

export interface StatementGroup {
  /** To be signed with the node's exchange key. */
  readonly bytes: Uint8Array;
  /** Of each statement, in order. */
  readonly places: readonly AcceptedReceipt["group"][];
}

/** Statements that are signed together. Throws ProtocolError `tree.empty`. */
export function groupStatements(statements: readonly AcceptedStatement[]): StatementGroup {
  const count = statements.length;
  const leaves = concat(...statements.map((statement) => leafHash(HASH, acceptedBytes(statement))));
  const tree = MerkleTree.fromLeafHashes(HASH, leaves);
  const places = tree.proofs(toHex).map((proof, index) => ({ index, count, proof }));
  return { bytes: groupBytes(count, tree.root), places };
}

/** What a receipt's signature must cover; undefined when its proof does not fit. */
function signedBytes({ group, ...rest }: AcceptedReceipt): Uint8Array | undefined {
  const { index, count, proof } = group;
  const leaf = leafHash(HASH, acceptedBytes(rest));
  const root = rootFromInclusion({ hash: HASH, leaf, index, count, proof: proof.map((node) => fromHex(node)) });
  return root && groupBytes(count, root);
}

export interface SignatureQuestion {
  readonly key: Uint8Array;
  readonly signature: Uint8Array;
  readonly data: Uint8Array;
}

export interface ReceiptCheckerOptions {
  /** `<USCC>/<index>`: receipts under another key do not hold. */
  readonly keyId: string;
  readonly publicKey: Hex;
}

/** Checks receipts of one key. Those of a group share one signature check. */
export class ReceiptChecker {
  private readonly options: ReceiptCheckerOptions;
  private readonly verify: (question: SignatureQuestion) => Promise<boolean | undefined>;
  private last: { readonly of: string; readonly held: boolean } | undefined;

  constructor(
    options: ReceiptCheckerOptions,
    { verify }: { readonly verify: (question: SignatureQuestion) => Promise<boolean | undefined> },
  ) {
    this.options = options;
    this.verify = verify;
  }

  /** Whether the key's holder signed for this record. */
  async holds(receipt: AcceptedReceipt): Promise<boolean> {
    const data = signedBytes(receipt);
    if (data === undefined || receipt.key !== this.options.keyId) return false;
    const of = `${receipt.signature} ${toHex(data)}`;
    if (this.last?.of !== of) {
      const question = { key: fromHex(this.options.publicKey), signature: fromBase64Url(receipt.signature), data };
      this.last = { of, held: (await this.verify(question)) === true };
    }
    return this.last.held;
  }
}
