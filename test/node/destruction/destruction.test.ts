import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { NodeCore } from "../../../node/core.ts";
import { intentBytes, type DestructionIntent } from "../../../sdk/protocol/destruction.ts";
import { keyEncryptionKey } from "../../../node/keys/derive.ts";
import { readEpochs } from "../../../node/keys/epochs.ts";
import { KeyRing } from "../../../node/keys/key-ring.ts";
import { unwrapKey } from "../../../node/keys/wrap.ts";
import { silentLog } from "../../../node/ports.ts";
import { isRefusal, type ScopeInfo } from "../../../node/records/service.ts";
import { CONTENTS, DATA_KEYS, DESTRUCTIONS, PAYLOADS, SUBJECTS, TOMBSTONES } from "../../../node/storage/keyspaces.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { put } from "../../../node/storage/store.ts";
import { addKeyCall, endKeyCall } from "../../../sdk/chain/department-calls.ts";
import { fromHex, toBase64Url, toHex } from "../../../sdk/protocol/bytes.ts";
import type { KeySignature } from "../../../sdk/protocol/delivery.ts";
import { held } from "../../faults/tally.ts";
import { codeOf } from "../../support/codes.ts";
import { makeDepartment, startLedger, type TestDepartment, type TestLedger } from "../../support/ledger.ts";
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

