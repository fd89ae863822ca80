import { expect } from "chai";
import { families, findFamily, getFamily } from "../../../sdk/families/registry.ts";

describe("family registry", () => {
  it("knows each family by its id", () => {
    expect(families.map(({ id }) => id)).to.deep.equal(["ecertificate/1", "credit-licence/1", "credit-penalty/1"]);
    for (const family of families) expect(getFamily(family.id)).to.equal(family);
  });

  it("says which there are when asked for another", () => {
    expect(findFamily("ecertificate/2")).to.equal(undefined);
    expect(() => getFamily("ecertificate/2"))
      .to.throw()
      .with.property("code", "family.unknown");
  });
});
