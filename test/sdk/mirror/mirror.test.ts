import { expect } from "chai";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { changeStatusCall } from "../../../sdk/chain/calls.ts";
import { completeAgreementCall } from "../../../sdk/chain/agreement-calls.ts";
import { connectLedger } from "../../../sdk/chain/connection.ts";
import { eventTopic } from "../../../sdk/chain/contracts.ts";
import type { RecordState } from "../../../sdk/chain/statuses.ts";
import { mirrorErrorTexts } from "../../../sdk/mirror/errors.ts";
import { mirrorTexts } from "../../../sdk/mirror/findings.ts";
import { mirrorOnce, SERVED_WITHIN_SECONDS } from "../../../sdk/mirror/pass.ts";
import { deliveriesScope, receiptsScope } from "../../../sdk/protocol/anchor.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { recordId, type RecordHeader } from "../../../sdk/protocol/header.ts";
import { PROTOCOL_KINDS } from "../../../sdk/protocol/kinds.ts";
import type { CommittedRecord } from "../../../sdk/protocol/record.ts";
import { makeAgreement, someHash, type TestAgreement } from "../../support/deliveries.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { startProxy } from "../../support/proxy.ts";
import { anchorBatch, licence, LICENCE_SCHEMA, type BatchOptions, type TestRecord } from "../../support/records.ts";
import { codesOf, MemorySource, openMirror, type TestMirror } from "./support.ts";

const HOUR = 3600;

const saying =
  (change: Partial<RecordHeader>) =>
  (record: CommittedRecord): CommittedRecord => {
    const header = { ...record.header, ...change };
    return { ...record, header, id: recordId(header) };
  };

