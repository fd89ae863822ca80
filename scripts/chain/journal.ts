import { constants } from "node:fs";
import { open, rename, writeFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ChainError } from "./errors.ts";
import { decodeLine, encodeLine, readLines, type RawLine } from "./lines.ts";

export const JOURNAL_FORMAT = "suyuan/chain-journal/1";
const JOURNAL_FILE = "journal.ndjson";
const TIP_FILE = "tip";
const TIP_TEXT_CHARS = 160;

const hash = z.string().regex(/^0x[0-9a-f]{64}$/);
const headerSchema = z.strictObject({
  format: z.literal(JOURNAL_FORMAT),
  chainId: z.int().positive(),
  /** Unix seconds of block 0. */
  genesisTime: z.int().nonnegative(),
  hardfork: z.string(),
  /** What produced the block hashes; named when a replay differs. */
  engine: z.string(),
});
const blockSchema = z.strictObject({
  number: z.int().positive(),
  /** Hash of the block before: each line proves that the replay of all earlier lines gave the same chain. */
  parent: hash,
  /** Unix seconds. */
  time: z.int().nonnegative(),
  /** Signed transactions in block order, as they came. */
  transactions: z.array(z.string().regex(/^0x(?:[0-9a-f]{2})+$/)).min(1),
});
const tipSchema = z.strictObject({ number: z.int().nonnegative(), hash });

export type JournalHeader = Readonly<z.infer<typeof headerSchema>>;
export type BlockInput = Readonly<z.infer<typeof blockSchema>>;
export type Tip = Readonly<z.infer<typeof tipSchema>>;

export interface ReplayedJournal {
  readonly blocks: number;
  /** Bytes of a torn last line that were cut. */
  readonly cutBytes: number;
}

/**
 * The write-ahead journal of a chain's inputs: one header line, then one line per block, each durable before the block is
 * mined. At most the last line can be torn by a crash, because a line is appended only after the one before was synced.
 *
 * Trust: who can write this folder can write another history. The checks find accidents; a rewritten history shows as
 * other block hashes than those others hold.
 *
 * `tip` beside it is a hint, rewritten in place and never synced: the highest mined block and its hash. With it a last
 * line that was durable and is damaged now is told from one that never became durable.
 */
export class Journal {
  readonly header: JournalHeader;
  readonly tip: Tip | undefined;
  readonly path: string;
  readonly #file: FileHandle;
  readonly #tipFile: FileHandle;
  #length = 0;
  #lastBlockOffset: number | undefined;

  private constructor(parts: {
    path: string;
    file: FileHandle;
    tipFile: FileHandle;
    header: JournalHeader;
    tip: Tip | undefined;
  }) {
    this.path = parts.path;
    this.#file = parts.file;
    this.#tipFile = parts.tipFile;
    this.header = parts.header;
    this.tip = parts.tip;
  }

  /**
   * Opens the journal of `dir`, or creates it with `initial`. The caller holds the folder's lock and calls `replay`
   * before `append`. Errors: `chain.journal-format`, `chain.journal-damaged`, `chain.journal-truncated` when only
   * the hint is left.
   */
  static async open(dir: string, initial: Omit<JournalHeader, "format">): Promise<Journal> {
    const path = join(dir, JOURNAL_FILE);
    const tipFile = await open(join(dir, TIP_FILE), constants.O_RDWR | constants.O_CREAT);
    let file: FileHandle | undefined;
    try {
      const tip = await readTip(tipFile);
      file = await openIfPresent(path);
      if (file === undefined) {
        if (tip !== undefined)
          throw new ChainError("chain.journal-truncated", { file: path, have: 0, mined: tip.number });
        file = await create(dir, path, { format: JOURNAL_FORMAT, ...initial });
      }
      return new Journal({ path, file, tipFile, header: await readHeader(file, path), tip });
    } catch (error) {
      await file?.close();
      await tipFile.close();
      throw error;
    }
  }

