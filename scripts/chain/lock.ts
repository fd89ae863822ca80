import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ChainError } from "./errors.ts";

const SQLITE_BUSY = 5;
const LOCK_FILE = "lock";

export interface DirectoryLock {
  release(): void;
}

/**
 * Takes the data folder for this process. The lock is a byte-range lock of the operating system (fcntl, LockFileEx), held
 * through an SQLite database that stays empty: the kernel frees it when the process ends in any way, so there is nothing
 * stale to judge by process id, and two starters cannot both take it. Errors: `chain.locked`, `chain.lock-failed`.
 */
export function lockDirectory(dir: string): DirectoryLock {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(dir, LOCK_FILE));
    // journal_mode MEMORY: no rollback file, so a kill leaves nothing to recover.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    const busy = error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
    throw new ChainError(busy ? "chain.locked" : "chain.lock-failed", { dir }, error);
  }
  const held = database;
  return { release: () => held.close() };
}
