import { open, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { INDEX_FOLDER } from "../databases.ts";
import { StorageError } from "../errors.ts";
import { findLogDamage } from "./log.ts";
import { readManifest } from "./manifest.ts";
import { findTableDamage, type TableOptions } from "./table.ts";

export interface FileDamage {
  /** Path inside the store's folder. */
  readonly file: string;
  /** Byte at which it was noticed. */
  readonly at: number;
}

/** A large store has a thousand tables, of which little is read: most of the time is waiting. */
const FILES_AT_ONCE = 4;
/** Names the manifest in force. */
const CURRENT = "CURRENT";

/**
 * Compares the files that a store consists of with their checksums. The engine itself does not: it drops damaged pieces of
 * its log, and looks records up in damaged tables. Logs are read whole, tables as the options say. What the manifest does
 * not name is no part of the store: a table that a stop left half written holds nothing that is not elsewhere, and the
 * engine deletes it. Throws StorageError `storage.unavailable` when the disk does not give a file: that is no damage yet.
 */
export async function* checkFiles(folder: string, options: TableOptions): AsyncGenerator<FileDamage> {
  yield* checkDatabase(folder, options);
  for await (const { file, at } of checkDatabase(join(folder, INDEX_FOLDER), options))
    yield { file: join(INDEX_FOLDER, file), at };
}

async function* checkDatabase(folder: string, options: TableOptions): AsyncGenerator<FileDamage> {
  const parts = await partsOf(folder);
  if ("file" in parts) {
    yield parts;
    return;
  }
  for (let first = 0; first < parts.names.length; first += FILES_AT_ONCE) {
    const names = parts.names.slice(first, first + FILES_AT_ONCE);
    const found = await Promise.all(names.map((name) => findDamage(join(folder, name), options)));
    for (const [i, file] of names.entries()) {
      const at = found[i];
      if (at === undefined) continue;
      // Another process that has the store open may have replaced the file meanwhile.
      const now = await partsOf(folder);
      if ("file" in now || now.names.includes(file)) yield { file, at };
    }
  }
}

const isTable = (name: string): boolean => /\.(?:ldb|sst)$/.test(name);
const isLog = (name: string): boolean => name.endsWith(".log");
const fileName = (number: number, extension: string): string => `${String(number).padStart(6, "0")}.${extension}`;

/** The tables and logs that count, in order of their names; or what keeps that from being known. */
async function partsOf(folder: string): Promise<{ readonly names: readonly string[] } | FileDamage> {
  const found = (await ifThere(readdir(folder))) ?? [];
  const current = await ifThere(readFile(join(folder, CURRENT), "latin1"));
  if (current === undefined) return found.some(isTable) ? { file: CURRENT, at: 0 } : { names: [] };
  const manifest = /^(MANIFEST-\d+)\n$/.exec(current)?.[1];
  const bytes = manifest === undefined ? undefined : await ifThere(readFile(join(folder, manifest)));
  if (manifest === undefined || bytes === undefined) return { file: CURRENT, at: 0 };
  const damage = findLogDamage(bytes);
  if (damage !== undefined) return { file: manifest, at: damage };
  const live = readManifest(bytes);
  if (live === undefined) return { file: manifest, at: 0 };
  const names = found.filter((name) => {
    const number = Number.parseInt(name, 10);
    return isLog(name) && (number >= live.firstLog || number === live.previousLog);
  });
  const firstLog = fileName(live.firstLog, "log");
  if (live.firstLog > 0 && !names.includes(firstLog)) names.push(firstLog);
  const numbers = new Map(found.filter(isTable).map((name) => [Number.parseInt(name, 10), name]));
  for (const number of live.tables) names.push(numbers.get(number) ?? fileName(number, "ldb"));
  return { names: names.sort() };
}

/** What the manifest names and is not there is damaged, too. */
async function findDamage(path: string, options: TableOptions): Promise<number | undefined> {
  const file = await ifThere(open(path, "r"));
  if (file === undefined) return 0;
  try {
    return await (isTable(path) ? findTableDamage(file, options) : findLogDamage(await file.readFile()));
  } catch (error) {
    throw new StorageError("storage.unavailable", {}, error);
  } finally {
    await file.close();
  }
}

/** Undefined only for what is not there. */
async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new StorageError("storage.unavailable", {}, error);
  }
}
