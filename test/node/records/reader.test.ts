import { expect } from "chai";
import type { NodeCore } from "../../../node/core.ts";
import { isRefusal, type ScopeInfo } from "../../../node/records/service.ts";
import { DATA_KEYS, DESTRUCTIONS, HEADERS, PAYLOADS, TOMBSTONES } from "../../../node/storage/keyspaces.ts";
import { del, put, type Operation } from "../../../node/storage/store.ts";
import type { ScopeSeq } from "../../../node/storage/codecs.ts";
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

const RECORDS = 3;

describe("records that are read together", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let dataDir: string;
  let info: ScopeInfo;
  let core: NodeCore;
  const place = (seq: number): ScopeSeq => ({ scope: info.scope, seq });

  before(async () => {
    ledger = await startLedger();
    dataDir = await temporaryFolder();
    info = resourceInfo(
      await ledger.publish({ provider: ledger.provider, code: "together", schema: certificateSchema }),
    );
    core = await openTestCore({ ledger, dataDir });
    await core.records.registerScope(info);
    const inputs = Array.from({ length: RECORDS }, (_, i) => ({ document: certificate(`n${i}`) }));
    expect((await core.records.accept(info.scope, inputs)).some(isRefusal)).to.equal(false);
  });
  after(async () => {
    await core.close();
    await removeFolder(dataDir);
    await ledger.stop();
  });

  it("are those that are read one by one, in the order asked for", async () => {
    const { reader } = core.records;
    const asked = [2, 0, 1].map(place);
    const together = await reader.openAllForUse(asked);
    for (const [i, one] of asked.entries()) {
      const alone = await reader.openForUse(one);
      expect({ ...together[i] }).to.deep.equal({ ...alone });
    }
    expect(await reader.openAllForUse([])).to.deep.equal([]);
  });

  const cases: [string, (one: ScopeSeq) => Operation[], string][] = [
    ["one that nobody knows", (one) => [del(HEADERS, one)], "record.unknown"],
    ["one whose header is another", (one) => [put(HEADERS, one, Uint8Array.of(1))], "record.damaged"],
    ["one without its key", (one) => [del(DATA_KEYS, one)], "record.damaged"],
    ["one whose payload does not open", (one) => [put(PAYLOADS, one, new Uint8Array(64))], "record.damaged"],
    [
      "one that is decided to be destroyed",
      (one) => [
        put(DESTRUCTIONS, one, { record: one.scope, intent: { ...one, record: one.scope }, stage: "intended" }),
      ],
      "record.destruction-pending",
    ],
    [
      "one that was destroyed",
      (one) => [
        ...[del(DATA_KEYS, one), del(PAYLOADS, one)],
        put(TOMBSTONES, one, { at: 1, intent: { ...one, record: one.scope } }),
      ],
      "record.destroyed",
    ],
  ];
  for (const [what, spoil, code] of cases)
    it(`are refused with ${what}, as it is alone`, async () => {
      const { reader } = core.records;
      const one = place(1);
      const spoilt = spoil(one);
      const [header, key, payload] = await Promise.all([
        core.store.get(HEADERS, one),
        core.store.get(DATA_KEYS, one),
        core.store.get(PAYLOADS, one),
      ]);
      await core.store.write(spoilt);
      try {
        expect(await codeOf(reader.openAllForUse([place(0), one, place(2)]))).to.equal(code);
        expect(await codeOf(reader.openForUse(one))).to.equal(code);
      } finally {
        const restored = [put(HEADERS, one, header!), put(DATA_KEYS, one, key!), put(PAYLOADS, one, payload!)];
        await core.store.write([...restored, del(DESTRUCTIONS, one), del(TOMBSTONES, one)]);
      }
    });
});
