import { expect } from "chai";
import { remembering } from "../../../sdk/protocol/remember.ts";

describe("remembering", () => {
  it("computes an answer once, and again only after so many others", () => {
    const asked: string[] = [];
    const length = remembering((text) => asked.push(text) && text.length, { limit: 2 });
    expect([length("a"), length("a"), length("bb"), length("a")]).to.deep.equal([1, 1, 2, 1]);
    expect(asked).to.deep.equal(["a", "bb"]);
    expect([length("ccc"), length("a")]).to.deep.equal([3, 1]);
    expect(asked).to.deep.equal(["a", "bb", "ccc", "a"]);
  });
});
