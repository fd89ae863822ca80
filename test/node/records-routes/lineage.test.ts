import { expect } from "chai";
import { changeStatus, getEvidence, getRecord } from "../../../sdk/client/routes/records.ts";
import { affectedCertificates } from "../../../sdk/families/credit-penalty.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { parseEvidence } from "../../../sdk/protocol/evidence.ts";
import { CERTIFICATE_KEYS, CERTIFICATES } from "../../../node/storage/keyspaces.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { outcomeOf, verifyAt } from "../../support/verifying.ts";
import { startTestNode, type TestNode } from "../support/nodes.ts";
import { certificateOf, penaltyOn, proposalOf, publishOver, renewed, submitTo, summary } from "../support/resources.ts";

const LATER = { timeoutMs: 20_000 };

describe("parents that documents name", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let provider: TestNode;
  let authority: TestNode;
  let certificates: { readonly id: Hex; readonly scope: Hex };
  let penalties: { readonly id: Hex; readonly scope: Hex };
  let codes = 0;
  let next = 0;

  before(async () => {
    ledger = await startLedger();
    provider = await startTestNode({ ledger, department: ledger.provider });
    authority = await startTestNode({ ledger, department: ledger.authority });
  });
  beforeEach(async () => {
    const open = { shareClass: "unconditional", personal: false } as const;
    const publish = (changes: Parameters<typeof proposalOf>[1]) =>
      publishOver({ provider, authority }, proposalOf(ledger.provider, { code: `r-${++codes}`, ...open, ...changes }));
    certificates = await publish({});
    penalties = await publish({ family: "credit-penalty/1", name: "行政处罚" });
  });
  after(async () => {
    for (const node of [provider, authority]) await node.stop();
    await ledger.stop();
  });

  const submit = async (id: Hex, ...documents: readonly object[]) => summary(await submitTo(provider, id, documents));
  /** The parents of a final record, as its evidence discloses them. */
  const parentsOf = async (scope: Hex, seq: number) => {
    await provider.node.core.records.waitFor(scope, seq, "final", LATER);
    const query = { parents: "true" } as const;
    const evidence = await provider.client().call(getEvidence, { params: { scope, seq }, query });
    const report = await verifyAt(ledger, parseEvidence(evidence));
    expect(outcomeOf(report, "record")).to.match(/^pass /);
    return (
      parseEvidence(evidence).parents?.disclosed.map((parent) => [parent.relation, parent.scope, parent.seq]) ?? []
    );
  };

  describe("a certificate's predecessor", () => {
    it("is superseded, and dead once its successor is anchored", async () => {
      const first = certificateOf(next++);
      const { id, scope } = certificates;
      expect(await submit(id, first, certificateOf(next++))).to.deep.equal(["accepted 0", "accepted 1"]);
      expect(await submit(id, renewed(first))).to.deep.equal(["accepted 2"]);
      expect(await parentsOf(scope, 2)).to.deep.equal([["supersedes", scope, 0]]);
      const view = await ledger.connection.view("latest");
      expect(await view.currentState(scope, 0)).to.equal("superseded");
      expect(await view.currentState(scope, 2)).to.equal("active");
    });

    it("may come in the same body, and a whole chain of them", async () => {
      const first = certificateOf(next++);
      const second = renewed(first);
      const third = renewed(second);
      expect(await submit(certificates.id, first, second, third)).to.deep.equal([
        "accepted 0",
        "accepted 1",
        "accepted 2",
      ]);
      expect(await parentsOf(certificates.scope, 2)).to.deep.equal([["supersedes", certificates.scope, 1]]);
      // Sent again, each is the record it became.
      expect(await submit(certificates.id, third, first, second)).to.deep.equal([
        "duplicate 2",
        "duplicate 0",
        "duplicate 1",
      ]);
    });

    it("may have had another certificate number", async () => {
      const first = certificateOf(next++);
      const second = renewed(first, { certificateNumber: `${first.certificateNumber}-2` });
      expect(await submit(certificates.id, first, second)).to.deep.equal(["accepted 0", "accepted 1"]);
      expect(await parentsOf(certificates.scope, 1)).to.deep.equal([["supersedes", certificates.scope, 0]]);
    });

    it("must be a record of the same resource", async () => {
      const first = certificateOf(next++);
      const other = certificates;
      const body = proposalOf(ledger.provider, { code: `r-${++codes}` });
      certificates = await publishOver({ provider, authority }, body);
      expect(await submit(other.id, first)).to.deep.equal(["accepted 0"]);
      expect(await submit(certificates.id, renewed(first))).to.deep.equal(["refused parent.predecessor-unknown"]);
      expect(await provider.node.core.records.count(certificates.scope)).to.equal(0);
    });

    it("is replaced once", async () => {
      const first = certificateOf(next++);
      const again = renewed(first, { certificateNumber: `${first.certificateNumber}-3` });
      expect(await submit(certificates.id, first, renewed(first), again)).to.deep.equal([
        "accepted 0",
        "accepted 1",
        "refused subject.superseded",
      ]);
    });

    it("that is not known does not hide the document's other faults", async () => {
      const document = { ...renewed(certificateOf(next++)), status: "02" };
      expect(await submit(certificates.id, document)).to.deep.equal(["refused record.findings"]);
      const odd = { ...certificateOf(next++), predecessor: 7 };
      expect(await submit(certificates.id, odd)).to.deep.equal(["refused record.schema"]);
    });

    it("is found after a restart", async () => {
      const first = certificateOf(next++);
      expect(await submit(certificates.id, first)).to.deep.equal(["accepted 0"]);
      await provider.restart();
      expect(await submit(certificates.id, renewed(first))).to.deep.equal(["accepted 1"]);
    });
  });

  describe("a penalty", () => {
    it("quotes the certificates that it suspends and this node holds", async () => {
      const [held, alien] = [certificateOf(next++), certificateOf(next++)];
      const penalty = penaltyOn(1, [held, alien]);
      expect(affectedCertificates(penalty)).to.have.length(2);
      expect(await submit(certificates.id, held)).to.deep.equal(["accepted 0"]);
      expect(await submit(penalties.id, penalty)).to.deep.equal(["accepted 0"]);
      expect(await parentsOf(penalties.scope, 0)).to.deep.equal([["quotes", certificates.scope, 0]]);
    });

    it("outlives the certificate", async () => {
      const held = certificateOf(next++);
      await submit(certificates.id, held);
      await submit(penalties.id, penaltyOn(2, [held]));
      await parentsOf(penalties.scope, 0);
      await provider.client().call(changeStatus, {
        params: { scope: certificates.scope, seq: 0 },
        body: { state: "withdrawn", reason: 1 },
      });
      const query = { parents: "true" } as const;
      const params = { scope: penalties.scope, seq: 0 };
      const evidence = await provider.client().call(getEvidence, { params, query });
      expect(outcomeOf(await verifyAt(ledger, parseEvidence(evidence)), "status")).to.equal(
        "pass status.parent-dead-warning",
      );
    });

    it("without a certificate of this node has no parents", async () => {
      const unnamed = { ...penaltyOn(4, []), affectedLicence: "营业执照 990100000000001" };
      expect(await submit(penalties.id, penaltyOn(3, [certificateOf(next++)]), unnamed)).to.deep.equal([
        "accepted 0",
        "accepted 1",
      ]);
      expect(await parentsOf(penalties.scope, 0)).to.deep.equal([]);
      expect(await parentsOf(penalties.scope, 1)).to.deep.equal([]);
    });

    it("is the same record when it is sent again after its certificate", async () => {
      const held = certificateOf(next++);
      const penalty = penaltyOn(5, [held]);
      expect(await submit(penalties.id, penalty)).to.deep.equal(["accepted 0"]);
      expect(await submit(certificates.id, held)).to.deep.equal(["accepted 0"]);
      expect(await submit(penalties.id, penalty)).to.deep.equal(["duplicate 0"]);
    });
  });

  it("leave no identifier in the clear in the index", async () => {
    const document = certificateOf(next++);
    await submit(certificates.id, document);
    const { store } = provider.node.core;
    const place = { scope: certificates.scope, seq: 0 };
    const digest = await store.get(CERTIFICATE_KEYS, place);
    expect(digest).to.have.length(32);
    expect(await store.get(CERTIFICATES, { scope: certificates.scope, digest: digest ?? new Uint8Array() })).to.equal(
      0,
    );
    const { state } = await provider.client().call(getRecord, { params: place });
    expect(state).to.be.a("string");
  });
});
