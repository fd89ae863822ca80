import type { ClaimValue, DisclosedClaim, Path } from "../../sdk/protocol/claims.ts";
import type { Evidence } from "../../sdk/protocol/evidence.ts";
import type { FindingCode } from "../../sdk/verify/codes.ts";
import { evidenceOf, licence, LICENCE_SCHEMA, parentOf } from "../support/records.ts";
import { randomNode, startWorld, withClaim, withClaims, type World } from "./world.ts";
import { countsCases } from "../faults/tally.ts";

const doc = licence(1);
const NO_SALT = "AAAAAAAAAAAAAAAAAAAAAA";
const byPosition = (a: DisclosedClaim, b: DisclosedClaim): number => a.at - b.at;

/** A position that holds padding: none of the disclosed claims stands there. */
const paddingPosition = (claims: readonly DisclosedClaim[]): number =>
  [...Array(16).keys()].find((position) => claims.every(({ at }) => at !== position)) ?? -1;

const adding = (evidence: Evidence, extra: Partial<DisclosedClaim>): Evidence =>
  withClaims(evidence, (claims) =>
    [...claims, { at: paddingPosition(claims), salt: NO_SALT, path: ["bonus"], value: 1, ...extra }].sort(byPosition),
  );

const atPath = (evidence: Evidence, from: Path, path: Path): Evidence =>
  withClaims(evidence, (claims) =>
    claims.map((claim) => (claim.path.join("/") === from.join("/") ? { ...claim, path } : claim)),
  );

/** What someone does to a genuine file, which shows all claims of a record. */
const EDITS: readonly (readonly [name: string, code: FindingCode, edit: (good: Evidence) => Evidence])[] = [
  ["an extra field with a dummy salt", "claims.root", (good) => adding(good, {})],
  ["an extra field that takes the place of padding", "claims.root", (good) => adding(good, { value: "yes" })],
  ["an inserted empty array", "claims.root", (good) => adding(good, { path: ["penalties"], value: [] })],
  ["an inserted empty object", "claims.root", (good) => adding(good, { path: ["conditions"], value: {} })],
  ["a number as text", "claims.root", (good) => withClaim(good, "capital", { value: "1001.5" })],
  ["true as text", "claims.root", (good) => withClaim(good, "open", { value: "true" })],
  ["null as an empty text", "claims.root", (good) => withClaim(good, "note", { value: "" })],
  ["an empty object as an empty array", "claims.root", (good) => withClaim(good, "remarks", { value: [] })],
  ["an array as an object with index keys", "claims.root", (good) => atPath(good, ["scopes", 0], ["scopes", "0"])],
  ["a path joined with a full stop", "claims.root", (good) => atPath(good, ["holder", "code"], ["holder.code"])],
  ["a path joined with a slash", "claims.root", (good) => atPath(good, ["holder", "code"], ["holder/code"])],
  ["a path joined with a comma", "claims.root", (good) => atPath(good, ["holder", "code"], ["holder,code"])],
  ["a path joined with quotes", "claims.root", (good) => atPath(good, ["holder", "code"], ['holder","code'])],
  ["a path joined with NUL", "claims.root", (good) => atPath(good, ["holder", "code"], ["holder\u0000code"])],
  ["a path cut in two", "claims.root", (good) => atPath(good, ["number"], ["num", "ber"])],
  [
    "a claim that is shown twice",
    "claims.order",
    (good) => withClaims(good, ([first, ...others]) => [first!, first!, ...others]),
  ],
  [
    "claims that changed places",
    "claims.root",
    (good) => withClaims(good, ([a, b, ...others]) => [{ ...b!, at: a!.at }, { ...a!, at: b!.at }, ...others]),
  ],
  ["claims in reverse", "claims.order", (good) => withClaims(good, (claims) => claims.reverse())],
  [
    "a required claim withheld, its node not added",
    "claims.root",
    (good) => withClaims(good, (claims) => claims.slice(1)),
  ],
  [
    "a multiproof with a leaf beyond the tree",
    "claims.root",
    (good) => withClaims(good, (claims) => [...claims, { at: 16, salt: NO_SALT, path: ["bonus"], value: 1 }]),
  ],
  [
    "a multiproof with a node left over",
    "claims.root",
    (good) => ({ ...good, claims: { ...good.claims, proof: [...good.claims.proof, randomNode()] } }),
  ],
  [
    "a multiproof with a node missing",
    "claims.root",
    (good) => ({ ...good, claims: { ...good.claims, proof: good.claims.proof.slice(1) } }),
  ],
  ["another salt", "claims.root", (good) => withClaim(good, "number", { salt: NO_SALT })],
  ["no claim at all", "claims.root", (good) => ({ ...good, claims: { disclosed: [], proof: [] } })],
];

