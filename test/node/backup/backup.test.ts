import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { Backups, type MadeBackup } from "../../../node/backup/backup.ts";
import { restore, type Restored } from "../../../node/backup/restore.ts";
import type { NodeCore } from "../../../node/core.ts";
import { fsck } from "../../../node/fsck/fsck.ts";
import { isRefusal, type ScopeInfo } from "../../../node/records/service.ts";
import { codeOf } from "../../support/codes.ts";
import { makeDepartment, startLedger, type TestDepartment, type TestLedger } from "../../support/ledger.ts";
import { held } from "../../faults/tally.ts";
import {
  certificate,
  certificateSchema,
  openTestCore,
  removeFolder,
  resourceInfo,
  ROOT,
  temporaryFolder,
} from "../support/core.ts";

const LATER = { timeoutMs: 20_000 };

describe("backup and restore", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let department: TestDepartment;
  let info: ScopeInfo;
  let core: NodeCore;
  let folder: string;
  let dataDir: string;
  let departments = 60;
  let accepted = 0;

  before(async () => (ledger = await startLedger()));
  after(() => ledger.stop());
  beforeEach(async () => {
    department = makeDepartment(++departments, "部门");
    await ledger.admit(department);
    info = resourceInfo(await ledger.publish({ provider: department, code: "b", schema: certificateSchema }));
    folder = await temporaryFolder();
    dataDir = join(folder, "data");
    accepted = 0;
    await mkdir(dataDir);
    await open();
    await accept(20);
  });
  afterEach(async () => {
    await core.close();
    await removeFolder(folder);
  });

  const open = async (): Promise<void> => {
    core = await openTestCore({ ledger, department, dataDir });
    await core.records.registerScope(info);
    await core.start();
  };
  const accept = async (count: number): Promise<void> => {
    const inputs = Array.from({ length: count }, () => ({ document: certificate(`n${accepted++}`) }));
    for (const result of await core.records.accept(info.scope, inputs)) {
      if (isRefusal(result)) throw result.error;
      await core.records.waitFor(info.scope, result.seq, "final", LATER);
    }
  };
  const backups = () =>
    new Backups(
      {
        department: department.uscc,
        ledger: ledger.ledger,
        folder: join(folder, "backups"),
        keyFolder: join(folder, "key-backups"),
      },
      { store: core.store, keys: core.keys, clock: Date.now },
    );
  const back = (): Promise<MadeBackup> => backups().make();
  /** On "another machine": a folder of its own, with the copy of the keys. */
  const restoreTo = (name: string, machine: string): Promise<Restored> =>
    restore({
      from: join(folder, "backups", name),
      dataDir: join(folder, machine),
      keyDir: join(folder, "key-backups"),
      root: ROOT,
      connection: ledger.connection,
    });
  const moveTo = async (machine: string): Promise<void> => {
    await core.close();
    dataDir = join(folder, machine);
    await cp(join(folder, "key-backups"), join(dataDir, "keys"), { recursive: true });
    await open();
  };

  it("copies one moment of a store that is written to, and what is restored elsewhere goes on from there", async () => {
    const writing = Promise.all(Array.from({ length: 5 }, () => accept(4)));
    const { name, manifest } = await back();
    await writing;
    expect(manifest.entries).to.be.greaterThan(60);
    expect(await readdir(join(folder, "backups"))).to.deep.equal([name]);
    const second = await back();
    const found = await restoreTo(second.name, "machine");
    expect([found.waiting, found.guarded]).to.deep.equal([0, 0]);
    await moveTo("machine");
    for (let seq = 0; seq < accepted; seq++) {
      expect((await core.records.document(info.scope, seq)).number).to.be.a("string");
      expect((await core.records.view(info.scope, seq)).state).to.equal("final");
    }
    await accept(3);
    await core.close();
    const findings = [];
    for await (const { code } of fsck({ dataDir, root: ROOT, connection: ledger.connection })) findings.push(code);
    expect(findings).to.deep.equal([]);
    await open();
    held("backup", 2);
  });

  it("anchors after the restore what was accepted and in no block when it was made", async () => {
    await core.close();
    core = await openTestCore({ ledger, department, dataDir });
    await core.records.registerScope(info);
    const inputs = Array.from({ length: 3 }, () => ({ document: certificate(`n${accepted++}`) }));
    await core.records.accept(info.scope, inputs);
    const { name } = await back();
    expect((await restoreTo(name, "machine")).waiting).to.equal(3);
    await moveTo("machine");
    await core.records.waitFor(info.scope, accepted - 1, "final", LATER);
    held("backup", 1);
  });

  it("takes back nothing that was anchored after the backup: an older one is refused, and nothing is put in place", async () => {
    const { name } = await back();
    await accept(5);
    expect(await codeOf(restoreTo(name, "machine"))).to.equal("backup.older-than-chain");
    expect(await readdir(join(folder, "machine"))).to.deep.equal([]);
    held("backup", 1);
  });

  it("whoever puts an older store in place by hand is noticed: it takes nothing, and signs nothing", async () => {
    const { name } = await back();
    await accept(5);
    await core.close();
    await rm(join(dataDir, "store"), { recursive: true });
    await cp(join(folder, "backups", name, "store"), join(dataDir, "store"), { recursive: true });
    await open();
    expect(await codeOf(core.records.accept(info.scope, [{ document: certificate("new") }]))).to.equal("scope.behind");
    expect((await ledger.connection.view()).block.number).to.be.greaterThan(0);
    expect(core.sender.pending).to.equal(0);
    held("backup", 1);
  });

  it("is refused once a destruction has ended its keys, and so is one whose key copy is older than it", async () => {
    const { name } = await back();
    await cp(join(folder, "key-backups"), join(folder, "old-keys"), { recursive: true });
    await core.keys.retire(0);
    const newer = await back();
    expect(await codeOf(restoreTo(name, "machine"))).to.equal("key.epochs-erased");
    await rm(join(folder, "key-backups"), { recursive: true });
    await cp(join(folder, "old-keys"), join(folder, "key-backups"), { recursive: true });
    expect(await codeOf(restoreTo(newer.name, "machine"))).to.equal("key.epochs-behind");
    held("backup", 2);
  });

  it("is refused when any bit of it has changed, when it is not whole, and where a store is already", async () => {
    const { name } = await back();
    const store = join(folder, "backups", name, "store");
    const files = (await readdir(store)).filter((file) => /\.(?:log|ldb)$/.test(file));
    let cases = 0;
    for (const file of files) {
      const path = join(store, file);
      const sound = await readFile(path);
      for (const at of [0.1, 0.5, 0.9].map((share) => Math.floor(sound.length * share))) {
        if (sound.length === 0) continue;
        const bytes = Buffer.from(sound);
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        await writeFile(path, bytes);
        expect(await codeOf(restoreTo(name, "machine")), `${file} ${at}`).to.equal("backup.damaged");
        cases++;
      }
      await writeFile(path, sound);
    }
    expect(cases).to.be.greaterThan(0);
    const manifest = join(folder, "backups", name, "backup.json");
    const text = await readFile(manifest, "utf8");
    await writeFile(manifest, text.replace(/"entries": \d/, '"entries": 9'));
    expect(await codeOf(restoreTo(name, "machine"))).to.equal("backup.damaged");
    await rm(manifest);
    expect(await codeOf(restoreTo(name, "machine"))).to.equal("backup.damaged");
    await writeFile(manifest, text);
    expect(await codeOf(restoreTo(name, "data"))).to.equal("backup.target-used");
    await restoreTo(name, "machine");
    held("backup", cases + 3);
  });

  it("is made one at a time, and only where there is a folder for it", async () => {
    const made = backups();
    const first = made.make();
    expect(await codeOf(made.make())).to.equal("backup.running");
    await first;
    const nowhere = new Backups(
      { department: department.uscc, ledger: ledger.ledger, folder: undefined, keyFolder: undefined },
      { store: core.store, keys: core.keys, clock: Date.now },
    );
    expect(await codeOf(nowhere.make())).to.equal("backup.not-configured");
    expect(await made.last()).to.include({ epoch: 0 });
  });
});
