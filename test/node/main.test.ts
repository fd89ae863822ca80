import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, request, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { addKeyCall } from "../../sdk/chain/department-calls.ts";
import { createKeystore, type Keystore } from "../../sdk/client/keystore.ts";
import { signatureHeaders } from "../../sdk/client/signature.ts";
import { utf8 } from "../../sdk/protocol/bytes.ts";
import { trustJson } from "../../sdk/verify/trust.ts";
import { startLedger, type TestLedger } from "../support/ledger.ts";
import { trustOf } from "./support/nodes.ts";

const MAIN = fileURLToPath(new URL("../../node/main.ts", import.meta.url));
const PASSWORD = "a password for this test";

interface Run {
  readonly child: ChildProcess;
  readonly output: { out: string; err: string };
  readonly exited: Promise<number | null>;
}

const children: ChildProcess[] = [];

function run(environment: Record<string, string>, args: readonly string[] = []): Run {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH, ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  children.push(child);
  const output = { out: "", err: "" };
  child.stdout.on("data", (part: Buffer) => (output.out += part.toString()));
  child.stderr.on("data", (part: Buffer) => (output.err += part.toString()));
  const exited = once(child, "exit").then(([code]) => code as number | null);
  return { child, output, exited };
}

const DEADLINE_MS = 60_000;

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error("timed out");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("the node's process", function () {
  this.timeout(180_000);
  let ledger: TestLedger;
  let folder: string;
  let keystore: Keystore;
  let environment: Record<string, string>;

  before(async () => {
    ledger = await startLedger();
    folder = await mkdtemp(join(tmpdir(), "suyuan-main-"));
    await writeFile(join(folder, "trust.json"), JSON.stringify(trustJson(trustOf(ledger))));
    keystore = await createKeystore({ path: join(folder, "keystore.json"), password: PASSWORD });
    const material = keystore.exchange.publicKey;
    await ledger.send(ledger.provider, addKeyCall({ algorithm: "ed25519", material }));
    environment = {
      SUYUAN_DATA: folder,
      SUYUAN_TRUST: join(folder, "trust.json"),
      SUYUAN_DEPARTMENT: ledger.provider.uscc,
      SUYUAN_KEYSTORE_PASSWORD: PASSWORD,
      SUYUAN_PORT: "0",
    };
  });
  after(async () => {
    for (const child of children) child.kill("SIGKILL");
    await ledger.stop();
    await rm(folder, { recursive: true });
  });

  const start = async (more: Record<string, string> = {}) => {
    const started = run({ ...environment, ...more });
    await until(() => /"msg":"listening"/.test(started.output.out) || started.child.exitCode !== null);
    const [, port = ""] = /"port":(\d+)/.exec(started.output.out) ?? [];
    return { ...started, url: `http://127.0.0.1:${port}`, port: Number(port) };
  };

  it("explains itself", async () => {
    const help = run({}, ["--help"]);
    expect(await help.exited).to.equal(0);
    for (const name of Object.keys(environment)) expect(help.output.out).to.include(name);
    const unknown = run({}, ["--nonsense"]);
    expect(await unknown.exited).to.equal(64);
  });

  it("names every bad variable in both languages and ends with 64", async () => {
    const bad = run({ SUYUAN_PORT: "x", SUYUAN_DEPARTMENT: "1", SUYUAN_KEYSTORE_PASSWORD: PASSWORD });
    expect(await bad.exited).to.equal(64);
    for (const name of ["SUYUAN_PORT", "SUYUAN_DEPARTMENT", "SUYUAN_DATA", "SUYUAN_TRUST"])
      expect(bad.output.err.split(name).length, name).to.equal(3);
    expect(bad.output.err).not.to.include(PASSWORD);
  });

  it("ends with 1 and a code when the keystore does not open, the port is taken, or the data are in use", async () => {
    const wrong = run({ ...environment, SUYUAN_KEYSTORE_PASSWORD: "not the password" });
    expect(await wrong.exited).to.equal(1);
    expect(wrong.output.err).to.include("(keystore.password)");
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const taken = run({ ...environment, SUYUAN_PORT: String((blocker.address() as AddressInfo).port) });
    expect(await taken.exited).to.equal(1);
    expect(taken.output.err).to.include("EADDRINUSE");
    blocker.close();
    const first = await start();
    const second = run(environment);
    expect(await second.exited).to.equal(1);
    expect(second.output.err).to.include("(storage.locked)");
    first.child.kill("SIGTERM");
    expect(await first.exited).to.equal(0);
  });

  it("serves its pages, says that it is ready, and stops when asked", async () => {
    const { url, child, exited, output } = await start();
    const get = async (path: string) => {
      const response = await fetch(url + path);
      return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
    };
    expect(await get("/readyz")).to.include({ status: 200 });
    expect(JSON.parse((await get("/trust.json")).text)).to.have.property("format", "suyuan/trust/1");
    expect(await get("/docs")).to.include({ status: 200, type: "text/html; charset=utf-8" });
    expect((JSON.parse((await get("/openapi.json")).text) as { openapi: string }).openapi).to.equal("3.1.0");
    const metrics = (await get("/metrics")).text;
    for (const name of [
      "suyuan_records",
      "suyuan_chain_head_block",
      "suyuan_http_requests_total",
      "process_resident_memory_bytes",
    ])
      expect(metrics).to.include(`# TYPE ${name} `);
    expect(metrics).not.to.include(ledger.provider.uscc);
    child.kill("SIGTERM");
    expect(await exited).to.equal(0);
    const lines = output.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ msg }) => msg === "request").map(({ route, status }) => [route, status])).to.deep.include([
      "/readyz",
      200,
    ]);
    expect(output.err).to.equal("");
    expect(await readFile(join(folder, "keystore.json"), "utf8")).to.include("suyuan/keystore/1");
  });

  it("lets a request that is under way end before it stops", async () => {
    const { url, port, child, exited } = await start();
    const body = utf8('{"not":"an application"}');
    const target = new URL("/v1/agreements", url);
    const signer = { keyId: `${ledger.provider.uscc}/2`, sign: (bytes: Uint8Array) => keystore.exchange.sign(bytes) };
    const random = (lengthBytes: number) => new Uint8Array(randomBytes(lengthBytes));
    const signed = await signatureHeaders({ method: "POST", url: target, body }, { signer, clock: Date.now, random });
    const headers = { ...signed, "content-type": "application/json", "content-length": String(body.length) };
    const outgoing = request({ hostname: "127.0.0.1", port, path: target.pathname, method: "POST", headers });
    const answered = once(outgoing, "response");
    outgoing.write(body.subarray(0, 5));
    await until(async () => (await fetch(`${url}/healthz`)).ok);
    child.kill("SIGTERM");
    await until(() =>
      fetch(`${url}/healthz`).then(
        () => false,
        () => true,
      ),
    );
    // Longer than closing everything takes: nothing but the request holds the process.
    expect(await Promise.race([exited, new Promise((resolve) => setTimeout(() => resolve("runs"), 3000))])).to.equal(
      "runs",
    );
    outgoing.end(body.subarray(5));
    const [response] = (await answered) as [IncomingMessage];
    expect(response.statusCode).to.equal(400);
    const parts: Buffer[] = [];
    for await (const part of response as AsyncIterable<Buffer>) parts.push(part);
    expect(JSON.parse(Buffer.concat(parts).toString())).to.include({ code: "http.request-invalid" });
    expect(await exited).to.equal(0);
  });

  it("stops with the program that started it", async () => {
    const { child, exited } = await start({ SUYUAN_STOP_WITH_PARENT: "true" });
    child.stdin?.end();
    expect(await exited).to.equal(0);
  });
});
