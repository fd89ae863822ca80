import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { z } from "zod";
import { Notices } from "../../../node/agreements/notices.ts";
import { Applications } from "../../../node/agreements/applications.ts";
import { fsck } from "../../../node/fsck/fsck.ts";
import { keyFolder } from "../../../node/keys/epochs.ts";
import { KeyRing } from "../../../node/keys/key-ring.ts";
import { Sealed } from "../../../node/keys/sealed.ts";
import { upgradeStore } from "../../../node/keys/upgrade.ts";
import { silentLog, type Log } from "../../../node/ports.ts";
import { RecordReader } from "../../../node/records/reader.ts";
import { SchemaRegistry } from "../../../node/records/schemas.ts";
import {
  APPLICATIONS,
  CONTENTS,
  DATA_KEYS,
  DELIVERIES,
  LINEAGE_RECORDS,
  META,
  MOVED_INDEXES,
  RECEIVED,
  RECEPTIONS,
  SEALED_KEYS,
} from "../../../node/storage/keyspaces.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { del, put, type Space, type Store } from "../../../node/storage/store.ts";
import { parseEvidenceBytes } from "../../../sdk/protocol/evidence.ts";
import { toHex, utf8, type Hex } from "../../../sdk/protocol/bytes.ts";
import { codeOf } from "../../support/codes.ts";
import { removeFolder, ROOT, temporaryFolder } from "../support/core.ts";

/** Stores of a provider and a consumer as the format `suyuan/store/1` had them: epochs derived from the root, two of them in use. */
const SAMPLE = fileURLToPath(new URL("./samples/store-1.json.gz", import.meta.url));
const hex = z.custom<Hex>((value) => typeof value === "string" && value.startsWith("0x"));
const sampleSchema = z.object({
  about: z.object({ agreement: hex, refused: hex, scope: hex }),
  folders: z.record(z.string(), z.record(z.string(), z.string())),
});
type Side = "provider" | "consumer";

