import { receiptsScope, deliveriesScope } from "../../sdk/protocol/anchor.ts";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { disclose } from "../../sdk/protocol/claims.ts";
import type { Evidence } from "../../sdk/protocol/evidence.ts";
import { HASH_BYTES } from "../../sdk/protocol/hash.ts";
import { headerJson } from "../../sdk/protocol/header.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { anchorPart } from "../records/evidence.ts";
import { BatchTrees } from "../records/batch-trees.ts";
import { readHeader, type RecordReader, type StoredHeader } from "../records/reader.ts";
import type { ScopeSeq } from "../storage/codecs.ts";
import { HEADERS, LINEAGE_PACKAGES, LINEAGE_PARENTS, TOMBSTONES, type StoredScope } from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";
import type { StoredPackageItem } from "../storage/stored-lineage.ts";
import type { FinalBatch, FinalBatches, FindBatch } from "./final-batches.ts";
import { readParents } from "./links.ts";

/** Leaves of the batch trees that lineage keeps in memory: 64 bytes each. */
const CACHED_LEAVES = 1_048_576;
/** Claims of a delivery or receipt beside the required ones that are shown: what the package commits to. */
const SHOWN: ReadonlySet<unknown> = new Set(["packageDigest", "at"]);

/** What is told of one record. */
export interface Told {
  readonly record: Hex;
  readonly kind: string;
  readonly issuer: string;
  readonly state: string;
  readonly parentCount: number;
  readonly proof?: JsonObject;
  readonly package?: readonly StoredPackageItem[];
  readonly destroyed?: { readonly scope: Hex; readonly seq: number; readonly record: Hex };
}

export interface TellOptions {
  /** Whether parents and, of a delivery or receipt, claims and package are shown. */
  readonly open: boolean;
  /** False: nothing that takes more than the header. */
  readonly proofs: boolean;
}

export interface ProofDependencies {
  readonly store: Store;
  readonly reader: RecordReader;
  readonly batches: FinalBatches;
}

/** Makes what a node shows of its records: from stored bytes, without opening a payload unless it is an exchange's. */
export class Proofs {
  private readonly dependencies: ProofDependencies;
  private readonly trees: BatchTrees;

  constructor(dependencies: ProofDependencies) {
    this.dependencies = dependencies;
    this.trees = new BatchTrees({ store: dependencies.store, cachedLeaves: CACHED_LEAVES });
  }

  /** One answer a place, in order; undefined for a number that is not written. Throws RecordError `record.damaged`, `batch.damaged`. */
  async tell(
    places: readonly { readonly place: ScopeSeq; readonly scope: StoredScope }[],
    optionsOf: (index: number) => TellOptions,
  ): Promise<readonly (Told | undefined)[]> {
    const keys = places.map(({ place }) => place);
    const { store } = this.dependencies;
    const [headers, parents, tombstones] = await Promise.all([
      store.getMany(HEADERS, keys),
      store.getMany(LINEAGE_PARENTS, keys),
      store.getMany(TOMBSTONES, keys),
    ]);
    const finders = new Map<Hex, FindBatch>();
    for (const scope of new Set(keys.map((place) => place.scope)))
      finders.set(scope, await this.dependencies.batches.of(scope));
    const told: (Told | undefined)[] = [];
    for (const [i, { place, scope }] of places.entries()) {
      const bytes = headers[i];
      const stored = bytes === undefined ? undefined : readHeader(bytes, place);
      if (stored === undefined) {
        // A number that is damaged is the operator's affair: fsck names it. Nothing can be said of it here.
        told.push(undefined);
        continue;
      }
      const options = optionsOf(i);
      const completion = tombstones[i]?.completion;
      told.push({
        ...(await this.one(
          { place, scope, stored, parents: parents[i], found: finders.get(place.scope)?.(place.seq) },
          options,
        )),
        ...(completion && { destroyed: completion }),
      });
    }
    return told;
  }

  private async one({ place, scope, stored, parents, found }: Reading, { open, proofs }: TellOptions): Promise<Told> {
    const { header, id } = stored;
    const told = {
      record: toHex(id),
      kind: header.kind,
      issuer: header.issuer,
      parentCount: header.parentCount,
    };
    if (found === undefined) return { ...told, state: "accepted" };
    if (!proofs) return { ...told, state: "final" };
    const tree = await this.trees.get(place.scope, found);
    const isExchange = scope.kind === "deliveries" || scope.kind === "receipts";
    const shown = open && isExchange && header.kind !== "void";
    const items = shown ? await this.dependencies.store.get(LINEAGE_PACKAGES, place) : undefined;
    return {
      ...told,
      state: "final",
      proof: {
        header: headerJson(header),
        inclusion: hexes(tree.proof(place.seq - found.first)),
        anchor: { ...anchorPart(found, found.batch.anchor) },
        ...(open && parents && { parents: parentsJson(parents) }),
        ...(shown && { claims: await this.claims(place) }),
      },
      ...(items && { package: items }),
    };
  }

  /** The claims by which a delivery or receipt says of which number it is and what was in it. */
  private async claims(place: ScopeSeq): Promise<JsonObject> {
    const { reader } = this.dependencies;
    const { committed, schema } = await reader.restore(await reader.open(place));
    const chosen = committed.claims.claims.flatMap((claim, at) =>
      claim?.path.length === 1 && SHOWN.has(claim.path[0]) ? [at] : [],
    );
    return claimsJson(disclose(committed.claims, schema.required.length, chosen));
  }
}

interface Reading {
  readonly place: ScopeSeq;
  readonly scope: StoredScope;
  readonly stored: StoredHeader;
  readonly parents: Uint8Array | undefined;
  readonly found: FinalBatch | undefined;
}

/** In one piece: fourteen nodes a record. */
function hexes(nodes: readonly Uint8Array[]): readonly string[] {
  const text = Buffer.concat(nodes).toString("hex");
  return nodes.map((_, i) => `0x${text.slice(2 * HASH_BYTES * i, 2 * HASH_BYTES * (i + 1))}`);
}

const claimsJson = ({ disclosed, proof }: Evidence["claims"]): JsonObject => ({
  disclosed: disclosed.map(({ at, salt, path, value }) => ({ at, salt, path, value })),
  proof: proof.map(toHex),
});

/** All parents: then the leaves are the whole tree, and no other node is needed. */
const parentsJson = (bytes: Uint8Array): JsonObject => ({
  disclosed: readParents(bytes).map(({ generated: _generated, ...parent }) => ({ ...parent })),
  proof: [],
});

/** The agreement's other stream at the same number. */
export const counterpart = ({ kind, agreement }: StoredScope, seq: number): ScopeSeq | undefined => {
  if (agreement === undefined) return undefined;
  return { scope: kind === "deliveries" ? receiptsScope(agreement) : deliveriesScope(agreement), seq };
};
