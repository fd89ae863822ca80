import { canonicalize } from "../../sdk/protocol/canonical.ts";
import { fromHex } from "../../sdk/protocol/bytes.ts";
import { MAXIMUM_DEPTH, parseJson, parseJsonBytes, type Json } from "../../sdk/protocol/json.ts";
import { codeOf, expectEqual } from "./fixed.ts";

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

const ACCEPT: readonly (readonly [name: string, text: string, canonical: string])[] = [
  ["null", "null", "null"],
  ["white space of four kinds", " \t\r\n[ 1 , 2 ]\n", "[1,2]"],
  ["empty object", "{ }", "{}"],
  ["empty array", "[ ]", "[]"],
  ["empty key", '{"":0}', '{"":0}'],
  ["members sorted", '{"b":1,"a":2}', '{"a":2,"b":1}'],
  ["capitals before small letters", '{"a":1,"B":2,"A":3}', '{"A":3,"B":2,"a":1}'],
  ["a prefix first", '{"ab":1,"a":2,"a b":3}', '{"a":2,"a b":3,"ab":1}'],
  ["keys by UTF-16 code unit: U+1F600 before U+FB33", '{"\\ufb33":1,"\\ud83d\\ude00":2}', '{"\u{1F600}":2,"\ufb33":1}'],
  ["Chinese keys by code unit", '{"证照":1,"号码":2}', '{"号码":2,"证照":1}'],
  ["numeric keys as text", '{"10":1,"9":2}', '{"10":1,"9":2}'],
  ["__proto__ is a member like any other", '{"z":1,"__proto__":{"a":1}}', '{"__proto__":{"a":1},"z":1}'],
  ["constructor is a member like any other", '{"constructor":null}', '{"constructor":null}'],
  ["nested objects", '{"b":[{"d":1,"c":2}],"a":{}}', '{"a":{},"b":[{"c":2,"d":1}]}'],
  ["escapes written short", '"\\u0008\\u0009\\u000a\\u000c\\u000d\\u0022\\u005c\\u002f"', '"\\b\\t\\n\\f\\r\\"\\\\/"'],
  ["other control characters in lower case", '"\\u0000\\u001F"', '"\\u0000\\u001f"'],
  ["DEL, U+0080 and U+2028 stand for themselves", '"\\u007f\\u0080\\u2028"', '"\u007f\u0080\u2028"'],
  ["no normalization: e + U+0301 stays two characters", '"e\\u0301"', '"e\u0301"'],
  ["a surrogate pair from escapes", '"\\uD83D\\uDE00"', '"\u{1F600}"'],
  ["the solidus may be escaped", '"a\\/b"', '"a/b"'],
  ["depth at the limit", nested(MAXIMUM_DEPTH), nested(MAXIMUM_DEPTH)],
];

const REJECT: readonly (readonly [name: string, text: string, code: string])[] = [
  ["nothing", "", "json.syntax"],
  ["only white space", " \n", "json.syntax"],
  ["two values", "1 2", "json.syntax"],
  ["a value and a comma", "[1],", "json.syntax"],
  ["trailing comma in an array", "[1,]", "json.syntax"],
  ["trailing comma in an object", '{"a":1,}', "json.syntax"],
  ["leading comma", "[,1]", "json.syntax"],
  ["missing colon", '{"a" 1}', "json.syntax"],
  ["unquoted key", "{a:1}", "json.syntax"],
  ["single quotes", "'a'", "json.syntax"],
  ["comment", "[1/*x*/]", "json.syntax"],
  ["NaN", "NaN", "json.syntax"],
  ["capital literal", "True", "json.syntax"],
  ["half a literal", "nul", "json.syntax"],
  ["unterminated string", '"abc', "json.syntax"],
  ["unterminated object", '{"a":1', "json.syntax"],
  ["raw line feed in a string", '"a\nb"', "json.syntax"],
  ["raw tab in a string", '"a\tb"', "json.syntax"],
  ["unknown escape", '"\\x41"', "json.syntax"],
  ["short unicode escape", '"\\u12"', "json.syntax"],
  ["no-break space between values", "[1,\u00a02]", "json.syntax"],
  ["byte order mark", "\ufeff{}", "json.syntax"],
  ["duplicate key", '{"a":1,"a":1}', "json.duplicate-key"],
  ["duplicate key written with an escape", '{"a":1,"\\u0061":2}', "json.duplicate-key"],
  ["duplicate __proto__", '{"__proto__":1,"__proto__":2}', "json.duplicate-key"],
  ["duplicate key deep inside", '[{"x":{"k":1,"k":2}}]', "json.duplicate-key"],
  ["lone high surrogate", '"\\ud83d"', "json.surrogate"],
  ["lone low surrogate", '"\\ude00"', "json.surrogate"],
  ["surrogates the wrong way round", '"\\ude00\\ud83d"', "json.surrogate"],
  ["lone surrogate in a key", '{"\\ud800":1}', "json.surrogate"],
  ["depth beyond the limit", nested(MAXIMUM_DEPTH + 1), "json.depth"],
];

