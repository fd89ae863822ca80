import { expect } from "chai";
import { utf8 } from "../../sdk/protocol/bytes.ts";
import { parseJsonBytes } from "../../sdk/protocol/json.ts";
import { linesOf, parseLine } from "../../node/records/lines.ts";
import { verifySignature } from "../../node/http/signature.ts";
import { codeOf, outcome } from "./outcome.ts";
import { dependencies, requestOf } from "./signed-request.ts";
import { countsCases } from "../faults/tally.ts";

describe("hostile input of the greatest size", function () {
  this.timeout(120_000);
  countsCases("parsers");
  const MEBIBYTE = 1024 * 1024;
  /** Generous: what is quadratic takes minutes. CPU time, so that a busy machine does not fail it. */
  const SECONDS = 5;
  const HEAP_BYTES = 400 * MEBIBYTE;
  const filled = (part: string, length = 4 * MEBIBYTE): string => part.repeat(Math.floor(length / part.length));

  const inputs: Readonly<Record<string, () => string>> = {
    "one numeral of four million digits": () => filled("7"),
    "one fraction of four million digits": () => `0.${filled("3", 4 * MEBIBYTE - 2)}`,
    "an exponent of four million digits": () => `1e${filled("9", 4 * MEBIBYTE - 2)}`,
    "zeros, then an exponent that undoes them": () => `0.${"0".repeat(2_000_000)}1e2000001`,
    "four million open brackets": () => filled("["),
    "half a million open members": () => filled('{"a":'),
    "a million empty arrays": () => `[${filled("[],", 4 * MEBIBYTE - 4)}[]]`,
    "a string of escapes": () => `"${filled("\\u0061", 4 * MEBIBYTE - 8)}"`,
    "a string of escaped pairs": () => `"${filled("\\ud83d\\ude00", 4 * MEBIBYTE - 20)}"`,
    "a string without its end": () => `"${filled("a", 4 * MEBIBYTE - 1)}`,
    backslashes: () => `"${filled("\\\\", 4 * MEBIBYTE - 2)}"`,
    "white space": () => filled(" "),
    "one key, three hundred thousand times": () => `{${filled('"a":1,', 4 * MEBIBYTE - 10)}"a":1}`,
    "many keys, and the first again at the end": () =>
      `{${Array.from({ length: 200_000 }, (_, i) => `"${i}x":1`).join(",")},"0x":2}`,
    "keys that are positions, in descending order": () =>
      `{${Array.from({ length: 200_000 }, (_, i) => `"${200_000 - i}":1`).join(",")}}`,
    "a key of four megabytes, twice": () =>
      `{"${filled("k", 2 * MEBIBYTE - 8)}":1,"${filled("k", 2 * MEBIBYTE - 8)}":2}`,
  };
  for (const [name, make] of Object.entries(inputs)) {
    it(`JSON: ${name}`, async () => {
      const bytes = utf8(make());
      const [before, started] = [process.memoryUsage().heapUsed, process.cpuUsage().user];
      const found = await outcome(() => parseJsonBytes(bytes));
      const seconds = (process.cpuUsage().user - started) / 1e6;
      expect(codeOf(found)).to.match(/^(?:ok|json\.[a-z-]+)$/);
      expect(seconds).to.be.lessThan(SECONDS);
      expect(process.memoryUsage().heapUsed - before).to.be.lessThan(HEAP_BYTES);
    });
  }

  it("signature headers that make a pattern go back and forth", async () => {
    const headers = [
      `sig1=(${'"a" '.repeat(250)})`,
      `sig1=("a"${';a="b"'.repeat(160)}`,
      `sig1=(${'"@path" '.repeat(120)}"`,
      `sig1=()${";a=1".repeat(240)}x`,
      `${"a".repeat(1000)}=(`,
      `sig1=()${';a=""'.repeat(200)};`,
    ];
    const started = process.cpuUsage().user;
    for (const header of headers) {
      const request = requestOf(
        utf8(`GET /v1/any\nhost: node.example\nsignature-input: ${header}\nsignature: ${header}\n`),
      );
      if (request === undefined) throw new Error("no request");
      const found = await outcome(() => verifySignature(request, dependencies));
      expect(codeOf(found)).to.match(/^signature\./);
    }
    expect((process.cpuUsage().user - started) / 1e6).to.be.lessThan(1);
  });

  it("a body of sixteen megabytes of line feeds, of blanks, of one line", async () => {
    for (const part of ["\n", " ", "\r\n", "x"]) {
      const bytes = utf8(filled(part, 16 * MEBIBYTE));
      const started = process.cpuUsage().user;
      const found = await outcome(() =>
        linesOf({ mediaType: "application/x-ndjson", bytes }).map((line) => parseLine(line)),
      );
      expect(codeOf(found)).to.equal(part === "x" ? "http.line-too-large" : "ok");
      expect((process.cpuUsage().user - started) / 1e6).to.be.lessThan(SECONDS);
    }
    const many = utf8(filled("{}\n", 16 * MEBIBYTE));
    expect(codeOf(await outcome(() => linesOf({ mediaType: "application/x-ndjson", bytes: many })))).to.equal(
      "http.too-many-lines",
    );
  });
});
