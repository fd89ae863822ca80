import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { protocolErrorTexts } from "../../../sdk/protocol/protocol-error.ts";

const folder = fileURLToPath(new URL("../../../sdk/protocol/", import.meta.url));
const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => [name, readFileSync(folder + name, "utf8")] as const);

/** Packages that run in a browser and reach for nothing. */
const PACKAGES = new Set(["hash-wasm", "@cfworker/json-schema"]);

describe("sdk/protocol", () => {
  for (const [name, source] of sources) {
    it(`${name} reaches for nothing outside the language`, () => {
      const imports = [
        ...source.matchAll(/(?:^(?:import|export)\s[^;]*?\sfrom|^import|\bimport\()\s*["']([^"']+)["']/gm),
      ].map(([, from = ""]) => from);
      const strange = imports.filter(
        (from) => !(from.startsWith("./") || from.startsWith("../")) && !PACKAGES.has(from),
      );
      expect(strange).to.deep.equal([]);
      const code = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
      expect(
        code.match(
          /\b(?:Buffer|process|require|Math\.random|Date\.now|new Date\(\)|performance|fetch|localStorage|crypto)\b/g,
        ) ?? [],
      ).to.deep.equal([]);
    });
  }

  it("has files to judge", () => expect(sources.length).to.be.greaterThan(20));

  it("uses every code it declares", () => {
    const code = sources
      .filter(([name]) => name !== "protocol-error.ts")
      .map(([, source]) => source)
      .join("\n");
    expect(Object.keys(protocolErrorTexts).filter((name) => !code.includes(`"${name}"`))).to.deep.equal([]);
  });
});

describe("the texts of protocol errors", () => {
  for (const [code, { zh, en, remedy }] of Object.entries(protocolErrorTexts)) {
    it(`${code} says what is wrong and what to do, in both languages, with the same values`, () => {
      const values = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name).sort();
      for (const text of [zh, en, remedy.zh, remedy.en]) expect(text).not.to.equal("");
      expect(values(zh)).to.deep.equal(values(en));
      expect(zh + remedy.zh).to.match(/\p{Script=Han}/u);
      expect(en + remedy.en).not.to.match(/\p{Script=Han}/u);
    });
  }
});
