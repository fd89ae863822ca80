import { expect } from "chai";
import { z } from "zod";
import { bind } from "../../../node/http/bind.ts";
import { defineRoute } from "../../../sdk/client/route.ts";
import { ROUTES } from "../../../sdk/client/routes/all.ts";
import { startHarness, type Harness } from "./harness.ts";

const SECONDS = 30;
const shown = defineRoute({
  id: "shown",
  method: "get",
  path: "/v1/shown",
  tag: "test",
  summary: { zh: "公开", en: "disclosed" },
  access: "public",
  cacheSeconds: SECONDS,
  response: { kind: "json", schema: z.strictObject({ text: z.string() }) },
});

describe("what is disclosed", () => {
  let node: Harness;
  let text = "甲";

  before(async () => {
    node = await startHarness({ bindings: [bind(shown, () => Promise.resolve({ text }))] });
  });
  after(() => node.close());

  const ask = (known?: string) =>
    fetch(new URL("/v1/shown", node.url), known === undefined ? {} : { headers: { "if-none-match": known } });

  it("may be kept by a cache between, and is asked for again by a browser each time", async () => {
    const response = await ask();
    expect(response.status).to.equal(200);
    expect(response.headers.get("cache-control")).to.equal(`public, max-age=0, s-maxage=${SECONDS}, must-revalidate`);
    expect(response.headers.get("etag")).to.match(/^"[A-Za-z0-9_-]{22}"$/);
    expect(await response.json()).to.deep.equal({ text: "甲" });
  });

  it("is not sent again as long as it is the same", async () => {
    const tag = (await ask()).headers.get("etag") ?? "";
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
      const again = await ask(known);
      expect(again.status, known).to.equal(304);
      expect(await again.text()).to.equal("");
      expect(again.headers.get("etag")).to.equal(tag);
    }
    expect((await ask('"other"')).status).to.equal(200);
    text = "乙";
    const changed = await ask(tag);
    expect(changed.status).to.equal(200);
    expect(changed.headers.get("etag")).not.to.equal(tag);
  });

  it("is public and answers JSON; nothing else is ever kept", () => {
    const kept = ROUTES.filter(({ cacheSeconds }) => cacheSeconds !== undefined);
    expect(kept.map(({ id }) => id)).to.include.members(["listProjects", "showProject", "listResources", "getSchema"]);
    for (const { id, access, method, response } of kept)
      expect([access, method, response.kind], id).to.deep.equal(["public", "get", "json"]);
  });
});
