import type { Json } from "../../sdk/protocol/json.ts";
import { CONSUMER, CONSUMER_KEY, PROVIDER, PROVIDER_KEY, sampleHex } from "./fixed.ts";
import type { Change } from "./mutate.ts";

/** What a change leads to: refused by the parser with a code, or found with a fault. */
export interface Mutation {
  readonly name: string;
  readonly changes: readonly Change[];
  readonly parse?: string;
  readonly fault?: string;
}

const set = (
  name: string,
  path: Change["path"],
  value: Json,
  expected: Omit<Mutation, "name" | "changes">,
): Mutation => ({ name, changes: [{ path, value }], ...expected });
const remove = (name: string, path: Change["path"], expected: Omit<Mutation, "name" | "changes">): Mutation => ({
  name,
  changes: [{ path }],
  ...expected,
});

const other = sampleHex("something else");
const UNKNOWN = { parse: "shape.unknown" };
const MISSING = { parse: "shape.missing" };
const TYPE = { parse: "shape.type" };
const FORMAT = { parse: "shape.format" };

/** Every object of the format, by path: none may have a member more. The schema's inside is covered by its digest instead. */
const OBJECTS: readonly Change["path"][] = [
  [],
  ["header"],
  ["claims"],
  ["claims", "disclosed", 0],
  ["parents"],
  ["parents", "disclosed", 0],
  ["anchor"],
  ["delivery"],
  ["delivery", "terms"],
  ["delivery", "package"],
  ["delivery", "grant"],
  ["delivery", "grant", "header"],
  ["delivery", "grant", "claims"],
  ["delivery", "grant", "claims", "disclosed", 0],
  ["delivery", "provider"],
  ["delivery", "consumer"],
];

const MANDATORY: readonly Change["path"][] = [
  ["format"],
  ["header"],
  ["schema"],
  ["claims"],
  ["inclusion"],
  ["anchor"],
  ["claims", "disclosed"],
  ["claims", "proof"],
  ["claims", "disclosed", 0, "salt"],
  ["claims", "disclosed", 0, "value"],
  ["anchor", "block"],
  ["anchor", "transaction"],
  ["delivery", "grant"],
  ["delivery", "provider"],
  ["delivery", "package", "proof"],
];

const SHAPES: readonly Mutation[] = [
  set("format 2", ["format"], "suyuan/evidence/2", { parse: "version.unknown" }),
  set("another format", ["format"], "suyuan/delivery/1", { parse: "version.unknown" }),
  set("header version 2", ["header", "v"], 2, { parse: "version.unknown" }),
  set("schema is true", ["schema"], true, TYPE),
  set("delivery is null", ["delivery"], null, TYPE),
  set("a salt of padding form", ["claims", "disclosed", 0, "salt"], "yEaDzU0paZowpuh-WKC01w==", FORMAT),
  set("a salt with loose last bits", ["claims", "disclosed", 0, "salt"], "yEaDzU0paZowpuh-WKC01x", FORMAT),
  set("a value with members", ["claims", "disclosed", 5, "value"], { a: 1 }, TYPE),
  set("a value with items", ["claims", "disclosed", 5, "value"], [null], TYPE),
  set("a path with null", ["claims", "disclosed", 0, "path"], ["holder", null], TYPE),
  set("a path with a negative position", ["claims", "disclosed", 7, "path"], ["scope", -1], TYPE),
  set(
    "a path of 65 parts",
    ["claims", "disclosed", 7, "path"],
    Array.from({ length: 65 }, () => "a"),
    TYPE,
  ),
  set("a node of 31 bytes", ["inclusion", 0], other.slice(0, -2), FORMAT),
  set("a node in capitals", ["inclusion", 0], `0x${other.slice(2).toUpperCase()}`, FORMAT),
  set(
    "65 nodes",
    ["inclusion"],
    Array.from({ length: 65 }, () => other),
    TYPE,
  ),
  set("count 0", ["anchor", "count"], 0, TYPE),
  set("count above 2^20", ["anchor", "count"], 1048577, TYPE),
  set("an unknown relation", ["parents", "disclosed", 0, "relation"], "copiedFrom", FORMAT),
  set("a signature without key", ["delivery", "provider", "key"], "", FORMAT),
];

