import { randomBytes } from "node:crypto";
import { anchorCall, openJournalCall } from "../../sdk/chain/calls.ts";
import { anchoredIn } from "../../sdk/chain/anchors.ts";
import { journalScope } from "../../sdk/protocol/anchor.ts";
import { concat, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import { disclose, type Path } from "../../sdk/protocol/claims.ts";
import { grants } from "../../sdk/protocol/delivery.ts";
import type { Evidence, EvidenceAnchor } from "../../sdk/protocol/evidence.ts";
import type { HashName } from "../../sdk/protocol/hash.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { Parent } from "../../sdk/protocol/parents.ts";
import { commitRecord, type CommittedRecord } from "../../sdk/protocol/record.ts";
import { parseSchema, type RecordSchema } from "../../sdk/protocol/schema.ts";
import { leafHash, MerkleTree } from "../../sdk/protocol/tree.ts";
import type { TestDepartment, TestLedger } from "./ledger.ts";

/** A small licence: two required claims with validity, three optional ones, nesting, an array and an empty container. */
export const LICENCE_SCHEMA = parseSchema({
  type: "object",
  properties: {
    number: { type: "string" },
    holder: { type: "object", properties: { name: { type: "string" }, code: { type: "string" } } },
    validFrom: { type: "string" },
    validUntil: { type: "string" },
    capital: { type: "number" },
    scopes: { type: "array", items: { type: "string" } },
    remarks: { type: "object" },
    open: { type: "boolean" },
    note: { type: ["string", "null"] },
  },
  required: ["number", "holder", "validFrom", "validUntil"],
  "x-required-claims": [["number"], ["holder", "code"], ["validFrom"], ["validUntil"]],
  "x-validity": { from: ["validFrom"], until: ["validUntil"] },
});

export const licence = (number: number): JsonObject => ({
  number: `L-${number}`,
  holder: { name: `某某商贸有限公司 ${number}`, code: `9111010100000000${String(number).padStart(2, "0")}` },
  validFrom: "2020-01-01",
  validUntil: "2030-12-31",
  capital: 1000.5 + number,
  scopes: ["零售", "批发"],
  remarks: {},
  open: true,
  note: null,
});

export interface TestRecord {
  readonly committed: CommittedRecord;
  readonly id: Hex;
  readonly schema: RecordSchema;
  readonly anchor: EvidenceAnchor;
  readonly inclusion: readonly Uint8Array[];
}

export interface BatchOptions {
  readonly department: TestDepartment;
  readonly scope: Hex;
  readonly kind: string;
  readonly schema: RecordSchema;
  readonly resource?: Hex;
  readonly documents: readonly JsonObject[];
  readonly hash?: HashName;
  readonly parents?: readonly Parent[];
  /** Seconds before the anchor; 0 unless given. */
  readonly issuedBefore?: number;
  readonly alter?: (record: CommittedRecord) => CommittedRecord;
}

/** Commits documents as the next records of a scope. */
export async function commitBatch(ledger: TestLedger, options: BatchOptions): Promise<readonly CommittedRecord[]> {
  const { department, scope, kind, schema, resource, documents, parents = [], issuedBefore = 0 } = options;
  const first = await nextOf(ledger, scope);
  return documents.map((document, i) => {
    const committed = commitRecord({
      kind,
      ledger: ledger.ledger,
      hash: options.hash ?? "keccak256",
      scope,
      seq: first + i,
      issuer: department.uscc,
      issuedAt: ledger.now - issuedBefore,
      ...(resource && { resource }),
      document,
      schema,
      parents,
      seed: randomBytes(32),
    });
    return options.alter?.(committed) ?? committed;
  });
}

const nextOf = async (ledger: TestLedger, scope: Hex): Promise<number> =>
  (await (await ledger.connection.view("latest")).head(scope))?.next ?? 0;

export interface RootOptions {
  readonly department: TestDepartment;
  readonly scope: Hex;
  readonly root: Uint8Array;
  readonly count: number;
  readonly hash?: HashName;
}

/** Anchors a root as the next batch of a scope, whatever it is the root of. */
export async function anchorRoot(ledger: TestLedger, options: RootOptions): Promise<EvidenceAnchor> {
  const { department, scope, count, hash = "keccak256" } = options;
  const first = await nextOf(ledger, scope);
  const root = toHex(options.root);
  const receipt = await ledger.send(department, anchorCall({ scope, first, count, root, hash }));
  const time = anchoredIn(receipt)[0]?.time ?? 0;
  const { block, transaction } = receipt;
  return { first, count, time, root, department: department.uscc, block, transaction };
}

export const treeOf = (ids: readonly Uint8Array[], hash: HashName = "keccak256"): MerkleTree =>
  MerkleTree.fromLeafHashes(hash, concat(...ids.map((id) => leafHash(hash, id))));

/** Commits documents as the next records of a scope and anchors them as one batch. */
export async function anchorBatch(ledger: TestLedger, options: BatchOptions): Promise<readonly TestRecord[]> {
  const records = await commitBatch(ledger, options);
  const { department, scope, schema, hash = "keccak256" } = options;
  const tree = treeOf(
    records.map(({ id }) => id),
    hash,
  );
  const anchor = await anchorRoot(ledger, { department, scope, root: tree.root, count: records.length, hash });
  return records.map((committed, i) => ({
    committed,
    id: toHex(committed.id),
    schema,
    anchor,
    inclusion: tree.proof(i),
  }));
}

/** Positions of the claims that the patterns grant, and of the required ones. All claims without patterns. */
export function positionsOf({ committed: { claims }, schema }: TestRecord, patterns?: readonly Path[]): number[] {
  return claims.claims.flatMap((claim, at) => {
    if (claim === undefined) return [];
    const wanted =
      at < schema.required.length || patterns === undefined || patterns.some((pattern) => grants(pattern, claim.path));
    return wanted ? [at] : [];
  });
}

export interface EvidenceOptions {
  readonly patterns?: readonly Path[];
  /** Positions of parents to disclose; all unless given. */
  readonly parents?: readonly number[];
}

export function evidenceOf(record: TestRecord, { patterns, parents: chosen }: EvidenceOptions = {}): Evidence {
  const { committed, schema, anchor, inclusion } = record;
  const { header, claims, parents } = committed;
  const wanted = parents?.disclosed.filter(({ at }) => chosen?.includes(at) ?? true) ?? [];
  return {
    header,
    schema: schema.json,
    claims: disclose(claims, schema.required.length, positionsOf(record, patterns)),
    ...(parents &&
      wanted.length > 0 && {
        parents: { disclosed: wanted, proof: parents.tree.multiproof(wanted.map(({ at }) => at)) },
      }),
    inclusion,
    anchor,
  };
}

/** Opens the department's journal unless it is open. */
export async function openJournal(ledger: TestLedger, department: TestDepartment): Promise<Hex> {
  const scope = journalScope(department.uscc);
  const head = await (await ledger.connection.view("latest")).head(scope);
  if (head === undefined) await ledger.send(department, openJournalCall());
  return scope;
}

/** The parent entry of a record. */
export const parentOf = (record: TestRecord, relation: Parent["relation"]): Parent => {
  const { ledger, scope, seq } = record.committed.header;
  return { ledger, scope, seq, record: record.id, relation };
};

/** A path pattern's JCS text, as applications hold it. */
export const patternText = (path: Path): string => canonicalize(path);
