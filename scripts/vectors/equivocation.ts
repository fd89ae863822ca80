import { resourceScope } from "../../sdk/protocol/anchor.ts";
import { concat, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { claimData, claimSalt, type ClaimValue, type Path } from "../../sdk/protocol/claims.ts";
import { deliveryBytes, packageDigest, packageTree, type DeliveryTerms } from "../../sdk/protocol/delivery.ts";
import { evidenceJson, type Evidence } from "../../sdk/protocol/evidence.ts";
import { recordId, type RecordHeader } from "../../sdk/protocol/header.ts";
import type { Json } from "../../sdk/protocol/json.ts";
import { parseSchema, schemaDigest } from "../../sdk/protocol/schema.ts";
import { leafHash, MerkleTree } from "../../sdk/protocol/tree.ts";
import { compareFiles, type EquivocationCode } from "../../sdk/verify/compare.ts";
import type { CheckName, Outcome } from "../../sdk/verify/report.ts";
import { fixture, RESOURCE } from "./evidence-fixture.ts";
import { CONSUMER_KEY, expectEqual, LEDGER, PROVIDER, PROVIDER_KEY, sample, sampleHex } from "./fixed.ts";

const SCHEMA = parseSchema({
  type: "object",
  properties: {
    number: { type: "string" },
    note: { type: "string" },
    remarks: { type: "object", properties: { a: { type: "string" } }, additionalProperties: false },
  },
  required: ["number"],
  additionalProperties: false,
  "x-required-claims": [["number"]],
});
const HASH = "keccak256";
const TIME = 1735693200;
/** The fewest that a record may have (SPEC §4.3). */
const LEAVES = 8;

type Said = readonly [path: Path, value: ClaimValue];

interface Making {
  readonly seq?: number;
  readonly subject?: Hex;
  /** In the order of the tree; an honest issuer never commits two for one path. */
  readonly claims: readonly Said[];
  /** Positions shown. */
  readonly shown: readonly number[];
}

/** The evidence of a record that is a batch of its own. */
function evidenceOf({ seq = 0, subject, claims, shown }: Making): Evidence {
  const said = claims.map(([path, value], at) => ({
    at,
    salt: claimSalt(HASH, sample("record seed"), at),
    path,
    value,
  }));
  const padding = Array.from({ length: LEAVES - said.length }, (_, i) => sample(`padding ${i}`));
  const leaves = concat(...said.map((claim) => leafHash(HASH, claimData(claim))), ...padding);
  const tree = MerkleTree.fromLeafHashes(HASH, leaves);
  const header: RecordHeader = {
    v: 1,
    kind: "note",
    ledger: LEDGER,
    hash: HASH,
    scope: resourceScope(RESOURCE),
    seq,
    resource: RESOURCE,
    issuer: PROVIDER,
    ...(subject !== undefined && { subject }),
    schema: schemaDigest(SCHEMA.json),
    issuedAt: TIME - 200,
    claimsRoot: toHex(tree.root),
    claimCount: LEAVES,
    parentCount: 0,
  };
  const batch = MerkleTree.fromLeafHashes(HASH, leafHash(HASH, recordId(header)));
  return {
    header,
    schema: SCHEMA.json,
    claims: { disclosed: said.filter(({ at }) => shown.includes(at)), proof: tree.multiproof(shown) },
    inclusion: [],
    anchor: {
      ...{ first: seq, count: 1, time: TIME, root: toHex(batch.root), department: PROVIDER },
      ...{ block: 128 + seq, transaction: sampleHex(`transaction ${seq}`) },
    },
  };
}

/** The delivery of the fixture, or another one that the provider signed under the same number. */
function delivered(items?: readonly string[]): Evidence {
  const { evidence } = fixture(HASH);
  const { delivery } = evidence;
  if (items === undefined || delivery === undefined) return evidence;
  const own = { record: toHex(recordId(evidence.header)), claims: evidence.claims.disclosed.map(({ at }) => at) };
  const all = [own, ...items.map((name) => ({ record: sampleHex(name), claims: [0, 1, 2, 3, 4, 5] }))];
  const tree = packageTree(all);
  const terms: DeliveryTerms = { ...delivery.terms, packageDigest: packageDigest(all.length, tree.root) };
  const signed = deliveryBytes(terms);
  return {
    ...evidence,
    delivery: {
      ...delivery,
      terms,
      package: { index: 0, count: all.length, proof: tree.proof(0) },
      provider: { key: PROVIDER_KEY.id, signature: PROVIDER_KEY.sign(signed) },
      consumer: { key: CONSUMER_KEY.id, signature: CONSUMER_KEY.sign(signed) },
    },
  };
}

interface File {
  readonly evidence: Evidence;
  /** What the checks of §11.3 come to that a comparison asks about; those that are not named were skipped. */
  readonly checks?: Readonly<Partial<Record<CheckName, Outcome>>>;
}

interface Case {
  readonly name: string;
  readonly files: readonly File[];
  readonly found: readonly (readonly [code: EquivocationCode, first: number, second: number])[];
}

function cases(): readonly Case[] {
  const two = (first: Said, second: Said) =>
    [1, 2].map((face): File => ({
      evidence: evidenceOf({ claims: [[["number"], "N-1"], first, second], shown: [0, face] }),
    }));
  const values = two([["note"], "fit"], [["note"], "unfit"]);
  const [fit, unfit] = values.map(({ evidence }) => evidence);
  if (fit === undefined || unfit === undefined) throw new Error("two faces");
  const number: readonly Said[] = [[["number"], "N-1"]];
  const other: readonly Said[] = [[["number"], "N-2"]];
  const subject = sampleHex("subject");
  const active = { status: "pass" } as const;
  const received = { receipt: "pass" } as const;
  const ofSubject = (seq: number) => evidenceOf({ seq, subject, claims: number, shown: [0] });
  const plain = (evidence: Evidence): File => ({ evidence });
  return [
    { name: "one path with two values", files: values, found: [["equivocation.value", 0, 1]] },
    {
      name: "an empty object with a member",
      files: two([["remarks"], {}], [["remarks", "a"], "b"]),
      found: [["equivocation.path", 0, 1]],
    },
    {
      name: "two parts of one document",
      files: two([["note"], "fit"], [["remarks"], {}]),
      found: [],
    },
    { name: "one file twice", files: [plain(fit), plain(fit)], found: [] },
    {
      name: "the first and the last of three",
      files: [plain(fit), plain(evidenceOf({ seq: 3, claims: number, shown: [0] })), plain(unfit)],
      found: [["equivocation.value", 0, 2]],
    },
    {
      name: "two records under one number",
      files: [number, other].map((claims) => plain(evidenceOf({ claims, shown: [0] }))),
      found: [["equivocation.number", 0, 1]],
    },
    {
      name: "two records under two numbers",
      files: [number, other].map((claims, seq) => plain(evidenceOf({ seq, claims, shown: [0] }))),
      found: [],
    },
    {
      name: "two active records of one subject",
      files: [0, 1].map((seq) => ({ evidence: ofSubject(seq), checks: active })),
      found: [["equivocation.subject", 0, 1]],
    },
    {
      name: "an active and a superseded record of one subject",
      files: [
        { evidence: ofSubject(0), checks: { status: "fail" } },
        { evidence: ofSubject(1), checks: active },
      ],
      found: [],
    },
    {
      name: "two packages under one delivery number",
      files: [delivered(), delivered(["another"])].map((evidence) => ({ evidence, checks: received })),
      found: [["equivocation.delivery", 0, 1]],
    },
    {
      name: "two packages under one delivery number, one not countersigned",
      files: [
        { evidence: delivered(), checks: received },
        { evidence: delivered(["another"]), checks: { receipt: "fail" } },
      ],
      found: [],
    },
    {
      name: "a file that is not the issuer's word",
      files: [plain(fit), { evidence: unfit, checks: { inclusion: "fail" } }],
      found: [],
    },
    {
      name: "a file that the chain does not know",
      files: [plain(fit), { evidence: unfit, checks: { anchor: "fail" } }],
      found: [],
    },
  ];
}

export function equivocationVectors(): Json {
  return {
    description:
      "SPEC §11.6. Each case: files, what those of their checks come to that a comparison asks about, and what is found: the code and which two files, counted from 0. Unless a check says otherwise every file is the issuer's word: its claims and its inclusion prove it.",
    cases: cases().map(({ name, files, found }) => {
      expectEqual(name, foundIn(files), JSON.stringify(found));
      return {
        name,
        files: files.map(({ evidence, checks = {} }) => ({
          evidence: evidenceJson(evidence),
          checks: { ...checks },
        })),
        found: found.map(([code, first, second]) => ({ code, files: [first, second] })),
      };
    }),
  };
}

function foundIn(files: readonly File[]): string {
  const judged = files.map(({ evidence, checks = {} }) => {
    const { header, anchor } = evidence;
    const record = {
      ...{ id: toHex(recordId(header)), kind: header.kind, issuer: header.issuer, scope: header.scope },
      ...{ seq: header.seq, anchoredAt: anchor.time },
    };
    const outcomes = Object.entries(checks) as [CheckName, Outcome][]; // The keys of a record of check names.
    const report = {
      ...({ format: "suyuan/report/1", verdict: "verified", policy: { name: "authentic" }, at: TIME } as const),
      ...{ evaluation: true, record },
      checks: outcomes.map(
        ([name, outcome]) => ({ name, outcome, code: "status.active", values: {}, mandatory: true }) as const,
      ),
    };
    return { evidence, report };
  });
  const { equivocations } = compareFiles(judged);
  return JSON.stringify(equivocations.map(({ code, files: [first, second] }) => [code, first, second]));
}
