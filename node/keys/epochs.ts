import { createSecretKey, type KeyObject } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { fromBase64Url, toBase64Url } from "../../sdk/protocol/bytes.ts";
import { derive } from "./derive.ts";
import { KeyError } from "./errors.ts";
import { unwrapKey, wrapKey } from "./wrap.ts";

/** The file of a key folder. Trust: whoever can replace it can make payloads unreadable; without the keystore nobody can read it. */
export const EPOCHS_FILE = "epochs.json";
/** Where the keys of a data folder are unless somebody has put them elsewhere. */
export const keyFolder = (dataDir: string): string => join(dataDir, "keys");
const FORMAT = "suyuan/epochs/1";
const FILE_MODE = 0o600;

const fileSchema = z.strictObject({
  format: z.literal(FORMAT),
  epochs: z.array(z.strictObject({ epoch: z.int().min(0).max(0xffff_ffff), wrapped: z.string() })).min(1),
});

/** The key-encryption keys that still exist, by epoch. */
export type EpochKeys = ReadonlyMap<number, KeyObject>;

export interface EpochsPlace {
  readonly folder: string;
  /** The keystore's root, under which the file's keys are wrapped. */
  readonly root: Uint8Array;
}

/** Undefined when there is no file. Throws KeyError `key.epochs-damaged`. */
export async function readEpochs({ folder, root }: EpochsPlace): Promise<EpochKeys | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, EPOCHS_FILE), "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined; // What a failed read throws.
    throw new KeyError("key.epochs-damaged", {}, cause);
  }
  const keys = new Map<number, KeyObject>();
  for (const { epoch, wrapped } of parse(text).epochs) {
    const key = unwrapKey(wrappingKey(root, epoch), fromBase64Url(wrapped));
    if (key === undefined) throw new KeyError("key.epochs-damaged");
    keys.set(epoch, createSecretKey(key));
  }
  return keys;
}

function parse(text: string): z.infer<typeof fileSchema> {
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new KeyError("key.epochs-damaged", {}, cause);
  }
}

/**
 * Replaces the file. Durable when it resolves; a crash leaves the old file or the new one, whole. What the old one held is
 * overwritten in place afterwards: that a medium or a file system keeps no copy of it cannot be promised from here.
 */
export async function writeEpochs({ folder, root }: EpochsPlace, keys: EpochKeys): Promise<void> {
  const epochs = [...keys].map(([epoch, key]) => ({
    epoch,
    wrapped: toBase64Url(wrapKey(wrappingKey(root, epoch), new Uint8Array(key.export()))),
  }));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await replaceFile(join(folder, EPOCHS_FILE), `${JSON.stringify({ format: FORMAT, epochs }, undefined, 2)}\n`);
}

const wrappingKey = (root: Uint8Array, epoch: number): KeyObject =>
  createSecretKey(derive(root, `suyuan/epoch-wrap/1/${epoch}`));

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const handle = await open(temporary, "w", FILE_MODE);
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  const old = await open(path, "r+").catch(() => undefined);
  try {
    // Crash before this line: the old file stands. After it: the new one, at the latest once the folder is synced.
    await rename(temporary, path);
    await syncFolder(join(path, ".."));
    if (old !== undefined) {
      await old.write(Buffer.alloc((await old.stat()).size), 0, undefined, 0);
      await old.datasync();
    }
  } finally {
    await old?.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return; // A folder cannot be opened there; NTFS journals names.
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