const CONTENT: readonly Mutation[] = [
  set("another ledger", ["header", "ledger"], other, { fault: "ledger" }),
  set("another scope", ["header", "scope"], other, { fault: "scope.resource" }),
  set("another resource", ["header", "resource"], other, { fault: "scope.resource" }),
  set("another issuer", ["header", "issuer"], CONSUMER, { fault: "scope.issuer" }),
  set("another department anchored", ["anchor", "department"], CONSUMER, { fault: "scope.issuer" }),
  set("a number before the batch", ["header", "seq"], 4, { fault: "scope.number" }),
  set("a number after the batch", ["header", "seq"], 10, { fault: "scope.number" }),
  set("another number of the batch", ["header", "seq"], 8, { fault: "inclusion" }),
  set("another kind", ["header", "kind"], "penalty", { fault: "inclusion" }),
  set("another subject", ["header", "subject"], other, { fault: "inclusion" }),
  remove("subject taken out", ["header", "subject"], { fault: "inclusion" }),
  set("an earlier issue", ["header", "issuedAt"], 1735692999, { fault: "inclusion" }),
  set("a longer validity in the header", ["header", "validUntil"], 1767196801, { fault: "schema.validity" }),
  remove("validity taken out of the header", ["header", "validUntil"], { fault: "schema.validity" }),
  set("a longer validity in the claim", ["claims", "disclosed", 4, "value"], "2026-12-31", { fault: "claims.root" }),
  set("another claims root", ["header", "claimsRoot"], other, { fault: "claims.root" }),
  set("another claim count", ["header", "claimCount"], 24, { fault: "claims.root" }),
  set("another hash", ["header", "hash"], "sha256", { fault: "claims.root" }),
  set("a keyword of the schema", ["schema", "additionalProperties"], true, { fault: "schema.digest" }),
  set("the schema's title", ["schema", "title"], "许可证", { fault: "schema.digest" }),
  set("the schema's required claims", ["schema", "x-required-claims"], [["number"]], { fault: "schema.digest" }),
  set("another schema digest", ["header", "schema"], other, { fault: "schema.digest" }),
  set("a claim's value", ["claims", "disclosed", 6, "value"], 100000001, { fault: "claims.root" }),
  set("a claim's value as text", ["claims", "disclosed", 6, "value"], "100000000", { fault: "claims.root" }),
  set("null as an empty array", ["claims", "disclosed", 5, "value"], [], { fault: "claims.root" }),
  set("a claim's path", ["claims", "disclosed", 7, "path"], ["scope", 0], { fault: "claims.root" }),
  set("a position as a key", ["claims", "disclosed", 7, "path"], ["scope", "1"], { fault: "claims.root" }),
  remove("a claim taken out", ["claims", "disclosed", 8], { fault: "claims.root" }),
  remove("a claim node taken out", ["claims", "proof", 0], { fault: "claims.root" }),
  set("a claim node added", ["claims", "proof", 3], other, { fault: "claims.root" }),
  set("claims out of order", ["claims", "disclosed", 6, "at"], 15, { fault: "claims.order" }),
  set("a parent's record", ["parents", "disclosed", 0, "record"], other, { fault: "parents.root" }),
  set("a parent's relation", ["parents", "disclosed", 1, "relation"], "attests", { fault: "parents.root" }),
  set("a parent's position", ["parents", "disclosed", 1, "at"], 1, { fault: "parents.root" }),
  set("parents out of order", ["parents", "disclosed", 0, "at"], 2, { fault: "parents.order" }),
  set("no parent disclosed, the member kept", ["parents"], { disclosed: [], proof: [] }, { fault: "parents.root" }),
  set("another parents root", ["header", "parentsRoot"], other, { fault: "parents.root" }),
  set("another parent count", ["header", "parentCount"], 4, { fault: "parents.root" }),
  set("a node of the inclusion", ["inclusion", 1], other, { fault: "inclusion" }),
  remove("a node of the inclusion taken out", ["inclusion", 2], { fault: "inclusion" }),
  set("a node of the inclusion added", ["inclusion", 3], other, { fault: "inclusion" }),
  set("another root", ["anchor", "root"], other, { fault: "inclusion" }),
  set("another first number", ["anchor", "first"], 6, { fault: "inclusion" }),
  set("another count with a shorter path", ["anchor", "count"], 4, { fault: "inclusion" }),
  set("another count with the same path", ["anchor", "count"], 6, { fault: "anchor" }),
  set("another anchor time", ["anchor", "time"], 1735693201, { fault: "anchor" }),
  set("another block", ["anchor", "block"], 129, { fault: "anchor.hint" }),
  set("another transaction", ["anchor", "transaction"], other, { fault: "anchor.hint" }),
];

