import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { expect } from "chai";
import { openKeystore } from "../../sdk/client/keystore.ts";
import { signatureHeaders } from "../../sdk/client/signature.ts";
import { demoDepartments } from "../../sdk/families/demo-departments.ts";
import { utf8 } from "../../sdk/protocol/bytes.ts";
import { Evaluation, isRunning } from "./evaluation.ts";

const STOP_MS = 30_000;
const args = ["--no-scenario"];

describe("npm start, asked to stop", function () {
  this.timeout(180_000);
  let evaluation: Evaluation;
  before(async () => {
    evaluation = await Evaluation.create();
  });
  after(async () => {
    await evaluation.killAll();
    evaluation.remove();
  });

  /** A request that a node has the head and half the body of; call `finish` for its answer's status. */
  const underWay = async () => {
    const [folder, port] = ["authority", evaluation.port];
    const keystore = await openKeystore({
      path: evaluation.path(folder, "keystore.json"),
      password: readFileSync(evaluation.path(folder, "keystore-password"), "utf8").trim(),
    });
    const keyId = `${demoDepartments.authority.uscc}/1`;
    const signer = { keyId, sign: (bytes: Uint8Array) => keystore.exchange.sign(bytes) };
    const body = utf8('{"not":"an application"}');
    const url = new URL(`http://127.0.0.1:${port}/v1/agreements`);
    const random = (lengthBytes: number) => new Uint8Array(randomBytes(lengthBytes));
    const signed = await signatureHeaders({ method: "POST", url, body }, { signer, clock: Date.now, random });
    const headers = { ...signed, "content-type": "application/json", "content-length": String(body.length) };
    const outgoing = request(url, { method: "POST", headers });
    const answered = once(outgoing, "response");
    outgoing.write(body.subarray(0, 5));
    // The node reads one connection after another: this one's head has arrived when a later request was answered.
    expect((await fetch(new URL("/healthz", url))).ok).to.equal(true);
    const finish = async (): Promise<number | undefined> => {
      outgoing.end(body.subarray(5));
      const [response] = (await answered) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    };
    return { url, finish };
  };
  const refused = (url: URL): Promise<boolean> =>
    fetch(new URL("/healthz", url)).then(
      () => false,
      () => true,
    );

  for (const moment of [
    "embedded chain started",
    "departments' keys opened",
    "authority's node started",
    "departments admitted",
  ])
    it(`by a signal to npm, after "${moment}": all of it ends, and the next start goes on`, async () => {
      await evaluation.start(moment, { args, throughNpm: true });
      const pids = evaluation.pids();
      const began = performance.now();
      await evaluation.stop();
      expect(performance.now() - began).to.be.lessThan(STOP_MS);
      expect(pids.filter(isRunning)).to.deep.equal([]);
    });

  for (const { how, signals } of [
    { how: "by SIGTERM to npm", signals: (pid: number) => process.kill(pid, "SIGTERM") },
    // What a terminal does: npm and what it runs get the signal, and npm passes it on once more.
    { how: "by Ctrl-C", signals: (pid: number) => process.kill(-pid, "SIGINT") },
  ])
    it(`${how}: the request under way is answered, then all of it ends`, async () => {
      await evaluation.start("Serving", { args, throughNpm: true });
      const pids = evaluation.pids();
      expect(pids.length).to.be.greaterThan(5);
      const { url, finish } = await underWay();
      const began = performance.now();
      const stopped = evaluation.stop(signals);
      while (!(await refused(url)));
      expect(await finish()).to.equal(400);
      expect(await stopped).to.equal(0);
      expect(performance.now() - began).to.be.lessThan(STOP_MS);
      expect(pids.filter(isRunning)).to.deep.equal([]);
    });
});