const REQUIRED: readonly (readonly [Path, ClaimValue])[] = [
  [["number"], "L-1"],
  [["holder", "code"], "911101010000000001"],
  [["validFrom"], "2020-01-01"],
  [["validUntil"], "2030-12-31"],
];

/** What an issuer anchors that does not keep to the protocol: every leaf is where it is said to be. */
const FORGERIES: readonly (readonly [
  name: string,
  code: FindingCode,
  claims: readonly (readonly [Path, ClaimValue])[],
])[] = [
  ["two claims with one path", "claims.path-repeated", [...REQUIRED, [["capital"], 1], [["capital"], 2]]],
  ["an object beside its own member", "claims.path-conflict", [...REQUIRED, [["remarks"], {}], [["remarks", "a"], 1]]],
  ["a scalar with members", "claims.path-conflict", [...REQUIRED, [["note"], "x"], [["note", "a"], 1]]],
  [
    "one container with keys and with positions",
    "claims.path-conflict",
    [...REQUIRED, [["scopes", 0], "a"], [["scopes", "0"], "b"]],
  ],
  ["a document that is an array", "claims.path-conflict", [...REQUIRED, [[0], 1]]],
  ["a required claim at another position", "claims.required-elsewhere", [...REQUIRED.slice(1), REQUIRED[0]!]],
  ["a required claim that was never committed", "claims.required-withheld", REQUIRED.slice(0, 3)],
];

describe("must reject: claims", function () {
  this.timeout(30_000);
  countsCases("forgeries");

  let world: World;
  let good: Evidence;

  before(async () => {
    world = await startWorld();
    good = evidenceOf(await world.one());
  });
  after(() => world.stop());

  it("and verify the file that they are changes of, and an honest tree made the forger's way", async () => {
    await world.verifies({ file: good });
    await world.verifies({ file: await world.forged([...REQUIRED, [["capital"], 1]]) });
  });

  for (const [name, code, edit] of EDITS) it(name, () => world.refuses({ file: edit(good), check: "claims", code }));

  for (const [name, code, claims] of FORGERIES)
    it(name, async () => world.refuses({ file: await world.forged(claims), check: "claims", code }));

  it("a required claim withheld, with the proof of what is left", async () => {
    const record = await world.one();
    const { tree, claims } = record.committed.claims;
    const positions = [...claims.keys()].filter((at) => claims[at] !== undefined && at !== 2);
    const disclosed = positions.flatMap((at) => (claims[at] ? [{ at, ...claims[at] }] : []));
    const file = { ...evidenceOf(record), claims: { disclosed, proof: tree.multiproof(positions) } };
    await world.refuses({ file, check: "claims", code: "claims.required-withheld" });
  });

  it("a schema that requires fewer claims than the issuer's", async () => {
    const json = { ...LICENCE_SCHEMA.json, "x-required-claims": [["number"]], "x-validity": {} };
    await world.refuses({ file: { ...good, schema: json }, check: "schema", code: "schema.digest" });
  });

  it("the payload of another record of the same batch", async () => {
    const [a, b] = (await world.anchor({ documents: [{ ...doc, number: "L-8" }, doc] })).map((r) => evidenceOf(r));
    await world.refuses({ file: { ...a!, claims: b!.claims }, check: "claims", code: "claims.root" });
    await world.refuses({
      file: { ...a!, header: b!.header, claims: b!.claims },
      check: "inclusion",
      code: "inclusion.mismatch",
    });
  });

  it("the parents of another record", async () => {
    const parent = parentOf(await world.one(), "derivedFrom");
    const [a, b] = (await world.anchor({ documents: [doc, doc], parents: [parent] })).map((r) => evidenceOf(r));
    await world.verifies({ file: a! });
    await world.refuses({ file: { ...a!, parents: b!.parents! }, check: "record", code: "record.parents" });
  });
});
