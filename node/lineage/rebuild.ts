import { concat, fromBase64Url, fromHex, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { findParentsFault } from "../../sdk/protocol/disclosure.ts";
import { commitParents } from "../../sdk/protocol/parents.ts";
import type { Stage } from "../../sdk/lineage/stages.ts";
import { RecordError } from "../records/errors.ts";
import { readHeader, type RecordReader, type StoredHeader } from "../records/reader.ts";
import type { ScopeSeq } from "../storage/codecs.ts";
import { Draft } from "../storage/draft.ts";
import {
  HEADERS,
  LINEAGE_LINKS,
  LINEAGE_PACKAGES,
  LINEAGE_PARENTS,
  LINEAGE_RECORDS,
  LINEAGE_STAGES,
  LINEAGE_STATE,
  SCOPES,
} from "../storage/keyspaces.ts";
import { del, type Space, type Store } from "../storage/store.ts";
import { readParents, type StoredParent } from "./links.ts";
import { subjectKey } from "./service.ts";
import { markedParents, type LineageWriter } from "./writer.ts";

/** The version of the index that this code writes. */
export const INDEX_VERSION = "2";
const STATE_KEY = "index";
/** Records in one write. */
const RECORDS_A_WRITE = 1000;

export interface Rebuilt {
  readonly records: number;
  readonly links: number;
  /** Records whose parents or stage can no longer be read: their payload was destroyed before lineage kept them, or is damaged. */
  readonly lost: number;
}

/** Told every so many records. */
const RECORDS_A_REPORT = 1000;

export interface RebuildDependencies {
  readonly store: Store;
  readonly reader: RecordReader;
  readonly writer: LineageWriter;
  readonly onProgress?: (counts: Rebuilt) => void;
}

/** Whether the store has a whole index of this version. */
export const isIndexed = async (store: Store): Promise<boolean> =>
  (await store.get(LINEAGE_STATE, STATE_KEY)) === INDEX_VERSION;

/**
 * Makes the index again from the records and the packages: it gives the same answers as before. Nothing else may write
 * meanwhile. Crash at any line: the mark is missing, and the next start begins again. Throws StorageError.
 */
export async function rebuildIndex(dependencies: RebuildDependencies): Promise<Rebuilt> {
  const { store, writer, onProgress } = dependencies;
  await store.write([del(LINEAGE_STATE, STATE_KEY)]);
  for (const space of [LINEAGE_STATE, LINEAGE_LINKS, LINEAGE_RECORDS, LINEAGE_STAGES] as const)
    await clear(store, space as Space<never, unknown>);
  const counts = { records: 0, links: 0, lost: 0 };
  onProgress?.({ ...counts });
  let draft = new Draft(store);
  const flush = async (): Promise<void> => {
    await store.write(draft.operations);
    draft = new Draft(store);
  };
  for await (const [place, bytes] of store.iterate(HEADERS)) {
    const stored = readHeader(bytes, place);
    if (stored === undefined) continue; // fsck names it.
    draft.put(LINEAGE_RECORDS, toHex(stored.id), place);
    if (stored.header.parentCount > 0) {
      const parents = await parentsOf(place, stored, dependencies);
      if (parents === undefined) counts.lost++;
      else {
        const salts = concat(...parents.map(({ salt }) => fromBase64Url(salt)));
        await writer.noteParents(draft, { place, parents, salts });
        counts.links += parents.length;
      }
    }
    if (stored.header.kind === "lifecycle" && !(await noteStage(draft, place, dependencies))) counts.lost++;
    if (++counts.records % RECORDS_A_WRITE === 0) await flush();
    if (counts.records % RECORDS_A_REPORT === 0) onProgress?.({ ...counts });
  }
  for await (const [place, items] of store.iterate(LINEAGE_PACKAGES)) {
    const kind = (await store.get(SCOPES, place.scope))?.kind;
    // A receipt's stream is registered when it is first settled; until then only what it received is here.
    if (kind === "deliveries") await writer.noteDelivery(draft, place, items);
    else await writer.noteReception(draft, place, items);
    counts.links += items.length;
    await flush();
  }
  draft.put(LINEAGE_STATE, STATE_KEY, INDEX_VERSION);
  await flush();
  return counts;
}

async function clear(store: Store, space: Space<never, unknown>): Promise<void> {
  for (;;) {
    const entries = await store.page(space, { limit: RECORDS_A_WRITE });
    if (entries.length === 0) return;
    await store.write(entries.map(([key]) => del(space, key)));
  }
}

/** The parents that are kept if they are the header's, else those of the payload. */
async function parentsOf(
  place: ScopeSeq,
  { header }: StoredHeader,
  { store, reader }: RebuildDependencies,
): Promise<readonly StoredParent[] | undefined> {
  const { hash, parentsRoot, parentCount: count, kind } = header;
  const root = parentsRoot === undefined ? undefined : fromHex(parentsRoot);
  const isTrue = (disclosed: readonly StoredParent[]): boolean =>
    findParentsFault({ hash, disclosed, proof: [], root, count }) === undefined;
  const kept = await store.get(LINEAGE_PARENTS, place);
  if (kept !== undefined) {
    const parents = readParents(kept);
    if (isTrue(parents)) return parents;
  }
  try {
    const { parents, seed } = await reader.open(place);
    const disclosed = markedParents(kind, commitParents({ parents, seed, hash })?.disclosed ?? []);
    return isTrue(disclosed) ? disclosed : undefined;
  } catch (error) {
    if (error instanceof RecordError) return undefined;
    throw error;
  }
}

/** False when the record cannot be read. */
async function noteStage(draft: Draft, place: ScopeSeq, { reader }: RebuildDependencies): Promise<boolean> {
  try {
    const { document, id } = await reader.open(place);
    const { subject, stage, at } = document as { readonly subject: string; readonly stage: Stage; readonly at: number }; // A lifecycle record's required claims.
    draft.put(LINEAGE_STAGES, subjectKey(subject), { stage, at, seq: place.seq, record: toHex(id) satisfies Hex });
    return true;
  } catch (error) {
    if (error instanceof RecordError) return false;
    throw error;
  }
}
