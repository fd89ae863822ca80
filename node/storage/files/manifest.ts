import { readLogRecords } from "./log.ts";
import { readVarint } from "./snappy.ts";

/** What a store's manifest says that it consists of: numbers of files. */
export interface LiveFiles {
  readonly tables: ReadonlySet<number>;
  /** Logs of this number and above, and the one before a switch, are played into tables when the store is opened. */
  readonly firstLog: number;
  readonly previousLog: number;
}

// Tags of a version edit (LevelDB's db/version_edit.cc); 8 was used once and is refused by the engine, too.
const COMPARATOR = 1;
const LOG_NUMBER = 2;
const NEXT_FILE_NUMBER = 3;
const LAST_SEQUENCE = 4;
const COMPACT_POINTER = 5;
const DELETED_FILE = 6;
const NEW_FILE = 7;
const PREVIOUS_LOG_NUMBER = 9;

/** Plays a manifest: a log whose records are version edits. Undefined when an edit cannot be read. */
export function readManifest(bytes: Uint8Array): LiveFiles | undefined {
  const tables = new Set<number>();
  let firstLog = 0;
  let previousLog = 0;
  for (const record of readLogRecords(bytes)) {
    const reader = new EditReader(record);
    while (!reader.isAtEnd) {
      switch (reader.varint()) {
        case COMPARATOR:
          reader.skipBytes();
          break;
        case LOG_NUMBER:
          firstLog = reader.varint();
          break;
        case PREVIOUS_LOG_NUMBER:
          previousLog = reader.varint();
          break;
        case NEXT_FILE_NUMBER:
        case LAST_SEQUENCE:
          reader.varint();
          break;
        case COMPACT_POINTER:
          reader.varint();
          reader.skipBytes();
          break;
        case DELETED_FILE:
          reader.varint();
          tables.delete(reader.varint());
          break;
        case NEW_FILE:
          reader.varint();
          tables.add(reader.varint());
          reader.varint();
          reader.skipBytes();
          reader.skipBytes();
          break;
        default:
          return undefined;
      }
      if (reader.failed) return undefined;
    }
  }
  return { tables, firstLog, previousLog };
}

class EditReader {
  failed = false;
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  varint(): number {
    const read = readVarint(this.bytes, this.at);
    if (read === undefined) this.failed = true;
    this.at = read?.next ?? this.bytes.length;
    return read?.value ?? 0;
  }

  skipBytes(): void {
    const length = this.varint();
    if (this.at + length > this.bytes.length) this.failed = true;
    this.at += length;
  }
}
