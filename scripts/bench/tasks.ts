/** What the bench's worker threads do; the same functions run in one thread for comparison. */
import { parseLine, textAt, type Texts } from "../../node/records/lines.ts";
import { toHex } from "../../sdk/protocol/bytes.ts";
import { HASH_BYTES } from "../../sdk/protocol/hash.ts";
import { commitRecord } from "../../sdk/protocol/record.ts";
import { verifyEvidences } from "../../sdk/verify/verify.ts";
import { answeredConnection, TRUST } from "./answered-chain.ts";
import { draft, ISSUED_AT, seedOf } from "./fixtures.ts";
import { bareHasher } from "./bare.ts";
import { parseEvidenceBytes } from "../../sdk/protocol/evidence.ts";

export interface CommitTask {
  /** Documents in JSON. */
  readonly lines: Texts;
  readonly first: number;
}

/** The record ids of documents in JSON, one after another. */
export function commitLines({ lines, first }: CommitTask): Uint8Array {
  const ids = new Uint8Array(lines.ends.length * HASH_BYTES);
  for (let i = 0; i < lines.ends.length; i++) {
    ids.set(commitRecord(draft(parseLine(textAt(lines, i)), "keccak256", first + i)).id, i * HASH_BYTES);
  }
  return ids;
}

export interface HashTask {
  readonly items: number;
  /** Hashes of 65 bytes for each item. */
  readonly nodes: number;
}

const NODE_BYTES = 65;
const HEADER_BYTES = 560;

/** The hash calls of so many items, as a library's hasher makes them, and nothing else; with each item a header's. */
export async function bareHashes({ items, nodes }: HashTask): Promise<void> {
  const bare = await bareHasher("keccak256");
  const node = new Uint8Array(NODE_BYTES);
  const header = new Uint8Array(HEADER_BYTES);
  for (let item = 0; item < items; item++) {
    for (let i = 0; i < nodes; i++) bare(node);
    bare(header);
  }
}

/** The block at which the bench's files are verified. */
const BLOCK = { number: 120, hash: toHex(seedOf(3)), parent: toHex(seedOf(4)), time: ISSUED_AT + 60 };

export interface VerifyTask {
  /** Evidence files of one batch. */
  readonly files: Texts;
}

/** How many files are verified. Throws for the first that is not: all of them are genuine. */
export async function verifyFiles({ files }: VerifyTask): Promise<number> {
  const inputs = Array.from({ length: files.ends.length }, (_, i) => ({
    evidence: textAt(files, i),
    policy: { name: "authentic" } as const,
  }));
  const connections = [answeredConnection(parseEvidenceBytes(textAt(files, 0)), BLOCK)];
  const reports = await verifyEvidences(inputs, { connections, trust: TRUST, now: BLOCK.time });
  const other = reports.find(({ verdict }) => verdict !== "verified");
  if (other !== undefined) throw new Error(`not verified: ${JSON.stringify(other.checks)}`);
  return reports.length;
}
