import { equalBytes, fromUtf8, toHex } from "../../sdk/protocol/bytes.ts";
import { headerText, idOfHeaderBytes, parseHeader, type RecordHeader } from "../../sdk/protocol/header.ts";
import type { CommittedRecord } from "../../sdk/protocol/record.ts";
import type { Json } from "../../sdk/protocol/json.ts";
import type { RecordSchema } from "../../sdk/protocol/schema.ts";
import { saltSeed } from "../keys/derive.ts";
import type { KeyRing, WrappedKey } from "../keys/key-ring.ts";
import {
  BATCHES,
  DATA_KEYS,
  DESTRUCTIONS,
  HEADERS,
  PAYLOADS,
  TOMBSTONES,
  VOIDED,
  type StoredBatch,
} from "../storage/keyspaces.ts";
import type { ScopeSeq } from "../storage/codecs.ts";
import type { Store } from "../storage/store.ts";
import { RecordError } from "./errors.ts";
import type { RecordState, RecordView } from "./model.ts";
import { commitStored } from "./restore.ts";
import { openPayload, type Payload } from "./payload.ts";
import type { SchemaRegistry } from "./schemas.ts";

export interface StoredHeader {
  readonly header: RecordHeader;
  readonly id: Uint8Array;
}

export interface OpenRecord extends StoredHeader, Payload {
  readonly seed: Uint8Array;
}

interface StoredRecord {
  readonly stored: StoredHeader;
  readonly wrapped: WrappedKey | undefined;
  readonly sealed: Uint8Array | undefined;
}

export interface RestoredRecord extends OpenRecord {
  readonly committed: CommittedRecord;
  readonly schema: RecordSchema;
}

export interface FoundBatch {
  readonly first: number;
  readonly batch: StoredBatch;
}

/** A header from its stored bytes; undefined unless they are exactly the canonical form of a header with this place. */
export function readHeader(bytes: Uint8Array, { scope, seq }: ScopeSeq): StoredHeader | undefined {
  try {
    const text = fromUtf8(bytes);
    const header = parseHeader(JSON.parse(text) as Json);
    if (header.scope !== scope || header.seq !== seq || headerText(header) !== text) return undefined;
    return { header, id: idOfHeaderBytes(header.hash, bytes) };
  } catch {
    return undefined;
  }
}

/** Reads records and proves on the way that the bytes are those that were committed. */
export class RecordReader {
  private readonly store: Store;
  private readonly keys: KeyRing;
  private readonly schemas: SchemaRegistry;

  constructor({ store, keys, schemas }: { store: Store; keys: KeyRing; schemas: SchemaRegistry }) {
    this.store = store;
    this.keys = keys;
    this.schemas = schemas;
  }

  /** Throws RecordError `record.unknown`, `record.damaged`. */
  async header(place: ScopeSeq): Promise<StoredHeader> {
    return headerOf(place, await this.store.get(HEADERS, place));
  }

  /** As `openForUse`, of many that are read together; the first that cannot be opened throws. */
  async openAllForUse(places: readonly ScopeSeq[]): Promise<readonly OpenRecord[]> {
    const [destructions, headers, wrapped, payloads] = await Promise.all([
      this.store.getMany(DESTRUCTIONS, places),
      this.store.getMany(HEADERS, places),
      this.store.getMany(DATA_KEYS, places),
      this.store.getMany(PAYLOADS, places),
    ]);
    const open: OpenRecord[] = [];
    for (const [at, place] of places.entries()) {
      if (destructions[at] !== undefined) throw pending(place);
      const stored = headerOf(place, headers[at]);
      open.push(await this.opened(place, { stored, wrapped: wrapped[at], sealed: payloads[at] }));
    }
    return open;
  }

  /** Decrypts. Throws RecordError `record.unknown`, `record.destroyed`, `record.damaged`. */
  async open(place: ScopeSeq): Promise<OpenRecord> {
    const stored = await this.header(place);
    const [wrapped, sealed] = await Promise.all([this.store.get(DATA_KEYS, place), this.store.get(PAYLOADS, place)]);
    return this.opened(place, { stored, wrapped, sealed });
  }