  /**
   * Hands every durable block to `apply` in order, then cuts a torn last line.
   * Errors: `chain.journal-damaged` (with the line), `chain.journal-truncated`.
   */
  async replay(apply: (block: BlockInput, line: number) => Promise<void>): Promise<ReplayedJournal> {
    let blocks = 0;
    let bad: RawLine | undefined;
    for await (const line of readLines(this.#file)) {
      if (bad !== undefined) throw this.#damaged(bad.number);
      if (line.number > 1) {
        const block = line.terminated ? blockSchema.safeParse(decodeLine(line.bytes)) : undefined;
        if (block?.success !== true) {
          bad = line;
          continue;
        }
        if (block.data.number !== blocks + 1) throw this.#damaged(line.number);
        await apply(block.data, line.number);
        blocks += 1;
      }
      this.#length = line.offset + line.bytes.length + 1;
    }
    if (this.tip !== undefined && this.tip.number > blocks) {
      if (bad !== undefined) throw this.#damaged(bad.number);
      throw new ChainError("chain.journal-truncated", { file: this.path, have: blocks, mined: this.tip.number });
    }
    if (bad !== undefined) await this.#file.truncate(this.#length);
    // Lines that a killed process left in the page cache only must be on disk before anyone is shown their receipts.
    await this.#file.datasync();
    return { blocks, cutBytes: bad === undefined ? 0 : bad.bytes.length + (bad.terminated ? 1 : 0) };
  }

  /** Makes a block's inputs durable. Before it resolves a crash loses the block; after, the block is mined on restart. */
  async append(block: BlockInput): Promise<void> {
    const line = encodeLine(block);
    const offset = this.#length;
    try {
      for (let written = 0; written < line.length;) {
        written += (await this.#file.write(line, written, line.length - written, offset + written)).bytesWritten;
      }
      await this.#file.datasync();
    } catch (error) {
      await this.#truncate(offset).catch(() => undefined);
      throw new ChainError("chain.journal-write-failed", { block: block.number }, error);
    }
    this.#lastBlockOffset = offset;
    this.#length = offset + line.length;
  }

  /** Takes back the line appended last. Only for a block that was not mined: nobody has seen a receipt of it. */
  async undo(): Promise<void> {
    if (this.#lastBlockOffset === undefined) return;
    await this.#truncate(this.#lastBlockOffset);
    this.#lastBlockOffset = undefined;
  }

  async recordTip(tip: Tip): Promise<void> {
    const text = JSON.stringify(tip);
    const line = encodeLine({ ...tip, pad: " ".repeat(TIP_TEXT_CHARS - text.length) });
    await this.#tipFile.write(line, 0, line.length, 0);
  }

  async close(): Promise<void> {
    await this.#file.close();
    await this.#tipFile.close();
  }

  #damaged(line: number): ChainError {
    return new ChainError("chain.journal-damaged", { file: this.path, line });
  }

  async #truncate(length: number): Promise<void> {
    await this.#file.truncate(length);
    this.#length = length;
    await this.#file.datasync();
  }
}

async function openIfPresent(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r+");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Written under another name and renamed: a crash leaves no journal or a whole header, never a torn one. */
async function create(dir: string, path: string, header: JournalHeader): Promise<FileHandle> {
  const draft = `${path}.new`;
  await writeFile(draft, encodeLine(header), { flush: true });
  await rename(draft, path);
  await syncDirectory(dir);
  return open(path, "r+");
}

async function syncDirectory(dir: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(dir, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readHeader(file: FileHandle, path: string): Promise<JournalHeader> {
  for await (const line of readLines(file)) {
    const value = line.terminated ? decodeLine(line.bytes) : undefined;
    if (value === undefined) throw new ChainError("chain.journal-damaged", { file: path, line: 1 });
    const header = headerSchema.safeParse(value);
    if (header.success) return header.data;
    break;
  }
  throw new ChainError("chain.journal-format", { file: path });
}

/** A hint that cannot be read counts as absent. */
async function readTip(file: FileHandle): Promise<Tip | undefined> {
  for await (const line of readLines(file)) {
    const value = z.object(tipSchema.shape).safeParse(decodeLine(line.bytes));
    return value.success ? { number: value.data.number, hash: value.data.hash } : undefined;
  }
  return undefined;
}