const DELIVERY: readonly Mutation[] = [
  set("delivery on another ledger", ["delivery", "terms", "ledger"], other, { fault: "terms.ledger" }),
  set("another agreement", ["delivery", "terms", "agreement"], other, { fault: "terms.agreement" }),
  set("another consumer", ["delivery", "terms", "consumer"], PROVIDER, { fault: "terms.agreement" }),
  set("a number not reserved", ["delivery", "terms", "k"], 16, { fault: "terms.agreement" }),
  set("another reserved number", ["delivery", "terms", "k"], 4, { fault: "provider.signature" }),
  set("another time of delivery", ["delivery", "terms", "at"], 1735700401, { fault: "provider.signature" }),
  set("another request", ["delivery", "terms", "requestDigest"], other, { fault: "provider.signature" }),
  set("another package", ["delivery", "terms", "packageDigest"], other, { fault: "package" }),
  set("another place in the package", ["delivery", "package", "index"], 0, { fault: "package" }),
  set("another size of the package with the same path", ["delivery", "package", "count"], 4, { fault: "package" }),
  set("a node of the package", ["delivery", "package", "proof", 0], other, { fault: "package" }),
  set("another purpose", ["delivery", "terms", "purpose"], "marketing", { fault: "grant.purpose" }),
  set("the granted purpose", ["delivery", "grant", "claims", "disclosed", 2, "value"], "marketing", {
    fault: "grant.claims.root",
  }),
  set("a granted field", ["delivery", "grant", "claims", "disclosed", 6, "value"], '["holder"]', {
    fault: "grant.claims.root",
  }),
  set("another application", ["delivery", "grant", "header", "issuedAt"], 1735690001, { fault: "grant.document" }),
  set("the provider's signature by another key", ["delivery", "provider", "key"], `${PROVIDER}/2`, {
    fault: "provider.signature",
  }),
  set("the provider's signature under the consumer's key", ["delivery", "provider", "key"], CONSUMER_KEY.id, {
    fault: "provider.signature",
  }),
  set("the consumer's signature under the provider's key", ["delivery", "consumer", "key"], PROVIDER_KEY.id, {
    fault: "consumer.signature",
  }),
  set(
    "the provider's signature of something else",
    ["delivery", "provider", "signature"],
    PROVIDER_KEY.sign(new Uint8Array()),
    { fault: "provider.signature" },
  ),
  remove("no countersignature", ["delivery", "consumer"], { fault: "consumer.signature" }),
];

export const MUTATIONS: readonly Mutation[] = [
  ...OBJECTS.map((path) =>
    set(`an unknown member in ${["evidence", ...path].join(".")}`, [...path, "note"], "x", UNKNOWN),
  ),
  set("a member named __proto__", ["__proto__"], {}, UNKNOWN),
  ...MANDATORY.map((path) => remove(`${path.join(".")} missing`, path, MISSING)),
  ...SHAPES,
  ...CONTENT,
  ...DELIVERY,
];

/** Changes that leave an evidence without fault: it says less, and nothing false. */
export const HARMLESS: readonly Mutation[] = [
  remove("parents withheld", ["parents"], {}),
  remove("delivery withheld", ["delivery"], {}),
];
