import { expect } from "chai";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import type { Parent } from "../../../sdk/protocol/parents.ts";
import { isRefusal, type AcceptedRecord } from "../../../node/records/model.ts";
import { makeDepartment, type TestDepartment } from "../../support/ledger.ts";
import { startPair, type Pair } from "../deliveries/fixture.ts";
import { certificate } from "../support/core.ts";
import { hash32 } from "./histories.ts";
import { trace, type Place } from "./fixture.ts";

const HOUR = 3600;
/** Longer than the test: the provider's records are sealed when the test says so. */
const NEVER_MS = 100_000_000;

describe("a link whose ends do not fit", function () {
  this.timeout(120_000);
  let pair: Pair;
  let oversight: TestDepartment;
  let children = 0;
  before(async () => {
    pair = await startPair({ provider: { tunables: { anchoring: { sealAfterMs: NEVER_MS } } } });
    oversight = makeDepartment(9, "监督");
    await pair.ledger.admit(oversight, "oversight");
    await pair.consumer.node.core.openJournal();
  });
  after(() => pair.stop());

  /** A record of the provider that is durable and not yet in a batch. */
  async function add(number: string): Promise<AcceptedRecord> {
    const [made] = await pair.provider.node.core.records.accept(pair.scope, [{ document: certificate(number) }]);
    if (made === undefined || isRefusal(made)) throw made?.error ?? new TypeError("a result for each input");
    return made;
  }

  async function anchor(seq: number): Promise<void> {
    const { anchoring, records } = pair.provider.node.core;
    anchoring.hurry(pair.scope);
    await records.waitFor(pair.scope, seq, "final", { timeoutMs: 30_000 });
  }

  /** A record of the consumer, anchored, that names a record of the provider as its source. */
  async function childOf(seq: number, record: Hex): Promise<Place> {
    const { ledger, consumer, scope } = pair;
    const { records, journal } = consumer.node.core;
    const document = { action: "test", subject: String(children++), key: `${ledger.consumer.uscc}/1` };
    const parents: Parent[] = [{ ledger: ledger.ledger, scope, seq, record, relation: "derivedFrom" }];
    const [made] = await records.accept(journal, [{ kind: "operation", document, parents }]);
    if (made === undefined || isRefusal(made)) throw made?.error ?? new TypeError("a result for each input");
    await records.waitFor(journal, made.seq, "final", { timeoutMs: 30_000 });
    return { scope: journal, seq: made.seq };
  }

  const linkOf = async (start: Place) => {
    const { links } = await trace(pair, oversight, { start, direction: "up", depth: 1 });
    expect(links).to.have.length(1);
    return links[0]!;
  };

  it("is reported late when the source was anchored after what was made from it, by how much", async () => {
    const { seq, record } = await add("A-1");
    const child = await childOf(seq, record);
    pair.ledger.advance(HOUR);
    await anchor(seq);
    const { outcome, findings } = await linkOf(child);
    expect(outcome).to.equal("link.proven");
    const late = findings.find(({ code }) => code === "link.parent-late");
    expect(late?.values["seconds"]).to.be.at.least(HOUR);
    // The same source named afterwards is not late.
    const after = await linkOf(await childOf(seq, record));
    expect(after.findings.map(({ code }) => code)).not.to.include("link.parent-late");
  });

  it("is a mismatch when another record stands at the number than the one named", async () => {
    const { seq } = await add("A-2");
    await anchor(seq);
    const { outcome, findings } = await linkOf(await childOf(seq, hash32("another record")));
    expect([outcome, findings]).to.deep.equal(["link.mismatch", []]);
  });
});
