import { expect } from "chai";
import fc from "fast-check";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EXIT } from "../../../sdk/cli/errors.ts";
import { HASH_NUMBERS, type HashName } from "../../../sdk/protocol/hash.ts";
import { concat, utf8 } from "../../../sdk/protocol/bytes.ts";
import { leafHash, MerkleTree } from "../../../sdk/protocol/tree.ts";
import { run, runJson, spawned, withFolder } from "./support.ts";

const PUBLISHED = fileURLToPath(new URL("../../../../shared/data/rfc9162", import.meta.url));
const HASHES = Object.keys(HASH_NUMBERS) as HashName[]; // The type's own names.
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

function caseOf({ hash, count, index }: { hash: HashName; count: number; index: number }) {
  const tree = MerkleTree.fromLeafHashes(
    hash,
    concat(...Array.from({ length: count }, (_, i) => leafHash(hash, utf8(`leaf ${i}`)))),
  );
  return {
    hash,
    leafIdx: index,
    treeSize: count,
    root: base64(tree.root),
    leafHash: base64(tree.leaf(index)),
    proof: tree.proof(index).map(base64),
  };
}

const verify = (value: unknown) =>
  runJson(["merkle", "verify", "-"], { stdin: typeof value === "string" ? value : JSON.stringify(value) });

