import { expect } from "chai";
import type { NodeCore } from "../../../node/core.ts";
import {
  isRefusal,
  type AcceptedRecord,
  type RecordInput,
  type RecordRefusal,
  type ScopeInfo,
} from "../../../node/records/service.ts";
import { CONTENTS, EVENTS, HEADERS, NEXT, PAYLOADS, SCOPES, SUBJECTS } from "../../../node/storage/keyspaces.ts";
import { StorageError } from "../../../node/storage/errors.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { del, put, type Operation, type Store } from "../../../node/storage/store.ts";
import { fromUtf8, utf8 } from "../../../sdk/protocol/bytes.ts";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { deliveriesScope, journalScope, resourceScope } from "../../../sdk/protocol/anchor.ts";
import type { Parent } from "../../../sdk/protocol/parents.ts";
import { changeStatusCall, withdrawResourceCall } from "../../../sdk/chain/calls.ts";
import { codeOf } from "../../support/codes.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import {
  certificate,
  certificateSchema,
  EAGER,
  openTestCore,
  removeFolder,
  resourceInfo,
  temporaryFolder,
} from "../support/core.ts";

type Result = AcceptedRecord | RecordRefusal;

const outcomeOf = (result: Result | undefined): string =>
  result === undefined
    ? "none"
    : isRefusal(result)
      ? result.error.code
      : `${result.seq}${result.duplicate ? " again" : ""}`;

