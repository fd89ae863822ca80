import { cp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect } from "chai";
import type { NodeCore } from "../../node/core.ts";
import { fsck } from "../../node/fsck/fsck.ts";
import { readBatchTree } from "../../node/records/batch-tree.ts";
import { isRefusal, type ScopeInfo } from "../../node/records/service.ts";
import { StorageError } from "../../node/storage/errors.ts";
import { checkFiles } from "../../node/storage/files/check.ts";
import { BATCHES, CONTENTS, DATA_KEYS, HEADERS, NEXT, PAYLOADS } from "../../node/storage/keyspaces.ts";
import { openStore } from "../../node/storage/level-store.ts";
import { put } from "../../node/storage/store.ts";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { isCodedError } from "../../sdk/protocol/errors.ts";
import {
  certificate,
  certificateSchema,
  openTestCore,
  removeFolder,
  resourceInfo,
  ROOT,
  temporaryFolder,
} from "../node/support/core.ts";
import { startReplaceableLedger, type ReplaceableLedger } from "../node/support/replaceable-ledger.ts";
import { seededRandom } from "../support/random.ts";
import { held, LONG, SEED } from "./tally.ts";

const RECORDS = 12;
const FLIPS_IN_FILES = 150 * LONG;
const FLIPS_UNDER_A_NODE = 10 * LONG;
/** Whatever becomes of a scope has happened by then. */
const LATEST_MS = 60_000;
/** Every file that the store consists of: not its lock, nor the engine's own diary. */
const isContent = (path: string): boolean => /^(?:CURRENT|MANIFEST-\d+|\d+\.(?:log|ldb))$/.test(basename(path));