describe("the mirror", function () {
  this.timeout(40_000);

  let ledger: TestLedger;
  let open: { readonly resource: Hex; readonly scope: Hex };
  let mirror: TestMirror;
  let source: MemorySource;

  before(async () => {
    ledger = await startLedger();
  });
  after(() => ledger.stop());

  let resources = 0;
  beforeEach(async () => {
    open = await ledger.publish({
      provider: ledger.provider,
      code: `r-${resources++}`,
      schema: LICENCE_SCHEMA,
      shareClass: "unconditional",
    });
    mirror = await openMirror(ledger);
    source = new MemorySource();
    // What earlier tests anchored is not this mirror's matter: it begins with everything of before unserved.
    await mirror.look();
    await mirror.folder.save({ ...mirror.folder.current, waiting: [] });
    ledger.advance(10);
  });
  afterEach(() => mirror.remove());

  const anchor = async (changes: Partial<BatchOptions> = {}): Promise<readonly TestRecord[]> => {
    const batch = { department: ledger.provider, ...open, kind: "certificate", schema: LICENCE_SCHEMA };
    const records = await anchorBatch(ledger, { ...batch, documents: [licence(1)], ...changes });
    source.add(records);
    return records;
  };
  const set = (seq: number, state: RecordState) =>
    ledger.send(ledger.provider, changeStatusCall({ scope: open.scope, seq, state, reason: 1, effectiveFrom: 0 }));
  const copied = (): number => mirror.folder.scope(open.scope).copied;

  describe("copies", () => {
    it("every header that leads to the anchored root, once, under each hash", async () => {
      await anchor({ documents: [1, 2, 3].map(licence) });
      await anchor({ documents: [4].map(licence), hash: "sm3" });
      expect(codesOf(await mirror.look(source))).to.deep.equal([]);
      expect(copied()).to.equal(4);
      await anchor({ documents: [5, 6].map(licence), hash: "sha256" });
      source.asked.length = 0;
      const result = await mirror.look(source);
      expect([codesOf(result), copied(), result.waiting]).to.deep.equal([[], 6, 0]);
      expect(source.asked.map(({ first }) => first)).to.deep.equal([4]);
      const kept: number[] = [];
      for await (const { header } of mirror.folder.headers(open.scope)) kept.push((header as { seq: number }).seq); // A header.
      expect(kept).to.deep.equal([0, 1, 2, 3, 4, 5]);
    });

    it("and keeps nothing of what records say", async () => {
      await anchor({ documents: [1, 2].map(licence) });
      await mirror.look(source);
      const file = await readFile(join(mirror.path, "headers", `${open.scope}.ndjson`), "utf8");
      for (const text of ["某某商贸", "L-1", "零售", "holder"]) expect(file).not.to.include(text);
    });

    it("goes on after a node that stopped in between, and after a crash that left half a batch", async () => {
      await anchor({ documents: [1, 2].map(licence) });
      await anchor({ documents: [3, 4, 5].map(licence) });
      source.tamper = (line, i) => (i === 2 ? "stop" : line);
      const stopped = await mirror.look(source);
      expect([copied(), stopped.waiting, stopped.unserved]).to.deep.equal([
        2,
        1,
        { [ledger.provider.uscc]: "client.unreachable" },
      ]);
      await appendFile(join(mirror.path, "headers", `${open.scope}.ndjson`), '{"header":{"half');
      await writeFile(join(mirror.path, "state.json.next"), "half");
      await appendFile(join(mirror.path, "findings.ndjson"), '{"code":"mirror.ro');
      await mirror.reopen();
      source.tamper = (line) => line;
      expect(codesOf(await mirror.look(source))).to.deep.equal([]);
      expect(copied()).to.equal(5);
      let lines = 0;
      for await (const _line of mirror.folder.headers(open.scope)) lines++;
      expect(lines).to.equal(5);
    });

    it("looks at the chain only without a source", async () => {
      await anchor();
      const result = await mirror.look();
      expect([codesOf(result), result.waiting, copied()]).to.deep.equal([[], 1, 0]);
    });
  });

  describe("finds", () => {
    it("headers that do not lead to the root, and takes the true ones when they come", async () => {
      await anchor({ documents: [1, 2].map(licence) });
      for (const change of [{ issuedAt: 5 }, { seq: 9 }, { extra: 1 }, { claimsRoot: someHash(1) }]) {
        source.tamper = (line, i) => (i === 1 ? { header: { ...line.header, ...change } } : line);
        const result = await mirror.look(source);
        expect([copied(), result.unserved[ledger.provider.uscc]]).to.deep.equal([0, "mirror.root"]);
      }
      expect(mirror.folder.recorded).to.equal(1);
      source.tamper = (line) => line;
      expect(codesOf(await mirror.look(source))).to.deep.equal([]);
      expect(copied()).to.equal(2);
    });

    it("a header that its department anchored in the wrong place", async () => {
      const rules = { ledger: someHash(1), scope: someHash(2), seq: 77, issuer: ledger.consumer.uscc } as const;
      for (const [rule, value] of Object.entries(rules)) {
        const [record] = await anchor({ alter: saying({ [rule]: value }) });
        const seq = mirror.folder.scope(open.scope).anchored;
        source.put(open.scope, seq, { header: { ...record!.committed.header } });
        const { found } = await mirror.look(source);
        expect(found.map(({ code, values }) => [code, values["rule"], values["seq"]])).to.deep.equal([
          ["mirror.header", rule, seq],
        ]);
      }
    });

    it("two active records of one subject, also when the older becomes active again", async () => {
      const subject = someHash(7);
      await anchor({ documents: [1, 2, 3].map(licence), alter: saying({ subject }) });
      await set(0, "suspended");
      await set(1, "superseded");
      expect(codesOf(await mirror.look(source))).to.deep.equal([]);
      await set(0, "active");
      const { found } = await mirror.look(source);
      expect(found.map(({ code, values }) => [code, values["seq"], values["other"]])).to.deep.equal([
        ["mirror.subject", 0, 2],
      ]);
      expect(codesOf(await mirror.look(source))).to.deep.equal([]);
    });

    it("what was not served within 24 hours, once, and when it came after all", async () => {
      await anchor();
      source.tamper = () => "stop";
      ledger.advance(SERVED_WITHIN_SECONDS);
      expect(codesOf(await mirror.look(source))).to.deep.equal([]);
      ledger.advance(1);
      const late = await mirror.look(source);
      expect(late.found.map(({ code, values }) => [code, values["count"], values["reason"]])).to.deep.equal([
        ["mirror.not-served", 1, "client.unreachable"],
      ]);
      ledger.advance(HOUR);
      await mirror.reopen();
      expect(codesOf(await mirror.look(source))).to.deep.equal([]);
      source.tamper = (line) => line;
      expect(codesOf(await mirror.look(source))).to.deep.equal(["mirror.served-late"]);
      expect(copied()).to.equal(1);
    });
  });

  describe("compares the two streams of an agreement", () => {
    let agreement: TestAgreement;

    beforeEach(async () => {
      const { provider, consumer } = ledger;
      const resource = open.resource;
      agreement = await makeAgreement(ledger, { provider, consumer, resource, patterns: [["holder"]] });
      await mirror.look();
      await mirror.folder.save({ ...mirror.folder.current, waiting: [] });
    });

    const stream = (
      kind: "delivery" | "receipt",
      documents: readonly { readonly outcome: string; readonly packageDigest?: Hex }[],
    ) =>
      anchor({
        department: kind === "delivery" ? ledger.provider : ledger.consumer,
        scope: kind === "delivery" ? deliveriesScope(agreement.id) : receiptsScope(agreement.id),
        kind,
        schema: PROTOCOL_KINDS[kind],
        documents: documents.map((document, k) => ({ agreement: agreement.id, k, ...document })),
        alter: withoutResource,
      });
    const withoutResource = (record: CommittedRecord): CommittedRecord => {
      const { resource: _resource, ...header } = record.header;
      return { ...record, header, id: recordId(header) };
    };

    it("and has nothing to say of what fits", async () => {
      const packageDigest = someHash(1);
      await stream("delivery", [
        { outcome: "delivered", packageDigest },
        { outcome: "unacknowledged" },
        { outcome: "void" },
      ]);
      await stream("receipt", [
        { outcome: "received", packageDigest },
        { outcome: "disputed" },
        { outcome: "nothing-received" },
      ]);
      expect(codesOf(await mirror.look(source))).to.deep.equal([]);
    });

    it("and finds a delivery that the consumer denies, one it never could have, and another package", async () => {
      await stream("delivery", [
        { outcome: "delivered" },
        { outcome: "void" },
        { outcome: "delivered", packageDigest: someHash(1) },
        { outcome: "unacknowledged" },
      ]);
      expect(codesOf(await mirror.look(source))).to.deep.equal([]);
      await stream("receipt", [
        { outcome: "nothing-received" },
        { outcome: "received" },
        { outcome: "received", packageDigest: someHash(2) },
        { outcome: "received" },
      ]);
      const { found } = await mirror.look(source);
      expect(found.map(({ code, values }) => [code, values["k"]])).to.deep.equal([
        ["mirror.stream", 0],
        ["mirror.stream", 1],
        ["mirror.package", 2],
        ["mirror.unacknowledged", 3],
      ]);
    });

    it("and refuses claims that the node made up", async () => {
      await stream("delivery", [{ outcome: "void" }]);
      source.tamper = (line) => {
        const text = JSON.stringify(line.claims).replace('"void"', '"delivered"');
        return { ...line, claims: JSON.parse(text) as NonNullable<typeof line.claims> }; // What was just written.
      };
      expect(codesOf(await mirror.look(source))).to.deep.equal(["mirror.root"]);
    });

    it("and finds the side that is behind when the time to settle is over", async () => {
      await stream(
        "delivery",
        Array.from({ length: 8 }, () => ({ outcome: "void" })),
      );
      await stream("receipt", [{ outcome: "nothing-received" }]);
      await ledger.send(ledger.consumer, completeAgreementCall({ agreement: agreement.id }));
      expect(codesOf(await mirror.look(source))).to.deep.equal([]);
      const until = (await (await ledger.connection.view()).settlementUntil(agreement.id)) ?? 0;
      ledger.advance(until - ledger.now);
      await anchor();
      const { found } = await mirror.look(source);
      expect(found.map(({ code, values }) => [code, values["department"], values["next"]])).to.deep.equal([
        ["mirror.stream-behind", ledger.consumer.uscc, 1],
      ]);
    });
  });

  describe("of the chain", () => {
    it("remembers the last block, and refuses a chain without it", async () => {
      await anchor();
      await mirror.look(source);
      const { seen } = mirror.folder.current;
      expect(seen?.number).to.equal((await ledger.connection.check()).number);
      const state = join(mirror.path, "state.json");
      await writeFile(state, (await readFile(state, "utf8")).replace(seen?.hash ?? "", someHash(9)));
      await mirror.reopen();
      const [record] = await anchor();
      const result = await mirror.look(source);
      expect([codesOf(result), result.continued]).to.deep.equal([["mirror.chain-replaced"], false]);
      expect(mirror.folder.scope(open.scope).anchored).to.equal(record?.committed.header.seq);
      expect(mirror.folder.current.seen?.hash).to.equal(someHash(9));
    });

    it("takes nothing from an endpoint that is behind what it saw", async () => {
      await anchor();
      await mirror.look(source);
      const view = await ledger.connection.view((await ledger.connection.check()).number - 1);
      const look = mirrorOnce({ folder: mirror.folder, view, source, now: ledger.now });
      expect(await look.catch((error: { code: string }) => error.code)).to.equal("mirror.chain-behind");
    });

    it("finds an anchor that the endpoint keeps back, and one that it invents", async () => {
      await anchor();
      await anchor();
      const proxy = await startProxy(ledger.rpcUrl);
      const topic = eventTopic("AnchorLog", "Anchored");
      const connection = connectLedger({ rpcUrl: proxy.url, ledger: ledger.name, finality: { tag: "latest" } });
      const lookAt = async (change: (logs: readonly { topics: string[] }[]) => unknown) => {
        proxy.tamper = ({ method, params }, answer) =>
          method === "eth_getLogs" && JSON.stringify(params).includes(topic)
            ? { ...answer, result: change(answer.result as { topics: string[] }[]) }
            : answer;
        return mirrorOnce({ folder: mirror.folder, view: await connection.view(), source, now: ledger.now });
      };
      try {
        expect(codesOf(await lookAt((logs) => logs.slice(1)))).to.deep.equal(["mirror.numbers"]);
        expect(codesOf(await lookAt((logs) => logs.slice(0, -1)))).to.deep.equal(["mirror.numbers"]);
        const forged = (logs: readonly { topics: string[] }[]) =>
          logs.map((log) => ({
            ...log,
            data: (log as unknown as { data: string }).data.replace(/.{64}$/, "11".repeat(32)),
          }));
        expect(codesOf(await lookAt(forged))).to.include("mirror.batch");
      } finally {
        await proxy.stop();
      }
    });
  });

  it("belongs to one ledger, and says when its folder cannot be used", async () => {
    const codeOf = (action: Promise<unknown>) => action.catch((error: { code: string }) => error.code);
    const state = join(mirror.path, "state.json");
    const text = await readFile(state, "utf8");
    await writeFile(state, text.replace(ledger.ledger, someHash(3)));
    expect(await codeOf(mirror.reopen())).to.equal("mirror.other-ledger");
    for (const broken of ["", "{}", text.slice(0, -10), text.replace("mirror/1", "mirror/2")]) {
      await writeFile(state, broken);
      expect(await codeOf(mirror.reopen())).to.equal("mirror.state-unreadable");
    }
    await writeFile(state, text);
    await writeFile(join(mirror.path, "findings.ndjson"), "no\n{}\n");
    expect(await codeOf(mirror.reopen())).to.equal("mirror.state-unreadable");
  });

  it("says everything in both languages, with a remedy", () => {
    for (const { zh, en, remedy } of [...Object.values(mirrorTexts), ...Object.values(mirrorErrorTexts)]) {
      const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
      expect(names(zh)).to.deep.equal(names(en));
      expect(remedy.zh).to.match(/\p{Script=Han}/u);
      expect(remedy.en).to.not.equal("");
    }
  });
});
