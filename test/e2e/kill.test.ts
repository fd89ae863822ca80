import { expect } from "chai";
import { SuyuanClient } from "../../sdk/client/client.ts";
import { openKeystore } from "../../sdk/client/keystore.ts";
import { listBatches } from "../../sdk/client/routes/records.ts";
import { demoDepartments } from "../../sdk/families/demo-departments.ts";
import { resourceId, resourceScope } from "../../sdk/protocol/anchor.ts";
import { readFileSync } from "node:fs";
import { Evaluation } from "./evaluation.ts";

const CERTIFICATES = 1000;

describe("npm start, killed in the middle of ingest", function () {
  this.timeout(300_000);
  let evaluation: Evaluation;
  before(async () => {
    evaluation = await Evaluation.create();
  });
  after(async () => {
    await evaluation.stop();
    evaluation.remove();
  });

  it("has every acknowledged record once, anchored once, after the next start", async () => {
    await evaluation.start("synthetic data written");
    // The first group of certificates is on its way when the line above is printed.
    await evaluation.killAll();
    await evaluation.start("Serving");

    const { uscc } = demoDepartments.marketRegulation;
    const keystore = await openKeystore({
      path: evaluation.path("market-regulation/keystore.json"),
      password: readFileSync(evaluation.path("market-regulation/keystore-password"), "utf8").trim(),
    });
    const client = new SuyuanClient({
      baseUrl: `http://127.0.0.1:${evaluation.port + 10}`,
      signer: { keyId: `${uscc}/1`, sign: (bytes) => keystore.exchange.sign(bytes) },
    });
    const scope = resourceScope(resourceId(uscc, "business-licence"));
    const { batches } = await client.call(listBatches, { params: { scope }, query: { limit: 1000 } });
    let next = 0;
    for (const { first, count, transaction } of batches) {
      expect(first).to.equal(next);
      expect(transaction).to.be.a("string");
      next += count;
    }
    // Sent again after the kill, an accepted document is a duplicate: the thousand stay a thousand.
    expect(next).to.equal(CERTIFICATES);
  });
});
