import { expect } from "chai";
import fc from "fast-check";
import { randomBytes } from "node:crypto";
import { toBase64Url, utf8 } from "../../../sdk/protocol/bytes.ts";
import { contentDigestOf } from "../../../sdk/client/signature.ts";
import { CLOCK_SKEW_SECONDS, MAXIMUM_LIFETIME_SECONDS } from "../../../node/http/signature.ts";
import { countsCases, held, LONG } from "../../faults/tally.ts";
import { newKey, OTHER, OVERSIGHT, OWN, startHarness, trust, type Harness } from "./harness.ts";
import { craft, send, type RawRequest } from "./raw.ts";
import { testBindings, type TestBindings } from "./routes.ts";

const RUNS = 60 * LONG;
const HEX = "0123456789abcdef";

/** A request that was signed, as a thief has it. */
interface Captured extends RawRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

describe("a signed request cannot be forged, replayed or moved", function () {
  this.timeout(60_000 * LONG);
  countsCases("requests");

  const own = newKey(`${OWN}/1`);
  const other = newKey(`${OTHER}/1`);
  const rotated = newKey(`${OTHER}/2`);
  const watching = newKey(`${OVERSIGHT}/1`);
  let node: Harness;
  let test: TestBindings;
  const nowSeconds = () => Math.floor(node.nowMs / 1000);

  before(async () => {
    test = testBindings();
    node = await startHarness({ bindings: test.bindings, requestsPerSecond: 100_000 });
  });
  beforeEach(() => {
    for (const key of [own, other, rotated]) trust(node, key);
    trust(node, watching, { role: "oversight" });
  });
  after(() => node.close());

  const capture = async (text: string): Promise<Captured> => {
    const body = utf8(JSON.stringify({ text }));
    const target = "/v1/json";
    const headers = await craft({ key: other, url: node.url, method: "POST", target, body, created: nowSeconds() });
    return { url: node.url, method: "POST", target, body, headers: { ...headers, "content-type": "application/json" } };
  };
  const captureGet = async (id: string, note: string): Promise<Captured> => {
    const target = `/v1/own/${id}?note=${note}`;
    const headers = await craft({ key: own, url: node.url, target, created: nowSeconds() });
    return { url: node.url, method: "GET", target, headers, body: new Uint8Array() };
  };
  const withInput = (captured: Captured, change: (text: string) => string): Captured => {
    const input = captured.headers["signature-input"] ?? "";
    const changed = change(input);
    if (changed === input) throw new Error("nothing was changed");
    return { ...captured, headers: { ...captured.headers, "signature-input": changed } };
  };

  const word = fc.string({ unit: fc.constantFrom(..."abcdefgh"), minLength: 1, maxLength: 8 });
  const nonceText = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(toBase64Url);

  /** Each change leaves a request that is well-formed: only the signature can tell. */
  const property = (
    name: string,
    code: string | readonly string[],
    change: (
      captured: Captured,
      seed: { readonly word: string; readonly number: number; readonly nonce: string },
    ) => Captured,
    take: (text: string) => Promise<Captured> = capture,
  ) =>
    it(`${name}: ${[code].flat().join(" or ")}`, async () => {
      const seen = test.seen.length;
      await fc.assert(
        fc.asyncProperty(word, word, fc.nat(250), nonceText, async (text, other_, number, nonce) => {
          const changed = change(await take(text), { word: other_ === text ? `${other_}z` : other_, number, nonce });
          expect((await send(changed)).code).to.be.oneOf([code].flat());
        }),
        { numRuns: RUNS },
      );
      held("requests", RUNS);
      expect(test.seen.length).to.equal(seen);
    });

  it("and the untouched ones are taken", async () => {
    expect((await send(await capture("a"))).status).to.equal(200);
    expect((await send(await captureGet("abc", "a"))).status).to.equal(200);
  });

  property(
    "another path",
    "signature.invalid",
    (captured, { word: id }) => ({
      ...captured,
      target: captured.target.replace(/own\/[a-z]+/, `own/${id}`),
    }),
    (text) => captureGet(text, "x"),
  );
  property(
    "another query",
    "signature.invalid",
    (captured, { word: note }) => ({
      ...captured,
      target: captured.target.replace(/note=.*/, `note=${note}`),
    }),
    (text) => captureGet("abc", text),
  );
  property(
    "a query that was taken away",
    "signature.invalid",
    (captured) => ({
      ...captured,
      target: captured.target.split("?")[0] ?? "",
    }),
    (text) => captureGet("abc", text),
  );
  property("another method on the same path", "http.method", (captured, { number }) => ({
    ...captured,
    method: ["GET", "PUT", "DELETE", "PATCH"][number % 4] ?? "GET",
  }));
  property("moved to another route", ["signature.invalid", "http.request-invalid"], (captured) => ({
    ...captured,
    target: "/v1/lines",
  }));
  property("another host", "signature.authority", (captured, { word: host }) => ({
    ...captured,
    headers: { ...captured.headers, host: `${host}.example` },
  }));
  property("another body", "digest.mismatch", (captured, { word: text }) => ({
    ...captured,
    body: utf8(JSON.stringify({ text })),
  }));
  property("another body with its digest", "signature.invalid", (captured, { word: text }) => {
    const body = utf8(JSON.stringify({ text }));
    return { ...captured, body, headers: { ...captured.headers, "content-digest": contentDigestOf(body) } };
  });
  property("another digest", "signature.invalid", (captured, { word: text }) => ({
    ...captured,
    headers: { ...captured.headers, "content-digest": contentDigestOf(utf8(text)) },
  }));
  property("a later creation", "signature.invalid", (captured, { number }) =>
    withInput(captured, (text) =>
      text.replace(/created=(\d+)/, (_, at: string) => `created=${Number(at) - 1 - (number % 150)}`),
    ),
  );
  property("a later expiry", "signature.invalid", (captured, { number }) =>
    withInput(captured, (text) =>
      text.replace(/expires=(\d+)/, (_, at: string) => `expires=${Number(at) + 1 + (number % 150)}`),
    ),
  );
  property("another nonce", "signature.invalid", (captured, { nonce }) =>
    withInput(captured, (text) => text.replace(/nonce="[^"]*"/, `nonce="${nonce}"`)),
  );
  property("another key of the same department", "signature.invalid", (captured) =>
    withInput(captured, (text) => text.replace(other.keyId, rotated.keyId)),
  );
  property("the key of another department", "signature.invalid", (captured, { number }) =>
    withInput(captured, (text) => text.replace(other.keyId, number % 2 === 0 ? own.keyId : watching.keyId)),
  );
  property("a key that nobody registered", "signature.key-unknown", (captured, { number }) =>
    withInput(captured, (text) => text.replace(other.keyId, `${OTHER}/${3 + number}`)),
  );
  property("fewer covered components", "signature.components", (captured, { number }) =>
    withInput(captured, (text) => {
      const components = ["@method", "@authority", "@path", "@query", "content-digest"];
      return text.replace(new RegExp(` ?"${components[number % 5] ?? ""}"`), "").replace("( ", "(");
    }),
  );
  property("covered components in another order", "signature.invalid", (captured) =>
    withInput(captured, (text) => text.replace('"@method" "@authority"', '"@authority" "@method"')),
  );
  property("another bit of the signature", ["signature.invalid", "signature.malformed"], (captured, { number }) => {
    const signature = Buffer.from((captured.headers["signature"] ?? "").replace(/^sig1=:|:$/g, ""), "base64");
    signature[number % signature.length] = (signature[number % signature.length] ?? 0) ^ (1 << (number % 8));
    return { ...captured, headers: { ...captured.headers, signature: `sig1=:${signature.toString("base64")}:` } };
  });
  property("the signature of another request", "signature.invalid", (captured, { nonce }) => ({
    ...captured,
    headers: {
      ...captured.headers,
      signature: `sig1=:${Buffer.from(nonce.repeat(4)).subarray(0, 64).toString("base64")}:`,
    },
  }));

  it("any one character of what is signed makes it another request, or none", async () => {
    await fc.assert(
      fc.asyncProperty(word, fc.nat(), fc.constantFrom(..."abcdefXYZ0189_-"), async (text, place, letter) => {
        const captured = await capture(text);
        const input = captured.headers["signature-input"] ?? "";
        const at = input.indexOf("(") + (place % (input.length - input.indexOf("(")));
        fc.pre(input[at] !== letter);
        const changed = `${input.slice(0, at)}${letter}${input.slice(at + 1)}`;
        const answer = await send({ ...captured, headers: { ...captured.headers, "signature-input": changed } });
        expect(answer.status).to.be.oneOf([401, 403]);
        expect(answer.code).to.match(/^(?:signature|caller)\./);
      }),
      { numRuns: 3 * RUNS },
    );
    held("requests", 3 * RUNS);
  });

  it("is taken once, whatever comes between, and by one of many at once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 4 }), fc.nat(60), async (texts, seconds) => {
        const captured = await Promise.all(texts.map((text) => capture(text)));
        for (const one of captured) {
          const answers = await Promise.all([send(one), send(one), send(one)]);
          expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
        }
        node.nowMs += seconds * 1000;
        for (const one of captured) expect((await send(one)).code).to.equal("signature.replayed");
      }),
      { numRuns: 10 },
    );
  });

  it("is taken in [created − skew, expires + skew) and at no other second", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -500, max: 500 }),
        fc.integer({ min: -5, max: MAXIMUM_LIFETIME_SECONDS + 5 }),
        async (ago, lifetime) => {
          const now = nowSeconds();
          const [created, expires] = [now - ago, now - ago + lifetime];
          const headers = await craft({ key: other, url: node.url, target: "/v1/any", created, expires });
          const { code, status } = await send({ url: node.url, target: "/v1/any", headers });
          if (lifetime <= 0 || lifetime > MAXIMUM_LIFETIME_SECONDS) expect(code).to.equal("signature.lifetime");
          else if (now < created - CLOCK_SKEW_SECONDS) expect(code).to.equal("signature.early");
          else if (now >= expires + CLOCK_SKEW_SECONDS) expect(code).to.equal("signature.expired");
          else expect(status).to.equal(200);
        },
      ),
      { numRuns: 3 * RUNS },
    );
    held("requests", 3 * RUNS);
  });

  it("of a rotated-out key, of a suspended department: the very next call fails, and none is taken back later", async () => {
    const call = async (key: typeof other) => {
      const headers = await craft({ key, url: node.url, target: "/v1/any", created: nowSeconds() });
      return (await send({ url: node.url, target: "/v1/any", headers })).code;
    };
    expect([await call(other), await call(rotated)]).to.deep.equal([undefined, undefined]);
    const held = await capture("held");
    trust(node, other, { trusted: false });
    expect([await call(other), await call(rotated)]).to.deep.equal(["signature.key-not-trusted", undefined]);
    expect((await send(held)).code).to.equal("signature.key-not-trusted");
    trust(node, rotated, { departmentActive: false });
    expect(await call(rotated)).to.equal("caller.not-active");
    trust(node, rotated, { publicKey: undefined });
    expect(await call(rotated)).to.equal("signature.key-unknown");
  });

  it("covers at most one body: a signature over a digest that is not SHA-256 or not there is refused", async () => {
    const captured = await capture("a");
    const { "content-digest": _digest, ...bare } = captured.headers;
    expect((await send({ ...captured, headers: bare })).status).to.be.oneOf([400, 401]);
    const nonce = randomBytes(8)
      .toString("hex")
      .replace(/[^0-9a-f]/g, HEX[0] ?? "");
    const odd = { ...captured, headers: { ...captured.headers, "content-digest": `md5=:${nonce}:` } };
    expect((await send(odd)).status).to.be.oneOf([400, 401]);
  });
});