const BYTES: readonly (readonly [name: string, hex: string, code: string])[] = [
  ["byte order mark", "0xefbbbf7b7d", "json.syntax"],
  ["overlong form of /", "0x22c0af22", "json.encoding"],
  ["surrogate in UTF-8", "0x22eda08022", "json.encoding"],
  ["cut sequence", "0x22e8af22", "json.encoding"],
  ["beyond U+10FFFF", "0x22f490808022", "json.encoding"],
  ["GB 18030 text", "0x22d6a4d5d522", "json.encoding"],
];

export function canonicalVectors(): Json {
  for (const [name, text, canonical] of ACCEPT) expectEqual(name, canonicalize(parseJson(text)), canonical);
  for (const [name, text, code] of REJECT)
    expectEqual(
      name,
      codeOf(() => parseJson(text)),
      code,
    );
  for (const [name, hex, code] of BYTES)
    expectEqual(
      name,
      codeOf(() => parseJsonBytes(fromHex(hex))),
      code,
    );
  return {
    description:
      "SPEC §2. `accept`: text → its canonical form (RFC 8785). `reject`: text → code. `bytes`: UTF-8 in hexadecimal → code.",
    accept: ACCEPT.map(([name, text, canonical]) => ({ name, text, canonical })),
    reject: REJECT.map(([name, text, code]) => ({ name, text, code })),
    bytes: BYTES.map(([name, hex, code]) => ({ name, hex, code })),
  };
}

const NUMBERS: readonly (readonly [text: string, canonical: string])[] = [
  ["0", "0"],
  ["0.0", "0"],
  ["0e5", "0"],
  ["0E-400", "0"],
  ["-1", "-1"],
  ["29.00", "29"],
  ["1e2", "100"],
  ["1E+2", "100"],
  ["100e-2", "1"],
  ["0.1", "0.1"],
  ["0.10", "0.1"],
  ["1.5e-7", "1.5e-7"],
  ["0.000001", "0.000001"],
  ["0.0000001", "1e-7"],
  ["9007199254740991", "9007199254740991"],
  ["-9007199254740991", "-9007199254740991"],
  ["9007199254740992", "9007199254740992"],
  ["9007199254740994", "9007199254740994"],
  ["100000000000000000000", "100000000000000000000"],
  ["1000000000000000000000", "1e+21"],
  ["1e21", "1e+21"],
  ["1e23", "1e+23"],
  ["123456789012345680000", "123456789012345680000"],
  ["333333333.3333333", "333333333.3333333"],
  ["1.7976931348623157e308", "1.7976931348623157e+308"],
  ["5e-324", "5e-324"],
  ["4.50", "4.5"],
  ["1e00000000000000000002", "100"],
];

const NOT_NUMBERS: readonly (readonly [text: string, code: string])[] = [
  ["-0", "json.number"],
  ["-0.0", "json.number"],
  ["-0e5", "json.number"],
  ["9007199254740993", "json.number"],
  ["-9007199254740993", "json.number"],
  ["9007199254740992.5", "json.number"],
  ["0.1000000000000000055511151231257827", "json.number"],
  ["333333333.33333329", "json.number"],
  ["123456789012345678901234567890", "json.number"],
  ["1e400", "json.number"],
  ["-1e400", "json.number"],
  ["1e-400", "json.number"],
  ["-1e-400", "json.number"],
  ["4e-324", "json.number"],
  ["2e-324", "json.number"],
  ["1.7976931348623158e308", "json.number"],
  ["1.7976931348623159e308", "json.number"],
  ["01", "json.syntax"],
  ["+1", "json.syntax"],
  [".5", "json.syntax"],
  ["5.", "json.syntax"],
  ["1e", "json.syntax"],
  ["1e+", "json.syntax"],
  ["0x10", "json.syntax"],
  ["--1", "json.syntax"],
  ["-", "json.syntax"],
  ["Infinity", "json.syntax"],
  ["1_000", "json.syntax"],
];

export function numberVectors(): Json {
  for (const [text, canonical] of NUMBERS) expectEqual(text, canonicalize(parseJson(text)), canonical);
  for (const [text, code] of NOT_NUMBERS)
    expectEqual(
      text,
      codeOf(() => parseJson(text)),
      code,
    );
  return {
    description: "SPEC §2. A numeral is accepted when its exact value equals that of its canonical form.",
    accept: NUMBERS.map(([text, canonical]) => ({ text, canonical })),
    reject: NOT_NUMBERS.map(([text, code]) => ({ text, code })),
  };
}
