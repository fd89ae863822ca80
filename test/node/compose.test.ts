import { expect } from "chai";
import { ROUTES } from "../../sdk/client/routes/all.ts";
import { startLedger, type TestLedger } from "../support/ledger.ts";
import { startTestNode, type TestNode } from "./support/nodes.ts";

describe("a composed node", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let node: TestNode;

  before(async () => {
    ledger = await startLedger();
    node = await startTestNode({ ledger, department: ledger.provider });
  });
  after(async () => {
    await node.stop();
    await ledger.stop();
  });

  for (const route of ROUTES) {
    it(`serves ${route.id}${route.access === "public" ? "" : " and wants a signature"}`, async () => {
      const hash = `0x${"11".repeat(32)}`;
      const path = route.path
        .replace(":scope", hash)
        .replace(":agreement", hash)
        .replace(":digest", hash)
        .replace(":record", hash)
        .replace(":id", route.path.startsWith("/v1/departments") ? ledger.provider.uscc : hash)
        .replace(":name", "someone")
        .replace(":lot", "1")
        .replace(/:(seq|k|index)/g, "0");
      // A query that the route cannot do without is looked at before the signature.
      const query = route.id === "findStage" ? "?subject=dataset:x" : "";
      const response = await fetch(node.url + path + query, { method: route.method.toUpperCase() });
      const text = await response.text();
      if (route.access === "public") {
        expect(text).not.to.include('"http.not-found"');
        expect(response.status, text).to.be.oneOf([200, 404]);
      } else {
        const { code } = JSON.parse(text) as { code: string };
        const missing = route.access === "operator" ? "session.missing" : "signature.missing";
        expect([response.status, code]).to.deep.equal([401, missing]);
      }
    });
  }

  it("serves no route that is not defined", async () => {
    const paths = ((await (await fetch(`${node.url}/openapi.json`)).json()) as { paths: Record<string, object> }).paths;
    const served = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(served.sort()).to.deep.equal(
      ROUTES.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`).sort(),
    );
  });
});
