import { expect } from "chai";
import fc from "fast-check";
import { CliError } from "../../../sdk/cli/errors.ts";
import { displayWidth, printable, table, wrapped } from "../../../sdk/cli/table.ts";
import { fieldValue, integerValue, nodeValue, timeValue } from "../../../sdk/cli/values.ts";

const refused = (work: () => unknown): string => {
  try {
    return `taken: ${String(work())}`;
  } catch (error) {
    return error instanceof CliError ? error.code : String(error);
  }
};

describe("option values", () => {
  describe("a time", () => {
    const at = timeValue("--at");
    const taken: [string, number][] = [
      ["0", 0],
      ["1772413200", 1_772_413_200],
      ["2026-03-02", 1_772_380_800],
      ["2026-03-02T09:00", 1_772_413_200],
      ["2026-03-02 09:00:00", 1_772_413_200],
      ["2026-03-02T09:00:00+08:00", 1_772_413_200],
      ["2026-03-02T01:00:00Z", 1_772_413_200],
      ["2026-03-02T01:00:00.9Z", 1_772_413_200],
      ["2024-02-29", 1_709_136_000],
    ];
    for (const [text, seconds] of taken)
      it(`is taken as ${text}; without a zone it is Beijing time`, () => expect(at(text)).to.equal(seconds));
    for (const text of [
      "",
      "now",
      "-1",
      "01",
      "2026-02-30",
      "2026-13-01",
      "2025-02-29",
      "2026-03-02T25:00",
      "20260302T",
      "1969-12-31",
      "2026-03-02T09:00:00+0800",
      "1e9",
      "999999999999",
    ])
      it(`is refused as ${JSON.stringify(text)}`, () => expect(refused(() => at(text))).to.equal("usage.value"));
  });

  it("a field is its JCS form, or names and positions with dots between", () => {
    const field = fieldValue("--field");
    expect(field("holder.name")).to.equal('["holder","name"]');
    expect(field("items.0.amount")).to.equal('["items",0,"amount"]');
    expect(field("items.*.amount")).to.equal('["items","*","amount"]');
    expect(field('[ "a.b", 1 ]')).to.equal('["a.b",1]');
    expect(field("持证主体")).to.equal('["持证主体"]');
    for (const text of ["", "a..b", ".a", "a.", "[]", "[1.5]", '["a"', "[null]", "[-1]"])
      expect(
        refused(() => field(text)),
        text,
      ).to.equal("usage.value");
  });

  it("an integer lies between its bounds and is written as one", () => {
    const reason = integerValue("--reason", { minimum: 1, maximum: 65_534 });
    expect(["1", "65534"].map(reason)).to.deep.equal([1, 65_534]);
    for (const text of ["0", "65535", "1.0", " 1", "+1", "0x1", "", "１", "99999999999999999999"])
      expect(
        refused(() => reason(text)),
        text,
      ).to.equal("usage.value");
  });

  it("a node is scheme, host and port, without credentials", () => {
    const node = nodeValue("--node");
    expect(node("http://127.0.0.1:4700")).to.equal("http://127.0.0.1:4700");
    expect(node("https://node.example.gov.cn/")).to.equal("https://node.example.gov.cn");
    for (const text of ["127.0.0.1:4700", "http://u:p@h", "http://h/v1", "http://h?x", "http://h#x", "file:///etc"])
      expect(
        refused(() => node(text)),
        text,
      ).to.equal("usage.value");
  });
});

describe("tables", () => {
  it("align Chinese and Latin text", () => {
    const lines = table([
      ["名称", "state", "x"],
      ["a", "已发布", "y"],
    ]);
    expect(lines).to.deep.equal(["名称  state   x", "a     已发布  y"]);
    expect(lines.map(displayWidth)).to.deep.equal([15, 15]);
  });

  it("wrap within the width and lose nothing but spaces at the breaks", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("溯源", "可信,", "ledger", "a", "·", "存证。", "——"), { maxLength: 30 }),
        (words) => {
          const text = words.join(" ");
          const lines = wrapped(text, 20).split("\n");
          for (const line of lines) expect(displayWidth(line)).to.be.at.most(20);
          expect(lines.join("").replaceAll(" ", "")).to.equal(text.replaceAll(" ", ""));
        },
      ),
    );
  });

  it("show no character that a terminal obeys", () => {
    expect(printable("a\u001b[31mb\u0007\u202ec\u0085\nd\te")).to.equal("a\ufffd[31mb\ufffd\ufffdc\ufffd\nd\te");
  });
});
