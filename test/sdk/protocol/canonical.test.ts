import { expect } from "chai";
import fc from "fast-check";
import { fromHex } from "../../../sdk/protocol/bytes.ts";
import { canonicalBytes, canonicalize } from "../../../sdk/protocol/canonical.ts";
import { MAXIMUM_DEPTH, parseJson, parseJsonBytes, type Json } from "../../../sdk/protocol/json.ts";
import { json, number } from "./arbitraries.ts";
import { expectCode, isRefused, vectors } from "./support.ts";

interface Accepted {
  readonly name?: string;
  readonly text: string;
  readonly canonical: string;
}
interface Rejected {
  readonly name?: string;
  readonly text: string;
  readonly code: string;
}
interface Vectors {
  readonly accept: readonly Accepted[];
  readonly reject: readonly Rejected[];
  readonly bytes?: readonly { readonly name: string; readonly hex: string; readonly code: string }[];
}

for (const file of ["canonical.json", "numbers.json"]) {
  const { accept, reject, bytes = [] } = vectors<Vectors>(file);
  describe(`vectors of ${file}`, () => {
    for (const { name, text, canonical } of accept) {
      it(`accepts ${name ?? text}`, () => expect(canonicalize(parseJson(text))).to.equal(canonical));
    }
    for (const { name, text, code } of reject) {
      it(`refuses ${name ?? text} as ${code}`, () => expectCode(() => parseJson(text), code));
    }
    for (const { name, hex, code } of bytes) {
      it(`refuses the bytes of ${name} as ${code}`, () => expectCode(() => parseJsonBytes(fromHex(hex)), code));
    }
  });
}

/** Whether JSON.parse takes the text, and to what: own members only, so that "__proto__" counts. */
const native = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
};

describe("canonical JSON", function () {
  this.timeout(20_000);

  it("is read back as the value it came from", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(parseJson(canonicalize(value))).to.deep.equal(value);
      }),
    );
  });

  it("is its own canonical form", () => {
    fc.assert(
      fc.property(json, (value) => {
        const canonical = canonicalize(value);
        expect(canonicalize(parseJson(canonical))).to.equal(canonical);
      }),
    );
  });

  it("does not depend on the order of members", () => {
    const reversed = (value: Json): Json => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, member]) => [name, reversed(member)]),
      ); // An entry of a JSON object.
    };
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalize(reversed(value))).to.equal(canonicalize(value));
      }),
    );
  });

  it("differs for different values", () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(canonicalize(a) === canonicalize(b)).to.equal(sameMembers(a, b));
      }),
    );
  });

  it("puts the domain before the text", () => {
    expect(canonicalBytes({ a: 1 }, "suyuan/x/1")).to.deep.equal(new TextEncoder().encode('suyuan/x/1{"a":1}'));
  });

  it("has no form for what is not JSON", () => {
    const holes: Json[] = [];
    holes[1] = 1;
    for (const value of [
      undefined,
      NaN,
      Infinity,
      1n,
      Symbol("a"),
      () => 1,
      "\ud800",
      { "\udc00": 1 },
      { a: undefined },
      [undefined],
      holes,
    ]) {
      expectCode(() => canonicalize(value as Json), "json.value"); // None of these is JSON: that is the point.
    }
  });
});

function sameMembers(a: Json, b: Json): boolean {
  try {
    expect(a).to.deep.equal(b);
    return true;
  } catch {
    return false;
  }
}

