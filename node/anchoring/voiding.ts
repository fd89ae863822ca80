import { fromHex, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { canonicalBytes } from "../../sdk/protocol/canonical.ts";
import { headerJson } from "../../sdk/protocol/header.ts";
import { PROTOCOL_KINDS } from "../../sdk/protocol/kinds.ts";
import { commitRecord } from "../../sdk/protocol/record.ts";
import { concat } from "../../sdk/protocol/bytes.ts";
import { MerkleTree } from "../../sdk/protocol/tree.ts";
import type { Sender } from "../chain/sender.ts";
import { saltSeed } from "../keys/derive.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { Clock, RandomBytes } from "../ports.ts";
import { RecordError } from "../records/errors.ts";
import type { EventFeed } from "../records/events.ts";
import type { Identity } from "../records/ledger-gate.ts";
import type { AcceptedRecord } from "../records/model.ts";
import { payloadBytes, sealPayload } from "../records/payload.ts";
import { readHeader, type FoundBatch, type RecordReader } from "../records/reader.ts";
import type { ScopeSeq } from "../storage/codecs.ts";
import { Draft } from "../storage/draft.ts";
import {
  BATCHES,
  CONTENTS,
  DATA_KEYS,
  HEADERS,
  IDEMPOTENCY,
  NEXT,
  PAYLOADS,
  PREDECESSORS,
  SCOPES,
  SUBJECTS,
  SUCCESSORS,
  VOIDED,
} from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";
import { anchorKey } from "./scope-anchorer.ts";

export interface VoidingDependencies {
  readonly store: Store;
  readonly feed: EventFeed;
  readonly reader: RecordReader;
  readonly keys: KeyRing;
  readonly sender: Sender;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

export interface VoidOptions extends ScopeSeq {
  /** A code, lower case: `damaged`, `unreadable` … */
  readonly reason: string;
}

/**
 * Puts a void record under the number of a damaged one, so that the scope stays dense. Cannot touch a record that can
 * still be read, nor one that a signed transaction covers. Throws RecordError `record.not-voidable`, `record.unknown`.
 */
export async function voidRecord(
  { scope, seq, reason }: VoidOptions,
  dependencies: VoidingDependencies,
): Promise<AcceptedRecord> {
  const { store, keys, feed, clock } = dependencies;
  const place = { scope, seq };
  const settings = await store.get(SCOPES, scope);
  if (settings === undefined || seq >= ((await store.get(NEXT, scope)) ?? 0))
    throw new RecordError("record.unknown", { seq });
  const found = await requireVoidable(place, dependencies);
  return keys.exclusive(async () => {
    const draft = new Draft(store);
    const lost = await forget(place, draft);
    const at = Math.floor(clock() / 1000);
    const { id } = await fill({ place, reason, at, hash: settings.hash }, { draft, ...dependencies });
    draft.put(VOIDED, place, { at, reason, ...(lost !== undefined && { lost }) });
    if (found !== undefined) await reseal(scope, found, draft);
    // Crash before this line: the damaged record stands. After it: the number is void and the batch has its new root.
    await feed.commit(draft.operations, [{ scope, first: seq, count: 1, change: "refused", at, detail: { reason } }]);
    return { scope, seq, record: toHex(id), at, duplicate: false };
  });
}

/** The sealed batch that holds the number, if any. */
async function requireVoidable(
  place: ScopeSeq,
  { reader, sender }: VoidingDependencies,
): Promise<FoundBatch | undefined> {
  const { scope, seq } = place;
  const found = await reader.batchOf(place);
  const state = found?.batch.state ?? "accepted";
  const signed = found !== undefined && (state !== "sealed" || (await sender.isSigned(anchorKey(scope, found.first))));
  if (signed) throw new RecordError("record.not-voidable", { seq, state });
  try {
    await reader.restore(await reader.open(place));
  } catch (error) {
    if (error instanceof RecordError && (error.code === "record.damaged" || error.code === "record.unknown"))
      return found;
    throw error;
  }
  throw new RecordError("record.not-voidable", { seq, state });
}

/** Removes what can still be found of a damaged record. Returns its id if the header is legible. */
async function forget(place: ScopeSeq, draft: Draft): Promise<Hex | undefined> {
  const { scope, seq } = place;
  const key = await draft.get(DATA_KEYS, place);
  if (key !== undefined) {
    draft.del(CONTENTS, { scope, digest: key.content });
    if (key.idempotency !== undefined) draft.del(IDEMPOTENCY, { scope, digest: key.idempotency });
  }
  for (const old of (await draft.get(PREDECESSORS, place)) ?? []) draft.del(SUCCESSORS, { scope, seq: old });
  draft.del(PREDECESSORS, place);
  const bytes = await draft.get(HEADERS, place);
  const stored = bytes === undefined ? undefined : readHeader(bytes, place);
  if (stored?.header.subject !== undefined) {
    const subject = { scope, digest: fromHex(stored.header.subject) };
    if ((await draft.get(SUBJECTS, subject)) === seq) draft.del(SUBJECTS, subject);
  }
  return stored && toHex(stored.id);
}

async function fill(
  {
    place: { scope, seq },
    reason,
    at,
    hash,
  }: { place: ScopeSeq; reason: string; at: number; hash: FoundBatch["batch"]["hash"] },
  { draft, keys, identity, random }: VoidingDependencies & { readonly draft: Draft },
) {
  const document = { reason };
  const dataKey = keys.newDataKey();
  const { ledger, department: issuer } = identity;
  const { header, id } = commitRecord({
    ...{ kind: "void", ledger, hash, scope, seq, issuer, issuedAt: at, document },
    schema: PROTOCOL_KINDS.void,
    parents: [],
    seed: saltSeed(dataKey),
  });
  const plaintext = payloadBytes({ document, parents: [] });
  const content = keys.contentDigest("void", fromHex(scope), plaintext);
  draft.put(HEADERS, { scope, seq }, canonicalBytes(headerJson(header)));
  draft.put(PAYLOADS, { scope, seq }, sealPayload({ plaintext, dataKey, id }, random));
  draft.put(DATA_KEYS, { scope, seq }, { ...keys.wrap(dataKey), content });
  return { id };
}

/** The batch with its new root; nothing of it has been signed. */
async function reseal(scope: Hex, { first, batch }: FoundBatch, draft: Draft): Promise<void> {
  const ids: Uint8Array[] = [];
  const superseded: number[] = [];
  for (let seq = first; seq < first + batch.count; seq++) {
    const bytes = await draft.get(HEADERS, { scope, seq });
    const stored = bytes === undefined ? undefined : readHeader(bytes, { scope, seq });
    // Another damaged header: the root stays wrong until that number is void too, and nothing is signed meanwhile.
    if (stored !== undefined) ids.push(stored.id);
    superseded.push(...((await draft.get(PREDECESSORS, { scope, seq })) ?? []));
  }
  const root = toHex(MerkleTree.fromRecordIds(batch.hash, concat(...ids)).root);
  superseded.sort((a, b) => a - b);
  draft.put(BATCHES, { scope, seq: first }, { ...batch, root, superseded });
}