  private async opened(place: ScopeSeq, { stored, wrapped, sealed }: StoredRecord): Promise<OpenRecord> {
    if (wrapped === undefined || sealed === undefined) {
      if ((await this.store.get(TOMBSTONES, place)) !== undefined)
        throw new RecordError("record.destroyed", { seq: place.seq });
      throw damaged(place, wrapped === undefined ? "key" : "payload");
    }
    const dataKey = this.unwrap(place, wrapped);
    const payload = openPayload(sealed, { dataKey, id: stored.id });
    if (payload === undefined) throw damaged(place, "payload");
    return {
      ...stored,
      ...payload,
      // Few readers commit again.
      get seed() {
        return saltSeed(dataKey);
      },
    };
  }

  /** As `open`, refusing what is decided to be destroyed: for everything that leaves the node. */
  async openForUse(place: ScopeSeq): Promise<OpenRecord> {
    if ((await this.store.get(DESTRUCTIONS, place)) !== undefined) throw pending(place);
    return this.open(place);
  }

  /** Commits the stored content again: the same id proves claims, parents and salts. Throws as `open`. */
  async restore(open: OpenRecord): Promise<RestoredRecord> {
    const { header, id } = open;
    const place = { scope: header.scope, seq: header.seq };
    const schema = await this.schemas.find(header.schema);
    if (schema === undefined) throw damaged(place, "schema");
    const committed = commitAgain(place, () => commitStored(open, schema));
    if (!equalBytes(committed.id, id)) throw damaged(place, "claims");
    return { ...open, committed, schema };
  }

  /** The batch that holds a number, if it is sealed. */
  async batchOf({ scope, seq }: ScopeSeq): Promise<FoundBatch | undefined> {
    const [entry] = await this.store.page(BATCHES, {
      gte: { scope, seq: 0 },
      lte: { scope, seq },
      reverse: true,
      limit: 1,
    });
    if (entry === undefined) return undefined;
    const [{ seq: first }, batch] = entry;
    return seq < first + batch.count ? { first, batch } : undefined;
  }

  /** Throws RecordError `record.unknown`, `record.damaged`. */
  async view(place: ScopeSeq): Promise<RecordView> {
    const { header, id } = await this.header(place);
    const [found, tombstone, voided, destruction] = await Promise.all([
      this.batchOf(place),
      this.store.get(TOMBSTONES, place),
      this.store.get(VOIDED, place),
      this.store.get(DESTRUCTIONS, place),
    ]);
    const history: { state: RecordState; at: number }[] = [{ state: "accepted", at: header.issuedAt }];
    const add = (state: RecordState, at: number | undefined): void =>
      void (at !== undefined && history.push({ state, at }));
    add("refused", voided?.at);
    add("sealed", found?.batch.sealedAt);
    add("submitted", found?.batch.submittedAt);
    add("anchored", found?.batch.anchor?.time);
    add("final", found?.batch.finalAt);
    add("destroyed", tombstone?.at);
    const state = tombstone ? "destroyed" : voided ? "refused" : (found?.batch.state ?? "accepted");
    return {
      header,
      record: toHex(id),
      state,
      ...(found && { batch: batchView(found) }),
      history,
      destructionPending: destruction !== undefined && tombstone === undefined,
    };
  }

  private unwrap(place: ScopeSeq, wrapped: Parameters<KeyRing["unwrap"]>[0]): Uint8Array {
    try {
      return this.keys.unwrap(wrapped);
    } catch (cause) {
      throw damaged(place, "key", cause);
    }
  }
}

function headerOf(place: ScopeSeq, bytes: Uint8Array | undefined): StoredHeader {
  if (bytes === undefined) throw new RecordError("record.unknown", { seq: place.seq });
  const stored = readHeader(bytes, place);
  if (stored === undefined) throw damaged(place, "header");
  return stored;
}

const pending = ({ seq }: ScopeSeq): RecordError => new RecordError("record.destruction-pending", { seq });

const damaged = ({ seq }: ScopeSeq, part: string, cause?: unknown): RecordError =>
  new RecordError("record.damaged", { seq, part }, cause);

function commitAgain(place: ScopeSeq, commit: () => CommittedRecord): CommittedRecord {
  try {
    return commit();
  } catch (cause) {
    throw damaged(place, "claims", cause);
  }
}

export const batchView = ({ first, batch: { count, root, anchor } }: FoundBatch): NonNullable<RecordView["batch"]> => ({
  first,
  count,
  root,
  ...(anchor && { time: anchor.time, block: anchor.block, transaction: anchor.transaction }),
});
