import type { HashName } from "../../sdk/protocol/hash.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { textAt, type Texts } from "../records/lines.ts";
import { isSealedPayload } from "../records/payload.ts";
import { readHeader } from "../records/reader.ts";

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
}

export interface ReadPage {
  /** 32 bytes a record, zero for a bad one. */
  readonly ids: Uint8Array;
  /** Positions of records whose header or payload is not what was committed. */
  readonly bad: readonly number[];
}

/**
 * Computes each record's id from its header's bytes and opens its payload: the tag holds only if payload, key and id are
 * those that were sealed together. Pure; runs in a worker thread.
 */
export function proofreadPage({ scope, first, hash, headers, payloads, dataKeys }: PageTask): ReadPage {
  const count = headers.ends.length;
  const ids = new Uint8Array(count * ID_BYTES);
  const bad: number[] = [];
  for (let at = 0; at < count; at++) {
    const stored = readHeader(textAt(headers, at), { scope, seq: first + at });
    const dataKey = dataKeys.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES);
    const holds = stored?.header.hash === hash && isSealedPayload(textAt(payloads, at), { dataKey, id: stored.id });
    if (stored !== undefined && holds) ids.set(stored.id, at * ID_BYTES);
    else bad.push(at);
  }
  return { ids, bad };
}
