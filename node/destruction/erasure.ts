import { fromHex, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { EventFeed } from "../records/events.ts";
import { readHeader } from "../records/reader.ts";
import type { ScopeSeq } from "../storage/codecs.ts";
import { Draft } from "../storage/draft.ts";
import {
  CERTIFICATE_KEYS,
  CERTIFICATES,
  CONTENTS,
  DATA_KEYS,
  DESTRUCTIONS,
  HEADERS,
  IDEMPOTENCY,
  PAYLOADS,
  SUBJECTS,
  TOMBSTONES,
  type StoredDestruction,
} from "../storage/keyspaces.ts";
import { type ScanReport, type Space, type Store } from "../storage/store.ts";
import { DestructionError } from "./errors.ts";

/** Compactions until a sweep gives up for now. A reader that was under way may have kept deleted bytes alive through the first. */
export const MAXIMUM_COMPACTIONS = 3;
/** Long enough never to occur by chance, short enough to lie in one piece in a log block or a table. */
const PROBE_BYTES = 16;
const PROBES_PER_PAYLOAD = 4;

export interface ErasureDependencies {
  readonly store: Store;
  readonly feed: EventFeed;
  readonly keys: KeyRing;
}

/**
 * Deletes a record's wrapped key, payload and index entries in one synced write; the header stays. With the key the payload
 * and every salt are gone from this store. Copies of the store are closed when the key's epoch is erased.
 */
export async function erase(
  { place, job, at }: { readonly place: ScopeSeq; readonly job: StoredDestruction; readonly at: number },
  { store, feed, keys }: ErasureDependencies,
): Promise<StoredDestruction> {
  const { scope, seq } = place;
  return keys.exclusive(async () => {
    const draft = new Draft(store);
    const gone: Uint8Array[] = [];
    const [key, payload, header] = await Promise.all([
      store.get(DATA_KEYS, place),
      store.get(PAYLOADS, place),
      store.get(HEADERS, place),
    ]);
    const forget = async <K, V>(
      space: Space<K, V>,
      name: K,
      digest: Uint8Array,
      owner: number | undefined,
    ): Promise<void> => {
      if (owner !== seq) return;
      draft.del(space, name);
      gone.push(digest.subarray(-PROBE_BYTES));
    };
    if (key !== undefined) {
      const { content, idempotency } = key;
      await forget(
        CONTENTS,
        { scope, digest: content },
        content,
        await store.get(CONTENTS, { scope, digest: content }),
      );
      if (idempotency !== undefined) {
        const name = { scope, digest: idempotency };
        await forget(IDEMPOTENCY, name, idempotency, (await store.get(IDEMPOTENCY, name))?.seq);
      }
      gone.push(key.wrapped.subarray(0, PROBE_BYTES), key.wrapped.subarray(-PROBE_BYTES));
    }
    const subject = header === undefined ? undefined : readHeader(header, place)?.header.subject;
    if (subject !== undefined) {
      const name = { scope, digest: fromHex(subject) };
      await forget(SUBJECTS, name, name.digest, await store.get(SUBJECTS, name));
    }
    const certificate = await store.get(CERTIFICATE_KEYS, place);
    if (certificate !== undefined) {
      // Not searched for in the files: another record of the same certificate keeps the same digest.
      const name = { scope, digest: certificate };
      if ((await store.get(CERTIFICATES, name)) === seq) draft.del(CERTIFICATES, name);
      draft.del(CERTIFICATE_KEYS, place);
    }
    if (payload !== undefined) gone.push(...slicesOf(payload));
    draft.del(DATA_KEYS, place);
    draft.del(PAYLOADS, place);
    draft.put(TOMBSTONES, place, { at, intent: job.intent });
    const epoch = key === undefined ? {} : { epoch: key.epoch };
    const deleted: StoredDestruction = { ...job, ...epoch, stage: "deleted", probes: gone.map(inverted) };
    draft.put(DESTRUCTIONS, place, deleted);
    // Crash before this line: everything is still there, and the intent is carried out at the next start. After it: the
    // record cannot be read again by anyone; what remains is to clear the files and to say so.
    await feed.commit(draft.operations, [{ scope, first: seq, count: 1, change: "destroyed", at }]);
    return deleted;
  });
}

async function compactIndexes(store: Store): Promise<void> {
  await store.compact(CONTENTS);
  await store.compact(IDEMPOTENCY);
  await store.compact(SUBJECTS);
}

function slicesOf(payload: Uint8Array): Uint8Array[] {
  const last = Math.max(0, payload.length - PROBE_BYTES);
  const starts = Array.from({ length: PROBES_PER_PAYLOAD }, (_, i) =>
    Math.floor((last * i) / (PROBES_PER_PAYLOAD - 1)),
  );
  return [...new Set(starts)].map((start) => payload.subarray(start, start + PROBE_BYTES));
}

/** Stored inverted, or the search would find the list of what it searches for. */
const inverted = (bytes: Uint8Array): Hex => toHex(bytes.map((byte) => byte ^ 0xff));

/**
 * Rewrites the store's files until none of them holds a piece of what was deleted. Throws `destruction.bytes-remain`.
 * Proves nothing about copies elsewhere, the medium beneath the file system included: those hold ciphertext without a key.
 */
export async function sweep(
  { place, probes }: { readonly place: ScopeSeq; readonly probes: readonly Hex[] },
  { store }: { readonly store: Store },
): Promise<ScanReport & { readonly compactions: number }> {
  const wanted = probes.map((probe) => fromHex(probe).map((byte) => byte ^ 0xff));
  let found: readonly string[] = [];
  for (let compactions = 1; compactions <= MAXIMUM_COMPACTIONS; compactions++) {
    await store.compact(DATA_KEYS, place);
    await store.compact(PAYLOADS, place);
    await compactIndexes(store);
    const report = await store.scanFiles(wanted);
    if (report.found.length === 0) return { ...report, compactions };
    found = report.found;
  }
  throw new DestructionError("destruction.bytes-remain", { attempts: MAXIMUM_COMPACTIONS, files: found.length });
}
