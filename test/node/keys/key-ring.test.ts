import { randomBytes } from "node:crypto";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { EPOCHS_FILE, keyFolder } from "../../../node/keys/epochs.ts";
import { KeyRing } from "../../../node/keys/key-ring.ts";
import { Sealed } from "../../../node/keys/sealed.ts";
import { DATA_KEYS, META, NOTICES, SEALED_KEYS } from "../../../node/storage/keyspaces.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { put, type Store } from "../../../node/storage/store.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { codeOf } from "../../support/codes.ts";
import { removeFolder, ROOT, temporaryFolder } from "../support/core.ts";

const SCOPE: Hex = `0x${"aa".repeat(32)}`;
const OTHER_ROOT = new Uint8Array(32).fill(8);
const content = new Uint8Array(32);

describe("the key ring", () => {
  let dataDir: string;
  let folder: string;
  let store: Store;
  let later: (() => void)[];

  beforeEach(async () => {
    dataDir = await temporaryFolder();
    folder = keyFolder(dataDir);
    store = await openStore({ dataDir });
    later = [];
  });
  afterEach(async () => {
    await store.close();
    await removeFolder(dataDir);
  });

  const timer = (_delayMs: number, action: () => void) => {
    later.push(action);
    return () => undefined;
  };
  const openRing = (root = ROOT) => KeyRing.open({ root, folder }, { store, random: randomBytes, timer });
  const refused = (root = ROOT) => codeOf(openRing(root));
  const keep = async (ring: KeyRing, count: number, first = 0): Promise<Uint8Array[]> => {
    const keys = Array.from({ length: count }, () => ring.newDataKey());
    await store.write(
      keys.map((key, i) => put(DATA_KEYS, { scope: SCOPE, seq: first + i }, { ...ring.wrap(key), content })),
    );
    return keys;
  };
  const kept = async (seq: number) => (await store.get(DATA_KEYS, { scope: SCOPE, seq })) ?? expect.fail();
  const openable = async (ring: KeyRing, keys: readonly Uint8Array[]): Promise<void> => {
    for (const [seq, key] of keys.entries()) expect(ring.unwrap(await kept(seq))).to.deep.equal(new Uint8Array(key));
  };

  it("refuses a store that was made with another keystore", async () => {
    await openRing();
    expect(await refused(OTHER_ROOT)).to.equal("key.other-keystore");
    await openRing();
  });

  it("derives a subject for each resource that says nothing without the key", async () => {
    const ring = await openRing();
    const subject = ring.subject(SCOPE, "证照1");
    expect(subject).to.equal(ring.subject(SCOPE, "证照1"));
    expect(subject).to.not.equal(ring.subject(`0x${"bb".repeat(32)}`, "证照1"));
    expect(subject).to.not.equal(ring.subject(SCOPE, "证照2"));
  });

  it("keeps every live key and no old one when an epoch is retired, and goes on after a restart", async () => {
    const ring = await openRing();
    const keys = await keep(ring, 600);
    const old = await kept(0);
    await ring.retire(0);
    expect([ring.epoch, ring.oldestEpoch]).to.deep.equal([1, 1]);
    keys.push(...(await keep(ring, 1, 600)));
    await openable(ring, keys);
    expect((await store.scanFiles([old.wrapped])).found).to.deep.equal([]);
    await ring.retire(0);
    expect(ring.epoch).to.equal(1);

    const again = await openRing();
    expect([again.epoch, again.oldestEpoch]).to.deep.equal([1, 1]);
    await openable(again, keys);
    expect(() => again.unwrap(old))
      .to.throw()
      .with.property("code", "key.unwrap-failed");
  });

  it("opens many at once, each under its epoch, and leaves out what is none or of an epoch that is gone", async () => {
    const ring = await openRing();
    const keys = Array.from({ length: 40 }, () => ring.newDataKey());
    const gone = ring.wrapAll(keys.slice(0, 10));
    await ring.retire(0);
    for (const action of later) action();
    const first = ring.wrapAll(keys.slice(10, 20));
    await ring.retire(1);
    const second = ring.wrapAll(keys.slice(20));
    const expected = keys.map((key, i) => (i < 10 || i === 25 ? undefined : new Uint8Array(key)));
    const wrapped = [...gone, ...first, ...second].map((key, i) => (i === 25 ? undefined : key));
    expect(ring.findUnwrappedAll(wrapped)).to.deep.equal(expected);
  });

  it("opens an erased epoch in memory only as long as something may still be about to be written", async () => {
    const ring = await openRing();
    const dataKey = ring.newDataKey();
    const prepared = { ...ring.wrap(dataKey), content };
    await ring.retire(0);
    await store.write([put(DATA_KEYS, { scope: SCOPE, seq: 0 }, prepared)]);
    expect((await kept(0)).epoch).to.equal(1);
    await openable(await openRing(), [dataKey]);

    for (const action of later) action();
    const late = codeOf(store.write([put(DATA_KEYS, { scope: SCOPE, seq: 1 }, prepared)]));
    expect(await late).to.equal("key.unwrap-failed");
    expect(await store.get(DATA_KEYS, { scope: SCOPE, seq: 1 })).to.equal(undefined);
  });

  it("never stores a key under an epoch that is being retired, whatever was prepared before", async () => {
    const ring = await openRing();
    const keys = Array.from({ length: 200 }, () => ring.newDataKey());
    const prepared = keys.map((key) => ({ ...ring.wrap(key), content }));
    const retired = ring.retire(0);
    for (const [seq, value] of prepared.entries()) await store.write([put(DATA_KEYS, { scope: SCOPE, seq }, value)]);
    await retired;
    await openable(await openRing(), keys);
  });

  it("erases nothing while a key is damaged, and goes on when the damaged one is gone", async () => {
    const ring = await openRing();
    const keys = await keep(ring, 3);
    const sound = await kept(1);
    const wrapped = Uint8Array.from(sound.wrapped);
    wrapped[7] = (wrapped[7] ?? 0) ^ 1;
    await store.write([put(DATA_KEYS, { scope: SCOPE, seq: 1 }, { ...sound, wrapped })]);
    expect(await codeOf(ring.retire(0))).to.equal("key.renewal-damaged");
    expect(ring.oldestEpoch).to.equal(0);
    await store.write([put(DATA_KEYS, { scope: SCOPE, seq: 1 }, sound)]);
    await ring.retire(0);
    expect(ring.oldestEpoch).to.equal(1);
    await openable(await openRing(), keys);
  });

  it("renews the keys of sealed texts without touching the texts", async () => {
    const ring = await openRing();
    const sealed = new Sealed({ keys: ring, random: randomBytes, store });
    const { text, key } = sealed.seal("notices/a", "理由");
    await store.write([key, put(NOTICES, "a", text)]);
    await ring.retire(0);
    const entries = await store.page(SEALED_KEYS, { limit: 2 });
    expect(entries.map(([, { epoch }]) => epoch)).to.deep.equal([1]);
    expect(await store.get(NOTICES, "a")).to.equal(text);
    const again = new Sealed({ keys: await openRing(), random: randomBytes, store });
    expect(await again.open("notices/a", text)).to.equal("理由");
    expect(await codeOf(again.open("notices/b", text))).to.equal("key.sealed-damaged");
    for (const broken of [text.slice(0, -2), text.slice(2), "2:", "2:!"])
      expect(await codeOf(again.open("notices/a", broken)), broken).to.equal("key.sealed-damaged");
  });

  it("reads the folder that is there before the store, as after a crash between the two", async () => {
    await openRing();
    await store.close();
    await rm(join(dataDir, "store"), { recursive: true });
    store = await openStore({ dataDir });
    const ring = await openRing();
    expect(ring.epoch).to.equal(0);
    expect(await store.get(META, "kek-epoch")).to.equal("0");
  });

  describe("refuses a folder that does not fit the data", () => {
    const file = () => join(folder, EPOCHS_FILE);

    it("missing", async () => {
      await openRing();
      await rm(file());
      expect(await refused()).to.equal("key.epochs-missing");
    });

    it("damaged in any way, or of another keystore", async () => {
      await openRing();
      const sound = await readFile(file(), "utf8");
      for (const text of ["", "{}", sound.slice(0, -20), sound.replace(/"wrapped": "../, '"wrapped": "AA')]) {
        await writeFile(file(), text);
        expect(await refused(), text).to.equal("key.epochs-damaged");
      }
    });

    it("older than the data", async () => {
      const ring = await openRing();
      await keep(ring, 1);
      await cp(folder, `${folder}-copy`, { recursive: true });
      await ring.retire(0);
      await rm(folder, { recursive: true });
      await cp(`${folder}-copy`, folder, { recursive: true });
      expect(await refused()).to.equal("key.epochs-behind");
    });

    it("newer than the data: what was copied before a retirement opens no more", async () => {
      await keep(await openRing(), 1);
      await store.close();
      await cp(join(dataDir, "store"), join(dataDir, "copy"), { recursive: true });
      store = await openStore({ dataDir });
      await (await openRing()).retire(0);
      await store.close();
      await rm(join(dataDir, "store"), { recursive: true });
      await cp(join(dataDir, "copy"), join(dataDir, "store"), { recursive: true });
      store = await openStore({ dataDir });
      expect(await refused()).to.equal("key.epochs-erased");
    });
  });
});