describe("requests of one department", function () {
  this.timeout(30_000);
  const PER_SECOND = 5;
  const own = newKey(`${OWN}/1`);
  const other = newKey(`${OTHER}/1`);
  const second = newKey(`${OTHER}/2`);
  const watching = newKey(`${OVERSIGHT}/1`);
  let node: Harness;

  beforeEach(async () => {
    node = await startHarness({ bindings: testBindings().bindings, requestsPerSecond: PER_SECOND });
    for (const key of [own, other, second, watching]) trust(node, key);
  });
  afterEach(() => node.close());

  const call = async (key: typeof own) => {
    const headers = await craft({ key, url: node.url, target: "/v1/any", created: Math.floor(node.nowMs / 1000) });
    return send({ url: node.url, target: "/v1/any", headers });
  };
  const burst = async (key: typeof own, count: number) =>
    (await Promise.all(Array.from({ length: count }, () => call(key)))).filter(({ status }) => status === 200).length;

  it("are taken up to the burst, then at the rate; what is over is 429 with the time to wait", async () => {
    expect(await burst(other, 30)).to.equal(4 * PER_SECOND);
    const refused = await call(other);
    expect([refused.status, refused.code, refused.headers["retry-after"]]).to.deep.equal([
      429,
      "http.rate-limited",
      "1",
    ]);
    node.nowMs += 1000;
    expect(await burst(other, 30)).to.equal(PER_SECOND);
    node.nowMs += 3_600_000;
    expect(await burst(other, 30)).to.equal(4 * PER_SECOND);
  });

  it("count for the department, whichever key signs, and take nothing from another", async () => {
    expect((await burst(other, 15)) + (await burst(second, 15))).to.equal(4 * PER_SECOND);
    expect(await burst(watching, 4 * PER_SECOND)).to.equal(4 * PER_SECOND);
    expect(await burst(own, 40)).to.equal(40);
  });

  it("that a forger sends in its name cost it nothing", async () => {
    const forger = { ...newKey(other.keyId), keyId: other.keyId };
    for (let i = 0; i < 5 * PER_SECOND; i++) expect((await call(forger)).code).to.equal("signature.invalid");
    expect(await burst(other, 4 * PER_SECOND)).to.equal(4 * PER_SECOND);
  });

  it("cannot be gained by a clock that is set back", async () => {
    expect(await burst(other, 30)).to.equal(4 * PER_SECOND);
    node.nowMs -= 10_000;
    expect(await burst(other, 3)).to.equal(0);
  });
});
