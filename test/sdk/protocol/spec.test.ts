import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { protocolErrorTexts } from "../../../sdk/protocol/protocol-error.ts";
import { checkTexts } from "../../../sdk/verify/codes.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const spec = readFileSync(`${root}sdk/protocol/SPEC.md`, "utf8");
const vectorText = readdirSync(`${root}test/vectors`)
  .filter((name) => name.endsWith(".json"))
  .map((name) => readFileSync(`${root}test/vectors/${name}`, "utf8"))
  .join("\n");
const section = (from: string, to?: string): string =>
  spec.slice(spec.indexOf(from), to === undefined ? undefined : spec.indexOf(to));

describe("SPEC.md", () => {
  it("has every worked number in a vector file, which the code makes", () => {
    const worked = spec.match(/0x(?:[0-9a-f]{2}){16,}|\b[A-Za-z0-9_-]{86}\b|`[A-Za-z0-9_-]{22}`/g) ?? [];
    expect(worked.length).to.be.greaterThan(50);
    const lost = worked.map((number) => number.replaceAll("`", "")).filter((number) => !vectorText.includes(number));
    expect(lost).to.deep.equal([]);
  });

  it("has every text that is hashed in an example in a vector file", () => {
    const texts = [
      ...spec.matchAll(/^(?:suyuan\/[a-z]+\/1)?\{"(?:agreement|at|chainId|claimCount|claims|count)".*?\}(?=\s|$)/gm),
    ].map(([text]) => text);
    expect(texts.length).to.be.at.least(5);
    const lost = texts.filter((text) => !vectorText.includes(JSON.stringify(text).slice(1, -1)));
    expect(lost).to.deep.equal([]);
  });

  it("explains every code of reading and committing", () => {
    const table = section("### 13.1", "### 13.2");
    expect([...table.matchAll(/^\| `([a-z.-]+)` \|/gm)].map(([, code]) => code)).to.deep.equal(
      Object.keys(protocolErrorTexts),
    );
  });

  it("explains every code that a check ends with", () => {
    const tables = section("### 13.2");
    expect(Object.keys(checkTexts).filter((code) => !tables.includes(`\`${code}\``))).to.deep.equal([]);
  });

  it("has every section that a comment cites", () => {
    const cited = new Set<string>();
    for (const folder of ["sdk", "node", "scripts", "contracts", "test"]) {
      for (const name of readdirSync(root + folder, { recursive: true, encoding: "utf8" })) {
        if (!/\.(?:ts|sol)$/.test(name)) continue;
        for (const [, number = ""] of readFileSync(`${root}${folder}/${name}`, "utf8").matchAll(
          /SPEC §(\d+(?:\.\d+)?)/g,
        ))
          cited.add(number);
      }
    }
    const missing = [...cited].filter(
      (number) => !new RegExp(`^#{2,3} ${number.replace(".", "\\.")}[. ]`, "m").test(spec),
    );
    expect(cited.size).to.be.greaterThan(10);
    expect(missing).to.deep.equal([]);
  });

  it("names every vector file of the protocol", () => {
    const files = readdirSync(`${root}test/vectors`).filter(
      (name) => name.endsWith(".json") && name !== "identifiers.json",
    );
    expect(files.filter((name) => !spec.includes(`\`${name}\``))).to.deep.equal([]);
  });
});
