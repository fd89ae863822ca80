import { expect } from "chai";
import { evidenceJson, type Evidence } from "../../../sdk/protocol/evidence.ts";
import { utf8 } from "../../../sdk/protocol/bytes.ts";
import type { Json } from "../../../sdk/protocol/json.ts";
import type { Policy, Report } from "../../../sdk/verify/report.ts";
import { verifyEvidences } from "../../../sdk/verify/verify.ts";
import { deliver, makeAgreement } from "../../support/deliveries.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { anchorBatch, licence, LICENCE_SCHEMA, parentOf } from "../../support/records.ts";
import { AUTHENTIC, changedAt, leafPaths, troubles, trustOf, type Step } from "../../support/verifying.ts";

/** One change of a value that keeps its type and, where it can, its form: a digit of a hash, one more, the other truth. */
function altered(value: Json): Json {
  switch (typeof value) {
    case "number":
      return value + 1;
    case "boolean":
      return !value;
    case "string":
      return value.startsWith("0x") ? `${value.slice(0, -1)}${value.endsWith("0") ? "1" : "0"}` : alteredText(value);
    default:
      return "";
  }
}

function alteredText(text: string): string {
  const middle = Math.floor(text.length / 2);
  const replacement = text.charAt(middle) === "A" ? "B" : "A";
  return text.slice(0, middle) + replacement + text.slice(middle + 1);
}

describe("verifyEvidence: every value of a file is covered", function () {
  this.timeout(20_000);

  let ledger: TestLedger;
  let evidence: Evidence;
  let use: Policy;
  let file: Json;

  before(async function () {
    this.timeout(30_000);
    ledger = await startLedger();
    const { provider, consumer } = ledger;
    const { resource, scope } = await ledger.publish({ provider, code: "licence", schema: LICENCE_SCHEMA });
    const batch = { department: provider, scope, resource, kind: "certificate", schema: LICENCE_SCHEMA };
    const [parent] = await anchorBatch(ledger, { ...batch, documents: [licence(0)] });
    const parents = [parentOf(parent!, "derivedFrom"), parentOf(parent!, "quotes"), parentOf(parent!, "attests")];
    const records = await anchorBatch(ledger, {
      ...batch,
      documents: [1, 2, 3, 4, 5].map(licence),
      parents,
      issuedBefore: 60,
    });
    const agreement = await makeAgreement(ledger, {
      provider,
      consumer,
      resource,
      patterns: [["holder"], ["scopes", "*"], ["remarks"], ["note"]],
    });
    const found = deliver(ledger, { agreement, records: records.slice(1, 4), k: 3, parents: [0, 2] })[1];
    evidence = found!;
    file = evidenceJson(evidence);
    use = { name: "use", as: consumer.uscc, purpose: agreement.purpose };
  });

  after(() => ledger.stop());

  const verify = (values: readonly Json[], policy: Policy): Promise<readonly Report[]> =>
    verifyEvidences(
      values.map((value) => ({ evidence: utf8(JSON.stringify(value)), policy })),
      { connections: [ledger.connection], trust: trustOf(ledger), now: ledger.now },
    );

  const survivors = async (
    paths: readonly (readonly Step[])[],
    change: (old: Json) => Json | undefined,
    policy: Policy,
  ): Promise<string[]> => {
    const reports = await verify(
      paths.map((path) => changedAt(file, path, change)),
      policy,
    );
    return reports.flatMap((report, i) =>
      report.verdict === "rejected"
        ? []
        : [`${paths[i]?.join(".")} → ${report.verdict} ${troubles(report).join("; ")}`],
    );
  };

  it("verifies the untouched file under both policies", async () => {
    for (const policy of [use, AUTHENTIC]) {
      const [report] = await verify([file], policy);
      expect(troubles(report!)).to.deep.equal([]);
      expect(report!.verdict).to.equal("verified");
    }
  });

  it("rejects a change of any value", async function () {
    this.timeout(120_000);
    const paths = leafPaths(file);
    expect(paths.length).to.be.greaterThan(150);
    expect(await survivors(paths, altered, use)).to.deep.equal([]);
  });

  it("rejects a change of any value of the delivery under the policy that did not ask for one", async function () {
    this.timeout(120_000);
    const paths = leafPaths(file).filter(([part]) => part === "delivery");
    expect(await survivors(paths, altered, AUTHENTIC)).to.deep.equal([]);
  });

  it("rejects the loss of any value", async function () {
    this.timeout(120_000);
    expect(await survivors(leafPaths(file), () => undefined, use)).to.deep.equal([]);
  });

  it("rejects one more member anywhere", async function () {
    this.timeout(120_000);
    const objects = new Set(leafPaths(file).flatMap((path) => path.map((_, i) => JSON.stringify(path.slice(0, i)))));
    const paths = [...objects].map((text) => JSON.parse(text) as Step[]); // What was just written.
    const grown = (old: Json): Json =>
      Array.isArray(old)
        ? [...(old as readonly Json[]), old[0] ?? null]
        : { ...(old as Record<string, Json>), extra: 1 };
    expect(await survivors(paths, grown, use)).to.deep.equal([]);
  });
});
