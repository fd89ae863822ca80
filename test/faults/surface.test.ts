import { readFileSync } from "node:fs";
import { expect } from "chai";
import { submitRecords } from "../../sdk/client/routes/records.ts";
import { findRecord } from "../../sdk/client/routes/records.ts";
import { fromHex, toBase64Url, utf8 } from "../../sdk/protocol/bytes.ts";
import { privateKeyOf, ROOT } from "../node/support/core.ts";
import { startTestNode, type TestNode } from "../node/support/nodes.ts";
import { certificateOf, collect, proposalOf, publishOver, submitTo } from "../node/support/resources.ts";
import { startLedger, type TestLedger } from "../support/ledger.ts";
import { held } from "./tally.ts";

/** On every answer, whatever it is. */
const HEADERS: Readonly<Record<string, RegExp>> = {
  "cache-control": /^no-store$/,
  "content-security-policy": /^default-src '(?:none|self)';.*frame-ancestors 'none'/,
  "cross-origin-resource-policy": /^same-origin$/,
  "referrer-policy": /^no-referrer$/,
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
};
const PERSON = "溯源市秘密人员甲";
const SECRET_KEY = "91330106SECRETKEYX";

describe("the surface of a node", function () {
  this.timeout(120_000);
  let ledger: TestLedger;
  let provider: TestNode;
  let authority: TestNode;

  before(async () => {
    ledger = await startLedger();
    provider = await startTestNode({ ledger, department: ledger.provider, tunables: { processMetrics: true } });
    authority = await startTestNode({ ledger, department: ledger.authority });
  });
  after(async () => {
    for (const node of [provider, authority]) await node.stop();
    await ledger.stop();
  });

  it("carries the strict headers on every answer, and none that tells what it is made of", async () => {
    const targets: readonly (readonly [string, string])[] = [
      ...["/", "/docs", "/problems", "/openapi.json", "/healthz", "/readyz", "/metrics", "/v1/node"].map(
        (path) => ["GET", path] as const,
      ),
      ...["/nothing", "/v1/resources?x=1&x=2", "/v1/records/0x/0", "/%ff"].map((path) => ["GET", path] as const),
      ["POST", "/healthz"],
      ["POST", "/v1/agreements"],
      ["OPTIONS", "/v1/node"],
      ["HEAD", "/v1/node"],
    ];
    for (const [method, path] of targets) {
      const { headers } = await fetch(`${provider.url}${path}`, { method });
      const name = `${method} ${path}`;
      for (const [header, form] of Object.entries(HEADERS)) {
        const value = headers.get(header) ?? "";
        // What never changes under its name may be kept.
        if (header === "cache-control" && /immutable/.test(value)) continue;
        expect(value, `${name} ${header}`).to.match(form);
      }
      for (const header of ["x-powered-by", "server", "access-control-allow-origin"])
        expect(headers.get(header), `${name} ${header}`).to.equal(null);
    }
    held("surface", targets.length);
  });

  it("keeps secrets and persons out of logs, metrics, problems and pages, whatever goes wrong", async () => {
    const { id } = await publishOver({ provider, authority }, proposalOf(ledger.provider));
    const sound = certificateOf(1);
    const named = { ...sound, holder: { ...sound.holder, name: PERSON } };
    const answers: unknown[] = [];
    answers.push(await submitTo(provider, id, [named]));
    const broken = { ...named, holder: PERSON, [PERSON]: PERSON };
    answers.push(await submitTo(provider, id, [broken, `{"holder":"${PERSON}"`, { ...named, version: PERSON }]));
    const tries: (() => Promise<unknown>)[] = [
      () => provider.client().call(findRecord, { params: { id }, body: { key: SECRET_KEY } }),
      () => fetch(`${provider.url}/v1/resources/${encodeURIComponent(PERSON)}?name=${encodeURIComponent(PERSON)}`),
      () => fetch(`${provider.url}/${encodeURIComponent(PERSON)}`),
      () => fetch(`${provider.url}/v1/agreements`, { method: "POST", body: PERSON, headers: { "x-person": "1" } }),
      () => fetch(`${provider.url}/v1/node`, { headers: { signature: `sig1=:${toBase64Url(utf8(PERSON))}:` } }),
      async () =>
        collect(
          await provider.client(ledger.consumer).call(submitRecords, {
            params: { id },
            body: { mediaType: "application/x-ndjson", bytes: utf8(PERSON) },
          }),
        ),
    ];
    for (const attempt of tries) {
      answers.push(
        await attempt().then(
          (answer) => (answer instanceof Response ? answer.text() : answer),
          (error: unknown) => String(error) + JSON.stringify(error),
        ),
      );
    }
    await provider.restart();
    const pages = await Promise.all(
      ["/metrics", "/healthz", "/problems", "/", "/openapi.json"].map(async (path) =>
        (await fetch(provider.url + path)).text(),
      ),
    );
    const exchange = ledger.provider.exchange.export({ format: "der", type: "pkcs8" }).subarray(-32);
    const secrets = [privateKeyOf(ledger.provider), ROOT, exchange].flatMap((secret) => {
      const bytes = typeof secret === "string" ? fromHex(secret) : secret;
      const buffer = Buffer.from(bytes);
      return [buffer.toString("hex"), buffer.toString("base64"), toBase64Url(bytes), String([...bytes])];
    });
    const log = JSON.stringify(provider.log);
    expect(provider.log.length).to.be.greaterThan(5);
    for (const [place, text] of Object.entries({ log, pages: pages.join(), answers: JSON.stringify(answers) })) {
      for (const secret of secrets) expect(text, place).to.not.include(secret);
      if (place === "answers") continue; // The department sees what it sent.
      for (const word of [PERSON, encodeURIComponent(PERSON), SECRET_KEY, sound.holder.name, sound.holder.code])
        expect(text, place).to.not.include(word);
    }
    held("surface", tries.length + 2);
  });

  it("is asked for a password by its environment or a file, never by an argument, which the list of processes shows", () => {
    const sources = ["node/main.ts", "scripts/start/nodes.ts", "sdk/cli/connection.ts"];
    for (const source of sources) {
      const text = readFileSync(new URL(`../../${source}`, import.meta.url), "utf8");
      expect(text, source).to.not.match(/--password|argv.*password/i);
    }
    held("surface", sources.length);
  });
});
