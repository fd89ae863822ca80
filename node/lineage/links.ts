import { concat, type Hex } from "../../sdk/protocol/bytes.ts";
import { RELATIONS, type DisclosedParent, type Parent, type Relation } from "../../sdk/protocol/parents.ts";
import { scopeSeq, uintBytes, uintOf, type ScopeSeq } from "../storage/codecs.ts";

// The stored forms of the index. A walk of ten thousand records reads them as bytes: see walk.ts.

/** A record's place as stored: scope, then number. */
export const PLACE_BYTES = 37;
const HASH_BYTES = 32;
const SALT_BYTES = 16;

/** Where a link leads beside a record's own parents; the number is stored. Up to 5 they are the relations of a child. */
export const LINK_KINDS = [...RELATIONS, "delivered", "received", "generatedBy", "generated"] as const;
export type LinkKind = (typeof LINK_KINDS)[number];
/** The one kind that leads upstream: from what an activity generated to the activity. */
export const GENERATED_BY = LINK_KINDS.indexOf("generatedBy");

export interface Link {
  readonly kind: LinkKind;
  readonly to: ScopeSeq;
}

/**
 * Links of one record come in lanes, each with one writer: intake, which writes one group after another, and deliveries,
 * which write one after another too. So a piece can be read, added to and written without a lock between the two.
 */
export const LANES = { records: 0, deliveries: 1 } as const;
export type Lane = (typeof LANES)[keyof typeof LANES];

/** Links to a piece: a longer list is closed and a new one opened, so that a link costs the same however many there are. */
export const LINKS_A_PIECE = 32;
export const LINK_BYTES = 1 + PLACE_BYTES;
/** The open piece begins with the number of closed ones. */
export const COUNT_BYTES = 3;

/** In a scope of which nothing has such links, a walk need not look for them: marks say which have. */
export const MARKS = ["generated", "packaged"] as const;
export type Mark = (typeof MARKS)[number];
export const markKey = (mark: Mark, scope: Hex): string => `${mark}/${scope}`;

/** Key of a piece: the open one is number 0, the closed ones count from 1. */
export function pieceKey(place: Uint8Array, lane: Lane, piece: number): Uint8Array {
  return Buffer.concat([place, Uint8Array.of(lane), uintBytes(piece, COUNT_BYTES)]);
}

export function placeBytes(place: ScopeSeq): Uint8Array {
  const bytes = Buffer.allocUnsafe(PLACE_BYTES);
  writePlace(bytes, 0, place);
  return bytes;
}

function writePlace(bytes: Buffer, at: number, { scope, seq }: ScopeSeq): void {
  bytes.set(hashBytes(scope), at);
  bytes.writeUIntBE(seq, at + HASH_BYTES, PLACE_BYTES - HASH_BYTES);
}

// Ledgers and scopes, which are few and come again and again. The bytes are copied, never changed.
const hashes = new Map<Hex, Uint8Array>();
const MAXIMUM_HASHES = 1024;

function hashBytes(hex: Hex): Uint8Array {
  const known = hashes.get(hex);
  if (known !== undefined) return known;
  if (hashes.size >= MAXIMUM_HASHES) hashes.clear();
  const bytes = Buffer.from(hex.slice(2), "hex");
  hashes.set(hex, bytes);
  return bytes;
}

export function linkBytes({ kind, to }: Link): Uint8Array {
  const bytes = Buffer.allocUnsafe(LINK_BYTES);
  bytes[0] = LINK_KINDS.indexOf(kind);
  writePlace(bytes, 1, to);
  return bytes;
}

/** The open piece with one link more, and the piece that it closes if it was full. */
export function added(
  open: Uint8Array | undefined,
  link: Uint8Array,
): { readonly open: Uint8Array; readonly closed?: { readonly piece: number; readonly bytes: Uint8Array } } {
  if (open === undefined) return { open: concat(uintBytes(0, COUNT_BYTES), link) };
  if (open.length < COUNT_BYTES + LINKS_A_PIECE * LINK_BYTES) return { open: concat(open, link) };
  const piece = uintOf(open.subarray(0, COUNT_BYTES)) + 1;
  return {
    open: concat(uintBytes(piece, COUNT_BYTES), link),
    closed: { piece, bytes: open.subarray(COUNT_BYTES) },
  };
}

/** The links of a piece without its count. */
export function* readLinks(bytes: Uint8Array): Generator<Link> {
  for (let at = 0; at + LINK_BYTES <= bytes.length; at += LINK_BYTES) {
    const kind = LINK_KINDS[bytes[at] ?? -1];
    if (kind === undefined) throw new TypeError("a link of an unknown kind");
    yield { kind, to: scopeSeq.decode(bytes.subarray(at + 1, at + LINK_BYTES)) };
  }
}

/** Set in the relation's byte of a parent that an activity generated: it lies downstream. */
export const GENERATED_FLAG = 0x40;
export const PARENT_BYTES = 1 + HASH_BYTES + PLACE_BYTES + HASH_BYTES + SALT_BYTES;
/** Where the place stands in a parent's bytes. */
export const PARENT_PLACE = 1 + HASH_BYTES;

/** A parent with its salt, and whether it is one that the record, an activity, generated. */
export interface StoredParent extends DisclosedParent {
  readonly generated: boolean;
}

export interface ParentsToStore {
  readonly parents: readonly (Parent & { readonly generated: boolean })[];
  /** One after another: 16 bytes a parent. */
  readonly salts: Uint8Array;
}

export function parentBytes({ parents, salts }: ParentsToStore): Uint8Array {
  if (salts.length !== parents.length * SALT_BYTES) throw new TypeError("one salt a parent");
  const bytes = Buffer.alloc(parents.length * PARENT_BYTES);
  for (const [i, { relation, ledger, scope, seq, record, generated }] of parents.entries()) {
    const start = i * PARENT_BYTES;
    const place = start + PARENT_PLACE;
    bytes[start] = RELATIONS.indexOf(relation) | (generated ? GENERATED_FLAG : 0);
    bytes.set(hashBytes(ledger), start + 1);
    writePlace(bytes, place, { scope, seq });
    bytes.write(record.slice(2), place + PLACE_BYTES, HASH_BYTES, "hex");
    bytes.set(salts.subarray(i * SALT_BYTES, (i + 1) * SALT_BYTES), place + PLACE_BYTES + HASH_BYTES);
  }
  return bytes;
}

export function readParents(bytes: Uint8Array): readonly StoredParent[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const hexOf = (from: number): Hex => `0x${buffer.toString("hex", from, from + HASH_BYTES)}`;
  return Array.from({ length: Math.floor(bytes.length / PARENT_BYTES) }, (_, at) => {
    const from = at * PARENT_BYTES;
    const flags = buffer[from] ?? 0;
    const relation: Relation | undefined = RELATIONS[flags & ~GENERATED_FLAG];
    if (relation === undefined) throw new TypeError("a parent of an unknown relation");
    const record = PARENT_PLACE + PLACE_BYTES;
    return {
      at,
      salt: buffer.toString("base64url", from + record + HASH_BYTES, from + PARENT_BYTES),
      ledger: hexOf(from + 1),
      scope: hexOf(from + PARENT_PLACE),
      seq: buffer.readUIntBE(from + PARENT_PLACE + HASH_BYTES, PLACE_BYTES - HASH_BYTES),
      record: hexOf(from + record),
      relation,
      generated: (flags & GENERATED_FLAG) !== 0,
    };
  });
}
