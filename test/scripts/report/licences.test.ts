import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { judge, licencesOf } from "../../../scripts/report/licences.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

describe("the licences of the dependencies", () => {
  it("are allowed for everything that the product runs with", () => {
    const refused = licencesOf(ROOT)
      .filter(({ production }) => production)
      .filter((each) => judge(each) !== "allowed");
    expect(refused).to.deep.equal([]);
  });

  it("are named by each of the product's own dependencies", () => {
    const names = licencesOf(ROOT).map(({ name }) => name);
    expect(names).to.include.members(["express", "level", "ethers", "zod"]);
  });

  it("are judged by their expression", () => {
    const of = (licence: string, production = true) => judge({ licence, production });
    expect(of("MIT")).to.equal("allowed");
    expect(of("(MIT OR GPL-3.0-or-later)")).to.equal("allowed");
    expect(of("MIT AND GPL-3.0")).to.equal("refused");
    expect(of("GPL-3.0")).to.equal("refused");
    expect(of("GPL-3.0", false)).to.equal("allowed");
    expect(of("unknown")).to.equal("refused");
    expect(of("AGPL-3.0", false)).to.equal("refused");
  });
});