describe("a store of the first format", () => {
  let sample: z.infer<typeof sampleSchema>;
  let dataDir: string;
  let store: Store | undefined;

  before(async () => {
    sample = sampleSchema.parse(JSON.parse(gunzipSync(await readFile(SAMPLE)).toString("utf8")));
  });
  beforeEach(async () => (dataDir = await temporaryFolder()));
  afterEach(async () => {
    await store?.close();
    store = undefined;
    await removeFolder(dataDir);
  });

  const unpack = async (side: Side): Promise<void> => {
    await mkdir(join(dataDir, "store"), { recursive: true });
    for (const [name, base64] of Object.entries(sample.folders[side] ?? {}))
      await writeFile(join(dataDir, "store", name), Buffer.from(base64, "base64"));
  };
  const open = async (): Promise<{ store: Store; keys: KeyRing; sealed: Sealed }> => {
    store = await openStore({ dataDir, upgrade: true });
    const keys = await KeyRing.open({ root: ROOT, folder: keyFolder(dataDir) }, { store, random: randomBytes });
    return { store, keys, sealed: new Sealed({ keys, random: randomBytes, store }) };
  };
  const findings = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { code } of fsck({ dataDir, root: ROOT })) found.push(code);
    return found;
  };
  const expectProvider = async ({ store, keys, sealed }: Awaited<ReturnType<typeof open>>): Promise<void> => {
    const { about } = sample;
    const reader = new RecordReader({ store, keys, schemas: new SchemaRegistry(store) });
    for (const seq of [0, 1, 2]) {
      const { document } = await reader.restore(await reader.open({ scope: about.scope, seq }));
      expect(document.number).to.equal(`A-${seq + 1}`);
    }
    const notices = new Notices({ store, sealed, clock: () => 0, random: randomBytes });
    const kept = await notices.kept(about.refused);
    expect([...kept.values()].map(({ text }) => text)).to.deep.equal(["不符合共享条件"]);
    const applications = new Applications({ store, sealed });
    for await (const [document] of store.iterate(APPLICATIONS))
      expect((await applications.find(document))?.document).to.equal(document);
    const [served] = await store.page(DELIVERIES, { limit: 1 });
    if (served === undefined) return expect.fail();
    const contents = await sealed.open(`deliveries/${about.agreement}/0`, served[1].sealed);
    expect(JSON.parse(contents)).to.have.deep.property("seqs", [1, 0]);
  };

  it("is refused by whoever would not upgrade it", async () => {
    await unpack("provider");
    expect(await codeOf(openStore({ dataDir }))).to.equal("storage.format-older");
    expect(await codeOf(fsck({ dataDir, root: ROOT }).next())).to.equal("storage.format-older");
  });

  it("is upgraded when it is opened: every record, application, notice and delivery opens, under random epochs", async () => {
    await unpack("provider");
    const opened = await open();
    await expectProvider(opened);
    expect(await opened.store.get(META, "format")).to.equal("suyuan/store/3");
    for await (const [, { epoch }] of opened.store.iterate(DATA_KEYS)) expect(epoch).to.equal(2);
    for await (const [, { epoch }] of opened.store.iterate(SEALED_KEYS)) expect(epoch).to.equal(2);
    await opened.keys.retire(2);
    await expectProvider(opened);
    await opened.store.close();
    await expectProvider(await open());
    await store?.close();
    expect(await findings()).to.deep.equal([]);
  });

  it("of a consumer keeps what was received and how it was asked for", async () => {
    await unpack("consumer");
    const { store, sealed } = await open();
    const { agreement } = sample.about;
    const received: string[] = [];
    for await (const [key, text] of store.iterate(RECEIVED)) {
      const evidence = parseEvidenceBytes(utf8(await sealed.open(`received/${key}`, text)));
      received.push(String(evidence.header.seq));
    }
    expect(received).to.deep.equal(["1", "0"]);
    const [asked] = await store.page(RECEPTIONS, { limit: 1 });
    if (asked === undefined) return expect.fail();
    const text = await sealed.open(`receptions/${agreement}/0`, asked[1].sealed);
    expect(JSON.parse(text)).to.have.nested.property("request.keys[0]", "A-2");
  });

  it("goes on where an upgrade was cut off", async () => {
    await unpack("provider");
    let opened = await open();
    // As if the process had died after all but the last write: everything is done, and the format says it is not.
    await opened.store.write([put(META, "format", "suyuan/store/1"), put(META, "kek-epoch", "1")]);
    await opened.store.close();
    opened = await open();
    await expectProvider(opened);
    expect(opened.keys.epoch).to.equal(2);
    await upgradeStore({
      root: ROOT,
      hasDerivedEpochs: true,
      ring: opened.keys,
      store: opened.store,
      random: randomBytes,
      log: silentLog,
    });
    await expectProvider(opened);
  });
});

/** As the format `suyuan/store/2` had it, its keys beside it: three records, one with an idempotency key, indexes among the rest. */
const SAMPLE_OF_2 = fileURLToPath(new URL("./samples/store-2.json.gz", import.meta.url));
const sampleOf2Schema = z.object({
  about: z.object({ scope: hex, resource: hex, ledger: hex, department: z.string() }),
  files: z.record(z.string(), z.string()),
});

