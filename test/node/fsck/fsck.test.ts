import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { fsck, type FsckOptions, type FsckSummary } from "../../../node/fsck/fsck.ts";
import type { NodeCore } from "../../../node/core.ts";
import type { ScopeInfo } from "../../../node/records/service.ts";
import { BATCHES, FINAL, HEADERS, NEXT, PAYLOADS, TOMBSTONES } from "../../../node/storage/keyspaces.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { del, put, type Operation, type Store } from "../../../node/storage/store.ts";
import { fromUtf8, utf8 } from "../../../sdk/protocol/bytes.ts";
import { journalScope } from "../../../sdk/protocol/anchor.ts";
import { codeOf } from "../../support/codes.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import {
  certificate,
  certificateSchema,
  openTestCore,
  removeFolder,
  resourceInfo,
  ROOT,
  temporaryFolder,
} from "../support/core.ts";

describe("fsck", function () {
  this.timeout(40_000);
  let ledger: TestLedger;
  let dataDir: string;
  let info: ScopeInfo;
  let codes = 0;

  before(async () => (ledger = await startLedger()));
  after(() => ledger.stop());
  beforeEach(async () => {
    dataDir = await temporaryFolder();
    info = resourceInfo(
      await ledger.publish({ provider: ledger.provider, code: `f-${++codes}`, schema: certificateSchema }),
    );
    const core = await openTestCore({
      ledger,
      dataDir,
      tunables: { anchoring: { sealAfterMs: 0, batchMaximumRecords: 4 }, intake: { groupWaitMs: 0 } },
    });
    await core.records.registerScope(info);
    await core.records.accept(
      info.scope,
      Array.from({ length: 10 }, (_, i) => ({ document: certificate(`n${i}`) })),
    );
    await core.start();
    await core.records.waitFor(info.scope, 9, "final", { timeoutMs: 15_000 });
    await core.close();
  });
  afterEach(() => removeFolder(dataDir));

  const run = async (options: Partial<FsckOptions> = {}): Promise<{ found: string[]; summary: FsckSummary }> => {
    const found: string[] = [];
    const walk = fsck({ dataDir, root: ROOT, connection: ledger.connection, ...options });
    for (;;) {
      const { value, done } = await walk.next();
      if (done) return { found, summary: value };
      expect(value.scope).to.be.oneOf([info.scope, journalScope(ledger.provider.uscc), undefined]);
      found.push([value.code, ...Object.values(value.values)].join(" "));
    }
  };
  const damage = async (operations: (store: Store) => Promise<readonly Operation[]>): Promise<void> => {
    const store = await openStore({ dataDir });
    await store.write(await operations(store));
    await store.close();
  };
  const place = (seq: number) => ({ scope: info.scope, seq });

  it("finds nothing wrong with a sound store, with keystore and chain or without", async () => {
    const { found, summary } = await run();
    expect(found).to.deep.equal([]);
    expect(summary).to.deep.equal({ scopes: 2, records: 10, batches: 3, findings: 0 });
    const { scope: _scope, ...bare } = { scope: info.scope, dataDir };
    const walk = fsck(bare);
    expect((await walk.next()).done).to.equal(true);
  });

  it("changes nothing", async () => {
    const entries = async () => {
      const store = await openStore({ dataDir });
      const all = await store.page(HEADERS, { limit: 100 });
      await store.close();
      return all;
    };
    const before = await entries();
    await run();
    expect(await entries()).to.deep.equal(before);
  });

  it("names a record whose payload has rotted", async () => {
    await damage(async (store) => {
      const bytes = (await store.get(PAYLOADS, place(5)))?.slice() ?? new Uint8Array();
      bytes[40] = (bytes[40] ?? 0) ^ 4;
      return [put(PAYLOADS, place(5), bytes)];
    });
    expect((await run()).found).to.deep.equal(["fsck.payload-damaged 5 payload"]);
  });

  it("names a record whose header was altered, and its batch", async () => {
    await damage(async (store) => {
      const text = fromUtf8((await store.get(HEADERS, place(2))) ?? new Uint8Array());
      return [put(HEADERS, place(2), utf8(text.replace('"issuedAt":1', '"issuedAt":2')))];
    });
    expect((await run()).found).to.deep.equal(["fsck.payload-damaged 2 payload", "fsck.root-mismatch 0"]);
    const { root: _none, ...withoutKeys } = { dataDir, root: ROOT };
    const walk = fsck(withoutKeys);
    expect((await walk.next()).value).to.deep.include({ code: "fsck.root-mismatch", values: { first: 0 } });
  });

  it("names a header that is not one, and a number without any", async () => {
    await damage(async () => [put(HEADERS, place(1), utf8("{}")), del(HEADERS, place(6))]);
    expect((await run()).found).to.deep.equal([
      "fsck.header-damaged 1",
      "fsck.root-mismatch 0",
      "fsck.header-missing 6",
      "fsck.root-mismatch 4",
    ]);
  });

  it("names missing payloads, and what should be gone", async () => {
    const intent = { scope: info.scope, seq: 0, record: `0x${"00".repeat(32)}` as const };
    await damage(async () => [del(PAYLOADS, place(3)), put(TOMBSTONES, place(7), { at: 1, intent })]);
    expect((await run()).found).to.deep.equal([
      "fsck.payload-damaged 3 payload",
      "fsck.not-erased 7 key",
      "fsck.not-erased 7 payload",
    ]);
  });

  it("names batches that are missing, altered, or not what the chain has", async () => {
    await damage(async (store) => {
      const third = await store.get(BATCHES, place(8));
      if (third?.anchor === undefined) return expect.fail();
      return [
        del(BATCHES, place(4)),
        put(BATCHES, place(8), { ...third, anchor: { ...third.anchor, time: third.anchor.time + 1 } }),
      ];
    });
    expect((await run()).found).to.deep.equal(["fsck.batch-gap 4", "fsck.anchor-mismatch 8"]);
  });

  it("says when cursors and chain contradict the store", async () => {
    await damage(async () => [put(FINAL, info.scope, 4), put(NEXT, info.scope, 9)]);
    expect((await run()).found).to.deep.equal(["fsck.cursor 4", "fsck.cursor 8", "fsck.store-behind 10 9"]);
  });

  it("says when the keystore is another one, and goes on without", async () => {
    expect((await run({ root: new Uint8Array(32).fill(9) })).found).to.deep.equal(["fsck.other-keystore"]);
  });

  it("goes on past a table that cannot be read", async () => {
    const store = await openStore({ dataDir });
    for (const space of [HEADERS, PAYLOADS]) await store.compact(space);
    await store.close();
    const folder = join(dataDir, "store");
    for (const name of (await readdir(folder)).filter((file) => file.endsWith(".ldb"))) {
      const bytes = await readFile(join(folder, name));
      const at = bytes.indexOf('"claimCount"');
      if (at >= 0) bytes.fill(0xff, at, at + 64);
      await writeFile(join(folder, name), bytes);
    }
    const { found } = await run();
    expect(found.filter((line) => /header/.test(line))).to.not.have.length(0);
  });

  it("refuses while a node runs on the folder, and where there is no store", async () => {
    const core: NodeCore = await openTestCore({ ledger, dataDir });
    expect(await codeOf(fsck({ dataDir }).next())).to.equal("storage.locked");
    await core.close();
    const empty = await temporaryFolder();
    expect(await codeOf(fsck({ dataDir: empty }).next())).to.equal("storage.missing");
    await removeFolder(empty);
  });
});
