import { expect } from "chai";
import fc from "fast-check";
import { concat, utf8 } from "../../../sdk/protocol/bytes.ts";
import { parseEvidenceText } from "../../../sdk/protocol/evidence-text.ts";
import { parseJson, parseJsonBytes, type Json, type JsonObject } from "../../../sdk/protocol/json.ts";
import { ProtocolError } from "../../../sdk/protocol/protocol-error.ts";
import { parseSchema } from "../../../sdk/protocol/schema.ts";
import { parseKnownSchema, REMEMBERED_SCHEMAS } from "../../../sdk/protocol/schema-texts.ts";
import { document, json } from "./arbitraries.ts";

/** The value, or the code and place of the error. */
function outcome(parse: () => Json): unknown {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { code: error.code, values: error.values };
  }
}

const same = (bytes: Uint8Array): void => {
  expect(outcome(() => parseEvidenceText(bytes))).to.deep.equal(outcome(() => parseJsonBytes(bytes)));
};

const schemaOf = (number: number): JsonObject => ({
  type: "object",
  title: `证照 ${number} \ud83d\ude00`,
  properties: { id: { type: "string" }, schema: { type: ["null", "string"] } },
  "x-required-claims": [["id"]],
});
const fileWith = (schema: Json, rest: JsonObject = {}): string =>
  JSON.stringify({ format: "suyuan/evidence/1", header: { schema: "0x00" }, schema, ...rest });

describe("the JSON of an evidence file", () => {
  it("is the same the first time and every time, wherever the schema stands", () => {
    for (let number = 0; number < 5; number++) {
      for (let shift = 0; shift < 9; shift++) {
        const text = JSON.stringify({ a: "x".repeat(shift), schema: schemaOf(number), z: `末 ${shift}` });
        // At every alignment of the file in its buffer.
        for (let offset = 0; offset < 4; offset++) same(concat(new Uint8Array(offset), utf8(text)).subarray(offset));
      }
    }
  });

  it("shares one frozen schema among files, which is read once", () => {
    const [first, second] = [1, 2].map(
      (number) => parseEvidenceText(utf8(fileWith(schemaOf(100), { number }))) as { schema: JsonObject },
    );
    expect(second?.schema).to.equal(first?.schema);
    expect(Object.isFrozen(second?.schema["properties"])).to.equal(true);
    expect(parseKnownSchema(second!.schema)).to.equal(parseKnownSchema(first!.schema));
    expect(parseKnownSchema(second!.schema).digest).to.equal(parseSchema(schemaOf(100)).digest);
  });

  it("forgets the schemas that were used longest ago", () => {
    const read = (number: number) =>
      (parseEvidenceText(utf8(fileWith(schemaOf(number)))) as { schema: JsonObject }).schema;
    const oldest = read(1000);
    for (let i = 1; i < REMEMBERED_SCHEMAS; i++) read(1000 + i);
    expect(read(1000)).to.equal(oldest);
    read(1000 + REMEMBERED_SCHEMAS);
    expect(read(1000)).to.equal(oldest);
    for (let i = 1; i <= REMEMBERED_SCHEMAS; i++) read(2000 + i);
    expect(read(1000)).not.to.equal(oldest);
    expect(read(1000)).to.deep.equal(oldest);
  });

  describe("with a remembered schema in a place where it changes what the file says", () => {
    const schema = JSON.stringify(schemaOf(7));
    before(() => void parseEvidenceText(utf8(fileWith(schemaOf(7)))));
    const files = {
      twice: `{"schema":${schema},"schema":${schema}}`,
      "twice, once escaped": `{"schema":${schema},"\\u0073chema":${schema}}`,
      "and null beside it": `{"schema":${schema},"schema":null}`,
      "below the top": `{"a":{"schema":${schema}},"schema":null}`,
      "below the top only": `{"a":{"schema":${schema}}}`,
      "in a string": JSON.stringify({ a: `{"schema":${schema}}`, schema: schemaOf(7) }),
      "with text behind it": `{"schema":${schema}x}`,
      "cut off": `{"schema":${schema}`,
      "cut off inside": `{"schema":${schema.slice(0, -4)}`,
      "an error before it": `{"a":01,"schema":${schema}}`,
      "an error after it": `{"schema":${schema},"a":1e400}`,
      "null in a string": JSON.stringify({ a: '"schema":null', schema: schemaOf(7) }),
      "in an array": `[{"schema":${schema}}]`,
      "with white space": `{ "schema":${schema} }`,
      "a longer one": `{"schema":${schema.slice(0, -1)},"a":1}}`,
    };
    for (const [title, text] of Object.entries(files)) it(title, () => same(utf8(text)));
    it("and bytes that are no UTF-8", () => same(concat(utf8(files["with white space"]), Uint8Array.of(0xff))));
  });

  it("is what the strict parser makes of any value, written in any way", () => {
    fc.assert(
      fc.property(document, json, fc.constantFrom(0, 1), (before, schema, indent) => {
        const text = JSON.stringify({ ...before, schema }, undefined, indent);
        same(utf8(text));
        same(utf8(text));
      }),
    );
  });
});

describe("the strict parser and the engine's", () => {
  /** The value or the code: white space keeps the engine's parser out, and moves the place of an error at the end. */
  const valueOrCode = (text: string): unknown => {
    try {
      return { value: parseJson(text) };
    } catch (error) {
      if (error instanceof ProtocolError) return error.code;
      throw error;
    }
  };
  const slow = (text: string): unknown => valueOrCode(`${text} `);
  const fast = valueOrCode;

  it("agree on any text, canonical or not", () => {
    fc.assert(
      fc.property(json, fc.nat(2), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(fast(text)).to.deep.equal(slow(text));
      }),
    );
  });

  it("agree on what must be refused, or taken as it is", () => {
    const texts = [
      ...['{"a":1,"a":1}', '{"a":1,"\\u0061":1}', '{"__proto__":1,"__proto__":1}', '{"__proto__":{"a":1}}'],
      ...["-0", "[-0]", "1e400", "9007199254740993", "29.00", "1E2", "[0.1]", "1e21", "null", "[null]", "true", '""'],
      ...[
        '"\\ud83d"',
        '["\\ud83d\\ude00"]',
        '"\ud83d"',
        '"\\uD83D"',
        '"\\u0000"',
        '"\\\\ud83d"',
        '"\u2028"',
        '"/"',
        '"\\/"',
      ],
      ...['{"b":1,"a":2}', '{"1":1,"a":2}', '{"a":1,"1":2}', "[1,]", "{", '"', "", "nul"],
      ...["[".repeat(64) + "]".repeat(64), "[".repeat(65) + "]".repeat(65), `[${'{"a":[]},'.repeat(70)}1]`],
      JSON.stringify("{[".repeat(100)),
    ];
    for (const text of texts) expect(fast(text), text.slice(0, 60)).to.deep.equal(slow(text));
  });

  it("has own members only, whichever reads", () => {
    const value = parseJson('{"__proto__":{"a":1},"constructor":1}') as JsonObject;
    expect(Object.keys(value)).to.deep.equal(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(value)).to.equal(Object.prototype);
  });
});
