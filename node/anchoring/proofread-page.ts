import type { HashName } from "../../sdk/protocol/hash.ts";
import { equalBytes, type Hex } from "../../sdk/protocol/bytes.ts";
import { PROTOCOL_SCHEMAS } from "../../sdk/protocol/kinds.ts";
import { findFamilyOf } from "../catalogue/families.ts";
import { saltSeed } from "../keys/derive.ts";
import { textAt, type Texts } from "../records/lines.ts";
import { isSealedPayload, openPayload } from "../records/payload.ts";
import { readHeader, type StoredHeader } from "../records/reader.ts";
import { commitStored } from "../records/restore.ts";

const ID_BYTES = 32;
const KEY_BYTES = 32;

/** What the disk holds of neighbouring records. Survives structured cloning. */
export interface PageTask {
  readonly scope: Hex;
  readonly first: number;
  readonly hash: HashName;
  readonly headers: Texts;
  readonly payloads: Texts;
  /** Unwrapped, 32 bytes a record. */
  readonly dataKeys: Uint8Array;
  /** One record in so many is also committed again from its document and key. */
  readonly commitEvery: number;
}

export interface ReadPage {
  /** 32 bytes a record, zero for a bad one. */
  readonly ids: Uint8Array;
  /** Positions of records whose header or payload is not what was committed. */
  readonly bad: readonly number[];
  /** Positions of records that should have been committed again, but whose schema is known to the node's store alone. */
  readonly unjudged: readonly number[];
}

type Judgement = "good" | "bad" | "unjudged";

/**
 * Computes each record's id from its header's bytes and opens its payload: the tag holds only if payload, key and id are
 * those that were sealed together. Pure; runs in a worker thread.
 */
export function proofreadPage(task: PageTask): ReadPage {
  const { scope, first, hash, headers, payloads, dataKeys, commitEvery } = task;
  const count = headers.ends.length;
  const ids = new Uint8Array(count * ID_BYTES);
  const found: Record<Judgement, number[]> = { good: [], bad: [], unjudged: [] };
  for (let at = 0; at < count; at++) {
    const stored = readHeader(textAt(headers, at), { scope, seq: first + at });
    const dataKey = dataKeys.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES);
    const judge = at % commitEvery === 0 ? judgeWhole : judgeSealed;
    const judgement = stored?.header.hash === hash ? judge(stored, textAt(payloads, at), dataKey) : "bad";
    if (stored !== undefined && judgement !== "bad") ids.set(stored.id, at * ID_BYTES);
    found[judgement].push(at);
  }
  return { ids, bad: found.bad, unjudged: found.unjudged };
}

const judgeSealed = ({ id }: StoredHeader, sealed: Uint8Array, dataKey: Uint8Array): Judgement =>
  isSealedPayload(sealed, { dataKey, id }) ? "good" : "bad";

function judgeWhole({ header, id }: StoredHeader, sealed: Uint8Array, dataKey: Uint8Array): Judgement {
  const payload = openPayload(sealed, { dataKey, id });
  if (payload === undefined) return "bad";
  const schema = PROTOCOL_SCHEMAS.get(header.schema) ?? findFamilyOf(header.schema)?.schema;
  if (schema === undefined) return "unjudged";
  try {
    const { id: committed } = commitStored({ ...payload, header, seed: saltSeed(dataKey) }, schema);
    return equalBytes(committed, id) ? "good" : "bad";
  } catch {
    // Whoever reads it by itself says why.
    return "bad";
  }
}
