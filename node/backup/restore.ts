import { cp, mkdir, readFile, rename, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { backupManifest, type BackupManifest } from "../../sdk/client/routes/operations.ts";
import { toHex } from "../../sdk/protocol/bytes.ts";
import { KeyRing } from "../keys/key-ring.ts";
import { DELIVERIES, DELIVERY_FLOORS, NEXT, RECEPTIONS, SCOPES } from "../storage/keyspaces.ts";
import { openStore, STORE_FOLDER } from "../storage/level-store.ts";
import { put, type Operation, type Store } from "../storage/store.ts";
import { MANIFEST_FILE } from "./backup.ts";
import { BackupError } from "./errors.ts";

export interface RestoreOptions {
  /** Folder of one backup. */
  readonly from: string;
  /** Data folder that holds no store. */
  readonly dataDir: string;
  /** Folder of the epoch keys that belong to it. */
  readonly keyDir: string;
  /** The keystore's root. */
  readonly root: Uint8Array;
  readonly connection: LedgerConnection;
}

export interface Restored {
  readonly manifest: BackupManifest;
  /** Records in no block: the node anchors them when it starts. */
  readonly waiting: number;
  /** Agreements of which delivery numbers may have been used after the backup: they are not used again. */
  readonly guarded: number;
}

/**
 * Puts a backup in place, after everything about it was checked: its own digest, that its keys still exist, and that the
 * chain has nothing that it lacks. Until the last step the data folder holds no store. Throws BackupError `backup.damaged`,
 * `backup.target-used`, `backup.other-ledger`, `backup.older-than-chain`, KeyError, ChainError.
 */
export async function restore({ from, dataDir, keyDir, root, connection }: RestoreOptions): Promise<Restored> {
  if (existsSync(join(dataDir, STORE_FOLDER))) throw new BackupError("backup.target-used");
  const manifest = await readManifest(from);
  if (manifest.ledger !== connection.ledger) throw new BackupError("backup.other-ledger");
  const partial = join(dataDir, ".restore");
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true, mode: 0o700 });
  try {
    await cp(join(from, STORE_FOLDER), join(partial, STORE_FOLDER), { recursive: true });
    const found = await reconcile({ partial, keyDir, root, manifest }, connection);
    // Crash before this line: nothing was restored. After it: the node may be started.
    await rename(join(partial, STORE_FOLDER), join(dataDir, STORE_FOLDER));
    return { manifest, ...found };
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function readManifest(from: string): Promise<BackupManifest> {
  try {
    return backupManifest.parse(JSON.parse(await readFile(join(from, MANIFEST_FILE), "utf8")));
  } catch (cause) {
    throw new BackupError("backup.damaged", { part: MANIFEST_FILE }, cause);
  }
}

async function reconcile(
  {
    partial,
    keyDir,
    root,
    manifest,
  }: {
    readonly partial: string;
    readonly keyDir: string;
    readonly root: Uint8Array;
    readonly manifest: BackupManifest;
  },
  connection: LedgerConnection,
): Promise<Omit<Restored, "manifest">> {
  // One of an older format is restored as it is: the node upgrades it when it starts.
  const store = await openStore({ dataDir: partial, create: false, upgrade: true }).catch((cause: unknown) => {
    throw new BackupError("backup.damaged", { part: STORE_FOLDER }, cause);
  });
  try {
    const { entries, digest } = await store.digest().catch((cause: unknown) => {
      throw new BackupError("backup.damaged", { part: STORE_FOLDER }, cause);
    });
    if (entries !== manifest.entries || toHex(digest) !== manifest.digest)
      throw new BackupError("backup.damaged", { part: STORE_FOLDER });
    await KeyRing.open({ root, folder: keyDir, readOnly: true }, { store, random: randomBytes });
    const waiting = await compareScopes(store, connection);
    return { waiting, guarded: await guardDeliveries(store, connection) };
  } finally {
    await store.close();
  }
}

/** Numbers that the chain has and the backup lacks belong to payloads that are not there: they must not be given again. */
async function compareScopes(store: Store, connection: LedgerConnection): Promise<number> {
  const view = await connection.view("latest");
  let waiting = 0;
  let scopes = 0;
  let records = 0;
  for await (const [scope] of store.iterate(SCOPES)) {
    const local = (await store.get(NEXT, scope)) ?? 0;
    const missing = ((await view.head(scope))?.next ?? 0) - local;
    if (missing > 0) scopes++;
    records += Math.max(0, missing);
    waiting += Math.max(0, -missing);
  }
  if (scopes > 0) throw new BackupError("backup.older-than-chain", { scopes, records });
  return waiting;
}

/**
 * A number that is reserved and unknown to the backup may have been served, or asked for, after it was made. Using it again
 * would put two packages under one number: both sides leave it alone.
 */
async function guardDeliveries(store: Store, connection: LedgerConnection): Promise<number> {
  const view = await connection.view("latest");
  const operations: Operation[] = [];
  for await (const [scope, { agreement, kind }] of store.iterate(SCOPES)) {
    if (agreement === undefined) continue;
    const reserved = (await view.agreement(agreement))?.reserved ?? 0;
    const settled = (await store.get(NEXT, scope)) ?? 0;
    const space = kind === "deliveries" ? DELIVERIES : RECEPTIONS;
    let known = settled;
    while (known < reserved && (await store.get(space as typeof RECEPTIONS, { scope: agreement, seq: known }))) known++; // Only its presence is asked.
    if (known < reserved) operations.push(put(DELIVERY_FLOORS, agreement, reserved));
  }
  if (operations.length > 0) await store.write(operations);
  return operations.length;
}
