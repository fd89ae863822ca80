import { expect } from "chai";
import express, { type ErrorRequestHandler } from "express";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { parseTrust } from "../../sdk/verify/trust.ts";
import { readPortal } from "../../node/portal/files.ts";
import { portalRoutes } from "../../node/portal/routes.ts";

const TRUST = {
  format: "suyuan/trust/1",
  ledger: { chainId: 1, genesis: `0x${"11".repeat(32)}`, directory: `0x${"22".repeat(20)}` },
  rpc: ["http://127.0.0.1:4701/"],
  maximumLagSeconds: null,
  evaluation: true,
  finality: { tag: "latest" },
};
const SCRIPT = "export const x = 1;\n".repeat(100);

describe("serving the portal", () => {
  let folder: string;
  let server: Server;
  let url: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "suyuan-portal-"));
    const app = express();
    app.use(
      portalRoutes(
        { trust: parseTrust(TRUST) },
        { portal: () => readPortal(folder), random: (n) => new Uint8Array(n) },
      ),
    );
    app.use(((_error, _request, response, _next) => void response.status(404).end()) satisfies ErrorRequestHandler);
    server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // Listens on a port.
  });
  after(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  it("says how to build what is not built, and finds it once it is", async () => {
    expect((await fetch(`${url}/`)).status).to.equal(503);
    mkdirSync(join(folder, "assets"));
    writeFileSync(join(folder, "index.html"), "<p>index");
    writeFileSync(join(folder, "widget.html"), "<p>widget");
    writeFileSync(join(folder, "app.html"), '<meta nonce="%NONCE%">');
    writeFileSync(join(folder, "assets/a-1.js"), SCRIPT);
    writeFileSync(join(folder, "assets/a-1.js.br"), brotliCompressSync(SCRIPT));
    writeFileSync(join(folder, "stamp"), "x");
    expect(await (await fetch(`${url}/`)).text()).to.equal("<p>index");
  });

  it("publishes the trust file", async () => {
    expect(await (await fetch(`${url}/trust.json`)).json()).to.deep.equal(TRUST);
  });

  it("serves assets compressed and for ever", async () => {
    const response = await fetch(`${url}/assets/a-1.js`, { headers: { "accept-encoding": "br" } });
    expect(response.headers.get("content-encoding")).to.equal("br");
    expect(response.headers.get("cache-control")).to.include("immutable");
    expect(await response.text()).to.equal(SCRIPT);
    const plain = await fetch(`${url}/assets/a-1.js`, { headers: { "accept-encoding": "gzip" } });
    expect(plain.headers.get("content-encoding")).to.equal(null);
    expect(await plain.text()).to.equal(SCRIPT);
  });

  it("serves nothing but what was built", async () => {
    for (const path of ["/assets/none.js", "/assets/..%2fstamp", "/assets/a-1.js.br", "/stamp", "/index.html"])
      expect((await fetch(url + path)).status, path).not.to.equal(200);
  });

  it("gives a page of the application its own nonce", async () => {
    const response = await fetch(`${url}/app/records`);
    expect(await response.text()).to.equal('<meta nonce="AAAAAAAAAAAAAAAAAAAAAA">');
    expect(response.headers.get("content-security-policy")).to.include("'nonce-AAAAAAAAAAAAAAAAAAAAAA'");
  });

  it("only the widget may be framed", async () => {
    const policyOf = async (path: string) => (await fetch(url + path)).headers.get("content-security-policy");
    expect(await policyOf("/widget")).to.include("frame-ancestors *");
    for (const path of ["/", "/app", "/app/x"]) expect(await policyOf(path)).to.include("frame-ancestors 'none'");
  });
});