describe("a store of the second format", () => {
  let sample: z.infer<typeof sampleOf2Schema>;
  let dataDir: string;

  before(async () => {
    sample = sampleOf2Schema.parse(JSON.parse(gunzipSync(await readFile(SAMPLE_OF_2)).toString("utf8")));
  });
  beforeEach(async () => {
    dataDir = await temporaryFolder();
    for (const [path, base64] of Object.entries(sample.files)) {
      await mkdir(dirname(join(dataDir, path)), { recursive: true });
      await writeFile(join(dataDir, path), Buffer.from(base64, "base64"));
    }
  });
  afterEach(() => removeFolder(dataDir));

  const open = async (log: Log = silentLog): Promise<{ store: Store; keys: KeyRing }> => {
    const store = await openStore({ dataDir, upgrade: true });
    return {
      store,
      keys: await KeyRing.open({ root: ROOT, folder: keyFolder(dataDir) }, { store, random: randomBytes, log }),
    };
  };
  const countOf = async (store: Store, space: Space<never, unknown>): Promise<number> =>
    (await store.page(space, { limit: 100 })).length;
  const countsOf = async (store: Store, which: "from" | "to"): Promise<number[]> => {
    const counts = [];
    for (const moved of MOVED_INDEXES) counts.push(await countOf(store, moved[which] as never)); // Only counted.
    return counts;
  };
  /** Of contents, idempotency keys, subjects, certificates and ids. */
  const COUNTS = [3, 1, 3, 0, 3];
  const NONE = [0, 0, 0, 0, 0];

  const expectUpgraded = async ({ store, keys }: Awaited<ReturnType<typeof open>>): Promise<void> => {
    expect(await store.get(META, "format")).to.equal("suyuan/store/3");
    expect(await countsOf(store, "from")).to.deep.equal(NONE);
    expect(await countsOf(store, "to")).to.deep.equal(COUNTS);
    const reader = new RecordReader({ store, keys, schemas: new SchemaRegistry(store) });
    for (const seq of [0, 1, 2]) {
      const place = { scope: sample.about.scope, seq };
      const { document } = await reader.restore(await reader.open(place));
      expect(document.number).to.equal(`A-${seq + 1}`);
      const { content } = (await store.get(DATA_KEYS, place)) ?? expect.fail();
      expect(await store.get(CONTENTS, { scope: place.scope, digest: content })).to.equal(seq);
      const header = await reader.header(place);
      expect(await store.get(LINEAGE_RECORDS, toHex(header.id))).to.deep.equal(place);
    }
  };

  it("is refused by whoever would not upgrade it", async () => {
    expect(await codeOf(openStore({ dataDir }))).to.equal("storage.format-older");
    expect(await codeOf(fsck({ dataDir, root: ROOT }).next())).to.equal("storage.format-older");
  });

  it("has its indexes in their own database when it was opened, and every record as before", async () => {
    const opened = await open();
    await expectUpgraded(opened);
    expect(opened.keys.epoch).to.equal(0);
    await opened.store.close();
    const again = await open();
    await expectUpgraded(again);
    await again.store.close();
    const found: string[] = [];
    for await (const { code } of fsck({ dataDir, root: ROOT })) found.push(code);
    expect(found).to.deep.equal([]);
  });

  it("says that it is being upgraded, once", async () => {
    const said: string[] = [];
    const log = { ...silentLog, info: (_: object, message: string) => void said.push(message) };
    for (let start = 0; start < 2; start++) await (await open(log)).store.close();
    expect(said).to.deep.equal(["a store of an older format is being upgraded", "the store was upgraded"]);
  });

  it("goes on where an upgrade was cut off", async () => {
    const store = await openStore({ dataDir, upgrade: true });
    const [contents] = MOVED_INDEXES;
    const [first] = await store.page(contents?.from ?? expect.fail(), { limit: 1 });
    const [key, value] = first ?? expect.fail();
    await store.write([put(contents?.to ?? expect.fail(), key, value), del(contents?.from ?? expect.fail(), key)]);
    await store.close();
    const opened = await open();
    await expectUpgraded(opened);
    await opened.store.close();
  });

  it("has the digest that a backup of it gave", async () => {
    // Digest and number of entries as the version before counted them.
    const store = await openStore({ dataDir, upgrade: true });
    const { entries, digest } = await store.digest();
    await store.close();
    expect([entries, toHex(digest)]).to.deep.equal([
      27,
      "0x2979839dd1bfabd14f1c71319fb72db0e39918c2e410def28e03c450c79d1e60",
    ]);
  });
});