describe("strict parsing", function () {
  this.timeout(20_000);

  it("agrees with JSON.parse wherever it accepts", () => {
    fc.assert(
      fc.property(json, fc.constantFrom(0, 1, 2), (value, space) => {
        const written = JSON.stringify(value, undefined, space);
        expect(parseJson(written)).to.deep.equal(JSON.parse(written));
      }),
    );
  });

  it("accepts nothing that JSON.parse refuses", () => {
    const fragment = fc.constantFrom(
      ...'{}[]:,"\\ \n\t0123456789-+.eEtruefalsn'.split(""),
      '"a"',
      "null",
      "\\u0061",
      "\u00a0",
      "\ufeff",
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        if (native(text) === undefined) expect(isRefused(() => parseJson(text))).to.equal(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("reads bytes as it reads text", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(parseJsonBytes(canonicalBytes(value))).to.deep.equal(value);
      }),
    );
  });

  it("keeps __proto__ as a member and changes no prototype", () => {
    const parsed = parseJson('{"__proto__":{"polluted":true}}');
    expect(Object.keys(parsed as object)).to.deep.equal(["__proto__"]); // The text is an object.
    expect(Object.getPrototypeOf(parsed)).to.equal(Object.prototype);
    expect(Object.hasOwn(Object.prototype, "polluted")).to.equal(false);
  });

  it("names the character where it stopped", () => {
    for (const [text, offset] of [
      ["[1,x]", 3],
      ['{"a":1,"a":2}', 7],
      ["[1,-0]", 3],
      ['["\\ud800"]', 1],
    ] as const) {
      expect(() => parseJson(text))
        .to.throw()
        .with.deep.property("values", { offset });
    }
  });

  it("refuses more bytes than told, before reading them", () => {
    expectCode(() => parseJsonBytes(new Uint8Array(11), { bytes: 10 }), "json.size");
    expect(parseJsonBytes(new TextEncoder().encode("[1,2,3,45]"), { bytes: 10 })).to.deep.equal([1, 2, 3, 45]);
  });

  it("refuses one level more than told", () => {
    expect(parseJson("[{}]", { depth: 2 })).to.deep.equal([{}]);
    expectCode(() => parseJson("[{}]", { depth: 1 }), "json.depth");
    expectCode(() => parseJson("[".repeat(1_000_000)), "json.depth");
    expect(isRefused(() => parseJson("[".repeat(MAXIMUM_DEPTH)))).to.equal(true);
  });
});

describe("numbers", function () {
  this.timeout(20_000);

  const exact = (text: string): { readonly digits: bigint; readonly exponent: bigint } => {
    const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
    const [whole = "", fraction = ""] = mantissa.split(".");
    return { digits: BigInt(whole + fraction), exponent: BigInt(exponent) - BigInt(fraction.length) };
  };
  const equal = (a: string, b: string): boolean => {
    const [x, y] = [exact(a), exact(b)];
    const least = x.exponent < y.exponent ? x.exponent : y.exponent;
    return x.digits * 10n ** (x.exponent - least) === y.digits * 10n ** (y.exponent - least);
  };

  it("are accepted exactly when the canonical form has the same value", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: 20 });
    const numeral = fc.tuple(
      digits,
      fc.option(digits, { nil: undefined }),
      fc.option(fc.integer({ min: -30, max: 30 }), { nil: undefined }),
    );
    fc.assert(
      fc.property(numeral, ([whole, fraction, exponent]) => {
        const text = `${whole.replace(/^0+(?=\d)/, "")}${fraction === undefined ? "" : `.${fraction}`}${exponent === undefined ? "" : `e${exponent}`}`;
        const accepted = !isRefused(() => parseJson(text));
        expect(accepted).to.equal(equal(text, String(Number(text))));
      }),
      { numRuns: 2000 },
    );
  });

  it("survive in every spelling of the same value", () => {
    fc.assert(
      fc.property(number, (value) => {
        for (const spelling of [
          String(value),
          value.toExponential(),
          `${canonicalize(value)}`,
          String(value).replace("e", "E"),
        ]) {
          expect(parseJson(spelling)).to.equal(value);
        }
      }),
    );
  });

  // A numeral can be as long as a file: work that grows with the square of its length would stop a verifier for hours.
  it("of a million digits are judged at once", function () {
    this.timeout(20_000);
    const zeros = "0".repeat(1_000_000);
    expectCode(() => parseJson(`0.1${zeros}1`), "json.number");
    expectCode(() => parseJson(`1e-${"9".repeat(1_000_000)}`), "json.number");
    expectCode(() => parseJson(`1${zeros}`), "json.number");
    expect(parseJson(`0.5${zeros}`)).to.equal(0.5);
    expect(parseJson(`1e${zeros}2`)).to.equal(100);
    expect(parseJson(`0e${"9".repeat(1_000_000)}`)).to.equal(0);
  });
});
