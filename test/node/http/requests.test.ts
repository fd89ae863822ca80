import { expect } from "chai";
import { utf8 } from "../../../sdk/protocol/bytes.ts";
import { contentDigestOf } from "../../../sdk/client/signature.ts";
import { MAXIMUM_BODY_BYTES, MAXIMUM_RECORDS_BYTES } from "../../../node/http/bodies.ts";
import { newKey, OTHER, startHarness, trust, type Harness } from "./harness.ts";
import { craft, send } from "./raw.ts";
import { getEvents, getOpen, postJson, postRecords, SECRET, testBindings, type TestBindings } from "./routes.ts";

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

describe("requests", () => {
  const key = newKey(`${OTHER}/1`);
  let node: Harness;
  let test: TestBindings;

  before(async () => {
    test = testBindings();
    node = await startHarness({ bindings: test.bindings, maximumLargeBodies: 1 });
    trust(node, key);
  });
  after(() => node.close());
  beforeEach(() => {
    test.seen.length = 0;
    test.gate = Promise.resolve();
  });

  /** A signed POST of exactly these bytes; `signed` are the bytes that the digest is made of. */
  const post = async (
    body: Uint8Array,
    options: {
      target?: string;
      type?: string;
      signed?: Uint8Array;
      chunked?: boolean;
      headers?: Record<string, string>;
    } = {},
  ) => {
    const { target = "/v1/json", type = "application/json", signed = body, chunked = false, headers } = options;
    const created = Math.floor(node.nowMs / 1000);
    const crafted = await craft({ key, url: node.url, method: "POST", target, body: signed, created });
    return send({
      url: node.url,
      method: "POST",
      target,
      body,
      chunked,
      headers: { ...crafted, "content-type": type, ...headers },
    });
  };

  describe("bodies", () => {
    it("reach the handler when signature, digest and form hold", async () => {
      expect((await post(utf8('{"text":"好"}'))).status).to.equal(200);
      expect(test.seen).to.deep.equal([{ text: "好" }]);
    });

    it("are invisible when they do not fit their digest", async () => {
      const answer = await post(utf8('{"text":"b"}'), { signed: utf8('{"text":"a"}') });
      expect([answer.status, answer.code]).to.deep.equal([400, "digest.mismatch"]);
      expect(test.seen).to.deep.equal([]);
    });

    it("are read strictly", async () => {
      const cases: [string, string, number][] = [
        ['{"text":"a","text":"b"}', "json.duplicate-key", 400],
        ['{"text":"a","number":9007199254740993}', "json.number", 400],
        ['{"text":"\\ud800"}', "json.surrogate", 400],
        ['{"text":', "json.syntax", 400],
        ['{"text":"a","more":1}', "http.request-invalid", 400],
        ['{"text":7}', "http.request-invalid", 400],
        ["[".repeat(70), "json.depth", 400],
      ];
      for (const [body, code, status] of cases) {
        const answer = await post(utf8(body));
        expect([answer.code, answer.status], body).to.deep.equal([code, status]);
      }
      expect((await post(Uint8Array.of(0x22, 0xff, 0x22))).code).to.equal("json.encoding");
      expect(test.seen).to.deep.equal([]);
    });

    it("say where they break the schema, never with what", async () => {
      const answer = await post(utf8(`{"text":"${SECRET}","${SECRET}":1}`));
      const problem = JSON.parse(answer.text) as { faults: { at: string; rule: string }[] };
      expect(problem.faults).to.deep.include({ at: "/text", rule: "at most 10" });
      expect(answer.text).not.to.include(SECRET.slice(0, 5));
    });

    it("must have the right type and no encoding", async () => {
      expect((await post(utf8("{}"), { type: "text/plain" })).status).to.equal(415);
      expect((await post(utf8("{}"), { headers: { "content-encoding": "gzip" } })).code).to.equal(
        "http.content-encoding",
      );
      expect((await post(utf8('{"text":"a"}'), { type: "application/json; charset=utf-8" })).status).to.equal(200);
    });

    it("are bounded, declared or chunked", async () => {
      const large = utf8(`{"text":"${"a".repeat(MAXIMUM_BODY_BYTES)}"}`);
      const declared = await post(large);
      expect([declared.status, declared.code]).to.deep.equal([413, "http.body-too-large"]);
      const chunked = await post(large.subarray(0, MAXIMUM_BODY_BYTES + 1), { chunked: true });
      expect([chunked.status, chunked.code]).to.deep.equal([413, "http.body-too-large"]);
      expect(
        (
          await post(utf8("{}"), {
            target: "/v1/lines",
            headers: { "content-length": String(MAXIMUM_RECORDS_BYTES + 1) },
          })
        ).code,
      ).to.equal("http.body-too-large");
    });

    it("larger than usual are held one at a time, and refused beyond", async () => {
      let open = () => {};
      test.gate = new Promise((resolve) => (open = resolve));
      const body = utf8(`{"text":"${"a".repeat(MAXIMUM_BODY_BYTES)}"}\n`);
      const options = { target: "/v1/lines", type: "application/x-ndjson" };
      const first = post(body, options);
      while (test.seen.length === 0) await new Promise(setImmediate);
      const second = await post(body, options);
      expect([second.status, second.code, second.headers["retry-after"]]).to.deep.equal([503, "http.busy", "5"]);
      expect((await post(utf8('{"text":"a"}'))).status).to.equal(200);
      open();
      expect((await first).text).to.equal(`{"bytes":${body.length}}\n{"bytes":0}\n`);
      expect(node.largeBodies.inProgress).to.equal(0);
    });

    it("have the SHA-256 of their body as their digest, and no other", async () => {
      const body = utf8('{"text":"a"}');
      const { createHash } = await import("node:crypto");
      const sha512 = `sha-512=:${createHash("sha512").update(body).digest("base64")}:`;
      const signedWith = async (digest: string) => {
        const created = Math.floor(node.nowMs / 1000);
        const crafted = await craft({
          key,
          url: node.url,
          method: "POST",
          target: "/v1/json",
          body,
          created,
          values: { "content-digest": digest },
        });
        return send({
          url: node.url,
          method: "POST",
          target: "/v1/json",
          body,
          headers: { ...crafted, "content-digest": digest, "content-type": "application/json" },
        });
      };
      const sha256 = contentDigestOf(body);
      expect((await signedWith(sha256)).status).to.equal(200);
      expect((await signedWith(contentDigestOf(utf8("other")))).code).to.equal("digest.mismatch");
      // Of the last character before the padding, two bits say nothing: only zero is read.
      const loose = sha256.replace(/(.)=:$/, (_, last: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}=:`);
      for (const other of [sha512, `${sha256}, ${sha512}`, `${sha512}, ${sha256}`, `${sha256}, ${sha256}`, loose])
        expect((await signedWith(other)).code, other).to.equal("digest.malformed");
      expect((await signedWith("md5=:AAAA:")).code).to.equal("digest.malformed");
      expect((await signedWith("nonsense")).code).to.equal("digest.malformed");
    });
  });

  describe("addresses", () => {
    const get = (target: string, headers: Record<string, string> = {}, method = "GET") =>
      send({ url: node.url, target, headers, method });

    it("that do not exist, and methods that do not fit, are told apart", async () => {
      expect([(await get("/v1/nothing")).status, (await get("/v1/nothing")).code]).to.deep.equal([
        404,
        "http.not-found",
      ]);
      const wrong = await get("/v1/open", {}, "DELETE");
      expect([wrong.status, wrong.code, wrong.headers["allow"]]).to.deep.equal([405, "http.method", "GET"]);
      expect((await get("/v1/own/%")).code).to.equal("http.target");
    });

    it("with an unknown or repeated query parameter are refused", async () => {
      expect((await get("/v1/open?x=1")).code).to.equal("http.request-invalid");
      const created = Math.floor(node.nowMs / 1000);
      const target = "/v1/own/abc?note=a&note=b";
      expect((await get(target, await craft({ key, url: node.url, target, created }))).code).to.equal(
        "http.request-invalid",
      );
    });
  });

  describe("failures", () => {
    it("that nobody expected show a code and a number, in the answer and in the log nothing else", async () => {
      const answer = await send({ url: node.url, target: "/v1/broken" });
      expect([answer.status, answer.code]).to.deep.equal([500, "internal"]);
      expect(answer.text).not.to.include("张三");
      const entries = node.log.filter(({ message }) => message === "unexpected failure");
      expect(entries.at(-1)).to.include({ error: "Error", requestId: answer.headers["x-request-id"] });
      expect(JSON.stringify(node.log)).not.to.include("张三");
    });

    it("of an answer to fit its definition are the node's, not the caller's", async () => {
      expect((await send({ url: node.url, target: "/v1/misfit" })).code).to.equal("internal");
    });

    it("are told in 中文 unless English is preferred", async () => {
      const language = async (accept?: string) =>
        (
          await send({
            url: node.url,
            target: "/v1/nothing",
            headers: accept === undefined ? {} : { "accept-language": accept },
          })
        ).headers["content-language"];
      expect(await language()).to.equal("zh-CN");
      expect(await language("fr")).to.equal("zh-CN");
      expect(await language("en")).to.equal("en");
      expect(await language("en-GB,zh;q=0.5")).to.equal("en");
      expect(await language("en;q=0.3,zh-CN;q=0.8")).to.equal("zh-CN");
    });
  });

  describe("what is written about a request", () => {
    it("has the route's pattern, never its path, query or body", async () => {
      await post(utf8('{"text":"a"}'), {});
      const target = "/v1/own/secretpath?note=secretnote";
      await send({
        url: node.url,
        target,
        headers: await craft({ key, url: node.url, target, created: Math.floor(node.nowMs / 1000) }),
      });
      const lines = node.log.filter(({ message }) => message === "request");
      expect(lines.at(-1)).to.include({
        route: "/v1/own/:id",
        method: "GET",
        status: 403,
        code: "caller.not-own",
        keyId: key.keyId,
      });
      expect(JSON.stringify(node.log)).not.to.include("secret");
      const metrics = await node.metrics.registry.metrics();
      expect(metrics).to.match(/suyuan_http_requests_total\{method="GET",route="\/v1\/own\/:id",status="403"\} \d+/);
      expect(metrics).to.match(/suyuan_http_request_duration_seconds_count\{method="POST",route="\/v1\/json"\} \d+/);
      expect(metrics).not.to.include("secret");
    });

    it("goes with headers that forbid framing, sniffing, caching and foreign content", async () => {
      for (const target of ["/docs", "/v1/open", "/v1/nothing"]) {
        const { headers } = await send({ url: node.url, target });
        expect(headers).to.include({
          "cache-control": "no-store",
          "x-content-type-options": "nosniff",
          "x-frame-options": "DENY",
          "referrer-policy": "no-referrer",
        });
        expect(headers["content-security-policy"]).to.match(/^default-src 'none'/);
        expect(headers["x-powered-by"]).to.equal(undefined);
      }
    });
  });

  describe("the typed client", () => {
    it("reads JSON, lines and events by their definitions", async () => {
      const client = node.client(key);
      expect(await client.call(getOpen, {})).to.deep.equal({ department: "" });
      expect(await client.call(postJson, { body: { text: "a" } })).to.deep.equal({ department: OTHER, text: "a" });
      const bytes = utf8("{}\n");
      const lines = await collect(
        await client.call(postRecords, { body: { mediaType: "application/x-ndjson", bytes } }),
      );
      expect(lines).to.deep.equal([{ bytes: 3 }, { bytes: 0 }]);
      const events = await collect(await client.call(getEvents, {}));
      expect(events).to.deep.equal([
        { id: "1", event: "tick", data: { tick: 1 } },
        { id: "2", data: { tick: 2 } },
      ]);
    });

    it("throws the node's problem under its code", async () => {
      const error = await node
        .client(newKey(`${OTHER}/7`))
        .call(postJson, { body: { text: "a" } })
        .catch((cause: unknown) => cause);
      expect(error).to.include({ name: "ProblemError", code: "signature.key-unknown" });
      expect(error).to.have.nested.property("problem.status", 401);
    });
  });
});
