import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { cp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { expect } from "chai";
import { Level } from "level";
import { uintBytes } from "../../../node/storage/codecs.ts";
import { INDEX_FOLDER, INDEX_LAG } from "../../../node/storage/databases.ts";
import { StorageError } from "../../../node/storage/errors.ts";
import { BATCHES, CONTENTS, EVENTS, HEADERS, KEY_SPACES, META, NEXT, REDO } from "../../../node/storage/keyspaces.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { del, put, storedKey, type Store } from "../../../node/storage/store.ts";
import { utf8, type Hex } from "../../../sdk/protocol/bytes.ts";
import { codeOf } from "../../support/codes.ts";
import { removeFolder, temporaryFolder } from "../support/core.ts";

const A: Hex = `0x${"aa".repeat(32)}`;
const B: Hex = `0x${"bb".repeat(32)}`;

describe("the store", () => {
  let dataDir: string;
  let store: Store;

  beforeEach(async () => {
    dataDir = await temporaryFolder();
    store = await openStore({ dataDir });
  });

  afterEach(async () => {
    await store.close();
    await removeFolder(dataDir);
  });

  describe("reading and writing", () => {
    it("gives back what one batch wrote over several spaces, and undefined for what it deleted", async () => {
      await store.write([put(NEXT, A, 7), put(META, "x", "y")]);
      await store.write([del(META, "x"), put(NEXT, B, 2 ** 40 - 1)]);
      expect(await store.getMany(NEXT, [A, B])).to.deep.equal([7, 2 ** 40 - 1]);
      expect(await store.get(META, "x")).to.equal(undefined);
    });

    it("keeps spaces and scopes apart and numbers in order", async () => {
      for (const seq of [256, 1, 255, 0]) await store.write([put(HEADERS, { scope: A, seq }, utf8(String(seq)))]);
      await store.write([put(HEADERS, { scope: B, seq: 3 }, utf8("b")), put(EVENTS, 1, event)]);
      const range = { gte: { scope: A, seq: 0 }, lt: { scope: B, seq: 0 } };
      const found = [];
      for await (const [{ seq }] of store.iterate(HEADERS, range)) found.push(seq);
      expect(found).to.deep.equal([0, 1, 255, 256]);
      const [last] = await store.page(HEADERS, { ...range, reverse: true, limit: 1 });
      expect(last?.[0]).to.deep.equal({ scope: A, seq: 256 });
      expect(await store.page(BATCHES, { limit: 10 })).to.deep.equal([]);
    });

    it("iterates over more than a page, both ways", async () => {
      const operations = Array.from({ length: 1000 }, (_, i) => put(EVENTS, i, event));
      await store.write(operations);
      const up: number[] = [];
      const down: number[] = [];
      for await (const [cursor] of store.iterate(EVENTS, { gt: 2, lte: 900 })) up.push(cursor);
      for await (const [cursor] of store.iterate(EVENTS, { gt: 2, lte: 900, reverse: true })) down.push(cursor);
      expect(up).to.have.length(898);
      expect(up[0]).to.equal(3);
      expect(down).to.deep.equal([...up].reverse());
    });

    it("says that a value is unreadable without quoting it", async () => {
      await store.write([{ type: "put", key: storedKey(EVENTS, 7), value: utf8('{"secret') }]);
      const error: unknown = await store.get(EVENTS, 7).catch((found: unknown) => found);
      expect(error).to.be.instanceOf(StorageError).with.property("code", "storage.unreadable");
      expect(inspect(error)).to.not.include("secret");
    });

    it("never uses a number of a key space twice", () => {
      const spaces = [...KEY_SPACES.values()];
      expect(new Set(spaces.map(({ name }) => name)).size).to.equal(spaces.length);
      expect(spaces.every(({ number }) => number > 0 && number < 255)).to.equal(true);
    });
  });

  describe("opening", () => {
    it("refuses another process, and names the remedy", async () => {
      const script = `import { openStore } from ${JSON.stringify(fileURLToPath(new URL("../../../node/storage/level-store.ts", import.meta.url)))};
        await openStore({ dataDir: process.argv[1] }).then(() => console.log("opened"), (error) => console.log(error.code));`;
      const child = spawn(process.execPath, ["--input-type=module", "-e", script, dataDir], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [line] = (await once(child.stdout, "data")) as [Buffer];
      expect(line.toString().trim()).to.equal("storage.locked");
      expect(new StorageError("storage.locked").remedy("en")).to.not.equal("");
      await once(child, "exit");
    });

    it("refuses a format it does not know", async () => {
      await store.write([put(META, "format", "suyuan/store/9")]);
      await store.close();
      expect(await codeOf(openStore({ dataDir }))).to.equal("storage.format-unknown");
    });

    it("refuses a database that is not a store", async () => {
      await store.write([del(META, "format"), put(NEXT, A, 1)]);
      await store.close();
      expect(await codeOf(openStore({ dataDir }))).to.equal("storage.not-a-store");
    });

    it("refuses a folder without a store when told not to create one", async () => {
      const empty = await temporaryFolder();
      expect(await codeOf(openStore({ dataDir: empty, create: false }))).to.equal("storage.missing");
      expect(await readdir(empty)).to.deep.equal([]);
      await removeFolder(empty);
    });

    it("goes on beside what a stop left half written and the manifest does not name", async () => {
      await store.write([put(NEXT, A, 7)]);
      await store.close();
      await writeFile(join(dataDir, "store", "000043.ldb"), new Uint8Array(5000).fill(7));
      await writeFile(join(dataDir, "store", "000002.log"), new Uint8Array(5000).fill(7));
      store = await openStore({ dataDir });
      expect(await store.get(NEXT, A)).to.equal(7);
      expect(await readdir(join(dataDir, "store"))).to.not.include("000043.ldb");
    });

    // Closing breaks off a compaction, whose output then stays half written. More than a write buffer starts one.
    it("opens again when it was closed in the middle of compactions", async function () {
      this.timeout(120_000);
      const values = 4000;
      for (let round = 0; round < 6; round++) {
        for (let first = 0; first < values; first += 200) {
          const seqs = Array.from({ length: 200 }, (_, i) => first + i);
          await store.write(seqs.map((seq) => put(HEADERS, { scope: A, seq }, randomBytes(6000))));
        }
        await store.close();
        store = await openStore({ dataDir, create: false });
        expect(await store.get(HEADERS, { scope: A, seq: values - 1 })).to.have.length(6000);
      }
    });

    it("calls a rotted name of the format damage, not another format", async () => {
      await store.compact(META);
      await store.close();
      const folder = join(dataDir, "store");
      let flipped = 0;
      for (const name of (await readdir(folder)).filter((file) => file.endsWith(".ldb"))) {
        const bytes = await readFile(join(folder, name));
        const at = bytes.indexOf(utf8("suyuan/store/3"));
        if (at < 0) continue;
        bytes[at + 9] = (bytes[at + 9] ?? 0) ^ 2;
        await writeFile(join(folder, name), bytes);
        flipped++;
      }
      expect(flipped).to.equal(1);
      expect(await codeOf(openStore({ dataDir }))).to.equal("storage.damaged");
    });

    for (const { what, gone } of [
      { what: "a table", gone: (name: string) => name.endsWith(".ldb") },
      { what: "the newest log", gone: (name: string) => name.endsWith(".log") },
      { what: "the name of the manifest", gone: (name: string) => name === "CURRENT" },
      { what: "the manifest", gone: (name: string) => name.startsWith("MANIFEST-") },
    ])
      it(`refuses a store from which ${what} is gone`, async () => {
        await store.write([put(NEXT, A, 7)]);
        await store.compact(NEXT);
        await store.close();
        for (const name of await readdir(join(dataDir, "store")))
          if (gone(name)) await rm(join(dataDir, "store", name));
        expect(await codeOf(openStore({ dataDir }))).to.equal("storage.damaged");
      });

    describe("an index and the rest", () => {
      const key = { scope: A, digest: new Uint8Array(32).fill(5) };
      const main = (): Level<Uint8Array, Uint8Array> =>
        new Level(join(dataDir, "store"), { keyEncoding: "view", valueEncoding: "view" });
      /** Whoever reads a range of an index has it written first. */
      const complete = () => store.page(CONTENTS, { limit: 1 });
      /** Puts back the files of the indexes as they are now, after something was written. */
      const withOlderIndexes = async (write: () => Promise<void>): Promise<void> => {
        await store.close();
        await cp(join(dataDir, "store", INDEX_FOLDER), join(dataDir, "older"), { recursive: true });
        store = await openStore({ dataDir });
        await write();
        await store.close();
        await rm(join(dataDir, "store", INDEX_FOLDER), { recursive: true });
        await cp(join(dataDir, "older"), join(dataDir, "store", INDEX_FOLDER), { recursive: true });
      };

      it("are two databases, which hold what belongs there", async () => {
        await store.write([put(NEXT, A, 7), put(CONTENTS, key, 6)]);
        await store.close();
        const database = main();
        expect(await database.get(storedKey(NEXT, A))).to.not.equal(undefined);
        expect(await database.get(storedKey(CONTENTS, key))).to.equal(undefined);
        await database.close();
        store = await openStore({ dataDir });
        expect([await store.get(NEXT, A), await store.get(CONTENTS, key)]).to.deep.equal([7, 6]);
      });

      it("fit each other after a stop between the two: an index takes what it lacks when the store is opened", async () => {
        const other = { ...key, digest: new Uint8Array(32).fill(6) };
        const third = { ...key, digest: new Uint8Array(32).fill(7) };
        await store.write([put(CONTENTS, key, 6), put(CONTENTS, other, 6)]);
        await withOlderIndexes(async () => {
          await store.write([put(NEXT, A, 8), del(CONTENTS, key), put(CONTENTS, third, 7)]);
          await store.write([del(CONTENTS, other)]);
          await store.write([put(CONTENTS, other, 8), put(CONTENTS, third, 9)]);
        });
        for (let opened = 0; opened < 2; opened++) {
          store = await openStore({ dataDir });
          expect(await store.get(NEXT, A)).to.equal(8);
          expect(await store.getMany(CONTENTS, [key, other, third])).to.deep.equal([undefined, 8, 9]);
          await store.write([put(CONTENTS, other, 8)]);
          await store.close();
        }
      });

      it("are one in what is read, whether an index was written or is about to be", async () => {
        const keys = Array.from({ length: 4 }, (_, i) => ({ ...key, digest: uintBytes(i, 32) }));
        const [first, second] = keys as [typeof key, typeof key];
        await store.write(keys.slice(0, 3).map((known) => put(CONTENTS, known, 1)));
        await complete();
        await store.write([put(CONTENTS, first, 2), del(CONTENTS, second)]);
        const whole = [2, undefined, 1, undefined];
        expect(await store.getMany(CONTENTS, keys)).to.deep.equal(whole);
        expect(await Promise.all(keys.map((known) => store.get(CONTENTS, known)))).to.deep.equal(whole);
        expect(await store.values(CONTENTS, { limit: 9 })).to.deep.equal([2, 1]);
        expect(await store.getMany(CONTENTS, keys)).to.deep.equal(whole);
      });

      it("are one while many are written and read at once", async () => {
        const latest = new Map<number, number>();
        const nameOf = (i: number) => ({ ...key, digest: uintBytes(i, 32) });
        const written = INDEX_LAG.entries / 4;
        await Promise.all(
          Array.from({ length: 4 }, async (_, caller) => {
            for (let round = 0; round < 3 * INDEX_LAG.batches; round++) {
              const numbers = Array.from({ length: written / 8 }, (_, i) => ((7 * round + i) % written) * 4 + caller);
              await store.write(numbers.map((i) => put(CONTENTS, nameOf(i), round)));
              for (const i of numbers) latest.set(i, round);
              expect(await store.getMany(CONTENTS, numbers.map(nameOf))).to.deep.equal(numbers.map(() => round));
            }
          }),
        );
        const numbers = [...latest.keys()];
        const expected = numbers.map((i) => latest.get(i));
        expect(await store.getMany(CONTENTS, numbers.map(nameOf))).to.deep.equal(expected);
        await store.close();
        store = await openStore({ dataDir });
        expect(await store.getMany(CONTENTS, numbers.map(nameOf))).to.deep.equal(expected);
      });

      it("keep of what was done to an index only the last, once it is done", async () => {
        for (let i = 0; i < 5; i++) await store.write([put(CONTENTS, key, i)]);
        await complete();
        expect(await store.page(REDO, { limit: 9 })).to.have.length(5);
        await store.write([put(CONTENTS, key, 5)]);
        expect(await store.page(REDO, { limit: 9 })).to.have.length(1);
      });

      it("are refused when they are not of the same day", async () => {
        await withOlderIndexes(async () => {
          await store.write([put(CONTENTS, key, 1)]);
          await complete();
          await store.write([put(CONTENTS, key, 2)]);
        });
        const error: unknown = await openStore({ dataDir }).catch((found: unknown) => found);
        expect(error).to.be.instanceOf(StorageError).with.property("code", "storage.damaged");
        expect(inspect(error)).to.include(INDEX_FOLDER);
      });

      it("are refused when the rest is older, whatever it still knows", async () => {
        await store.write([put(CONTENTS, key, 1)]);
        await store.close();
        await cp(join(dataDir, "store"), join(dataDir, "older"), { recursive: true });
        store = await openStore({ dataDir });
        await store.write([put(CONTENTS, key, 2)]);
        await store.close();
        await rm(join(dataDir, "older", INDEX_FOLDER), { recursive: true });
        await rename(join(dataDir, "store", INDEX_FOLDER), join(dataDir, "older", INDEX_FOLDER));
        await rm(join(dataDir, "store"), { recursive: true });
        await rename(join(dataDir, "older"), join(dataDir, "store"));
        expect(await codeOf(openStore({ dataDir }))).to.equal("storage.damaged");
      });

      it("are refused when the indexes are gone, however often it is tried", async () => {
        await store.write([put(CONTENTS, key, 1)]);
        await complete();
        await store.write([put(CONTENTS, key, 2)]);
        await store.close();
        await rm(join(dataDir, "store", INDEX_FOLDER), { recursive: true });
        for (let i = 0; i < 2; i++) expect(await codeOf(openStore({ dataDir }))).to.equal("storage.damaged");
      });

      it("are copied as of one moment, while batches touch both", async () => {
        let isDone = false;
        const writing = (async () => {
          for (let i = 0; !isDone; i++)
            await store.write([put(NEXT, A, i), put(CONTENTS, { ...key, digest: uintBytes(i, 32) }, i)]);
        })();
        for (let i = 0; i < 5; i++) await store.copyTo(join(dataDir, `copy-${i}`, "store"));
        isDone = true;
        await writing;
        for (let i = 0; i < 5; i++) {
          const copy = await openStore({ dataDir: join(dataDir, `copy-${i}`), create: false });
          const last = (await copy.get(NEXT, A)) ?? expect.fail();
          const found = await copy.page(CONTENTS, { limit: 2, reverse: true });
          expect(found[0]?.[1]).to.equal(last);
          await copy.close();
        }
      });

      it("refuse an entry that is too long for an index", async () => {
        await store.write([put(NEXT, A, 7)]);
        const long = { ...key, digest: new Uint8Array(300) };
        expect(await codeOf(store.write([put(NEXT, A, 8), put(CONTENTS, long, 1)]))).to.equal("storage.indeterminate");
        expect(await store.get(NEXT, A)).to.equal(7);
      });
    });

    it("finds everything again", async () => {
      await store.write([put(NEXT, A, 7)]);
      await store.close();
      store = await openStore({ dataDir, create: false });
      expect(await store.get(NEXT, A)).to.equal(7);
    });
  });

  it("gives a lease to one worker at a time", () => {
    const lease = store.lease("sealer");
    expect(() => store.lease("sealer"))
      .to.throw(StorageError)
      .with.property("code", "storage.lease-held");
    lease.release();
    store.lease("sealer").release();
  });

  it("says that it is closed", async () => {
    await store.close();
    expect(await codeOf(store.get(NEXT, A))).to.equal("storage.closed");
    expect(await codeOf(store.write([put(NEXT, A, 1)]))).to.equal("storage.closed");
  });

  describe("searching its files", () => {
    const probe = utf8("0123456789abcdef");

    it("finds what is stored, and nothing once it is deleted and compacted", async () => {
      const key = { scope: A, digest: new Uint8Array(32) };
      await store.write([put(HEADERS, { scope: A, seq: 1 }, probe), put(CONTENTS, key, 5)]);
      expect((await store.scanFiles([probe])).found).to.have.length(1);
      await store.write([del(HEADERS, { scope: A, seq: 1 })]);
      await store.compact(HEADERS, { scope: A, seq: 1 });
      const report = await store.scanFiles([probe]);
      expect(report.found).to.deep.equal([]);
      expect(report.files).to.be.greaterThan(0);
      expect(await store.get(CONTENTS, key)).to.equal(5);
    });

    it("finds nothing of what was deleted long after it went to disk, and leaves the neighbours", async () => {
      const others = Array.from({ length: 200 }, (_, seq) =>
        put(HEADERS, { scope: A, seq: seq + 2 }, new Uint8Array(4096).fill(seq)),
      );
      await store.write([put(HEADERS, { scope: A, seq: 256 }, probe), ...others.slice(0, 100)]);
      await store.compact(HEADERS);
      await store.write(others.slice(100));
      await store.compact(HEADERS, { scope: A, seq: 7 });
      expect((await store.scanFiles([probe])).found).to.have.length(1);
      await store.write([del(HEADERS, { scope: A, seq: 256 })]);
      await store.compact(HEADERS, { scope: A, seq: 256 });
      expect((await store.scanFiles([probe])).found).to.deep.equal([]);
      expect(await store.page(HEADERS, { limit: 1000 })).to.have.length(200);
    });

    it("finds what lies across two chunks", async () => {
      const file = join(dataDir, "store", "zz");
      await writeFile(file, Buffer.concat([Buffer.alloc(1024 * 1024 - 5), probe, Buffer.alloc(10)]));
      expect((await store.scanFiles([probe])).found).to.deep.equal(["zz"]);
    });
  });
});

const event = { scope: A, first: 0, count: 1, change: "accepted", at: 0 } as const;
