import { equalBytes, fromHex, type Hex } from "../protocol/bytes.ts";
import { findDisclosureFault } from "../protocol/disclosure.ts";
import { parseGrant } from "../protocol/evidence.ts";
import { HASH_BYTES } from "../protocol/hash.ts";
import { headerJson, parseHeader, recordId, type RecordHeader } from "../protocol/header.ts";
import type { JsonObject } from "../protocol/json.ts";
import { isProtocolKind, PROTOCOL_KINDS } from "../protocol/kinds.ts";
import { ProtocolError } from "../protocol/protocol-error.ts";
import { leafHash, MerkleTree } from "../protocol/tree.ts";
import type { HeaderCopy } from "./folder.ts";
import type { WaitingBatch } from "./state.ts";

/** One line of what a node serves. */
export interface ServedHeader {
  readonly header: JsonObject;
  readonly claims?: JsonObject | undefined;
}

/** Where headers come from: the department's node, which is believed about nothing. */
export interface HeaderSource {
  /** The headers of the numbers first … first + count − 1, in order. Throws a coded error when they are not served. */
  headers(batch: WaitingBatch): AsyncIterable<ServedHeader>;
}

/** Why a batch was not copied: it leads to another root, or a header in it stands in the wrong place. */
export type CopyFault =
  { readonly fault: "root" } | { readonly fault: "header"; readonly seq: number; readonly rule: string };

/**
 * Copies the headers of one batch and derives its root again from them. What is written counts only when the result is
 * undefined and the caller saves its length. Throws what the source throws.
 */
export async function copyBatch(
  batch: WaitingBatch,
  { ledger, source, copy }: { readonly ledger: Hex; readonly source: HeaderSource; readonly copy: HeaderCopy },
): Promise<CopyFault | undefined> {
  const leaves = new Uint8Array(batch.count * HASH_BYTES);
  let received = 0;
  let fault: CopyFault | undefined;
  let lines: JsonObject[] = [];
  for await (const served of source.headers(batch)) {
    if (received === batch.count) return { fault: "root" };
    const read = readServed(served);
    if (read === undefined) return { fault: "root" };
    const seq = batch.first + received;
    fault ??= headerFault(read, { batch, ledger, seq });
    leaves.set(leafHash(batch.hash, recordId(read.header)), received++ * HASH_BYTES);
    lines.push({ header: headerJson(read.header), ...(served.claims && { claims: served.claims }) });
    if (lines.length === WRITE_LINES) {
      await copy.write(lines);
      lines = [];
    }
  }
  await copy.write(lines);
  if (received !== batch.count) return { fault: "root" };
  const { root } = MerkleTree.fromLeafHashes(batch.hash, leaves);
  // A header that does not fit its place is the issuer's only when the root says that it was anchored.
  return equalBytes(root, fromHex(batch.root)) ? fault : { fault: "root" };
}

const WRITE_LINES = 1000;

interface ReadHeader {
  readonly header: RecordHeader;
  /** Undefined without claims; else whether they are the record's. */
  readonly truthful: boolean | undefined;
}

/** Undefined for what is no header: nothing that was anchored. */
function readServed({ header, claims }: ServedHeader): ReadHeader | undefined {
  try {
    if (claims === undefined) return { header: parseHeader(header), truthful: undefined };
    const grant = parseGrant({ header, claims });
    const { kind, hash, claimsRoot, claimCount: count } = grant.header;
    if (!isProtocolKind(kind)) return { header: grant.header, truthful: false };
    const { disclosed, proof } = grant.claims;
    const { required } = PROTOCOL_KINDS[kind];
    const found = findDisclosureFault({ hash, disclosed, proof, root: fromHex(claimsRoot), count, required });
    return { header: grant.header, truthful: found === undefined };
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

interface Place {
  readonly batch: WaitingBatch;
  readonly ledger: Hex;
  readonly seq: number;
}

function headerFault({ header, truthful }: ReadHeader, { batch, ledger, seq }: Place): CopyFault | undefined {
  const wrong = (rule: string): CopyFault => ({ fault: "header", seq, rule });
  // Claims are not anchored by themselves: those that a node makes up are no part of the batch.
  if (truthful === false) return { fault: "root" };
  if (header.ledger !== ledger) return wrong("ledger");
  if (header.scope !== batch.scope) return wrong("scope");
  if (header.seq !== seq) return wrong("seq");
  if (header.issuer !== batch.department) return wrong("issuer");
  return header.hash === batch.hash ? undefined : wrong("hash");
}
