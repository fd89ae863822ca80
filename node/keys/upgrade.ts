import { concat, fromBase64Url, toBase64Url } from "../../sdk/protocol/bytes.ts";
import type { Log, RandomBytes } from "../ports.ts";
import { uintOf } from "../storage/codecs.ts";
import {
  APPLICATIONS,
  DATA_KEYS,
  DELIVERIES,
  MOVED_INDEXES,
  NOTICES,
  RECEIVED,
  RECEPTIONS,
  SEALED_KEYS,
} from "../storage/keyspaces.ts";
import { del, put, type Operation, type Space, type Store } from "../storage/store.ts";
import { keyEncryptionKey } from "./derive.ts";
import type { KeyRing, WrappedKey } from "./key-ring.ts";
import { isSealed } from "./sealed.ts";
import { unwrapKey } from "./wrap.ts";

const PAGE_ENTRIES = 256;
const EPOCH_BYTES = 4;
const WRAPPED_BYTES = 40;
const NAME_BYTES = 16;
/** Pages of one space between two lines of the log: some seconds. */
const PAGES_A_LINE = 1000;

interface Upgrade {
  readonly root: Uint8Array;
  /** Whether the store is of the first format. Then the ring's current epoch is above every epoch of the store. */
  readonly hasDerivedEpochs: boolean;
  readonly ring: KeyRing;
  readonly store: Store;
  readonly random: RandomBytes;
  readonly log: Log;
}

/**
 * From `suyuan/store/1` and `/2` to `/3`. Nothing else may use the store. Crash at any point: what is done says so, and the
 * next start does the rest.
 */
export async function upgradeStore(upgrade: Upgrade): Promise<void> {
  const { hasDerivedEpochs, log } = upgrade;
  log.info({}, "a store of an older format is being upgraded");
  for (const { from, to } of MOVED_INDEXES)
    await rewrite(from, upgrade, (key, value) => [put(to, key, value), del(from, key)]);
  if (hasDerivedEpochs) await renewKeys(upgrade);
  log.info({}, "the store was upgraded");
}

/**
 * In `suyuan/store/1` epoch keys came from the keystore's root: wraps every data key under the ring's epoch and gives the
 * keys of sealed texts entries of their own. A key that does not unwrap stays as it is, and is found when it is used.
 */
async function renewKeys(upgrade: Upgrade): Promise<void> {
  const text = { read: (value: string) => value, write: (_value: string, sealed: string) => sealed };
  const member = {
    read: ({ sealed }: { readonly sealed: string }) => sealed,
    write: <V extends { readonly sealed: string }>(value: V, sealed: string): V => ({ ...value, sealed }),
  };
  await rewrite(DATA_KEYS, upgrade, (key, value) => {
    const wrapped = fromDerived(value, upgrade);
    return wrapped === undefined ? [] : [put(DATA_KEYS, key, { ...value, ...wrapped })];
  });
  await moveKeys(APPLICATIONS, upgrade, member);
  await moveKeys(DELIVERIES, upgrade, member);
  await moveKeys(RECEPTIONS, upgrade, member);
  await moveKeys(RECEIVED, upgrade, text);
  await moveKeys(NOTICES, upgrade, text);
}

/** Layout of a sealed text before: epoch(4) ‖ wrapped key(40) ‖ nonce ‖ tag ‖ ciphertext, in base64url. */
const moveKeys = <K, V>(
  space: Space<K, V>,
  upgrade: Upgrade,
  { read, write }: { readonly read: (value: V) => string; readonly write: (value: V, sealed: string) => V },
): Promise<void> =>
  rewrite(space, upgrade, (key, value) => {
    const sealed = read(value);
    if (isSealed(sealed)) return [];
    const bytes = fromBase64Url(sealed);
    const epoch = uintOf(bytes.subarray(0, EPOCH_BYTES));
    const head = EPOCH_BYTES + WRAPPED_BYTES;
    const wrapped = fromDerived({ epoch, wrapped: bytes.subarray(EPOCH_BYTES, head) }, upgrade);
    if (wrapped === undefined) return [];
    const name = upgrade.random(NAME_BYTES);
    const moved = `2:${toBase64Url(concat(name, bytes.subarray(head)))}`;
    return [put(SEALED_KEYS, name, wrapped), put(space, key, write(value, moved))];
  });

/** Undefined when the key was renewed already, or does not unwrap. */
function fromDerived({ epoch, wrapped }: WrappedKey, { root, ring }: Upgrade): WrappedKey | undefined {
  if (epoch >= ring.epoch) return undefined;
  const dataKey = unwrapKey(keyEncryptionKey(root, epoch), wrapped);
  return dataKey && ring.wrap(dataKey);
}

async function rewrite<K, V>(
  space: Space<K, V>,
  { store, log }: Upgrade,
  change: (key: K, value: V) => readonly Operation[],
): Promise<void> {
  let range: { readonly gt?: K } = {};
  let pages = 0;
  for (;;) {
    const entries = await store.page(space, { ...range, limit: PAGE_ENTRIES });
    const operations = entries.flatMap(([key, value]) => change(key, value));
    if (operations.length > 0) await store.write(operations);
    const last = entries.at(-1);
    if (last === undefined) break;
    range = { gt: last[0] };
    pages++;
    if (pages % PAGES_A_LINE === 0)
      log.info({ space: space.name, entries: pages * PAGE_ENTRIES }, "the store is being upgraded");
  }
  // What was wrapped under a derived key goes from the files, too, and what was moved.
  await store.compact(space);
}
