import { GENERATED } from "../../sdk/lineage/activity.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { Parent } from "../../sdk/protocol/parents.ts";
import type { LineageSink, NumberedRecord } from "../records/lineage-sink.ts";
import { rawBytes, type ScopeSeq } from "../storage/codecs.ts";
import type { Draft } from "../storage/draft.ts";
import {
  LINEAGE_LINKS,
  LINEAGE_PACKAGES,
  LINEAGE_PARENTS,
  LINEAGE_RECORDS,
  LINEAGE_STATE,
} from "../storage/keyspaces.ts";
import type { StoredPackageItem } from "../storage/stored-lineage.ts";
import {
  added,
  LANES,
  linkBytes,
  markKey,
  parentBytes,
  pieceKey,
  placeBytes,
  type Lane,
  type Link,
  type ParentsToStore,
} from "./links.ts";

/** With keys and values as the bytes that they are: every record passes here. */
const RAW_RECORDS = { ...LINEAGE_RECORDS, key: rawBytes, value: rawBytes };

/** Parents of a record of this kind, with what tells the generated ones. */
export const markedParents = <P extends Parent>(kind: string, parents: readonly P[]) =>
  parents.map((parent) => ({ ...parent, generated: kind === "activity" && parent.relation === GENERATED }));

/** Writes the index of lineage as records are written: what a record costs does not grow with how many there are. */
export class LineageWriter implements LineageSink {
  private readonly ledger: Hex;

  constructor({ ledger }: { readonly ledger: Hex }) {
    this.ledger = ledger;
  }

  async prefetch(draft: Draft, parents: readonly (readonly Parent[])[]): Promise<void> {
    const keys = new Map<string, Uint8Array>();
    for (const { ledger, scope, seq } of parents.flat())
      if (ledger === this.ledger) keys.set(`${scope}/${seq}`, pieceKey(placeBytes({ scope, seq }), LANES.records, 0));
    if (keys.size > 0) await draft.prefetch(LINEAGE_LINKS, [...keys.values()]);
  }

  async note(draft: Draft, { place, id, kind, parents, parentSalts }: NumberedRecord): Promise<void> {
    this.noteId(draft, { id, place });
    if (parents.length === 0) return;
    await this.noteParents(draft, { place, parents: markedParents(kind, parents), salts: parentSalts });
  }

  /** Where the record of an id stands. */
  noteId(draft: Draft, { id, place }: { readonly id: Uint8Array; readonly place: ScopeSeq }): void {
    draft.put(RAW_RECORDS, id, placeBytes(place));
  }

  /** The parents of a record, and the links that lead from them to it. */
  async noteParents(
    draft: Draft,
    { place, parents, salts }: ParentsToStore & { readonly place: ScopeSeq },
  ): Promise<void> {
    draft.put(LINEAGE_PARENTS, place, parentBytes({ parents, salts }));
    for (const { ledger, scope, seq, relation, generated } of parents) {
      if (ledger !== this.ledger) continue;
      const parent = { scope, seq };
      await link(draft, { from: parent, kind: generated ? "generatedBy" : relation, to: place, lane: LANES.records });
      if (generated) draft.put(LINEAGE_STATE, markKey("generated", scope), "1");
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
    for (const { scope, seq } of items) {
      draft.put(LINEAGE_STATE, markKey("packaged", scope), "1");
      await link(draft, { from: { scope, seq }, kind, to: place, lane: LANES.deliveries });
    }
  }
}

async function link(
  draft: Draft,
  { from, lane, ...to }: Link & { readonly from: ScopeSeq; readonly lane: Lane },
): Promise<void> {
  const place = placeBytes(from);
  const next = linkBytes(to);
  await draft.update(LINEAGE_LINKS, pieceKey(place, lane, 0), (before) => {
    const { open, closed } = added(before, next);
    if (closed !== undefined) draft.put(LINEAGE_LINKS, pieceKey(place, lane, closed.piece), closed.bytes);
    return open;
  });
}
