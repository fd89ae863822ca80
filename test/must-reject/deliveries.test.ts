import { generateKeyPairSync } from "node:crypto";
import { revokeAgreementCall } from "../../sdk/chain/agreement-calls.ts";
import { addKeyCall, endKeyCall } from "../../sdk/chain/department-calls.ts";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { Evidence, Grant } from "../../sdk/protocol/evidence.ts";
import type { Policy } from "../../sdk/verify/report.ts";
import type { FindingCode } from "../../sdk/verify/codes.ts";
import {
  deliver,
  grantOf,
  makeAgreement,
  signTerms,
  exchangeKey,
  someHash,
  type DeliverOptions,
  type TestAgreement,
} from "../support/deliveries.ts";
import type { TestLedger } from "../support/ledger.ts";
import { evidenceOf, licence, LICENCE_SCHEMA, type TestRecord } from "../support/records.ts";
import { AUTHENTIC } from "../support/verifying.ts";
import { startWorld, type World } from "./world.ts";
import { countsCases } from "../faults/tally.ts";

const DAY = 86_400;

describe("must reject: a delivery", function () {
  this.timeout(40_000);
  countsCases("forgeries");

  let world: World;
  let ledger: TestLedger;
  let resource: Hex;
  let records: readonly TestRecord[];
  let agreement: TestAgreement;
  let use: Policy;

  before(async () => {
    world = await startWorld();
    ledger = world.ledger;
    const published = await ledger.publish({ provider: ledger.provider, code: "licence", schema: LICENCE_SCHEMA });
    resource = published.resource;
    records = await world.anchor({ ...published, documents: [1, 2, 3].map(licence) });
    agreement = await agree();
    ledger.advance(100);
    use = { name: "use", as: ledger.consumer.uscc, purpose: agreement.purpose };
  });
  after(() => world.stop());

  const agree = (changes: Partial<Parameters<typeof makeAgreement>[1]> = {}) => {
    const { provider, consumer } = ledger;
    return makeAgreement(ledger, { provider, consumer, resource, patterns: [["holder"], ["scopes", "*"]], ...changes });
  };
  const handOver = (changes: Partial<DeliverOptions> = {}): Evidence =>
    deliver(ledger, { agreement, records, ...changes })[0]!;
  const refuses = (file: Evidence, code: FindingCode, policy = use) =>
    world.refuses({ file, policy, check: code.split(".")[0] as "authorization" | "audience" | "receipt", code }); // Each code begins with its check's name.

  it("and verify an honest one, by its consumer for its purpose", async () => {
    await world.verifies({ file: handOver(), policy: use });
    await world.verifies({ file: handOver() });
  });

  it("another consumer, and another purpose", async () => {
    await refuses(handOver(), "audience.consumer", { ...use, as: ledger.stranger.uscc } as Policy);
    await refuses(handOver(), "audience.purpose", { ...use, purpose: "marketing" } as Policy);
  });

  it("that was cut out, under every policy", async () => {
    const { delivery: _delivery, ...bare } = handOver();
    await refuses(bare, "authorization.delivery-missing");
    await refuses(bare, "audience.no-delivery");
    await refuses(bare, "receipt.no-delivery");
    await refuses(bare, "authorization.delivery-missing", AUTHENTIC);
  });

  it("pasted onto another record, of the same batch and of another", async () => {
    const { delivery } = handOver({ records: records.slice(0, 1) });
    const pasted = { ...evidenceOf(records[2]!, { patterns: agreement.patterns }), delivery: delivery! };
    await refuses(pasted, "authorization.package");
    await refuses(pasted, "authorization.package", AUTHENTIC);
    const open = { ...evidenceOf(await world.one(), { patterns: agreement.patterns }), delivery: delivery! };
    await refuses(open, "authorization.package", AUTHENTIC);
  });

  it("pasted onto another purpose or consumer", async () => {
    const good = handOver();
    const saying = (terms: Partial<NonNullable<Evidence["delivery"]>["terms"]>): Evidence => ({
      ...good,
      delivery: { ...good.delivery!, terms: { ...good.delivery!.terms, ...terms } },
    });
    const marketing = { ...use, purpose: "marketing" } as Policy;
    await refuses(saying({ purpose: "marketing" }), "receipt.signature", marketing);
    await refuses(saying({ purpose: "marketing" }), "authorization.document-terms", marketing);
    const stranger = { ...use, as: ledger.stranger.uscc } as Policy;
    await refuses(saying({ consumer: ledger.stranger.uscc }), "authorization.parties", stranger);
    await refuses(saying({ consumer: ledger.stranger.uscc }), "receipt.signature", stranger);
    // Signed by both for another purpose than the application's.
    await refuses(handOver({ terms: { purpose: "marketing" } }), "authorization.document-terms", marketing);
  });

  it("of another number, time, request or ledger than was signed", async () => {
    const good = handOver();
    const { delivery } = good;
    for (const change of [{ k: 1 }, { at: ledger.now - 1 }, { requestDigest: someHash(1) }])
      await refuses(
        { ...good, delivery: { ...delivery!, terms: { ...delivery!.terms, ...change } } },
        "receipt.signature",
      );
    await refuses(handOver({ terms: { ledger: someHash(2) } }), "authorization.ledger");
    await refuses(handOver({ k: 8 }), "authorization.not-reserved");
    await refuses(handOver({ terms: { at: ledger.now + 301 } }), "authorization.time");
  });

  it("under an agreement that expired", async () => {
    const brief = await agree({ days: 1 });
    ledger.advance(2 * DAY);
    await refuses(handOver({ agreement: brief }), "authorization.not-in-force");
  });

  it("under an agreement that was revoked, and not one made before", async () => {
    const short = await agree();
    const before = handOver({ agreement: short });
    ledger.advance(10);
    await ledger.send(ledger.provider, revokeAgreementCall({ agreement: short.id, reason: 1 }));
    await refuses(handOver({ agreement: short }), "authorization.not-in-force");
    await world.verifies({ file: before, policy: use });
  });

  it("under the agreement of others, or about another resource, or none", async () => {
    const strangers = await agree({ consumer: ledger.stranger });
    await refuses(handOver({ agreement: { ...strangers, consumer: ledger.consumer } }), "authorization.parties");
    const other = await ledger.publish({ provider: ledger.provider, code: "elsewhere", schema: LICENCE_SCHEMA });
    await refuses(handOver({ agreement: await agree({ resource: other.resource }) }), "authorization.parties");
    await refuses(handOver({ terms: { agreement: someHash(1) } }), "authorization.agreement-unknown");
  });

  it("of a disclosed set wider than granted, even one that both signed", () =>
    refuses(handOver({ patterns: [["holder"], ["capital"]] }), "authorization.beyond-grant"));

  it("of fewer claims than were handed over", async () => {
    const good = handOver();
    const less = evidenceOf(records[0]!, { patterns: [["holder"]] });
    await refuses({ ...less, delivery: good.delivery! }, "authorization.package");
  });

  it("with another application, or one that was widened", async () => {
    const good = handOver();
    const other = await agree({ patterns: [["capital"]] });
    const granted = (grant: Grant): Evidence => ({ ...good, delivery: { ...good.delivery!, grant } });
    await refuses(granted(other.grant), "authorization.document");
    const { header, claims } = grantOf(agreement.application);
    const disclosed = claims.disclosed.map((claim) =>
      claim.path[0] === "fields" ? { ...claim, value: '["capital"]' } : claim,
    );
    await refuses(granted({ header, claims: { ...claims, disclosed } }), "authorization.document-claims");
  });

  it("without the consumer's signature, or with each other's", async () => {
    await refuses(handOver({ countersigned: false }), "receipt.countersignature-missing");
    const good = handOver();
    const { provider, consumer } = good.delivery!;
    await refuses(
      { ...good, delivery: { ...good.delivery!, provider: consumer!, consumer: provider } },
      "receipt.key-party",
    );
    const own = signTerms(good.delivery!.terms, exchangeKey(ledger.consumer));
    const disguised = { ...own, key: provider.key };
    await refuses({ ...good, delivery: { ...good.delivery!, provider: disguised } }, "receipt.signature");
  });

  it("signed by a key that was rotated out, and not one signed before", async () => {
    const { provider } = ledger;
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const material = toHex(publicKey.export({ format: "der", type: "spki" }).subarray(12));
    await ledger.send(provider, addKeyCall({ algorithm: "ed25519", material }));
    const index = (await (await ledger.connection.view()).keyCount(provider.uscc)) - 1;
    ledger.advance(100);
    const providerKey = { id: `${provider.uscc}/${index}`, key: privateKey };
    const early = handOver({ providerKey });
    ledger.advance(100);
    await ledger.send(provider, endKeyCall({ index }));
    await refuses(handOver({ providerKey }), "receipt.key-untrusted");
    await world.verifies({ file: early, policy: use });
  });
});
