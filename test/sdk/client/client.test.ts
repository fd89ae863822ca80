import { expect } from "chai";
import fc from "fast-check";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { concat, fromUtf8, utf8 } from "../../../sdk/protocol/bytes.ts";
import { SuyuanClient } from "../../../sdk/client/client.ts";
import { defineRoute } from "../../../sdk/client/route.ts";
import { readEvents, readLines } from "../../../sdk/client/streams.ts";

const summary = { zh: "测试", en: "Test" };
const getThing = defineRoute({
  id: "getThing",
  method: "get",
  path: "/v1/things/:name",
  tag: "test",
  summary,
  access: "public",
  params: z.strictObject({ name: z.string() }),
  query: z.strictObject({ size: z.number().optional() }),
  response: { kind: "json", schema: z.strictObject({ url: z.string() }), maximumBytes: 200 },
});
const getSigned = defineRoute({ ...getThing, id: "getSigned", access: "own" });

describe("client", () => {
  let server: Server;
  let listener: RequestListener;
  let baseUrl: string;
  let headers: Record<string, string | string[] | undefined> = {};

  before(async () => {
    server = createServer((request, response) => {
      headers = request.headers;
      listener(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const answer = (status: number, body: string) => {
    listener = (_request, response) => response.writeHead(status, { "content-type": "application/json" }).end(body);
  };
  const client = () => new SuyuanClient({ baseUrl, timeoutMs: 300, language: "en" });
  const codeOf = (action: Promise<unknown>) => action.then(() => "ok").catch((error: { code: string }) => error.code);
  const call = () => client().call(getThing, { params: { name: "a/b 好" }, query: { size: 2 } });

  it("builds the address from the definition and says which language it reads", async () => {
    listener = (request, response) => response.end(JSON.stringify({ url: request.url }));
    expect(await call()).to.deep.equal({ url: "/v1/things/a%2Fb%20%E5%A5%BD?size=2" });
    expect(headers["accept-language"]).to.equal("en");
    expect(headers["signature"]).to.equal(undefined);
  });

  it("refuses to ask unsigned what needs a signature", async () => {
    expect(await codeOf(client().call(getSigned, { params: { name: "a" } }))).to.equal("client.signer-missing");
  });

  it("names what is wrong with an answer", async () => {
    const cases: [number, string, string][] = [
      [200, "{", "client.response-invalid"],
      [200, '{"url":1}', "client.response-invalid"],
      [200, '{"url":"a","url":"b"}', "client.response-invalid"],
      [200, `{"url":"${"a".repeat(200)}"}`, "client.response-too-large"],
      [500, "<html>", "client.response-invalid"],
      [404, '{"code":"x"}', "client.response-invalid"],
    ];
    for (const [status, body, code] of cases) {
      answer(status, body);
      expect(await codeOf(call()), body.slice(0, 20)).to.equal(code);
    }
  });

  it("follows no redirect", async () => {
    listener = (_request, response) => response.writeHead(302, { location: `${baseUrl}/v1/other` }).end();
    expect(await codeOf(call())).to.equal("client.unreachable");
  });

  it("gives up after its time, and tells a dead host from a slow one", async () => {
    listener = () => undefined;
    expect(await codeOf(call())).to.equal("client.timeout");
    const nobody = new SuyuanClient({ baseUrl: "http://127.0.0.1:1" });
    expect(await codeOf(nobody.call(getThing, { params: { name: "a" } }))).to.equal("client.unreachable");
  });
});

describe("byte streams", () => {
  async function* cut(bytes: Uint8Array, at: readonly number[]) {
    let start = 0;
    for (const position of [...at].sort((a, b) => a - b)) {
      const end = Math.min(position, bytes.length);
      yield await Promise.resolve(bytes.subarray(start, end));
      start = Math.max(start, end);
    }
    yield bytes.subarray(start);
  }
  const collect = async <T>(values: AsyncIterable<T>) => {
    const all: T[] = [];
    for await (const value of values) all.push(value);
    return all;
  };

  it("are the same lines however they are cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.stringMatching(/^[a-z好]{1,8}$/), { maxLength: 6 }),
        fc.array(fc.nat(60), { maxLength: 6 }),
        async (texts, at) => {
          const bytes = concat(...texts.map((text, i) => utf8(i % 2 === 0 ? `${text}\n` : `${text}\r\n\n`)));
          expect((await collect(readLines(cut(bytes, at)))).map(fromUtf8)).to.deep.equal(texts);
        },
      ),
    );
  });

  it("end with a line that has no end, and refuse one that is too long", async () => {
    expect((await collect(readLines(cut(utf8("a\nb"), [])))).map(fromUtf8)).to.deep.equal(["a", "b"]);
    const error = await collect(readLines(cut(utf8("a".repeat(100)), [50]), 60)).catch((cause: unknown) => cause);
    expect(error).to.include({ code: "client.response-too-large" });
  });

  it("are events with the last id, without comments", async () => {
    const text = ": hello\n\nid: 1\nevent: a\ndata: x\ndata: y\n\n: \n\ndata:z\n\nid: 2\n\ndata: cut";
    expect(await collect(readEvents(cut(utf8(text), [5, 20, 33])))).to.deep.equal([
      { id: "1", event: "a", data: "x\ny" },
      { id: "1", data: "z" },
    ]);
  });
});
