import type { FileHandle } from "node:fs/promises";
import { crc32c, masked } from "./crc32c.ts";
import { decodeSnappy, readVarint } from "./snappy.ts";

// LevelDB's table format (doc/table_format.md): blocks, each followed by compression(1) ‖ checksum(4); at the end a footer
// with the places of the index and of the index of meta blocks, and a magic number.
const FOOTER_BYTES = 48;
const MAGIC = 0xdb4775248b80fb57n;
const TRAILER_BYTES = 5;
const SNAPPY = 1;
/** A table ends with its filter, its indexes and the footer: read together they are one question to the disk. */
const TAIL_BYTES = 64 * 1024;

interface Place {
  readonly offset: number;
  readonly size: number;
}

export interface TableOptions {
  /** Every data block, too: reads the whole file. */
  readonly data: boolean;
}

/** Where a table is damaged; undefined when what was looked at is whole. */
export async function findTableDamage(file: FileHandle, { data }: TableOptions): Promise<number | undefined> {
  const { size } = await file.stat();
  const footerAt = size - FOOTER_BYTES;
  if (footerAt < 0) return 0;
  const table = await openTable(file, size);
  const footer = await table.read({ offset: footerAt, size: FOOTER_BYTES });
  const magic = new DataView(footer.buffer, footer.byteOffset).getBigUint64(FOOTER_BYTES - 8, true);
  const meta = readPlace(footer, 0);
  const index = meta && readPlace(footer, meta.next);
  if (magic !== MAGIC || meta === undefined || index === undefined || !isPadded(footer, index.next)) return footerAt;
  for (const { place, isIndexOfData } of [
    { place: meta.place, isIndexOfData: false },
    { place: index.place, isIndexOfData: true },
  ]) {
    const block = await readBlock(table, place, footerAt);
    if (block === undefined) return place.offset;
    if (isIndexOfData && !data) continue;
    const content = decoded(block);
    const places = content && placesIn(content);
    if (places === undefined) return place.offset;
    for (const inner of places) {
      const found = await readBlock(table, inner, footerAt);
      if (found === undefined || decoded(found) === undefined) return inner.offset;
    }
  }
  return undefined;
}

/** The block as it is stored, and the byte that says how; undefined when it does not fit its checksum. */
async function readBlock(table: Table, { offset, size }: Place, end: number): Promise<Uint8Array | undefined> {
  if (offset + size + TRAILER_BYTES > end) return undefined;
  const bytes = await table.read({ offset, size: size + TRAILER_BYTES });
  if (bytes.length < size + TRAILER_BYTES) return undefined;
  const stored = new DataView(bytes.buffer, bytes.byteOffset).getUint32(size + 1, true);
  const block = bytes.subarray(0, size + 1);
  return stored === masked(crc32c(block)) ? block : undefined;
}

/** What a block holds; undefined when it cannot be unpacked. */
function decoded(block: Uint8Array): Uint8Array | undefined {
  const content = block.subarray(0, -1);
  return block.at(-1) === SNAPPY ? decodeSnappy(content) : content;
}

/** The places that an index block names. */
function placesIn(block: Uint8Array): Place[] | undefined {
  if (block.length < 4) return undefined;
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const end = block.length - 4 - 4 * view.getUint32(block.length - 4, true);
  const places: Place[] = [];
  let at = 0;
  while (at < end) {
    const shared = readVarint(block, at);
    const unshared = shared && readVarint(block, shared.next);
    const length = unshared && readVarint(block, unshared.next);
    if (unshared === undefined || length === undefined) return undefined;
    const valueAt = length.next + unshared.value;
    const found = readPlace(block, valueAt);
    if (found === undefined) return undefined;
    places.push(found.place);
    at = valueAt + length.value;
  }
  return at === end ? places : undefined;
}

function readPlace(bytes: Uint8Array, at: number): { readonly place: Place; readonly next: number } | undefined {
  const offset = readVarint(bytes, at);
  const size = offset && readVarint(bytes, offset.next);
  return offset && size && { place: { offset: offset.value, size: size.value }, next: size.next };
}

const isPadded = (footer: Uint8Array, from: number): boolean =>
  from <= FOOTER_BYTES - 8 && footer.subarray(from, FOOTER_BYTES - 8).every((byte) => byte === 0);

interface Table {
  /** The bytes of a place; fewer where the file ends. */
  read(place: Place): Promise<Uint8Array>;
}

async function openTable(file: FileHandle, size: number): Promise<Table> {
  const tailAt = Math.max(0, size - TAIL_BYTES);
  const tail = await readAt(file, { offset: tailAt, size: size - tailAt });
  return {
    read: (place) => {
      const at = place.offset - tailAt;
      return at < 0 ? readAt(file, place) : Promise.resolve(tail.subarray(at, at + place.size));
    },
  };
}

async function readAt(file: FileHandle, { offset, size }: Place): Promise<Uint8Array> {
  const buffer = Buffer.alloc(size);
  const { bytesRead } = await file.read(buffer, 0, size, offset);
  return buffer.subarray(0, bytesRead);
}
