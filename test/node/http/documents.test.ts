import { expect } from "chai";
import { Validator } from "@cfworker/json-schema";
import { ROUTES } from "../../../sdk/client/routes/all.ts";
import { chainErrorTexts } from "../../../sdk/chain/errors.ts";
import { protocolErrorTexts } from "../../../sdk/protocol/protocol-error.ts";
import { agreementErrorTexts } from "../../../node/agreements/errors.ts";
import { catalogueErrorTexts } from "../../../node/catalogue/errors.ts";
import { senderErrorTexts } from "../../../node/chain/errors.ts";
import { deliveryErrorTexts } from "../../../node/deliveries/errors.ts";
import { destructionErrorTexts } from "../../../node/destruction/errors.ts";
import { exchangeErrorTexts } from "../../../node/exchange/errors.ts";
import { httpErrorTexts } from "../../../node/http/errors.ts";
import { openApiDocument } from "../../../node/http/openapi.ts";
import { docsPage, problemsPage } from "../../../node/http/pages.ts";
import { statusOf } from "../../../node/http/status.ts";
import { recordErrorTexts } from "../../../node/records/errors.ts";
import { storageErrorTexts } from "../../../node/storage/errors.ts";

describe("what a node says about its own interface", () => {
  const document = JSON.parse(JSON.stringify(openApiDocument({ routes: ROUTES, version: "1.2.3" }))) as {
    openapi: string;
    paths: Record<
      string,
      Record<string, { operationId: string; parameters?: { name: string; in: string }[]; security?: unknown[] }>
    >;
    components: { schemas: Record<string, unknown> };
  };

  it("names every route once, by method and path and by id", () => {
    const routes = ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(routes).size).to.equal(routes.length);
    expect(new Set(ROUTES.map(({ id }) => id)).size).to.equal(ROUTES.length);
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    expect(operations.map(({ operationId }) => operationId).sort()).to.deep.equal(ROUTES.map(({ id }) => id).sort());
  });

  it("is OpenAPI 3.1 whose path parameters are all declared and whose references all resolve", () => {
    expect(document.openapi).to.equal("3.1.0");
    for (const [path, methods] of Object.entries(document.paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const operation of Object.values(methods)) {
        const declared = (operation.parameters ?? [])
          .filter((parameter) => parameter.in === "path")
          .map(({ name }) => name);
        expect(declared.sort(), path).to.deep.equal(named.sort());
      }
    }
    for (const [, reference] of JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      expect(document.components.schemas).to.have.property(reference ?? "");
    }
    expect(JSON.stringify(document)).not.to.include("#/$defs/");
  });

  it("demands a signature exactly where a route is not public", () => {
    for (const route of ROUTES) {
      const operation = document.paths[route.path.replace(/:(\w+)/g, "{$1}")]?.[route.method];
      expect(operation?.security !== undefined, route.id).to.equal(route.access !== "public");
    }
  });

  it("has usable schemas: the problem schema tells a problem from anything else", () => {
    const validator = new Validator(document.components.schemas["Problem"] as object, "2020-12");
    const problem = {
      type: "/problems#x",
      title: "x",
      status: 400,
      detail: "d",
      remedy: "r",
      code: "x",
      values: {},
      requestId: "1",
    };
    expect(validator.validate(problem).valid).to.equal(true);
    expect(validator.validate({ ...problem, status: "400" }).valid).to.equal(false);
  });

  it("gives every code of every layer a status, and every problem that a route names a line", () => {
    const catalogues = [
      httpErrorTexts,
      exchangeErrorTexts,
      agreementErrorTexts,
      deliveryErrorTexts,
      catalogueErrorTexts,
      destructionErrorTexts,
      recordErrorTexts,
      senderErrorTexts,
      storageErrorTexts,
      chainErrorTexts,
      protocolErrorTexts,
    ];
    for (const code of catalogues.flatMap(Object.keys)) expect(statusOf(code), code).to.be.a("number");
    for (const route of ROUTES) for (const code of route.problems ?? []) expect(statusOf(code), code).to.be.a("number");
    expect(statusOf("nobody.knows-this")).to.equal(undefined);
  });

  it("is readable without anything from elsewhere", () => {
    for (const html of [docsPage(ROUTES), problemsPage([httpErrorTexts])]) {
      expect(html).not.to.match(/(?:src|href)="(?!\/|#)/);
      expect(html).not.to.include("<script");
      expect(html)
        .to.match(/[\u4e00-\u9fff]/)
        .and.to.match(/lang="en"/);
    }
    for (const { id } of ROUTES) expect(docsPage(ROUTES)).to.include(`id="${id}"`);
    for (const code of Object.keys(httpErrorTexts)) expect(problemsPage([httpErrorTexts])).to.include(`id="${code}"`);
  });
});
