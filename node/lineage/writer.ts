import { GENERATED } from "../../sdk/lineage/activity.ts";
import { parentSalt } from "../../sdk/protocol/claims.ts";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { saltSeed } from "../keys/derive.ts";
import type { LineageSink, NumberedRecord } from "../records/lineage-sink.ts";
import type { ScopeSeq } from "../storage/codecs.ts";
import type { Draft } from "../storage/draft.ts";
import { LINEAGE_LINKS, LINEAGE_PACKAGES, LINEAGE_PARENTS, LINEAGE_RECORDS } from "../storage/keyspaces.ts";
import type { StoredPackageItem } from "../storage/stored-lineage.ts";
import {
  added,
  LANES,
  linkBytes,
  parentBytes,
  pieceKey,
  placeBytes,
  type Lane,
  type Link,
  type StoredParent,
} from "./links.ts";

/** Whether a parent is one that the record, an activity, generated. */
const isGenerated = (kind: string, relation: string): boolean => kind === "activity" && relation === GENERATED;

/** Writes the index of lineage as records are written: what a record costs does not grow with how many there are. */
export class LineageWriter implements LineageSink {
  private readonly ledger: Hex;

  constructor({ ledger }: { readonly ledger: Hex }) {
    this.ledger = ledger;
  }

  async note(draft: Draft, { place, id, kind, hash, parents, dataKey }: NumberedRecord): Promise<void> {
    draft.put(LINEAGE_RECORDS, toHex(id), place);
    if (parents.length === 0) return;
    const seed = saltSeed(dataKey);
    const stored = parents.map((parent, at): StoredParent => ({
      ...parent,
      at,
      salt: parentSalt(hash, seed, at),
      generated: isGenerated(kind, parent.relation),
    }));
    await this.noteParents(draft, { place, parents: stored });
  }

  /** The parents of a record, and the links that lead from them to it. */
  async noteParents(
    draft: Draft,
    { place, parents }: { readonly place: ScopeSeq; readonly parents: readonly StoredParent[] },
  ): Promise<void> {
    draft.put(LINEAGE_PARENTS, place, parentBytes(parents));
    for (const { ledger, scope, seq, relation, generated } of parents) {
      if (ledger !== this.ledger) continue;
      const parent = { scope, seq };
      await link(draft, { from: parent, kind: generated ? "generatedBy" : relation, to: place, lane: LANES.records });
      if (generated) await link(draft, { from: place, kind: "generated", to: parent, lane: LANES.records });
    }
  }

  /** What the delivery at a place handed over. One at a time with every other change of this lane. */
  noteDelivery(draft: Draft, place: ScopeSeq, items: readonly StoredPackageItem[]): Promise<void> {
    return this.notePackage(draft, { place, items, kind: "delivered" });
  }

  /** What the receipt at a place received: records of another department, known here from now on. As `noteDelivery`. */
  async noteReception(draft: Draft, place: ScopeSeq, items: readonly StoredPackageItem[]): Promise<void> {
    for (const { scope, seq, record } of items) draft.put(LINEAGE_RECORDS, record, { scope, seq });
    await this.notePackage(draft, { place, items, kind: "received" });
  }

  private async notePackage(
    draft: Draft,
    {
      place,
      items,
      kind,
    }: {
      readonly place: ScopeSeq;
      readonly items: readonly StoredPackageItem[];
      readonly kind: "delivered" | "received";
    },
  ): Promise<void> {
    if (items.length === 0) return;
    draft.put(LINEAGE_PACKAGES, place, items);
    for (const { scope, seq } of items)
      await link(draft, { from: { scope, seq }, kind, to: place, lane: LANES.deliveries });
  }
}

async function link(
  draft: Draft,
  { from, lane, ...to }: Link & { readonly from: ScopeSeq; readonly lane: Lane },
): Promise<void> {
  const place = placeBytes(from);
  const key = pieceKey(place, lane, 0);
  const { open, closed } = added(await draft.get(LINEAGE_LINKS, key), linkBytes(to));
  draft.put(LINEAGE_LINKS, key, open);
  if (closed !== undefined) draft.put(LINEAGE_LINKS, pieceKey(place, lane, closed.piece), closed.bytes);
}
