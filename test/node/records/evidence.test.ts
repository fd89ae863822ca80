import { expect } from "chai";
import type { NodeCore } from "../../../node/core.ts";
import { isRefusal, type AcceptedRecord, type ScopeInfo } from "../../../node/records/service.ts";
import { BATCHES, HEADERS, PAYLOADS } from "../../../node/storage/keyspaces.ts";
import { put } from "../../../node/storage/store.ts";
import { fromHex, fromUtf8, utf8 } from "../../../sdk/protocol/bytes.ts";
import { findDisclosureFault, findParentsFault } from "../../../sdk/protocol/disclosure.ts";
import { evidenceJson, parseEvidence } from "../../../sdk/protocol/evidence.ts";
import { recordId } from "../../../sdk/protocol/header.ts";
import { leafHash, verifyInclusion } from "../../../sdk/protocol/tree.ts";
import { codeOf } from "../../support/codes.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import {
  certificate,
  certificateSchema,
  openTestCore,
  removeFolder,
  resourceInfo,
  temporaryFolder,
} from "../support/core.ts";

describe("evidence", function () {
  this.timeout(30_000);
  let ledger: TestLedger;
  let core: NodeCore;
  let dataDir: string;
  let info: ScopeInfo;

  before(async () => (ledger = await startLedger()));
  after(() => ledger.stop());
  beforeEach(async () => {
    dataDir = await temporaryFolder();
    const code = `licence-${Math.floor(ledger.now)}-${++codes}`;
    info = resourceInfo(await ledger.publish({ provider: ledger.provider, code, schema: certificateSchema }));
    core = await openTestCore({ ledger, dataDir });
    await core.records.registerScope(info);
  });
  afterEach(async () => {
    await core.close();
    await removeFolder(dataDir);
  });

  const accept = async (...documents: ReturnType<typeof certificate>[]): Promise<AcceptedRecord[]> =>
    (
      await core.records.accept(
        info.scope,
        documents.map((document) => ({ document })),
      )
    ).map((result) => {
      if (isRefusal(result)) throw result.error;
      return result;
    });
  const anchorAll = async (last: number): Promise<void> => {
    await core.start();
    await core.records.waitFor(info.scope, last, "final", { timeoutMs: 15_000 });
  };

  it("proves claims and inclusion against what is anchored", async () => {
    await accept(...Array.from({ length: 5 }, (_, i) => certificate(`n${i}`)));
    await anchorAll(4);
    const { evidence } = await core.records.evidence(info.scope, 3);
    const { header, claims, anchor, inclusion } = evidence;
    const { hash, claimsRoot, claimCount } = header;
    const { required } = certificateSchema;
    const disclosure = { hash, ...claims, root: fromHex(claimsRoot), count: claimCount, required };
    expect(findDisclosureFault(disclosure)).to.equal(undefined);
    const proof = {
      hash,
      leaf: leafHash(hash, recordId(header)),
      index: 3 - anchor.first,
      count: anchor.count,
      proof: inclusion,
    };
    expect(verifyInclusion(proof, fromHex(anchor.root))).to.equal(true);
    const values = Object.fromEntries(claims.disclosed.map(({ path, value }) => [path.join("."), value]));
    expect(values).to.deep.equal({
      number: "n3",
      holder: "企业n3",
      from: "2026-01-01",
      until: "长期",
      "scope.0": "甲",
      "scope.1": "乙",
    });
    expect(parseEvidence(evidenceJson(evidence))).to.deep.equal(evidence);
  });

  it("discloses the required claims always, and beyond them only what a pattern grants", async () => {
    await accept(certificate("1", { note: "附注" }));
    await anchorAll(0);
    const paths = async (patterns?: readonly (readonly (string | number)[])[]) => {
      const { evidence, positions } = await core.records.evidence(
        info.scope,
        0,
        patterns === undefined ? {} : { patterns },
      );
      expect(evidence.claims.disclosed.map(({ at }) => at)).to.deep.equal(positions);
      return evidence.claims.disclosed.map(({ path }) => path.join(".")).sort();
    };
    const required = ["from", "holder", "number", "until"];
    expect(await paths([])).to.deep.equal(required);
    expect(await paths([["note"]])).to.deep.equal([...required, "note"].sort());
    expect(await paths([["scope", "*"]])).to.deep.equal([...required, "scope.0", "scope.1"].sort());
    expect(await paths([["scope", 1], ["nowhere"]])).to.deep.equal([...required, "scope.1"].sort());
    expect(await paths()).to.have.length(7);
  });

  it("discloses parents when asked, and only then", async () => {
    const [first] = await accept(certificate("1"));
    if (first === undefined) return expect.fail();
    const { scope, seq, record } = first;
    const parents = [{ ledger: ledger.ledger, scope, seq, record, relation: "supersedes" as const }];
    await core.records.accept(scope, [{ document: certificate("1", { note: "新" }), parents }]);
    await anchorAll(1);
    expect((await core.records.evidence(scope, 1)).evidence.parents).to.equal(undefined);
    const { evidence } = await core.records.evidence(scope, 1, { parents: true });
    expect(evidence.parents?.disclosed.map(({ at, salt: _salt, ...parent }) => ({ at, ...parent }))).to.deep.equal([
      { at: 0, ...parents[0] },
    ]);
    const { hash, parentsRoot, parentCount } = evidence.header;
    const part = evidence.parents ?? { disclosed: [], proof: [] };
    expect(findParentsFault({ hash, ...part, root: parentsRoot && fromHex(parentsRoot), count: parentCount })).to.equal(
      undefined,
    );
  });

  it("is not given before the record is final, nor of what is not there", async () => {
    await accept(certificate("1"));
    expect(await codeOf(core.records.evidence(info.scope, 0))).to.equal("record.not-final");
    expect(await codeOf(core.records.evidence(info.scope, 1))).to.equal("record.unknown");
    expect(await codeOf(core.records.document(info.scope, 1))).to.equal("record.unknown");
    const slow = core.records.waitFor(info.scope, 0, "final", { timeoutMs: 5 });
    expect(await codeOf(slow)).to.equal("record.timeout");
  });

  it("is never made of damaged bytes: each damage has its part named", async () => {
    await accept(certificate("1"), certificate("2"), certificate("3"));
    await anchorAll(2);
    const place = { scope: info.scope, seq: 1 };
    const payload = (await core.store.get(PAYLOADS, place))?.slice() ?? new Uint8Array();
    const header = (await core.store.get(HEADERS, place)) ?? new Uint8Array();
    const other = (await core.store.get(PAYLOADS, { ...place, seq: 2 })) ?? new Uint8Array();

    await core.store.write([put(PAYLOADS, place, other)]);
    expect(await codeOf(core.records.evidence(info.scope, 1))).to.equal("record.damaged");
    await core.store.write([put(PAYLOADS, place, payload)]);
    await core.records.evidence(info.scope, 1);

    const altered = utf8(fromUtf8(header).replace(/"issuedAt":(\d+)/, (_, at) => `"issuedAt":${Number(at) + 1}`));
    await core.store.write([put(HEADERS, place, altered)]);
    expect(await codeOf(core.records.evidence(info.scope, 1))).to.equal("record.damaged");
    await core.close();
    core = await openTestCore({ ledger, dataDir });
    // Of a neighbour the tree no longer gives the anchored root.
    expect(await codeOf(core.records.evidence(info.scope, 0))).to.equal("batch.damaged");
    await core.store.write([put(HEADERS, place, header)]);
    expect((await core.records.evidence(info.scope, 0)).evidence.header.seq).to.equal(0);

    const batch = await core.store.get(BATCHES, { ...place, seq: 0 });
    if (batch === undefined) return expect.fail();
    await core.store.write([put(BATCHES, { ...place, seq: 0 }, { ...batch, root: `0x${"ee".repeat(32)}` })]);
    expect(await codeOf(core.records.evidence(info.scope, 0))).to.equal("batch.damaged");
  });

  it("can be made after a restart, before any scope is registered again", async () => {
    await accept(certificate("1"));
    await anchorAll(0);
    const { evidence } = await core.records.evidence(info.scope, 0);
    await core.close();
    core = await openTestCore({ ledger, dataDir });
    expect((await core.records.evidence(info.scope, 0)).evidence).to.deep.equal(evidence);
  });
});

let codes = 0;
