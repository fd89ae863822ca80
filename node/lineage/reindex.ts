import { randomBytes } from "node:crypto";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { keyFolder } from "../keys/epochs.ts";
import { KeyRing } from "../keys/key-ring.ts";
import { readHeader, RecordReader } from "../records/reader.ts";
import { SchemaRegistry } from "../records/schemas.ts";
import { HEADERS } from "../storage/keyspaces.ts";
import { openStore } from "../storage/level-store.ts";
import type { Store } from "../storage/store.ts";
import { rebuildIndex, type Rebuilt } from "./rebuild.ts";
import { LineageWriter } from "./writer.ts";

export interface ReindexOptions {
  readonly dataDir: string;
  /** Folder of the epoch keys. Default: `keys` inside the data folder. */
  readonly keyDir?: string;
  /** The keystore's root: stages of a life are claims, which only their owner can read. */
  readonly root: Uint8Array;
  readonly onProgress?: (counts: Rebuilt) => void;
}

/** Of a store without records: nothing in it names a parent. */
const NO_LEDGER: Hex = `0x${"00".repeat(32)}`;

/**
 * Deletes the index of lineage of a stopped node and makes it again from its records. Crash at any line: the index is not
 * marked whole, and this command or the node's next start begins it again. Throws StorageError `storage.locked`,
 * `storage.missing`, `storage.damaged`; KeyError.
 */
export async function reindex({
  dataDir,
  keyDir = keyFolder(dataDir),
  root,
  onProgress,
}: ReindexOptions): Promise<Rebuilt> {
  const store = await openStore({ dataDir, create: false });
  try {
    const keys = await KeyRing.open({ root, folder: keyDir, readOnly: true }, { store, random: randomBytes });
    const reader = new RecordReader({ store, keys, schemas: new SchemaRegistry(store) });
    const writer = new LineageWriter({ ledger: (await ledgerOf(store)) ?? NO_LEDGER });
    return await rebuildIndex({ store, reader, writer, ...(onProgress && { onProgress }) });
  } finally {
    await store.close();
  }
}

/** The ledger that the store's records name; undefined when it holds none that can be read. */
async function ledgerOf(store: Store): Promise<Hex | undefined> {
  for await (const [place, bytes] of store.iterate(HEADERS)) {
    const stored = readHeader(bytes, place);
    if (stored !== undefined) return stored.header.ledger;
  }
  return undefined;
}
