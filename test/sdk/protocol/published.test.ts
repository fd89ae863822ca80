import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalBytes } from "../../../sdk/protocol/canonical.ts";
import { parseJsonBytes } from "../../../sdk/protocol/json.ts";
import { verifyInclusion } from "../../../sdk/protocol/tree.ts";
import { findSharedData } from "./support.ts";

describe("published canonical JSON (RFC 8785)", () => {
  const folder = findSharedData("jcs");
  if (folder === undefined) {
    it.skip("is not beside this project");
    return;
  }
  for (const name of readdirSync(join(folder, "input"))) {
    it(name, () => {
      const canonical = Buffer.from(canonicalBytes(parseJsonBytes(readFileSync(join(folder, "input", name)))));
      const hex = readFileSync(join(folder, "outhex", name.replace(/json$/, "txt")), "utf8");
      expect(canonical.toString("utf8")).to.equal(readFileSync(join(folder, "output", name), "utf8"));
      expect(canonical.toString("hex")).to.equal(hex.replaceAll(/\s/g, ""));
    });
  }
});

interface InclusionCase {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
  readonly desc: string;
  readonly wantErr: boolean;
}

describe("published inclusion proofs (RFC 9162)", () => {
  const folder = findSharedData("rfc9162");
  if (folder === undefined) {
    it.skip("are not beside this project");
    return;
  }
  const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .sort();
  const verdicts: boolean[] = [];
  for (const name of files) {
    it(name, () => {
      const { leafIdx, treeSize, root, leafHash, proof, wantErr } = JSON.parse(
        readFileSync(join(folder, name), "utf8"),
      ) as InclusionCase; // The files' own shape.
      const inclusion = {
        hash: "sha256",
        leaf: bytes(leafHash),
        index: leafIdx,
        count: treeSize,
        proof: (proof ?? []).map(bytes),
      } as const;
      expect(verifyInclusion(inclusion, bytes(root))).to.equal(!wantErr);
      verdicts.push(!wantErr);
    });
  }

  it("hold good and malformed cases", () => {
    expect(verdicts).to.have.length(files.length);
    expect(verdicts).to.include(true).and.to.include(false);
  });
});
