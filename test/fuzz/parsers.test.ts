import { expect } from "chai";
import fc from "fast-check";
import { equalBytes, fromUtf8, utf8 } from "../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import { evidenceJson, parseEvidenceBytes } from "../../sdk/protocol/evidence.ts";
import { parseJson, parseJsonBytes, type Json } from "../../sdk/protocol/json.ts";
import { ProtocolError } from "../../sdk/protocol/protocol-error.ts";
import { readLines } from "../../sdk/client/streams.ts";
import { linesOf, parseLine } from "../../node/records/lines.ts";
import { parseContentDigest } from "../../node/http/digest.ts";
import { verifySignature } from "../../node/http/signature.ts";
import { corpusOf, expectedOf, type CorpusFile } from "./corpus.ts";
import { countsCases, held, LONG } from "../faults/tally.ts";
import { mutated, RUNS } from "./mutate.ts";
import { codeOf, outcome } from "./outcome.ts";
import { dependencies, requestOf } from "./signed-request.ts";

function corpusIsKept(parser: string, parse: (bytes: Uint8Array) => unknown): readonly CorpusFile[] {
  const files = corpusOf(parser);
  for (const file of files)
    it(`${file.name.replace(/\.bin$/, "")}`, async () =>
      expect(codeOf(await outcome(() => parse(file.bytes)))).to.equal(expectedOf(file)));
  return files;
}
const bytesOf = (files: readonly CorpusFile[]): readonly Uint8Array[] => files.map(({ bytes }) => bytes);
const describeInput = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

const JSON_TOKENS = [
  '"',
  "\\",
  "\\u",
  "\\ud83d",
  "\\uDE00",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "-0",
  "1e400",
  "9007199254740993",
  "null",
  "true",
  '"__proto__":',
  "\ufeff",
  "\u2028",
  "\u0000",
  " ",
  "0.1000000000000000055511151231257827",
];

describe("canonical JSON", function () {
  this.timeout(120_000 * LONG);
  countsCases("parsers");
  const files = corpusIsKept("json", (bytes) => parseJsonBytes(bytes));

  it("is never read otherwise than the engine reads it, and is a fixed point of its canonical form", async () => {
    const vectors = corpusOf("evidence").filter((file) => expectedOf(file) === "ok");
    await fc.assert(
      fc.asyncProperty(mutated({ corpus: bytesOf([...files, ...vectors]), tokens: JSON_TOKENS }), async (bytes) => {
        const found = await outcome(() => parseJsonBytes(bytes));
        const text = decoded(bytes);
        const engine = text === undefined ? undefined : engineReads(text);
        if ("code" in found) {
          expect(found.code).to.match(/^json\./);
          return;
        }
        expect(engine, describeInput(bytes)).to.deep.equal({ value: found.value });
        const canonical = canonicalize(found.value);
        expect(canonicalize(parseJson(canonical))).to.equal(canonical);
        // The fast way and the strict way come to the same.
        expect(canonicalize(parseJson(` ${text ?? ""}`))).to.equal(canonical);
      }),
      { numRuns: RUNS },
    );
    held("parsers", RUNS);
  });

  it("is refused with the same code by the fast way and the strict way", async () => {
    await fc.assert(
      fc.asyncProperty(mutated({ corpus: bytesOf(files), tokens: JSON_TOKENS }), async (bytes) => {
        const text = decoded(bytes);
        fc.pre(text !== undefined);
        const [fast, strict] = [
          await outcome(() => parseJson(text ?? "")),
          await outcome(() => parseJson(` ${text ?? ""}`)),
        ];
        expect(codeOf(fast), describeInput(bytes)).to.equal(codeOf(strict));
      }),
      { numRuns: RUNS },
    );
    held("parsers", RUNS);
  });
});

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return fromUtf8(bytes);
  } catch {
    return undefined;
  }
}

function engineReads(text: string): { readonly value: Json } | undefined {
  try {
    return { value: JSON.parse(text) as Json }; // The engine's word for it.
  } catch {
    return undefined;
  }
}

describe("evidence files", function () {
  this.timeout(120_000 * LONG);
  countsCases("parsers");
  const files = corpusIsKept("evidence", (bytes) => parseEvidenceBytes(bytes));

  it("are refused with a code, or say exactly what they say", async () => {
    const tokens = [
      ...JSON_TOKENS,
      '"extra":1,',
      '"at":',
      '"0x',
      `"${"ab".repeat(32)}"`,
      '"delivery":{',
      "suyuan/evidence/1",
    ];
    await fc.assert(
      fc.asyncProperty(mutated({ corpus: bytesOf(files), tokens }), async (bytes) => {
        const found = await outcome(() => parseEvidenceBytes(bytes));
        if ("code" in found) expect(found.code).to.match(/^(?:json|shape|version)\./);
        else {
          const read = canonicalize(evidenceJson(found.value));
          expect(read, describeInput(bytes)).to.equal(canonicalize(parseJsonBytes(bytes)));
        }
      }),
      { numRuns: RUNS },
    );
    held("parsers", RUNS);
  });

  it("never name their content in an error", async () => {
    const secret = "张三的身份证";
    const [good] = bytesOf(files.filter((file) => expectedOf(file) === "ok"));
    const tokens = [`"${secret}"`, `"${secret}":`, secret];
    await fc.assert(
      fc.asyncProperty(mutated({ corpus: [good ?? new Uint8Array()], tokens }), async (bytes) => {
        try {
          parseEvidenceBytes(bytes);
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
          expect(error.message + error.describe("zh") + JSON.stringify(error.values)).not.to.include(secret);
        }
      }),
      { numRuns: RUNS },
    );
    held("parsers", RUNS);
  });
});

