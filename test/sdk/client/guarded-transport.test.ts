import { expect } from "chai";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { guardedTransport } from "../../../sdk/client/guarded-transport.ts";

describe("guarded transport", () => {
  let server: Server;
  let port: number;
  let requests = 0;

  before(async () => {
    server = createServer((request, response) => {
      requests++;
      response.setHeader("x-method", request.method ?? "");
      if (request.url === "/redirect") response.writeHead(302, { location: "/elsewhere" });
      request.pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => (requests = 0));

  const send = (url: string, allowLoopback: boolean, body?: Uint8Array) =>
    guardedTransport({ allowLoopback })({
      method: body === undefined ? "GET" : "POST",
      url: new URL(url),
      headers: {},
      body,
      signal: new AbortController().signal,
    });
  const codeOf = (action: Promise<unknown>) =>
    action.then(
      () => "ok",
      (error: { code: string }) => error.code,
    );

  it("carries a request and its answer, and follows no redirect", async () => {
    const answer = await send(`http://127.0.0.1:${port}/`, true, Buffer.from("好"));
    const parts: Uint8Array[] = [];
    for await (const part of answer.body) parts.push(part);
    expect([answer.status, answer.header("X-Method"), Buffer.concat(parts).toString()]).to.deep.equal([
      200,
      "POST",
      "好",
    ]);
    const redirect = await send(`http://127.0.0.1:${port}/redirect`, true);
    expect(redirect.status).to.equal(302);
    for await (const _part of redirect.body) break;
    expect(requests).to.equal(2);
  });

  it("reaches this machine only where that is allowed, under every name it has", async () => {
    const names = ["127.0.0.1", "127.1.2.3", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f000001"];
    for (const name of names)
      expect(await codeOf(send(`http://${name}:${port}/`, false)), name).to.equal("client.endpoint-refused");
    expect(requests).to.equal(0);
    expect(await codeOf(send(`http://localhost:${port}/`, true))).to.equal("ok");
  });

  it("never reaches the link, a group, a cloud's own services, or nothing, directly or through a translating prefix", async () => {
    const names = [
      "169.254.169.254",
      "0.0.0.0",
      "224.0.0.1",
      "255.255.255.255",
      "[fe80::1]",
      "[ff02::1]",
      "[::]",
      "[::ffff:169.254.169.254]",
      "100.100.100.200",
      "[fd00:ec2::254]",
      "[64:ff9b::7f00:1]",
      "[2002:7f00:1::]",
    ];
    for (const name of names) {
      for (const allowed of [true, false]) {
        expect(await codeOf(send(`http://${name}:${port}/`, allowed)), name).to.equal("client.endpoint-refused");
      }
    }
  });

  it("speaks http and https only, and sends no credentials of a URL", async () => {
    for (const url of ["ftp://127.0.0.1/", "file:///etc/passwd", `http://user:secret@127.0.0.1:${port}/`]) {
      expect(await codeOf(send(url, true)), url).to.equal("client.endpoint-refused");
    }
  });
});