describe("intake", function () {
  this.timeout(30_000);
  let ledger: TestLedger;
  let core: NodeCore;
  let dataDir: string;
  let info: ScopeInfo;
  let resources = 0;

  before(async () => {
    ledger = await startLedger();
  });
  after(() => ledger.stop());

  beforeEach(async () => {
    dataDir = await temporaryFolder();
    core = await openTestCore({ ledger, dataDir });
    info = resourceInfo(
      await ledger.publish({ provider: ledger.provider, code: `licence-${++resources}`, schema: certificateSchema }),
    );
    await core.records.registerScope(info);
  });
  afterEach(async () => {
    await core.close();
    await removeFolder(dataDir);
  });

  const accept = async (...inputs: RecordInput[]): Promise<readonly Result[]> =>
    core.records.accept(info.scope, inputs);
  const outcomes = async (...inputs: RecordInput[]): Promise<string[]> => (await accept(...inputs)).map(outcomeOf);
  const one = async (document: JsonObject, more: Partial<RecordInput> = {}): Promise<AcceptedRecord> => {
    const [result] = await accept({ document, ...more });
    if (result === undefined || isRefusal(result)) throw result?.error ?? new Error("no result");
    return result;
  };
  const supersedes = ({ scope, seq, record }: AcceptedRecord): Parent => ({
    ledger: ledger.ledger,
    scope,
    seq,
    record,
    relation: "supersedes",
  });

  describe("numbers", () => {
    it("are dense and in order, refused inputs taking none", async () => {
      expect(
        await outcomes(
          { document: certificate("1") },
          { document: { number: "2" } },
          { document: certificate("3") },
          { document: certificate("4", { from: "2026-02-30" }) },
          { document: certificate("5") },
        ),
      ).to.deep.equal(["0", "record.schema", "1", "record.schema", "2"]);
      expect(await core.records.count(info.scope)).to.equal(3);
    });

    it("are given once each to concurrent callers, each call's in its order", async () => {
      const calls = Array.from({ length: 8 }, (_, c) =>
        accept(...Array.from({ length: 40 }, (__, i) => ({ document: certificate(`${c}-${i}`) }))),
      );
      const results = await Promise.all(calls);
      const numbers = results.map((call) => call.map((result) => (isRefusal(result) ? -1 : result.seq)));
      expect(new Set(numbers.flat()).size).to.equal(320);
      expect(Math.max(...numbers.flat())).to.equal(319);
      for (const call of numbers) expect(call).to.deep.equal([...call].sort((a, b) => a - b));
      // Calls of one scope do not overtake one another.
      expect(numbers.map((call) => call[0])).to.deep.equal([0, 40, 80, 120, 160, 200, 240, 280]);
    });

    it("share a write: one event tells of many records", async () => {
      await accept(...Array.from({ length: 100 }, (_, i) => ({ document: certificate(String(i)) })));
      const { events } = await core.records.events({ after: 0, limit: 10 });
      expect(events.map(({ change, first, count }) => ({ change, first, count }))).to.deep.equal([
        { change: "accepted", first: 0, count: 100 },
      ]);
    });

    it("go on after a restart", async () => {
      await one(certificate("1"));
      await core.close();
      core = await openTestCore({ ledger, dataDir });
      await core.records.registerScope(info);
      expect((await one(certificate("2"))).seq).to.equal(1);
    });
  });

  describe("duplicates", () => {
    it("by content give the record that is there, in the same call and later", async () => {
      const document = certificate("1");
      const { scope, ...first } = await one(document);
      expect(scope).to.equal(info.scope);
      const reordered = Object.fromEntries(Object.entries(document).reverse());
      const [again, fresh, twin] = await accept(
        { document: reordered },
        { document: certificate("2") },
        { document: certificate("2") },
      );
      expect(again).to.deep.include({ ...first, duplicate: true });
      expect([fresh, twin].map(outcomeOf)).to.deep.equal(["1", "1 again"]);
    });

    it("by idempotency key: equal content gives the record, other content is a conflict", async () => {
      expect(await outcomes({ document: certificate("1"), idempotencyKey: "k1" })).to.deep.equal(["0"]);
      expect(
        await outcomes(
          { document: certificate("1"), idempotencyKey: "k1" },
          { document: certificate("2"), idempotencyKey: "k1" },
          { document: certificate("2"), idempotencyKey: "k2" },
          { document: certificate("3"), idempotencyKey: "k2" },
          { document: certificate("4"), idempotencyKey: "with space" },
        ),
      ).to.deep.equal([
        "0 again",
        "record.idempotency-conflict",
        "1",
        "record.idempotency-conflict",
        "record.idempotency-key",
      ]);
    });

    it("do not reach across scopes", async () => {
      const other = resourceInfo(
        await ledger.publish({ provider: ledger.provider, code: `other-${resources}`, schema: certificateSchema }),
      );
      await core.records.registerScope(other);
      await one(certificate("1"), { idempotencyKey: "k" });
      const [result] = await core.records.accept(other.scope, [{ document: certificate("1"), idempotencyKey: "k" }]);
      expect(outcomeOf(result)).to.equal("0");
    });
  });

  describe("subjects", () => {
    it("have one active record: another needs to supersede it", async () => {
      const first = await one(certificate("1"));
      const changed = certificate("1", { note: "变更" });
      const [refused] = await accept({ document: changed });
      expect(refused !== undefined && isRefusal(refused) && refused.error).to.deep.include({
        code: "subject.active",
        values: { seq: 0 },
      });
      expect(await outcomes({ document: changed, parents: [supersedes(first)] })).to.deep.equal(["1"]);
      expect(await core.records.findByKey(info.scope, "1")).to.equal(1);
    });

    it("are unique within one group too", async () => {
      expect(
        await outcomes({ document: certificate("1") }, { document: certificate("1", { note: "x" }) }),
      ).to.deep.equal(["0", "subject.active"]);
    });

    it("are superseded once, by a parent that names the record truly", async () => {
      const first = await one(certificate("1"));
      const forged = { ...supersedes(first), record: `0x${"00".repeat(32)}` as const };
      expect(await outcomes({ document: certificate("1", { note: "x" }), parents: [forged] })).to.deep.equal([
        "parent.unknown",
      ]);
      const missing = { ...supersedes(first), seq: 9 };
      expect(await outcomes({ document: certificate("1", { note: "x" }), parents: [missing] })).to.deep.equal([
        "parent.unknown",
      ]);
      await one(certificate("1", { note: "x" }), { parents: [supersedes(first)] });
      expect(await outcomes({ document: certificate("1", { note: "y" }), parents: [supersedes(first)] })).to.deep.equal(
        ["subject.superseded"],
      );
    });

    it("lose their active record to a successor under another key", async () => {
      const first = await one(certificate("1"));
      await one(certificate("2"), { parents: [supersedes(first)] });
      expect(await core.records.findByKey(info.scope, "1")).to.equal(undefined);
      expect((await one(certificate("1", { note: "新" }))).seq).to.equal(2);
    });

    it("are free again once the chain has ended their record", async () => {
      await one(certificate("1"));
      await core.start();
      await core.records.waitFor(info.scope, 0, "final", { timeoutMs: 10_000 });
      const { scope } = info;
      await ledger.send(
        ledger.provider,
        changeStatusCall({ scope, seq: 0, state: "revoked", reason: 1, effectiveFrom: ledger.now }),
      );
      expect(await outcomes({ document: certificate("1", { note: "重发" }) })).to.deep.equal(["1"]);
    });

    it("must be there", async () => {
      const nameless = resourceInfo(
        await ledger.publish({ provider: ledger.provider, code: `nameless-${resources}`, schema: certificateSchema }),
      );
      await core.records.registerScope({ ...nameless, businessKey: () => undefined });
      const [result] = await core.records.accept(nameless.scope, [{ document: certificate("1") }]);
      expect(outcomeOf(result)).to.equal("subject.missing");
    });
  });

  describe("content", () => {
    const findingsOf = async (document: JsonObject): Promise<unknown> => {
      const [result] = await accept({ document });
      return result !== undefined && isRefusal(result)
        ? result.findings.map(({ code, path }) => ({ code, path }))
        : result;
    };

    it("that breaks the schema is refused with the place of each violation", async () => {
      expect(
        await findingsOf({ number: "1", holder: "甲", from: "2026-13-01", until: "长期", scope: ["甲", 5] }),
      ).to.deep.equal([
        { code: "schema.violation", path: ["from"] },
        { code: "schema.violation", path: ["scope", 1] },
      ]);
      expect(await findingsOf({ number: "1", holder: "甲", from: "2026-01-01" })).to.deep.equal([
        { code: "schema.violation", path: ["until"] },
      ]);
      expect(await findingsOf({ ...certificate("1"), extra: 1 })).to.deep.equal([
        { code: "schema.violation", path: [] },
      ]);
    });

    it("that the protocol cannot commit is refused with the protocol's code", async () => {
      const [result] = await accept({ document: certificate("1", { until: "someday" }) });
      expect(result !== undefined && isRefusal(result) && result.error).to.deep.include({
        code: "record.protocol",
        values: { code: "schema.validity" },
      });
    });

    it("is judged by the family's rules after the schema", async () => {
      const finding = { code: "rule", path: ["number"], values: {}, describe: () => "", remedy: () => "" };
      const validate = ({ number }: JsonObject) => (number === "bad" ? [finding] : []);
      await core.records.registerScope({ ...info, validate });
      const [refused, accepted] = await accept({ document: certificate("bad") }, { document: certificate("good") });
      expect(refused !== undefined && isRefusal(refused) && refused.findings).to.deep.equal([finding]);
      expect(outcomeOf(refused)).to.equal("record.findings");
      expect(outcomeOf(accepted)).to.equal("0");
    });

    it("is encrypted: nothing of it lies in the store in the clear", async () => {
      await one(certificate("1", { note: "unmistakable-plaintext" }));
      const report = await core.store.scanFiles([utf8("unmistakable-plaintext"), utf8("unmistakable")]);
      expect(report.found).to.deep.equal([]);
      expect((await core.records.document(info.scope, 0)).note).to.equal("unmistakable-plaintext");
    });

    it("has no personal data in its header", async () => {
      await one(certificate("1"));
      const bytes = await core.store.get(HEADERS, { scope: info.scope, seq: 0 });
      const text = fromUtf8(bytes ?? new Uint8Array());
      expect(text).to.not.include("企业");
      const header = JSON.parse(text) as JsonObject;
      expect(header).to.include({
        kind: "certificate",
        issuer: ledger.provider.uscc,
        resource: info.resource,
        issuedAt: ledger.now,
      });
      expect(header.subject).to.match(/^0x[0-9a-f]{64}$/);
      expect(header.validUntil).to.equal(undefined);
    });
  });

  describe("scopes", () => {
    it("that nobody registered are unknown", async () => {
      expect(await codeOf(core.records.accept(resourceScope(`0x${"12".repeat(32)}`), []))).to.equal("scope.unknown");
    });

    it("that are not open on chain take nothing", async () => {
      const resource = `0x${"34".repeat(32)}` as const;
      const closed = { ...info, resource, scope: resourceScope(resource) };
      await core.records.registerScope(closed);
      expect(await codeOf(core.records.accept(closed.scope, [{ document: certificate("1") }]))).to.equal(
        "scope.not-open",
      );
    });

    it("of another department take nothing", async () => {
      const published = await ledger.publish({
        provider: ledger.stranger,
        code: `theirs-${resources}`,
        schema: certificateSchema,
      });
      await core.records.registerScope(resourceInfo(published));
      expect(await codeOf(core.records.accept(published.scope, [{ document: certificate("1") }]))).to.equal(
        "scope.not-held",
      );
    });

    it("cannot change what they are, and keep it over a restart", async () => {
      expect(await codeOf(core.records.registerScope({ ...info, hash: "sha256" }))).to.equal("scope.conflict");
      const { schema: _none, ...schemaless } = info;
      expect(await codeOf(core.records.registerScope(schemaless))).to.equal("scope.schema-missing");
      await core.records.registerScope(info);
    });

    for (const { what, stored } of [
      {
        what: "under another name than its own",
        stored: () => ({ ...info, scope: resourceScope(`0x${"56".repeat(32)}`) }),
      },
      { what: "whose resource is no identifier", stored: () => ({ ...info, resource: "0xno" as const }) },
    ])
      it(`keep everything closed when the store has one ${what}`, async () => {
        const { scope, kind, resource, hash } = stored();
        const rewrite = async (operation: Operation): Promise<void> => {
          const store = await openStore({ dataDir });
          await store.write([operation]);
          await store.close();
        };
        const { kind: ownKind, resource: ownResource, hash: ownHash } = info;
        const own = { kind: ownKind, ...(ownResource && { resource: ownResource }), hash: ownHash };
        await core.close();
        await rewrite(put(SCOPES, scope, { kind, ...(resource && { resource }), hash }));
        expect(await codeOf(openTestCore({ ledger, dataDir }))).to.equal("storage.unreadable");
        await rewrite(scope === info.scope ? put(SCOPES, scope, own) : del(SCOPES, scope));
        core = await openTestCore({ ledger, dataDir });
        expect(await codeOf(core.records.registerScope(info))).to.equal("none");
      });

    it("refuse when the chain is ahead of the store", async () => {
      await one(certificate("1"));
      await core.start();
      await core.records.waitFor(info.scope, 0, "final", { timeoutMs: 10_000 });
      const empty = await temporaryFolder();
      const restored = await openTestCore({ ledger, dataDir: empty });
      await restored.records.registerScope(info);
      expect(await codeOf(restored.records.accept(info.scope, [{ document: certificate("2") }]))).to.equal(
        "scope.behind",
      );
      await restored.close();
      await removeFolder(empty);
    });

    it("of a resource take its kind only, streams and journals theirs", async () => {
      expect(await outcomes({ document: certificate("1"), kind: "operation" })).to.deep.equal(["record.kind"]);
      expect(await outcomes({ document: { reason: "x" }, kind: "void" })).to.deep.equal(["record.kind"]);
      await core.openJournal();
      const operation = { action: "export", subject: "x", key: `${ledger.provider.uscc}/1` };
      const results = await core.records.accept(core.journal, [
        { document: operation },
        { document: { reason: "x" }, kind: "void" },
        { document: { ...operation, action: "Export" } },
      ]);
      expect(results.map(outcomeOf)).to.deep.equal(["0", "record.kind", "record.schema"]);
      expect(core.journal).to.equal(journalScope(ledger.provider.uscc));
    });
  });

  it("pushes back when too much waits, and takes it later", async () => {
    await core.close();
    core = await openTestCore({
      ledger,
      dataDir,
      tunables: { ...EAGER, intake: { groupWaitMs: 0, maximumWaitingRecords: 10 } },
    });
    await core.records.registerScope(info);
    await one(certificate("0"));
    const first = accept(...Array.from({ length: 8 }, (_, i) => ({ document: certificate(`a${i}`) })));
    const second = accept(...Array.from({ length: 8 }, (_, i) => ({ document: certificate(`b${i}`) })));
    expect(await Promise.all([codeOf(first), codeOf(second)])).to.deep.equal(["none", "intake.busy"]);
    expect(await accept(...Array.from({ length: 20 }, (_, i) => ({ document: certificate(`c${i}`) })))).to.have.length(
      20,
    );
  });

  describe("the wait for company", () => {
    const NEVER_MS = 3_600_000;
    /** Groups written while `action` runs, where nobody's patience ends by itself. */
    const groupsOf = async (action: () => Promise<unknown>): Promise<number> => {
      await core.close();
      core = await openTestCore({ ledger, dataDir, tunables: { ...EAGER, intake: { groupWaitMs: NEVER_MS } } });
      await core.records.registerScope(info);
      await accept();
      let groups = 0;
      const write = core.store.write.bind(core.store);
      core.store.write = (operations) => {
        if (operations.some(({ key }) => key[0] === CONTENTS.number)) groups++;
        return write(operations);
      };
      await action();
      return groups;
    };

    it("is none for a record that is alone", async () => {
      expect(await groupsOf(() => one(certificate("alone")))).to.equal(1);
    });

    it("ends when everything that is being prepared has come, and that is one group", async () => {
      const many = (name: string) => accept(...["1", "2"].map((i) => ({ document: certificate(`${name}${i}`) })));
      expect(await groupsOf(() => Promise.all([many("a"), many("b")]))).to.equal(1);
    });

    it("ends by time when what was on its way is refused", async () => {
      await core.close();
      core = await openTestCore({ ledger, dataDir, tunables: { ...EAGER, intake: { groupWaitMs: 20 } } });
      await core.records.registerScope(info);
      const results = await accept({ document: certificate("taken") }, { document: { alien: true } });
      expect(results.map(outcomeOf)).to.deep.equal(["0", "record.schema"]);
    });
  });

  describe("a group that is built while the one before it is written", () => {
    const documents = (name: string) => Array.from({ length: 4 }, (_, i) => ({ document: certificate(`${name}${i}`) }));

    /** Two groups at once; the write of the first fails as a disk does, after `before` and while the second is built. */
    const failing = async (before: (operations: readonly Operation[], write: Store["write"]) => Promise<void>) => {
      await core.close();
      core = await openTestCore({
        ledger,
        dataDir,
        tunables: { ...EAGER, intake: { groupWaitMs: 0, groupMaximumRecords: 4 } },
      });
      await core.records.registerScope(info);
      // The chain is asked before the first group: the two then follow one another.
      await accept();
      const { store } = core;
      const write = store.write.bind(store);
      let writes = 0;
      let groups = 0;
      const getMany = store.getMany.bind(store);
      let subjects = 0;
      let built: () => void = () => undefined;
      const secondIsRead = new Promise<void>((resolve) => (built = resolve));
      const bothAreQueued = new Promise<void>((queued) => {
        store.getMany = async (space, keys) => {
          const values = await getMany(space, keys);
          // For the first call, for its group, for the second call, which is in the queue a turn later.
          if (space.number === SUBJECTS.number && ++subjects === 3) setImmediate(queued);
          if (space.number !== CONTENTS.number) return values;
          if (++groups === 1) await bothAreQueued;
          if (groups === 2) built();
          return values;
        };
      });
      store.write = async (operations) => {
        if (++writes > 1) return write(operations);
        await before(operations, write);
        await secondIsRead;
        throw new StorageError("storage.indeterminate");
      };
      const [first, second] = [accept(...documents("a")), accept(...documents("b"))];
      return { first: await codeOf(first), second: (await second).map(outcomeOf) };
    };

    it("takes the numbers of a write that did not happen", async () => {
      const { first, second } = await failing(() => Promise.resolve());
      expect([first, second]).to.deep.equal(["storage.indeterminate", ["0", "1", "2", "3"]]);
      expect(await outcomes(...documents("a"))).to.deep.equal(["4", "5", "6", "7"]);
    });

    it("goes on behind a write that did", async () => {
      const { first, second } = await failing((operations, write) => write(operations));
      expect([first, second]).to.deep.equal(["storage.indeterminate", ["4", "5", "6", "7"]]);
      expect(await outcomes(...documents("a"))).to.deep.equal(["0 again", "1 again", "2 again", "3 again"]);
    });
  });

  it("refuses after close and has written what was queued", async () => {
    const pending = one(certificate("1"));
    await core.records.accept(info.scope, []);
    await core.records.close();
    expect(await codeOf(core.records.accept(info.scope, [{ document: certificate("2") }]))).to.equal("intake.closed");
    expect((await pending).seq).to.equal(0);
  });

  it("gives nothing a number that is not readable again, bit by bit", async () => {
    await one(certificate("1"));
    const place = { scope: info.scope, seq: 0 };
    expect(await core.store.get(PAYLOADS, place)).to.be.instanceOf(Uint8Array);
    expect(await core.store.get(NEXT, info.scope)).to.equal(1);
    expect(await core.store.page(EVENTS, { limit: 5 })).to.have.length(1);
    const restored = await core.records.reader.restore(await core.records.reader.open(place));
    expect(restored.document).to.deep.equal(certificate("1"));
  });

  it("lets a stream record carry its own number only", async () => {
    // A stream needs an agreement; the number is checked before the chain is asked for anything but the scope's head.
    const agreement = `0x${"77".repeat(32)}` as const;
    const scope = deliveriesScope(agreement);
    await core.records.registerScope({
      scope,
      kind: "deliveries",
      agreement,
      recordKind: "delivery",
      hash: "keccak256",
    });
    expect(await codeOf(core.records.accept(scope, []))).to.equal("scope.not-open");
    expect(withdrawResourceCall).to.be.a("function");
  });
});