describe("HTTP message signatures", function () {
  this.timeout(120_000 * LONG);
  countsCases("parsers");
  const verify = async (bytes: Uint8Array) => {
    const request = requestOf(bytes);
    return request === undefined ? undefined : verifySignature(request, dependencies);
  };
  const files = corpusIsKept("signature", verify);

  /** What a signature is about; whatever else a request holds is nobody's word. */
  const meaning = (bytes: Uint8Array): string => {
    const request = requestOf(bytes);
    const header = (name: string) => request?.headers[name]?.toString().trim();
    return JSON.stringify([
      request?.method,
      request?.url,
      header("host")?.toLowerCase(),
      header("content-digest"),
      header("signature-input")?.replace(/^[^=]*=/, ""),
      header("idempotency-key"),
    ]);
  };

  it("hold for what was signed, and are refused with a code for everything else", async () => {
    const good = new Set(files.filter((file) => expectedOf(file) === "ok").map(({ bytes }) => meaning(bytes)));
    const tokens = [
      "sig1=(",
      ");created=1772413200",
      ";expires=1772413320",
      ';tag="suyuan"',
      '"@path"',
      '"@query";req',
      "signature: sig1=:AAAA:\n",
      "signature-input: ",
      "host: node.example\n",
      "idempotency-key: k2\n",
      "content-digest: sha-256=:AAAA:\n",
      "\n",
      "/../",
      "%2e%2e",
      "?",
      "#",
      '\\"',
    ];
    await fc.assert(
      fc.asyncProperty(mutated({ corpus: bytesOf(files), tokens }), async (bytes) => {
        const found = await outcome(() => verify(bytes));
        if ("code" in found) expect(found.code).to.match(/^(?:signature|http|caller)\./);
        else if (found.value !== undefined) expect(good.has(meaning(bytes)), describeInput(bytes)).to.equal(true);
      }),
      { numRuns: RUNS },
    );
    held("parsers", RUNS);
  });

  it("and digests are read as the standard writes them, or refused", async () => {
    const corpus = [
      "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
      "sha-512=:AAAA:, sha-256=:BBBB:",
      "md5=:AA==:",
    ];
    const tokens = ["sha-256=:", ":", ",", "=", "unixsum=:1:", " ", '"'];
    await fc.assert(
      fc.asyncProperty(mutated({ corpus: corpus.map(utf8), tokens }), async (bytes) => {
        const found = await outcome(() => parseContentDigest(Buffer.from(bytes).toString("latin1")));
        if ("code" in found) expect(found.code).to.equal("digest.malformed");
        else expect(`sha-256=:${found.value.toString("base64")}:`).to.equal(Buffer.from(bytes).toString("latin1"));
      }),
      { numRuns: RUNS },
    );
    held("parsers", RUNS);
  });
});

describe("NDJSON", function () {
  this.timeout(120_000 * LONG);
  countsCases("parsers");
  const readAll = (bytes: Uint8Array) =>
    linesOf({ mediaType: "application/x-ndjson", bytes }).map((line) => parseLine(line));
  const files = corpusIsKept("ndjson", readAll);
  const small = bytesOf(files).filter(({ length }) => length < 1000);
  const tokens = ["\n", "\r\n", "\r", "{}", '{"a":1}', "\u2028", "\u0085", " ", "\t", "\u0000", "\ufeff"];

  it("has the lines that a plain cut at line feeds has, each an object or a coded refusal", async () => {
    await fc.assert(
      fc.asyncProperty(mutated({ corpus: small, tokens }), async (bytes) => {
        const lines = linesOf({ mediaType: "application/x-ndjson", bytes });
        const plain = Buffer.from(bytes)
          .toString("latin1")
          .split("\n")
          .filter((line) => !/^[ \t\r]*$/.test(line));
        expect(lines.map((line) => Buffer.from(line).toString("latin1"))).to.deep.equal(plain);
        for (const line of lines) {
          const found = await outcome(() => parseLine(line));
          if ("code" in found) expect(found.code).to.match(/^(?:json\.|document\.not-object$)/);
          else expect(found.value).to.be.an("object");
        }
      }),
      { numRuns: RUNS },
    );
    held("parsers", RUNS);
  });

  it("is the same lines however the bytes arrive", async () => {
    await fc.assert(
      fc.asyncProperty(
        mutated({ corpus: small, tokens }),
        fc.array(fc.nat(40), { maxLength: 20 }),
        async (bytes, cuts) => {
          const whole = await collected([bytes]);
          const pieces: Uint8Array[] = [];
          let start = 0;
          for (const length of cuts)
            pieces.push(bytes.subarray(start, (start = Math.min(bytes.length, start + length))));
          const parts = await collected([...pieces, bytes.subarray(start)]);
          expect(parts.length).to.equal(whole.length);
          expect(parts.every((line, i) => equalBytes(line, whole[i] ?? new Uint8Array()))).to.equal(true);
        },
      ),
      { numRuns: RUNS },
    );
    held("parsers", RUNS);
  });

  const collected = async (chunks: readonly Uint8Array[]): Promise<Uint8Array[]> => {
    const lines: Uint8Array[] = [];
    const arriving = (async function* () {
      yield* chunks;
    })();
    for await (const line of readLines(arriving)) lines.push(line);
    return lines;
  };
});
