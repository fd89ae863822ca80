import { concat } from "../../sdk/protocol/bytes.ts";
import type { Evidence } from "../../sdk/protocol/evidence.ts";
import { recordId } from "../../sdk/protocol/header.ts";
import type { CommittedRecord } from "../../sdk/protocol/record.ts";
import { leafHash, nodeHash, type MerkleTree } from "../../sdk/protocol/tree.ts";
import { anchorRoot, commitBatch, evidenceOf, licence, LICENCE_SCHEMA, treeOf } from "../support/records.ts";
import { toHex } from "../../sdk/protocol/bytes.ts";
import { randomNode, startWorld, type World } from "./world.ts";
import { countsCases } from "../faults/tally.ts";

const HASH = "keccak256";
const leafOf = ({ id }: CommittedRecord): Uint8Array => leafHash(HASH, id);

/** Edits of the file of record C, the third of a batch of four. */
const EDITS: readonly (readonly [name: string, edit: (good: Evidence, batch: readonly Evidence[]) => Evidence])[] = [
  ["the root with an empty proof", (good) => ({ ...good, inclusion: [] })],
  [
    "the root with an empty proof, as a batch of one",
    (good) => ({ ...good, inclusion: [], anchor: { ...good.anchor, first: good.header.seq, count: 1 } }),
  ],
  ["a proof that is too short", (good) => ({ ...good, inclusion: good.inclusion.slice(0, -1) })],
  ["a proof that is too long", (good) => ({ ...good, inclusion: [...good.inclusion, randomNode()] })],
  ["a proof in another order", (good) => ({ ...good, inclusion: [...good.inclusion].reverse() })],
  ["the proof of another leaf", (good, [, b]) => ({ ...good, inclusion: b!.inclusion })],
  [
    "permuted leaves: another number of the same batch",
    (good, [, b]) => ({ ...good, header: { ...good.header, seq: b!.header.seq }, inclusion: b!.inclusion }),
  ],
  [
    "a duplicated leaf: the number after the last, which holds the same record",
    (good, batch) => ({ ...good, anchor: { ...good.anchor, count: 3 }, inclusion: [batch[3]!.inclusion[1]!] }),
  ],
  ["another count", (good) => ({ ...good, anchor: { ...good.anchor, count: 8 } })],
];

describe("must reject: batch trees", function () {
  this.timeout(30_000);
  countsCases("forgeries");

  let world: World;
  let batch: readonly Evidence[];
  let good: Evidence;

  before(async () => {
    world = await startWorld();
    batch = (await world.anchor({ documents: [1, 2, 3, 4].map(licence) })).map((record) => evidenceOf(record));
    good = batch[2]!;
  });
  after(() => world.stop());

  /** Records committed in order, and any root that the issuer anchors for them. */
  const dishonest = async (
    documents: number,
    count: number,
    rootOf: (records: readonly CommittedRecord[]) => Uint8Array,
  ) => {
    const { ledger, open } = world;
    const part = { department: ledger.provider, scope: open.scope };
    const records = await commitBatch(ledger, {
      ...part,
      resource: open.resource,
      kind: "certificate",
      schema: LICENCE_SCHEMA,
      documents: Array.from({ length: documents }, (_, i) => licence(i)),
    });
    const anchor = await anchorRoot(ledger, { ...part, root: rootOf(records), count });
    return records.map((committed) => ({ committed, id: toHex(committed.id), schema: LICENCE_SCHEMA, anchor }));
  };
  const refuses = (file: Evidence) => world.refuses({ file, check: "inclusion", code: "inclusion.mismatch" });
  const tree = (records: readonly CommittedRecord[]): MerkleTree => treeOf(records.map(({ id }) => id));

  it("and verify every record of the honest batch", async () => {
    for (const file of batch) await world.verifies({ file });
  });

  for (const [name, edit] of EDITS) it(name, () => refuses(edit(good, batch)));

  it("[A, B, C] against the root of [A, B, C, C]", async () => {
    const records = await dishonest(3, 3, ([a, b, c]) => tree([a!, b!, c!, c!]).root);
    const honest = tree(records.map(({ committed }) => committed));
    for (const [i, record] of records.entries()) await refuses(evidenceOf({ ...record, inclusion: honest.proof(i) }));
  });

  it("[A, B, C, C] against the root of [A, B, C]", async () => {
    const records = await dishonest(3, 4, ([a, b, c]) => tree([a!, b!, c!]).root);
    const [a, b, c] = records.map(({ committed }) => committed);
    const doubled = tree([a!, b!, c!, c!]);
    for (const [i, record] of records.entries()) await refuses(evidenceOf({ ...record, inclusion: doubled.proof(i) }));
  });

  it("an inner node as a record: a leaf below the tree that was anchored", async () => {
    const [first, second, third] = await dishonest(3, 2, ([a, b, c]) =>
      nodeHash(HASH, nodeHash(HASH, leafOf(a!), leafOf(b!)), leafOf(c!)),
    );
    const [b, c] = [leafOf(second!.committed), leafOf(third!.committed)];
    await refuses(evidenceOf({ ...first!, inclusion: [b, c] }));
    await refuses(evidenceOf({ ...first!, inclusion: [c] }));
  });

  it("a record id that is the root itself", async () => {
    const [only] = await dishonest(1, 1, ([a]) => a!.id);
    await refuses(evidenceOf({ ...only!, inclusion: [] }));
  });

  it("a leaf of 64 bytes that are two nodes", async () => {
    const [a, b] = await dishonest(2, 1, ([x, y]) => leafHash(HASH, concat(leafOf(x!), leafOf(y!))));
    await refuses(evidenceOf({ ...a!, inclusion: [leafOf(b!.committed)] }));
    await refuses(evidenceOf({ ...a!, inclusion: [] }));
  });

  it("nodes without prefix, and nodes that are sorted", async () => {
    const plain = (x: Uint8Array, y: Uint8Array) => leafHash(HASH, concat(x, y));
    const [a, b] = await dishonest(2, 2, ([x, y]) => plain(leafOf(x!), leafOf(y!)));
    await refuses(evidenceOf({ ...a!, inclusion: [leafOf(b!.committed)] }));
    const [c, d] = await dishonest(2, 2, ([x, y]) => nodeHash(HASH, leafOf(y!), leafOf(x!)));
    await refuses(evidenceOf({ ...c!, inclusion: [leafOf(d!.committed)] }));
  });

  it("a batch of which the record is hashed by another function", async () => {
    const [record] = await world.anchor({
      hash: "sha256",
      alter: (made) => {
        const header = { ...made.header, hash: "keccak256" as const };
        return { ...made, header, id: recordId(header) };
      },
    });
    await refuses(evidenceOf(record!));
    const honest = evidenceOf((await world.anchor({ hash: "sm3" }))[0]!);
    await world.verifies({ file: honest });
    const renamed = { ...honest, header: { ...honest.header, hash: "keccak256" as const } };
    await world.refuses({ file: renamed, check: "anchor", code: "anchor.event" });
  });
});
