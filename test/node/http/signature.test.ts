import { expect } from "chai";
import { randomBytes } from "node:crypto";
import { httpbis } from "http-message-signatures";
import { toBase64Url, utf8 } from "../../../sdk/protocol/bytes.ts";
import { contentDigestOf, SIGNED_COMPONENTS, signatureHeaders } from "../../../sdk/client/signature.ts";
import { CLOCK_SKEW_SECONDS, MAXIMUM_LIFETIME_SECONDS } from "../../../node/http/signature.ts";
import { StorageError } from "../../../node/storage/errors.ts";
import { codeOf } from "../../support/codes.ts";
import { newKey, OTHER, OVERSIGHT, OWN, startHarness, trust, type Harness } from "./harness.ts";
import { craft, send, type Crafted } from "./raw.ts";
import { getAny, getOwn, getWatched, postJson, postRecords, testBindings, type TestBindings } from "./routes.ts";

describe("signed requests", () => {
  const own = newKey(`${OWN}/1`);
  const other = newKey(`${OTHER}/1`);
  const watching = newKey(`${OVERSIGHT}/1`);
  let node: Harness;
  let test: TestBindings;
  const nowSeconds = () => Math.floor(node.nowMs / 1000);

  before(async () => {
    test = testBindings();
    node = await startHarness({ bindings: test.bindings });
    trust(node, own);
    trust(node, other);
    trust(node, watching, { role: "oversight" });
  });
  after(() => node.close());

  /** A valid request for /v1/any with one thing changed. */
  const attempt = async (changes: Partial<Crafted> = {}, headers: Record<string, string> = {}, target = "/v1/any") => {
    const crafted = await craft({ key: other, url: node.url, target, created: nowSeconds(), ...changes });
    return send({
      url: node.url,
      target: changes.target ?? target,
      method: changes.method ?? "GET",
      headers: { ...crafted, ...headers },
    });
  };

  it("accepts the client's signature and knows the department", async () => {
    const client = node.client(own);
    expect(await client.call(getOwn, { params: { id: "abc" }, query: { note: "备注 1" } })).to.deep.equal({
      department: OWN,
      note: "备注 1",
    });
  });

  it("accepts a signature that another implementation of RFC 9421 made", async () => {
    const url = `${node.url}/v1/own/abc?note=x`;
    const now = new Date(node.nowMs);
    const signed = await httpbis.signMessage(
      {
        key: { id: own.keyId, alg: "ed25519", sign: async (data) => Buffer.from(await own.sign(data)) },
        fields: [...SIGNED_COMPONENTS],
        params: ["created", "expires", "nonce", "keyid", "alg", "tag"],
        paramValues: {
          created: now,
          expires: new Date(node.nowMs + 60_000),
          nonce: toBase64Url(randomBytes(16)),
          tag: "suyuan",
        },
      },
      { method: "GET", url, headers: { "content-digest": contentDigestOf(new Uint8Array()) } },
    );
    const answer = await send({
      url: node.url,
      target: "/v1/own/abc?note=x",
      headers: signed.headers,
    });
    expect(answer.status).to.equal(200);
  });

  describe("time, by the node's own clock", () => {
    const at = async (created: number, expires: number) => (await attempt({ created, expires })).code;
    const skew = CLOCK_SKEW_SECONDS;

    it("accepts the first second of the skew before creation and refuses the one before it", async () => {
      expect(await at(nowSeconds() + skew, nowSeconds() + skew + 10)).to.equal(undefined);
      expect(await at(nowSeconds() + skew + 1, nowSeconds() + skew + 10)).to.equal("signature.early");
    });

    it("accepts the last second of the skew after expiry and refuses the next", async () => {
      expect(await at(nowSeconds() - 200, nowSeconds() - skew + 1)).to.equal(undefined);
      expect(await at(nowSeconds() - 200, nowSeconds() - skew)).to.equal("signature.expired");
    });

    it("accepts the longest lifetime and refuses a longer or an empty one", async () => {
      const now = nowSeconds();
      expect(await at(now, now + MAXIMUM_LIFETIME_SECONDS)).to.equal(undefined);
      expect(await at(now, now + MAXIMUM_LIFETIME_SECONDS + 1)).to.equal("signature.lifetime");
      expect(await at(now, now)).to.equal("signature.lifetime");
    });

    it("follows the injected clock, not the wall clock", async () => {
      const created = nowSeconds();
      node.nowMs += 1_000_000;
      expect(await at(created, created + 120)).to.equal("signature.expired");
      expect(await at(created + 1000, created + 1100)).to.equal(undefined);
    });
  });

  describe("what must be covered", () => {
    for (const missing of SIGNED_COMPONENTS) {
      it(`refuses a signature without ${missing}`, async () => {
        const components = SIGNED_COMPONENTS.filter((name) => name !== missing);
        expect((await attempt({ components })).code).to.equal("signature.components");
      });
    }

    it("refuses an idempotency key that is not covered, and takes one that is", async () => {
      expect((await attempt({}, { "idempotency-key": "k1" })).code).to.equal("signature.components");
      const components = [...SIGNED_COMPONENTS, "idempotency-key"];
      expect(
        (await attempt({ components, values: { "idempotency-key": "k1" } }, { "idempotency-key": "k1" })).status,
      ).to.equal(200);
      expect(
        (await attempt({ components, values: { "idempotency-key": "k1" } }, { "idempotency-key": "k2" })).code,
      ).to.equal("signature.invalid");
    });

    const parameters: readonly [string, (text: string) => string, string][] = [
      ["created", (text) => text.replace(/;created=\d+/, ""), "signature.parameters"],
      ["expires", (text) => text.replace(/;expires=\d+/, ""), "signature.parameters"],
      ["nonce", (text) => text.replace(/;nonce="[^"]*"/, ""), "signature.parameters"],
      ["keyid", (text) => text.replace(/;keyid="[^"]*"/, ""), "signature.parameters"],
      ["alg", (text) => text.replace(/;alg="[^"]*"/, ""), "signature.parameters"],
      ["tag", (text) => text.replace(/;tag="[^"]*"/, ""), "signature.parameters"],
      ["the right alg", (text) => text.replace("ed25519", "hmac-sha256"), "signature.parameters"],
      ["the right tag", (text) => text.replace('"suyuan"', '"another"'), "signature.parameters"],
      ["a nonce of 16 bytes", (text) => text.replace(/nonce="[^"]*"/, 'nonce="short"'), "signature.parameters"],
      ["each parameter once", (text) => `${text};tag="suyuan"`, "signature.malformed"],
      [
        "components without parameters of their own",
        (text) => text.replace('"@path"', '"@path";req'),
        "signature.malformed",
      ],
    ];
    for (const [name, change, code] of parameters) {
      it(`needs ${name}`, async () => {
        expect((await attempt({ parameters: change })).code).to.equal(code);
      });
    }

    it("refuses two signatures, and half of one", async () => {
      const first = await craft({ key: other, url: node.url, target: "/v1/any", created: nowSeconds() });
      const twice = { ...first, "signature-input": [first["signature-input"] ?? "", first["signature-input"] ?? ""] };
      expect((await send({ url: node.url, target: "/v1/any", headers: twice })).code).to.equal("signature.malformed");
      const { signature: _signature, ...half } = first;
      expect((await send({ url: node.url, target: "/v1/any", headers: half })).code).to.equal("signature.malformed");
      expect((await send({ url: node.url, target: "/v1/any" })).code).to.equal("signature.missing");
    });
  });

  describe("what was changed on the way", () => {
    it("refuses another method, path, query, host or body", async () => {
      const crafted = await craft({ key: own, url: node.url, target: "/v1/own/abc?note=x", created: nowSeconds() });
      const altered = async (changes: { target?: string; method?: string; headers?: Record<string, string> }) =>
        (
          await send({
            url: node.url,
            target: "/v1/own/abc?note=x",
            ...changes,
            headers: { ...crafted, ...changes.headers },
          })
        ).code;
      expect(await altered({ target: "/v1/own/abd?note=x" })).to.equal("signature.invalid");
      expect(await altered({ target: "/v1/own/abc?note=y" })).to.equal("signature.invalid");
      expect(await altered({ target: "/v1/own/abc" })).to.equal("signature.invalid");
      expect(await altered({ headers: { host: "other.example" } })).to.equal("signature.authority");
      expect(await altered({ headers: { "content-digest": contentDigestOf(utf8("x")) } })).to.equal(
        "signature.invalid",
      );
      expect(await altered({})).to.equal(undefined);
    });

    it("refuses a target that the router and a URL parser read differently", async () => {
      const cases: [string, string][] = [
        ["/v1/own/abc#x", "/v1/own/abc"],
        ['/v1/own/abc?note=a"b', "/v1/own/abc?note=a%22b"],
        ["/v1/own/abc?note=<", "/v1/own/abc?note=%3C"],
        ["/v1/own/..", "/v1/"],
        ["/v1/own/%2e%2e", "/v1/"],
      ];
      for (const [target, signed] of cases) {
        const crafted = await craft({ key: own, url: node.url, target: signed, created: nowSeconds() });
        expect((await send({ url: node.url, target, headers: crafted })).code, target).to.equal("http.target");
      }
      for (const target of ["/v1/own/x/../abc", "/v1/own/./abc", "//127.0.0.1/v1/own/abc", "/v1\\own/abc"]) {
        const crafted = await craft({ key: own, url: node.url, target: "/v1/own/abc", created: nowSeconds() });
        expect((await send({ url: node.url, target, headers: crafted })).code, target).to.equal("http.not-found");
      }
    });

    it("refuses a signature made for another node", async () => {
      const crafted = await craft({
        key: own,
        url: "http://127.0.0.1:1",
        target: "/v1/own/abc",
        created: nowSeconds(),
      });
      const answer = await send({ url: node.url, target: "/v1/own/abc", headers: { ...crafted, host: "127.0.0.1:1" } });
      expect(answer.code).to.equal("signature.authority");
    });
  });

  describe("the key", () => {
    it("must be in the registry, trusted now, of an active department, and the one that signed", async () => {
      const cases: [Parameters<typeof trust>[2], string, number][] = [
        [{ publicKey: undefined }, "signature.key-unknown", 401],
        [{ trusted: false }, "signature.key-not-trusted", 401],
        [{ departmentActive: false }, "caller.not-active", 403],
        [{ publicKey: own.publicKey }, "signature.invalid", 401],
      ];
      for (const [changes, code, status] of cases) {
        trust(node, other, changes);
        const answer = await attempt();
        expect([answer.code, answer.status]).to.deep.equal([code, status]);
      }
      trust(node, other);
      expect((await attempt()).status).to.equal(200);
    });

    it("decides what may be called", async () => {
      const outcome = async (action: Promise<unknown>) =>
        action.then(() => "ok").catch((error: { code: string }) => error.code);
      const call = (key: typeof own) => ({
        own: outcome(node.client(key).call(getOwn, { params: { id: "a" } })),
        any: outcome(node.client(key).call(getAny, {})),
        watched: outcome(node.client(key).call(getWatched, {})),
      });
      const all = async (key: typeof own) => Promise.all(Object.values(call(key)));
      expect(await all(own)).to.deep.equal(["ok", "ok", "caller.not-oversight"]);
      expect(await all(other)).to.deep.equal(["caller.not-own", "ok", "caller.not-oversight"]);
      expect(await all(watching)).to.deep.equal(["caller.not-own", "ok", "ok"]);
    });
  });

  describe("replay", () => {
    const captured = async () => {
      const headers = await craft({ key: other, url: node.url, target: "/v1/any", created: nowSeconds() });
      return () => send({ url: node.url, target: "/v1/any", headers });
    };

    it("is refused", async () => {
      const replay = await captured();
      expect((await replay()).status).to.equal(200);
      expect((await replay()).code).to.equal("signature.replayed");
    });

    it("is refused after a restart", async () => {
      const replay = await captured();
      expect((await replay()).status).to.equal(200);
      await node.restart();
      expect((await replay()).code).to.equal("signature.replayed");
    });

    it("is refused to all but one of many at the same time", async () => {
      const replay = await captured();
      const answers = await Promise.all(Array.from({ length: 8 }, replay));
      expect(answers.map(({ code }) => code).sort()).to.deep.equal([
        ...Array.from({ length: 7 }, () => "signature.replayed"),
        undefined,
      ]);
    });

    it("stays refused until the signature is too old anyway, pruning included", async () => {
      const replay = await captured();
      expect((await replay()).status).to.equal(200);
      for (let passed = 0; passed < 240; passed += 30) {
        expect((await replay()).code).to.be.oneOf(["signature.replayed", "signature.expired"]);
        node.nowMs += 30_000;
        expect((await attempt()).status).to.equal(200);
      }
      expect((await replay()).code).to.equal("signature.expired");
    });

    it("of lines is refused, after a restart too", async () => {
      const body = utf8('{"a":1}\n');
      const target = "/v1/lines";
      const headers = await craft({ key: other, url: node.url, method: "POST", target, body, created: nowSeconds() });
      const replay = () =>
        send({
          ...{ url: node.url, target, method: "POST", body },
          headers: { ...headers, "content-type": "application/x-ndjson", "content-length": String(body.length) },
        });
      expect((await replay()).status).to.equal(200);
      expect((await replay()).code).to.equal("signature.replayed");
      await node.restart();
      expect((await replay()).code).to.equal("signature.replayed");
    });

    it("of the same nonce by another key is not a replay", async () => {
      const nonce = toBase64Url(randomBytes(16));
      expect((await attempt({ nonce })).status).to.equal(200);
      expect((await attempt({ nonce, key: own })).status).to.equal(200);
      expect((await attempt({ nonce })).code).to.equal("signature.replayed");
    });
  });

  describe("while a nonce is being kept", () => {
    let keeping: Promise<void>;
    let dropping = Promise.resolve();
    const dropped: string[] = [];
    let slow: Harness;
    let slowTest: TestBindings;
    const lines = { body: { mediaType: "application/x-ndjson", bytes: utf8("{}") } } as const;

    before(async () => {
      slowTest = testBindings();
      slow = await startHarness({
        bindings: slowTest.bindings,
        nonces: (space) => ({
          ...space,
          put: async (key, patienceMs) => {
            await space.put(key, patienceMs);
            await keeping;
          },
          deleteBelow: async (bound) => {
            await dropping;
            await space.deleteBelow(bound);
            dropped.push(bound);
          },
        }),
      });
      trust(slow, other);
    });
    after(() => slow.close());
    beforeEach(() => slowTest.seen.splice(0));

    const answered = async (call: () => Promise<unknown>, release: () => void) => {
      let hasAnswer = false;
      const answer = call().finally(() => (hasAnswer = true));
      answer.catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const [seen, early] = [slowTest.seen.length, hasAnswer];
      release();
      return { seen, early, answer: await answer.catch((error: { code: string }) => error.code) };
    };
    const heldBack = () => {
      let release: () => void = () => undefined;
      keeping = new Promise((resolve) => (release = resolve));
      return release;
    };

    it("lines are worked on, and nobody hears of them before it is kept", async () => {
      const release = heldBack();
      const { seen, early, answer } = await answered(async () => {
        const found = [];
        for await (const line of await slow.client(other).call(postRecords, lines)) found.push(line);
        return found;
      }, release);
      expect([seen, early]).to.deep.equal([1, false]);
      expect(answer).to.deep.equal([{ bytes: 2 }, { bytes: 0 }]);
    });

    it("everything else waits until it is kept", async () => {
      const release = heldBack();
      const body = { text: "x" };
      const { seen, early, answer } = await answered(() => slow.client(other).call(postJson, { body }), release);
      expect([seen, early]).to.deep.equal([0, false]);
      expect(answer).to.deep.equal({ department: OTHER, text: "x" });
    });

    it("nobody waits for old ones to be dropped, once a minute", async () => {
      let release: () => void = () => undefined;
      dropping = new Promise((resolve) => (release = resolve));
      keeping = Promise.resolve();
      dropped.splice(0);
      const call = () => slow.client(other).call(postJson, { body: { text: "x" } });
      for (const seconds of [61, 30, 31]) {
        slow.nowMs += seconds * 1000;
        await call();
      }
      expect(dropped).to.deep.equal([]);
      release();
      await new Promise((resolve) => setTimeout(resolve, 100));
      const at = (secondsAgo: number) => String(Math.floor(slow.nowMs / 1000) - secondsAgo).padStart(12, "0");
      expect(dropped).to.deep.equal([at(61), at(0)]);
    });

    it("lines whose nonce cannot be kept are not answered as taken", async () => {
      keeping = Promise.reject(new StorageError("storage.indeterminate"));
      keeping.catch(() => undefined);
      const call = async () => {
        for await (const _ of await slow.client(other).call(postRecords, lines));
      };
      expect(await codeOf(call())).to.equal("storage.indeterminate");
    });
  });

  it("signs the empty query as a lone question mark (RFC 9421 §2.2.7)", async () => {
    const clock = () => node.nowMs;
    const random = () => new Uint8Array(16);
    let base = "";
    const signer = {
      keyId: own.keyId,
      sign: (bytes: Uint8Array) => {
        base = Buffer.from(bytes).toString();
        return new Uint8Array(64);
      },
    };
    await signatureHeaders(
      { method: "GET", url: new URL("https://Node.Example:443/v1/x"), body: new Uint8Array() },
      { signer, clock, random },
    );
    const created = nowSeconds();
    expect(base).to.equal(
      [
        '"@method": GET',
        '"@authority": node.example',
        '"@path": /v1/x',
        '"@query": ?',
        '"content-digest": sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:',
        `"@signature-params": ("@method" "@authority" "@path" "@query" "content-digest");created=${created};expires=${created + 120};nonce="AAAAAAAAAAAAAAAAAAAAAA";keyid="${own.keyId}";alg="ed25519";tag="suyuan"`,
      ].join("\n"),
    );
  });
});