describe("suyuan merkle verify", () => {
  it("is 0 for proofs of every hash, size and position", async () => {
    for (const hash of HASHES)
      for (let count = 1; count <= 9; count++)
        for (let index = 0; index < count; index++) {
          const { code, result } = await verify(caseOf({ hash, count, index }));
          expect([code, result]).to.deep.equal([EXIT.ok, { valid: true, hash, leafIdx: index, treeSize: count }]);
        }
  });

  it("takes sha256 when no hash is named, and no other", async () => {
    const { hash, ...unnamed } = caseOf({ hash: "sha256", count: 5, index: 2 });
    expect((await verify(unnamed)).result).to.include({ valid: true, hash });
    const { hash: _, ...keccak } = caseOf({ hash: "keccak256", count: 5, index: 2 });
    expect((await verify(keccak)).result).to.include({ valid: false, code: "merkle.root" });
  });

  const good = caseOf({ hash: "sha256", count: 7, index: 3 });
  const { root: _root, ...withoutRoot } = good;
  const { proof: _proof, ...withoutProof } = good;
  const short = base64(new Uint8Array(31));
  const negative: [string, unknown, string][] = [
    ["another position", { ...good, leafIdx: 4 }, "merkle.root"],
    ["another count", { ...good, treeSize: 9 }, "merkle.proof-length"],
    ["a position outside", { ...good, leafIdx: 7 }, "merkle.index"],
    ["a tree of none", { ...good, leafIdx: 0, treeSize: 0 }, "merkle.index"],
    ["a negative position", { ...good, leafIdx: -1 }, "merkle.number"],
    ["a fraction", { ...good, leafIdx: 1.5 }, "merkle.number"],
    ["a number written as text", { ...good, leafIdx: "3" }, "merkle.member"],
    ["a missing root", withoutRoot, "merkle.member"],
    ["a missing proof where one is needed", withoutProof, "merkle.proof-length"],
    ["a proof that is no list", { ...good, proof: {} }, "merkle.member"],
    ["a proof one too long", { ...good, proof: [...good.proof, good.root] }, "merkle.proof-length"],
    ["a proof one too short", { ...good, proof: good.proof.slice(1) }, "merkle.proof-length"],
    ["a short root", { ...good, root: short }, "merkle.hash-length"],
    ["an empty leaf hash", { ...good, leafHash: "" }, "merkle.hash-length"],
    ["a short node", { ...good, proof: [short, ...good.proof.slice(1)] }, "merkle.hash-length"],
    ["a node that is null", { ...good, proof: [null, ...good.proof.slice(1)] }, "merkle.member"],
    ["base64 that is not canonical", { ...good, root: good.root.replace("=", "") }, "merkle.base64"],
    ["base64url", { ...good, root: "-".repeat(43) + "=" }, "merkle.base64"],
    ["a hash nobody knows", { ...good, hash: "md5" }, "merkle.hash-name"],
    ["a hash named by a property of objects", { ...good, hash: "constructor" }, "merkle.hash-name"],
    ["hexadecimal", { ...good, root: "ab".repeat(32) }, "merkle.hash-length"],
  ];
  for (const [what, value, reason] of negative)
    it(`is 1 for ${what}`, async () => {
      const { code, result } = await verify(value);
      expect([code, result?.["valid"], result?.["code"]]).to.deep.equal([EXIT.negative, false, reason]);
    });

  it("is 1 for numbers that a double cannot hold, whichever they round to", async () => {
    const text = JSON.stringify(caseOf({ hash: "sha256", count: 1, index: 0 }));
    for (const number of ["18446744073709551615", "0.00000000000000000000001e-400", "9007199254740993", "1e400"]) {
      const { code, result } = await verify(text.replace('"leafIdx":0', `"leafIdx":${number}`));
      expect([code, result?.["code"]]).to.deep.equal([EXIT.negative, "merkle.number"]);
    }
  });

  it("is 64 for a file that is no such case", async () => {
    for (const text of ["", "not JSON", "[]", "null", "{}", '{"a":1}', '{"root":"","root":""}', '"leafIdx"']) {
      const { code, result, error } = await verify(text);
      expect([code, result, error?.code], text).to.deep.equal([EXIT.usage, undefined, "input.form"]);
    }
  });

  it("changing any one bit of the hashes is caught", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(4), fc.nat(255), async (which, bit) => {
        const flipped = (text: string) => {
          const bytes = Buffer.from(text, "base64");
          bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          return bytes.toString("base64");
        };
        const proof = good.proof.map((node, i) => (i === which - 2 ? flipped(node) : node));
        const changed = {
          ...good,
          root: which === 0 ? flipped(good.root) : good.root,
          leafHash: which === 1 ? flipped(good.leafHash) : good.leafHash,
          proof,
        };
        expect((await verify(changed)).code).to.equal(EXIT.negative);
      }),
      { numRuns: 60 },
    );
  });

  it("reads a file from where the person stands", () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, "case.json"), JSON.stringify(good));
      expect((await run(["merkle", "verify", "case.json"], { env: { INIT_CWD: folder } })).code).to.equal(EXIT.ok);
      expect((await run(["merkle", "verify", "case.json"], { cwd: folder })).code).to.equal(EXIT.ok);
      expect((await runJson(["merkle", "verify", "other.json"], { cwd: folder })).error?.code).to.equal(
        "input.missing",
      );
      expect((await runJson(["merkle", "verify", "."], { cwd: folder })).error?.code).to.equal("input.unreadable");
    }));

  it("as a process reads standard input and exits with the outcome", async function () {
    this.timeout(60_000);
    const valid = await spawned(["merkle", "verify", "-", "--json"], { input: JSON.stringify(good) });
    expect([valid.code, (JSON.parse(valid.out) as { valid: boolean }).valid]).to.deep.equal([EXIT.ok, true]);
    const invalid = await spawned(["merkle", "verify", "-"], { input: JSON.stringify({ ...good, leafIdx: 4 }) });
    expect(invalid.code).to.equal(EXIT.negative);
  });

  it("agrees with every published case of RFC 9162, malformed ones included", async function () {
    if (!existsSync(PUBLISHED)) {
      console.log("      skipped: the published cases are not here");
      this.skip();
    }
    const files = readdirSync(PUBLISHED, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".json"),
    );
    expect(files.length).to.be.greaterThan(30);
    for (const file of files) {
      const { wantErr } = JSON.parse(readFileSync(join(PUBLISHED, file), "utf8")) as { wantErr: boolean };
      const { code } = await run(["merkle", "verify", join(PUBLISHED, file)]);
      expect(code, file).to.equal(wantErr ? EXIT.negative : EXIT.ok);
    }
  });
});