describe("destruction", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let core: NodeCore;
  let dataDir: string;
  let info: ScopeInfo;
  let second: KeyObject;
  let department: TestDepartment;
  let departments = 20;
  let codes = 0;
  let errors: unknown[] = [];

  before(async () => {
    ledger = await startLedger();
  });
  after(() => ledger.stop());

  beforeEach(async () => {
    dataDir = await temporaryFolder();
    // A journal of its own for each test: a department has one for ever.
    department = makeDepartment(++departments, "部门");
    await ledger.admit(department);
    second = await addKey();
    info = resourceInfo(
      await ledger.publish({ provider: department, code: `d-${++codes}`, schema: certificateSchema }),
    );
    await open();
    await core.openJournal();
    const inputs = Array.from({ length: 6 }, (_, i) => ({
      document: certificate(`n${i}`, { note: `内容 ${i} `.repeat(20) }),
    }));
    await core.records.accept(info.scope, inputs);
    await core.start();
    await core.records.waitFor(info.scope, 5, "final", LATER);
  });
  afterEach(async () => {
    await core.close();
    await removeFolder(dataDir);
  });

  const addKey = async (): Promise<KeyObject> => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const material = toHex(publicKey.export({ format: "der", type: "spki" }).subarray(12));
    await ledger.send(department, addKeyCall({ algorithm: "ed25519", material }));
    return privateKey;
  };
  const open = async (): Promise<void> => {
    errors = [];
    const log = { ...silentLog, error: (fields: object) => void errors.push("code" in fields && fields.code) };
    core = await openTestCore({ ledger, department, dataDir, dependencies: { log } });
    await core.records.registerScope(info);
  };
  const intentOf = async (seq: number, at = ledger.now): Promise<DestructionIntent> => {
    const { record } = await core.records.view(info.scope, seq);
    return { ledger: ledger.ledger, scope: info.scope, seq, record, reason: "retention-over", at };
  };
  const approval = (intent: DestructionIntent, index: number, key: KeyObject): KeySignature => ({
    key: `${department.uscc}/${index}`,
    signature: toBase64Url(sign(null, intentBytes(intent), key)),
  });
  const bothApprove = (intent: DestructionIntent): KeySignature[] => [
    approval(intent, 1, department.exchange),
    approval(intent, 2, second),
  ];
  const request = async (seq: number): Promise<void> => {
    const intent = await intentOf(seq);
    await core.destruction.request({ ...intent, approvals: bothApprove(intent) });
  };
  const complete = async (seq: number): Promise<void> => {
    while ((await core.destruction.view(info.scope, seq)).state !== "complete")
      await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it("takes the payload, its key and its indexes, leaves the header, and says so in the journal", async () => {
    const place = { scope: info.scope, seq: 2 };
    const key = await core.store.get(DATA_KEYS, place);
    const payload = await core.store.get(PAYLOADS, place);
    const { header } = await core.records.view(info.scope, 2);
    if (key === undefined || payload === undefined || header.subject === undefined) return expect.fail();
    await request(2);
    await complete(2);

    expect(await core.store.get(DATA_KEYS, place)).to.equal(undefined);
    expect(await core.store.get(PAYLOADS, place)).to.equal(undefined);
    expect(await core.store.get(CONTENTS, { scope: info.scope, digest: key.content })).to.equal(undefined);
    expect(await core.store.get(SUBJECTS, { scope: info.scope, digest: fromHex(header.subject) })).to.equal(undefined);
    expect(await core.store.get(DESTRUCTIONS, place)).to.equal(undefined);
    const slices = [0, 12, 100, payload.length - 24].map((at) => payload.subarray(at, at + 24));
    // In the header, which stays, the subject is in hexadecimal.
    const indexed = [key.content, fromHex(header.subject)];
    const probes = [key.wrapped, key.wrapped.subarray(8, 24), ...slices, ...indexed];
    expect((await core.store.scanFiles(probes)).found).to.deep.equal([]);

    const view = await core.records.view(info.scope, 2);
    expect([view.state, view.destructionPending, view.header]).to.deep.equal(["destroyed", false, header]);
    for (const ask of [core.records.document(info.scope, 2), core.records.evidence(info.scope, 2)]) {
      expect(await codeOf(ask)).to.equal("record.destroyed");
    }
    expect((await core.records.evidence(info.scope, 3)).evidence.header.seq).to.equal(3);

    const { intent, completion } = await core.destruction.view(info.scope, 2);
    if (completion === undefined) return expect.fail();
    await core.records.waitFor(core.journal, completion.seq, "final", LATER);
    expect(await core.records.document(core.journal, completion.seq)).to.deep.equal({
      scope: info.scope,
      seq: 2,
      record: view.record,
      intent: intent.record,
      at: ledger.now,
    });
    const { events } = await core.records.events({ after: 0, limit: 100 });
    const order = events.map(
      ({ scope, first, change }) => `${scope === core.journal ? `journal ${first}` : "record"} ${change}`,
    );
    expect(order.indexOf("record destroyed")).to.be.greaterThan(order.indexOf(`journal ${intent.seq} final`));
    expect(order.indexOf(`journal ${completion.seq} accepted`)).to.be.greaterThan(order.indexOf("record destroyed"));
  });

  it("closes every copy of the data made before: neither the keystore nor the key folder opens them", async () => {
    await core.close();
    const copy = await temporaryFolder();
    try {
      await cp(join(dataDir, "store"), join(copy, "store"), { recursive: true });
      await open();
      await core.start();
      await request(2);
      await complete(2);
      await core.close();
      await cp(join(dataDir, "keys"), join(copy, "keys"), { recursive: true });
      const old = await openStore({ dataDir: copy });
      const { epoch, wrapped } = (await old.get(DATA_KEYS, { scope: info.scope, seq: 2 })) ?? expect.fail();
      expect(await old.get(PAYLOADS, { scope: info.scope, seq: 2 })).to.not.equal(undefined);
      const ring = KeyRing.open({ root: ROOT, folder: join(copy, "keys") }, { store: old, random: randomBytes });
      expect(await codeOf(ring)).to.equal("key.epochs-erased");
      const left = (await readEpochs({ folder: join(copy, "keys"), root: ROOT })) ?? expect.fail();
      for (const kek of left.values()) expect(unwrapKey(kek, wrapped)).to.equal(undefined);
      // What the format before derived from the keystore alone opens nothing either.
      expect(unwrapKey(keyEncryptionKey(ROOT, epoch), wrapped)).to.equal(undefined);
      await old.close();
      await open();
      for (const seq of [0, 1, 3, 4, 5])
        expect((await core.records.document(info.scope, seq)).number).to.equal(`n${seq}`);
      held("destruction", 1);
    } finally {
      await removeFolder(copy);
    }
  });

  it("frees the content: it may be accepted anew, as another record", async () => {
    await request(1);
    await complete(1);
    const [result] = await core.records.accept(info.scope, [
      { document: certificate("n1", { note: "内容 1 ".repeat(20) }) },
    ]);
    expect(result !== undefined && !isRefusal(result) && [result.seq, result.duplicate]).to.deep.equal([6, false]);
  });

  it("hands nothing out from the decision on, and is decided once", async () => {
    const asked = request(0);
    await asked;
    const code = await codeOf(core.records.evidence(info.scope, 0));
    expect(code).to.be.oneOf(["record.destruction-pending", "record.destroyed"]);
    const intent = await intentOf(0);
    const again = codeOf(core.destruction.request({ ...intent, approvals: bothApprove(intent) }));
    expect(await again).to.be.oneOf(["record.destruction-pending", "record.destroyed"]);
    await complete(0);
    expect(await codeOf(core.destruction.request({ ...intent, approvals: bothApprove(intent) }))).to.equal(
      "record.destroyed",
    );
  });

  describe("is refused", () => {
    const refused = async (change: (intent: DestructionIntent) => KeySignature[], at?: number): Promise<string> => {
      const intent = await intentOf(4, at);
      const code = await codeOf(core.destruction.request({ ...intent, approvals: change(intent) }));
      expect((await core.records.document(info.scope, 4)).number).to.equal("n4");
      return code;
    };

    it("with one signature, or the same key twice", async () => {
      expect(await refused((intent) => [approval(intent, 1, department.exchange)])).to.equal("destruction.too-few");
      expect(await refused(() => [])).to.equal("destruction.too-few");
      const twice = (intent: DestructionIntent) => [1, 1].map((index) => approval(intent, index, department.exchange));
      expect(await refused(twice)).to.equal("destruction.approvals");
    });

    it("with a signature over another decision, or under another key's name", async () => {
      const other = (intent: DestructionIntent) => bothApprove({ ...intent, seq: 5 });
      expect(await refused(other)).to.equal("destruction.approvals");
      const swapped = (intent: DestructionIntent) => [
        approval(intent, 2, department.exchange),
        approval(intent, 1, second),
      ];
      expect(await refused(swapped)).to.equal("destruction.approvals");
    });

    it("with a key of another department, a chain key, or one that does not exist", async () => {
      const withKey = (key: string) => (intent: DestructionIntent) => [
        approval(intent, 1, department.exchange),
        { ...approval(intent, 2, second), key },
      ];
      for (const key of [`${ledger.consumer.uscc}/1`, `${department.uscc}/0`, `${department.uscc}/9`]) {
        expect(await refused(withKey(key)), key).to.equal("destruction.approvals");
      }
    });

    it("with a key that has ended", async () => {
      const key = await addKey();
      const index = (await (await ledger.connection.view()).keyCount(department.uscc)) - 1;
      ledger.advance(10);
      await ledger.send(department, endKeyCall({ index }));
      ledger.advance(10);
      const ended = (intent: DestructionIntent) => [
        approval(intent, 1, department.exchange),
        approval(intent, index, key),
      ];
      expect(await refused(ended)).to.equal("destruction.approvals");
    });

    it("when the decision is old, or of tomorrow", async () => {
      expect(await refused(bothApprove, ledger.now - 86_401)).to.equal("destruction.time");
      expect(await refused(bothApprove, ledger.now + 3600)).to.equal("destruction.time");
    });

    it("before the record is final", async () => {
      await core.close();
      await open();
      await core.records.accept(info.scope, [{ document: certificate("new") }]);
      const intent = await intentOf(6);
      expect(await codeOf(core.destruction.request({ ...intent, approvals: bothApprove(intent) }))).to.equal(
        "record.not-final",
      );
    });
  });

  describe("goes on after a crash", () => {
    it("between decision and deletion", async () => {
      await core.close();
      await open();
      await request(3);
      await core.close();
      await open();
      expect((await core.destruction.view(info.scope, 3)).state).to.equal("intended");
      await core.start();
      await complete(3);
      expect(await codeOf(core.records.document(info.scope, 3))).to.equal("record.destroyed");
    });

    for (const stage of ["deleted", "swept"] as const) {
      it(`when it was ${stage}`, async () => {
        await request(3);
        await complete(3);
        const place = { scope: info.scope, seq: 3 };
        const tombstone = await core.store.get(TOMBSTONES, place);
        if (tombstone?.completion === undefined) return expect.fail();
        const { completion, ...before } = tombstone;
        const { record } = await core.records.view(info.scope, 3);
        await core.close();
        await open();
        const job = {
          record,
          intent: before.intent,
          stage,
          ...(stage === "deleted" && { probes: ["0x00112233445566778899aabbccddeeff"] as const }),
        };
        await core.store.write([put(TOMBSTONES, place, before), put(DESTRUCTIONS, place, job)]);
        await core.start();
        await complete(3);
        // The completion is in the journal already: the same content is the same record.
        expect((await core.destruction.view(info.scope, 3)).completion).to.deep.equal(completion);
        expect(await core.records.count(core.journal)).to.equal(completion.seq + 1);
      });
    }

    it("but deletes nothing on a stored task that the anchored decision does not bear out", async () => {
      await request(3);
      await complete(3);
      const { intent } = await core.destruction.view(info.scope, 3);
      const { record } = await core.records.view(info.scope, 4);
      await core.close();
      await open();
      const place = { scope: info.scope, seq: 4 };
      await core.store.write([put(DESTRUCTIONS, place, { record, intent, stage: "intended" })]);
      await core.start();
      while (!errors.includes("destruction.intent-invalid")) await new Promise((resolve) => setTimeout(resolve, 5));
      expect((await core.destruction.view(info.scope, 4)).state).to.equal("intended");
      expect(await core.store.get(PAYLOADS, place)).to.not.equal(undefined);
    });
  });
});