describe(`one flipped bit in the store (SUYUAN_FAULTS_SEED=${SEED})`, function () {
  this.timeout(300_000 * LONG);
  let chain: ReplaceableLedger;
  let folder: string;
  let scopes: ScopeInfo[];
  const random = seededRandom(SEED);
  const roots = new Map<Hex, Hex>();

  before(async () => {
    chain = await startReplaceableLedger();
    const { ledger } = chain;
    folder = await temporaryFolder();
    scopes = [];
    for (const code of ["rot-a", "rot-b"]) {
      const published = await ledger.publish({ provider: ledger.provider, code, schema: certificateSchema });
      scopes.push(resourceInfo(published));
    }
    const core = await openTestCore({ ledger, dataDir: template() });
    for (const info of scopes) {
      await core.records.registerScope(info);
      const inputs = Array.from({ length: RECORDS }, (_, i) => ({
        document: certificate(`n${i}`, { note: `备注 ${i} `.repeat(30) }),
      }));
      expect((await core.records.accept(info.scope, inputs)).some(isRefusal)).to.equal(false);
      const range = { scope: info.scope, hash: "keccak256", first: 0, count: RECORDS } as const;
      roots.set(info.scope, toHex((await readBatchTree(range, core.store)).root));
    }
    // Half of it into tables, and something new into a log.
    for (const space of [HEADERS, PAYLOADS, DATA_KEYS, NEXT, BATCHES, CONTENTS])
      await core.store.compact(space as typeof HEADERS); // Only its number is used.
    await core.close();
  });
  after(async () => {
    await chain.ledger.stop();
    await removeFolder(folder);
  });

  const template = () => join(folder, "template");

  interface Flip {
    readonly file: string;
    readonly at: number;
    readonly bit: number;
  }
  /** Every bit of the content is as likely as any other. */
  const chooseFlip = async (dataDir: string): Promise<Flip> => {
    const store = join(dataDir, "store");
    const files: { file: string; size: number }[] = [];
    for (const file of (await readdir(store, { recursive: true })).filter(isContent))
      files.push({ file, size: (await stat(join(store, file))).size });
    let at = Math.floor(random() * files.reduce((sum, { size }) => sum + size, 0));
    for (const { file, size } of files) {
      if (at < size) return { file, at, bit: Math.floor(random() * 8) };
      at -= size;
    }
    throw new Error("a store has files");
  };
  const flip = async (dataDir: string, { file, at, bit }: Flip): Promise<void> => {
    const path = join(dataDir, "store", file);
    const bytes = await readFile(path);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
    await writeFile(path, bytes);
  };

  it("is found in any file, wherever it is", async () => {
    for (let i = 0; i < FLIPS_IN_FILES; i++) {
      const chosen = await chooseFlip(template());
      await flip(template(), chosen);
      const found = [];
      for await (const { file } of checkFiles(join(template(), "store"), { data: true })) found.push(file);
      await flip(template(), chosen);
      expect(found, JSON.stringify(chosen)).to.deep.equal([chosen.file]);
    }
    held("rot", FLIPS_IN_FILES);
  });

  it("in the log keeps the store from being opened, and the log from being thrown away", async () => {
    const dataDir = join(folder, "log");
    await cp(template(), dataDir, { recursive: true });
    // What is newest is in the log alone.
    let store = await openStore({ dataDir });
    for (let i = 0; i < 100; i++) await store.write([put(NEXT, `0x${"cc".repeat(32)}`, i)]);
    await store.close();
    const log = (await readdir(join(dataDir, "store"))).find((name) => name.endsWith(".log")) ?? "";
    const { size } = await stat(join(dataDir, "store", log));
    const chosen = { file: log, at: Math.floor(size / 2), bit: 3 };
    await flip(dataDir, chosen);
    const code = await openStore({ dataDir }).catch((error: unknown) => error);
    expect(code).to.be.instanceOf(StorageError).with.property("code", "storage.damaged");
    await flip(dataDir, chosen);
    store = await openStore({ dataDir });
    expect(await store.get(NEXT, `0x${"cc".repeat(32)}`)).to.equal(99);
    await store.close();
    held("rot", 1);
  });

  it("never lets a wrong root be anchored; what is whole goes on, and fsck says what is not", async () => {
    let refused = 0;
    let stopped = 0;
    let allStopped = 0;
    for (let i = 0; i < FLIPS_UNDER_A_NODE; i++) {
      const goBack = await chain.remember();
      const dataDir = join(folder, `case-${i}`);
      await cp(template(), dataDir, { recursive: true });
      const chosen = await chooseFlip(dataDir);
      const name = JSON.stringify(chosen);
      await flip(dataDir, chosen);
      const opened = await openAndRun(dataDir, name);
      if (opened === undefined) refused++;
      else {
        const view = await chain.ledger.connection.view("latest");
        let whole = 0;
        for (const { scope } of scopes) {
          const batches = await view.batches(scope);
          if (batches.length === 0) continue;
          expect(
            batches.map(({ root }) => root),
            name,
          ).to.deep.equal([roots.get(scope)]);
          whole++;
        }
        if (whole < scopes.length) stopped++;
        if (whole === 0) allStopped++;
      }
      // A log that was played into tables meanwhile is whole again: what was in it has been checked by its engine.
      await flipBackIfUntouched(dataDir, chosen);
      await rm(dataDir, { recursive: true });
      await goBack();
    }
    console.log(
      `      ${FLIPS_UNDER_A_NODE} flips: ${refused} stores refused, ${stopped} with a scope that stopped, ${allStopped} of them in a block that both share`,
    );
    expect(allStopped).to.be.lessThan(FLIPS_UNDER_A_NODE / 2);
    held("rot", FLIPS_UNDER_A_NODE);
  });

  const openAndRun = async (dataDir: string, name: string): Promise<true | undefined> => {
    let core: NodeCore;
    try {
      core = await openTestCore({ ledger: chain.ledger, dataDir });
    } catch (error) {
      expect(error).to.be.instanceOf(StorageError);
      return undefined;
    }
    try {
      for (const info of scopes) await core.records.registerScope(info);
      await core.start();
    } catch (error) {
      // The settings of a scope are compared with those that the node was given.
      await core.close();
      expect(isCodedError(error) && error.code).to.be.oneOf(["scope.conflict", "storage.unreadable"]);
      return undefined;
    }
    try {
      const isOver = async (scope: Hex): Promise<boolean> => {
        const { next = 0 } = (await (await chain.ledger.connection.view("latest")).head(scope)) ?? {};
        const troubles = [...core.anchoring.alarms, ...core.anchoring.retrying];
        return next === RECORDS || troubles.some((trouble) => trouble.scope === scope);
      };
      const deadline = performance.now() + LATEST_MS;
      for (const { scope } of scopes)
        while (!(await isOver(scope))) {
          if (performance.now() > deadline) expect.fail(`${scope} neither goes on nor says why not: ${name}`);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
    } finally {
      await core.close();
    }
    return true;
  };
  /** fsck must see the flip as long as the flipped byte is on the disk. */
  const flipBackIfUntouched = async (dataDir: string, chosen: Flip): Promise<void> => {
    const path = join(dataDir, "store", chosen.file);
    const now = await readFile(path).catch(() => undefined);
    const was = await readFile(join(template(), "store", chosen.file));
    if (now === undefined || now.length !== was.length || now.equals(was)) return;
    const findings = [];
    for await (const finding of fsck({ dataDir, root: ROOT })) findings.push(finding.code);
    expect(findings, JSON.stringify(chosen)).to.include("fsck.file-damaged");
  };
});
