import { generateKeyPairSync, sign } from "node:crypto";
import { expect } from "chai";
import { addKeyCall } from "../../../sdk/chain/department-calls.ts";
import { destroyRecord, getDestruction } from "../../../sdk/client/routes/destruction.ts";
import { recallList } from "../../../sdk/client/routes/lineage-recalls.ts";
import { getEvidence, getRecord } from "../../../sdk/client/routes/records.ts";
import { toBase64Url, toHex } from "../../../sdk/protocol/bytes.ts";
import { intentBytes } from "../../../sdk/protocol/destruction.ts";
import type { Evidence } from "../../../sdk/protocol/evidence.ts";
import type { Policy, Verdict } from "../../../sdk/verify/report.ts";
import { verifyEvidence } from "../../../sdk/verify/verify.ts";
import { codeOf, trustOf } from "../support/nodes.ts";
import {
  addCertificates,
  agree,
  deliveriesOf,
  obtain,
  PURPOSE,
  received,
  settle,
  startPair,
  type Pair,
} from "./fixture.ts";
import { countsCases } from "../../faults/tally.ts";

describe("a record that was handed out and then destroyed", function () {
  this.timeout(120_000);
  countsCases("destruction");
  let pair: Pair;

  before(async () => (pair = await startPair()));
  after(() => pair.stop());

  const verdictOf = async (evidence: Evidence, policy: Policy): Promise<Verdict> => {
    const { ledger } = pair;
    const trust = trustOf(ledger);
    const report = await verifyEvidence(
      { evidence, policy },
      { connections: [ledger.connection], trust, now: ledger.now },
    );
    return report.verdict;
  };

  /** Decided by two people of the provider, to its end. */
  const destroy = async (seq: number): Promise<void> => {
    const { ledger, provider, scope } = pair;
    const { privateKey: second, publicKey } = generateKeyPairSync("ed25519");
    const material = toHex(publicKey.export({ format: "der", type: "spki" }).subarray(12));
    await ledger.send(ledger.provider, addKeyCall({ algorithm: "ed25519", material }));
    const params = { scope, seq };
    const { record } = await provider.client().call(getRecord, { params });
    const decision = { reason: "retention-over", at: ledger.now };
    const bytes = intentBytes({ ledger: ledger.ledger, ...params, record, ...decision });
    const approvals = [ledger.provider.exchange, second].map((key, i) => ({
      key: `${ledger.provider.uscc}/${i + 1}`,
      signature: toBase64Url(sign(null, bytes, key)),
    }));
    await provider.client().call(destroyRecord, { params, body: { ...decision, approvals } });
    while ((await provider.client().call(getDestruction, { params })).state !== "complete")
      await new Promise((resolve) => setTimeout(resolve, 10));
  };

  it("is listed with every copy, the copies verify, and so do the records beside it", async () => {
    const { ledger, provider, consumer, scope } = pair;
    const [seq = 0] = await addCertificates(pair, ["A-1", "A-2"]);
    const id = await agree(pair);
    for (let k = 0; k < 2; k++) expect((await obtain(pair, id, ["A-1"])).k).to.equal(k);
    await settle(pair, id);
    await destroy(seq);

    const client = provider.client();
    expect(await codeOf(client.call(getEvidence, { params: { scope, seq } }))).to.equal("record.destroyed");
    expect(await codeOf(obtain(pair, id, ["A-1"]))).to.equal("peer.refused");

    expect((await deliveriesOf(provider, id)).map(({ k, state }) => [k, state])).to.deep.include.members([
      [0, "acknowledged"],
      [1, "acknowledged"],
    ]);
    const { recipients } = await client.call(recallList, { params: { scope, seq } });
    const [recipient, ...others] = recipients as {
      department: string;
      deliveries: { agreement: string; k: number }[];
    }[]; // A recall list's.
    expect(others).to.deep.equal([]);
    expect(recipient?.department).to.equal(ledger.consumer.uscc);
    expect(recipient?.deliveries.map(({ agreement, k }) => [agreement, k]).sort()).to.deep.equal([
      [id, 0],
      [id, 1],
    ]);

    const use: Policy = { name: "use", as: consumer.department.uscc, purpose: PURPOSE };
    for (const k of [0, 1]) expect(await verdictOf(await received(pair, id, k), use)).to.equal("verified");
    // Of the same batch, and still there.
    await obtain(pair, id, ["A-2"]);
    expect(await verdictOf(await received(pair, id, 2), use)).to.equal("verified");
  });
});
