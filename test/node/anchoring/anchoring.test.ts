import { expect } from "chai";
import { PAGE_RECORDS } from "../../../node/anchoring/proof-reading.ts";
import { READ_AHEAD_MS } from "../../../node/anchoring/read-ahead.ts";
import { anchorKey } from "../../../node/anchoring/scope-anchorer.ts";
import type { NodeCore } from "../../../node/core.ts";
import { inlineTasks, type Tasks } from "../../../node/records/tasks.ts";
import { isRefusal, type AcceptedRecord, type ScopeInfo } from "../../../node/records/service.ts";
import { BATCHES, DATA_KEYS, HEADERS, NEXT, PAYLOADS } from "../../../node/storage/keyspaces.ts";
import { del, put, type Space } from "../../../node/storage/store.ts";
import type { ScopeSeq } from "../../../node/storage/codecs.ts";
import { getNonce } from "../../../sdk/chain/blocks.ts";
import { anchorCall, changeStatusCall } from "../../../sdk/chain/calls.ts";
import { connectLedger } from "../../../sdk/chain/connection.ts";
import { fetchPost } from "../../../sdk/chain/post.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import type { Parent } from "../../../sdk/protocol/parents.ts";
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
import { tamperingFetch, type Tamper } from "../support/tampering.ts";

const LATER = { timeoutMs: 15_000 };

