import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BackupManifest } from "../../sdk/client/routes/operations.ts";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { Clock } from "../ports.ts";
import { META } from "../storage/keyspaces.ts";
import { STORE_FOLDER, STORE_FORMAT } from "../storage/level-store.ts";
import { put, type Store } from "../storage/store.ts";
import { BackupError } from "./errors.ts";

export const MANIFEST_FILE = "backup.json";
/** When the newest backup was made and at which epoch, in META. */
export const LAST_BACKUP_ENTRY = "last-backup";

export interface BackupOptions {
  readonly department: string;
  readonly ledger: Hex;
  /** Where data goes; each backup is a folder of its own. */
  readonly folder: string | undefined;
  /** Where the copy of the epoch keys goes: one file, replaced by every backup. Never the folder of the data. */
  readonly keyFolder: string | undefined;
}

export interface BackupDependencies {
  readonly store: Store;
  readonly keys: KeyRing;
  readonly clock: Clock;
}

export interface MadeBackup {
  readonly name: string;
  /** Whether the epoch keys were copied, too: without them a backup opens nothing. */
  readonly keys: boolean;
  readonly manifest: BackupManifest;
}

export interface LastBackup {
  /** Seconds. */
  readonly at: number;
  readonly epoch: number;
}

/** Writes backups of a running node's store. */
export class Backups {
  private readonly options: BackupOptions;
  private readonly dependencies: BackupDependencies;
  private running = false;

  constructor(options: BackupOptions, dependencies: BackupDependencies) {
    this.options = options;
    this.dependencies = dependencies;
  }

  /**
   * One moment of the store, whatever is written meanwhile, as a folder that appears whole or not at all. Throws
   * BackupError `backup.not-configured`, `backup.running`, `backup.failed`.
   */
  async make(): Promise<MadeBackup> {
    const { folder } = this.options;
    if (folder === undefined) throw new BackupError("backup.not-configured");
    if (this.running) throw new BackupError("backup.running");
    this.running = true;
    try {
      return await this.write(folder);
    } finally {
      this.running = false;
    }
  }

  /** The newest backup that was finished; undefined before the first. */
  async last(): Promise<LastBackup | undefined> {
    const text = await this.dependencies.store.get(META, LAST_BACKUP_ENTRY);
    return text === undefined ? undefined : (JSON.parse(text) as LastBackup); // Written by `write`.
  }

  private async write(folder: string): Promise<MadeBackup> {
    const { store, keys, clock } = this.dependencies;
    const { department, ledger, keyFolder } = this.options;
    const atMs = clock();
    const at = Math.floor(atMs / 1000);
    const name = `${new Date(atMs).toISOString().replace(/[:.]/g, "-")}-${department}`;
    const partial = join(folder, `.${name}.partial`);
    const { epoch } = keys;
    try {
      await mkdir(partial, { recursive: true, mode: 0o700 });
      const { entries, digest } = await store.copyTo(join(partial, STORE_FOLDER));
      const manifest: BackupManifest = {
        format: "suyuan/backup/1",
        store: STORE_FORMAT,
        ...{ department, ledger, at, epoch, entries },
        digest: toHex(digest),
      };
      await writeDurably(join(partial, MANIFEST_FILE), `${JSON.stringify(manifest, undefined, 2)}\n`);
      if (keyFolder !== undefined) await keys.copyTo(keyFolder);
      // Crash before this line: a folder whose name begins with a dot, which nobody restores. After it: the backup is whole.
      await rename(partial, join(folder, name));
      await store.write([put(META, LAST_BACKUP_ENTRY, JSON.stringify({ at, epoch } satisfies LastBackup))]);
      return { name, keys: keyFolder !== undefined, manifest };
    } catch (cause) {
      await rm(partial, { recursive: true, force: true });
      throw cause instanceof BackupError ? cause : new BackupError("backup.failed", {}, cause);
    }
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  const handle = await open(path, "r+");
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