describe("anchoring", function () {
  this.timeout(40_000);
  let ledger: TestLedger;
  let core: NodeCore;
  let dataDir: string;
  let info: ScopeInfo;
  let codes = 0;

  before(async () => (ledger = await startLedger()));
  after(() => ledger.stop());

  beforeEach(async () => {
    dataDir = await temporaryFolder();
    info = await publish();
    await open();
  });
  afterEach(async () => {
    await core.close();
    await removeFolder(dataDir);
  });

  const publish = async (): Promise<ScopeInfo> =>
    resourceInfo(
      await ledger.publish({ provider: ledger.provider, code: `anchor-${++codes}`, schema: certificateSchema }),
    );

  interface OpenOptions {
    readonly tamper?: Tamper;
    /** By which the chain is asked. */
    readonly chain?: typeof fetch;
    readonly tasks?: Tasks;
    readonly batchMaximumRecords?: number;
    readonly maximumSuperseded?: number;
  }
  const open = async ({ tamper, tasks, ...more }: OpenOptions = {}): Promise<void> => {
    const { chain = tamper && tamperingFetch(tamper), ...anchoring } = more;
    const { rpcUrl, name } = ledger;
    const connect = (fetch: typeof globalThis.fetch) =>
      connectLedger({ rpcUrl, ledger: name, finality: { tag: "latest" } }, { post: fetchPost(fetch) });
    core = await openTestCore({
      ledger,
      dataDir,
      tunables: { ...EAGER, anchoring: { ...EAGER.anchoring, ...anchoring } },
      dependencies: {
        ...(chain && { connection: connect(chain) }),
        ...(tasks && { tasks }),
      },
    });
    await core.records.registerScope(info);
  };
  const reopen = async (options: OpenOptions = {}): Promise<void> => {
    await core.close();
    await open(options);
  };
  const accept = async (scope: Hex, ...documents: JsonObject[]): Promise<readonly AcceptedRecord[]> =>
    (
      await core.records.accept(
        scope,
        documents.map((document) => ({ document })),
      )
    ).map((result) => {
      if (isRefusal(result)) throw result.error;
      return result;
    });
  const many = (count: number, prefix = "n"): JsonObject[] =>
    Array.from({ length: count }, (_, i) => certificate(`${prefix}${i}`));
  const final = (seq: number, scope = info.scope) => core.records.waitFor(scope, seq, "final", LATER);
  const onChain = async (scope = info.scope) =>
    (await (await ledger.connection.view()).batches(scope)).map(({ first, count }) => [first, count]);
  const flip = async (space: Space<ScopeSeq, Uint8Array>, seq: number): Promise<void> => {
    const bytes = (await core.store.get(space, { scope: info.scope, seq }))?.slice() ?? new Uint8Array();
    const at = space.number === HEADERS.number ? 0 : bytes.length - 3;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await core.store.write([put(space, { scope: info.scope, seq }, bytes)]);
  };
  const transactions = () => getNonce(ledger.connection.rpc, core.sender.address);
  const alarm = async (): Promise<string> => {
    for (;;) {
      const [raised] = core.anchoring.alarms;
      if (raised !== undefined) return `${raised.alarm.code} ${Object.values(raised.alarm.values).join(" ")}`;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };

  describe("batches", () => {
    it("hold at most what they may, follow one another without a gap, and give evidence of every record", async () => {
      await reopen({ batchMaximumRecords: 7 });
      await accept(info.scope, ...many(20));
      await core.start();
      await final(19);
      expect(await onChain()).to.deep.equal([
        [0, 7],
        [7, 7],
        [14, 6],
      ]);
      for (const seq of [0, 6, 7, 13, 14, 19]) {
        const { evidence } = await core.records.evidence(info.scope, seq);
        expect(evidence.anchor.first).to.equal(seq - (seq % 7));
        expect(evidence.inclusion.length).to.be.greaterThan(1);
      }
      expect(
        (await core.records.batches(info.scope, { from: 8, limit: 10 })).map(({ first, state }) => [first, state]),
      ).to.deep.equal([
        [7, "final"],
        [14, "final"],
      ]);
    });

    it("of several scopes go on beside each other", async () => {
      const other = await publish();
      await core.records.registerScope(other);
      await core.start();
      await Promise.all([accept(info.scope, ...many(3)), accept(other.scope, ...many(5))]);
      await Promise.all([final(2), final(4, other.scope)]);
      const { scopes } = await core.records.stats();
      const stats = scopes
        .filter(({ kind }) => kind === "resource")
        .map(({ accepted, final: end, waitingSince }) => [accepted, end, waitingSince]);
      expect(stats).to.have.deep.members([
        [3, 3, undefined],
        [5, 5, undefined],
      ]);
    });
  });

  describe("what comes while the chain takes its time with a batch", () => {
    let pages: number;
    let answerNow: () => void;
    let reading: Promise<void>;
    let readNow: () => void;

    beforeEach(async () => {
      pages = 0;
      reading = Promise.resolve();
      const answering = new Promise<void>((resolve) => (answerNow = resolve));
      await reopen({
        chain: async (input, init) => {
          // The connection sends text.
          if ((init?.body as string).includes("eth_getTransactionReceipt")) await answering;
          return fetch(input, init);
        },
        tasks: {
          ...inlineTasks,
          proofreadPage: async (task) => {
            pages++;
            await reading;
            return inlineTasks.proofreadPage(task);
          },
        },
      });
      await core.start();
      await accept(info.scope, ...many(3, "a"));
      await core.records.waitFor(info.scope, 2, "submitted", LATER);
    });
    const pagesRead = async (count: number): Promise<void> => {
      while (pages < count) await new Promise((resolve) => setTimeout(resolve, 2));
    };

    it("goes together into the next, of which whole pages are read back before its turn, and each once", async () => {
      await accept(info.scope, ...many(2 * PAGE_RECORDS + 30, "b"));
      await pagesRead(3);
      await accept(info.scope, ...many(4, "c"));
      const states = await Promise.all(
        [0, 3, 520].map(async (seq) => (await core.records.view(info.scope, seq)).state),
      );
      expect(states).to.deep.equal(["submitted", "accepted", "accepted"]);
      answerNow();
      await final(2 * PAGE_RECORDS + 36);
      expect(await onChain()).to.deep.equal([
        [0, 3],
        [3, 2 * PAGE_RECORDS + 34],
      ]);
      expect(pages).to.equal(4);
    });

    it("is left for the batch after the next when it came while the last pages were read", async () => {
      await accept(info.scope, ...many(PAGE_RECORDS, "b"));
      await pagesRead(2);
      reading = new Promise((resolve) => (readNow = resolve));
      await accept(info.scope, ...many(PAGE_RECORDS, "c"));
      await pagesRead(3);
      await accept(info.scope, ...many(PAGE_RECORDS, "d"));
      answerNow();
      // The turn of the next has come while its last page is still read.
      await final(2);
      readNow();
      await final(3 * PAGE_RECORDS + 2);
      expect(await onChain()).to.deep.equal([
        [0, 3],
        [3, 2 * PAGE_RECORDS],
        [3 + 2 * PAGE_RECORDS, PAGE_RECORDS],
      ]);
    });

    it("stops the scope after that batch when it has rotted before it is read", async () => {
      await accept(info.scope, ...many(30, "b"));
      await flip(PAYLOADS, 20);
      await accept(info.scope, ...many(PAGE_RECORDS, "c"));
      await pagesRead(2);
      answerNow();
      expect(await alarm()).to.equal("alarm.record-damaged 20 payload");
      expect(await onChain()).to.deep.equal([[0, 3]]);
    });

    it("is read again in its turn when it was read too long ago", async () => {
      await accept(info.scope, ...many(PAGE_RECORDS, "b"));
      await pagesRead(2);
      await flip(PAYLOADS, 20);
      ledger.advance(READ_AHEAD_MS / 1000);
      answerNow();
      expect(await alarm()).to.equal("alarm.record-damaged 20 payload");
      expect(await onChain()).to.deep.equal([[0, 3]]);
    });
  });

  describe("succession", () => {
    const successor = async (old: AcceptedRecord, document: JsonObject): Promise<AcceptedRecord> => {
      const { scope, seq, record } = old;
      const parent: Parent = { ledger: ledger.ledger, scope, seq, record, relation: "supersedes" };
      const [result] = await core.records.accept(info.scope, [{ document, parents: [parent] }]);
      if (result === undefined || isRefusal(result)) throw result?.error ?? new Error("no result");
      return result;
    };
    const stateOf = async (seq: number) => (await ledger.connection.view()).currentState(info.scope, seq);

    it("marks the earlier record superseded in the call that anchors its successor", async () => {
      await core.start();
      const [old] = await accept(info.scope, certificate("1"));
      if (old === undefined) return expect.fail();
      await final(0);
      await successor(old, certificate("1", { note: "换证" }));
      await final(1);
      expect([await stateOf(0), await stateOf(1)]).to.deep.equal(["superseded", "active"]);
    });

    it("works within one batch, and a batch ends where it would supersede too many", async () => {
      await reopen({ maximumSuperseded: 2 });
      const old = await accept(info.scope, ...many(5));
      for (const [i, record] of old.entries()) await successor(record, certificate(`n${i}`, { note: "新" }));
      await core.start();
      await final(9);
      expect(await onChain()).to.deep.equal([
        [0, 7],
        [7, 2],
        [9, 1],
      ]);
      for (let seq = 0; seq < 5; seq++) expect(await stateOf(seq)).to.equal("superseded");
    });

    it("leaves a record alone that is over already", async () => {
      await core.start();
      const [old] = await accept(info.scope, certificate("1"));
      if (old === undefined) return expect.fail();
      await final(0);
      const { scope } = info;
      await ledger.send(
        ledger.provider,
        changeStatusCall({ scope, seq: 0, state: "revoked", reason: 1, effectiveFrom: ledger.now }),
      );
      await successor(old, certificate("1", { note: "重发" }));
      await final(1);
      expect([await stateOf(0), await stateOf(1)]).to.deep.equal(["revoked", "active"]);
      expect((await core.store.get(BATCHES, { scope, seq: 1 }))?.superseded).to.deep.equal([]);
    });
  });

  describe("what has rotted on disk is not anchored", () => {
    const damages: readonly [string, string, () => Promise<void>][] = [
      ["a payload", "alarm.record-damaged 2 payload", () => flip(PAYLOADS, 2)],
      ["a header", "alarm.record-damaged 2 header", () => flip(HEADERS, 2)],
      [
        "a missing header",
        "alarm.record-damaged 2 header",
        () => core.store.write([del(HEADERS, { scope: info.scope, seq: 2 })]),
      ],
      [
        "a data key",
        "alarm.record-damaged 2 key",
        async () => {
          const key = await core.store.get(DATA_KEYS, { scope: info.scope, seq: 2 });
          if (key === undefined) return expect.fail();
          const wrapped = key.wrapped.slice().reverse();
          await core.store.write([put(DATA_KEYS, { scope: info.scope, seq: 2 }, { ...key, wrapped })]);
        },
      ],
    ];
    for (const [part, expected, damage] of damages) {
      it(`${part}: its scope stops and names it, others go on, nothing is signed`, async () => {
        const other = await publish();
        await core.records.registerScope(other);
        await accept(info.scope, ...many(4));
        await damage();
        const before = await transactions();
        await core.start();
        expect(await alarm()).to.equal(expected);
        await accept(other.scope, ...many(2));
        await final(1, other.scope);
        expect(await onChain()).to.deep.equal([]);
        expect(await transactions()).to.equal(before + 1);
      });
    }

    it("a root: the batch stops", async () => {
      await reopen({
        tamper: ({ method }) =>
          method === "eth_estimateGas" ? { error: { code: -32000, message: "away" } } : undefined,
      });
      await accept(info.scope, ...many(3));
      await core.start();
      await core.records.waitFor(info.scope, 2, "sealed", LATER);
      await reopen();
      const place = { scope: info.scope, seq: 0 };
      const batch = await core.store.get(BATCHES, place);
      if (batch === undefined) return expect.fail();
      await core.store.write([put(BATCHES, place, { ...batch, root: `0x${"ab".repeat(32)}` })]);
      await core.start();
      expect(await alarm()).to.equal("alarm.batch-damaged 0");
      expect(await onChain()).to.deep.equal([]);
    });

    it("can be made void; then the scope goes on without a hole", async () => {
      await accept(info.scope, ...many(4));
      await flip(PAYLOADS, 2);
      await core.start();
      await alarm();
      expect(await codeOf(core.anchoring.void(info.scope, 1, "damaged"))).to.equal("record.not-voidable");
      expect(await codeOf(core.anchoring.void(info.scope, 9, "damaged"))).to.equal("record.unknown");
      await core.anchoring.void(info.scope, 2, "damaged");
      core.anchoring.resume(info.scope);
      await final(3);
      expect(await onChain()).to.deep.equal([[0, 4]]);
      const view = await core.records.view(info.scope, 2);
      expect([view.state, view.header.kind]).to.deep.equal(["refused", "void"]);
      const { events } = await core.records.events({ after: 0, limit: 20 });
      expect(events.find(({ change }) => change === "refused")).to.deep.include({
        scope: info.scope,
        first: 2,
        count: 1,
      });
      // Its content may come again, and its subject is free.
      const [again] = await accept(info.scope, certificate("n2"));
      expect(again).to.deep.include({ seq: 4, duplicate: false });
      expect(await codeOf(core.anchoring.void(info.scope, 3, "damaged"))).to.equal("record.not-voidable");
    });
  });

  describe("against the chain", () => {
    it("a foreign batch at our number stops the scope, and nothing is signed", async () => {
      await accept(info.scope, ...many(2));
      const root: Hex = `0x${"cd".repeat(32)}`;
      await ledger.send(
        ledger.provider,
        anchorCall({ scope: info.scope, first: 0, count: 2, root, hash: "keccak256" }),
      );
      const before = await transactions();
      await core.start();
      expect(await alarm()).to.equal("alarm.foreign-anchor 0");
      expect(await transactions()).to.equal(before);
    });

    it("numbers on chain that the store does not have stop the scope", async () => {
      await core.start();
      await accept(info.scope, ...many(3));
      await final(2);
      const copy = await temporaryFolder();
      const restored = await openTestCore({ ledger, dataDir: copy });
      await restored.records.registerScope(info);
      const place = { scope: info.scope, seq: 0 };
      const header = (await core.store.get(HEADERS, place)) ?? expect.fail();
      await restored.store.write([put(NEXT, info.scope, 1), put(HEADERS, place, header)]);
      await restored.start();
      for (;;) {
        const [raised] = restored.anchoring.alarms;
        if (raised === undefined) await new Promise((resolve) => setTimeout(resolve, 2));
        else {
          expect(raised.alarm.code).to.equal("alarm.foreign-anchor");
          break;
        }
      }
      await restored.close();
      await removeFolder(copy);
    });

    it("our batch that is there already is taken as anchored, not sent again", async () => {
      let away = false;
      await reopen({
        tamper: async ({ method }, pass) => {
          if (method === "eth_sendRawTransaction") {
            const reply = await pass();
            away = true;
            return reply;
          }
          if (away) throw new TypeError("connection lost");
          return undefined;
        },
      });
      await accept(info.scope, ...many(3));
      await core.start();
      await core.records.waitFor(info.scope, 2, "submitted", LATER);
      while (!away) await new Promise((resolve) => setTimeout(resolve, 2));
      const sent = await core.sender.isSigned(anchorKey(info.scope, 0));
      await reopen();
      expect(sent).to.equal(true);
      const before = await transactions();
      await core.start();
      await final(2);
      expect(await onChain()).to.deep.equal([[0, 3]]);
      expect(await transactions()).to.equal(before);
    });

    it("our batch is recognised by its content even when the store forgot that it was signed", async () => {
      await accept(info.scope, ...many(3));
      await reopen({
        tamper: ({ method }) =>
          method === "eth_estimateGas" ? { error: { code: -32000, message: "away" } } : undefined,
      });
      await core.start();
      await core.records.waitFor(info.scope, 2, "sealed", LATER);
      const batch = await core.store.get(BATCHES, { scope: info.scope, seq: 0 });
      if (batch === undefined) return expect.fail();
      const { count, root, hash } = batch;
      await ledger.send(ledger.provider, anchorCall({ scope: info.scope, first: 0, count, root, hash }));
      await reopen();
      await core.start();
      const view = await final(2);
      expect(view.batch).to.deep.include({ first: 0, count: 3, root });
      expect(view.batch?.transaction).to.match(/^0x[0-9a-f]{64}$/);
    });

    it("a chain that is away delays, and every record arrives once", async () => {
      let requests = 0;
      await reopen({
        tamper: () => {
          if (++requests % 25 === 0) throw new TypeError("connection lost");
          return undefined;
        },
      });
      await core.start();
      await accept(info.scope, ...many(5, "a"));
      await accept(info.scope, ...many(5, "b"));
      await final(9);
      const batches = await onChain();
      expect(batches.reduce((sum, [, count]) => sum + (count ?? 0), 0)).to.equal(10);
    });
  });
});
