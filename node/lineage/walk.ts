import { LINK_RELATIONS, type Direction, type LinkRelation } from "../../sdk/lineage/relations.ts";
import { deliveriesScope, receiptsScope } from "../../sdk/protocol/anchor.ts";
import { rawBytes, uintOf, type ScopeSeq } from "../storage/codecs.ts";
import { LINEAGE_LINKS, LINEAGE_PACKAGES, LINEAGE_PARENTS, type StoredScope } from "../storage/keyspaces.ts";
import type { Space, Store } from "../storage/store.ts";
import type { FinalBatches } from "./final-batches.ts";
import {
  COUNT_BYTES,
  GENERATED_BY,
  GENERATED_FLAG,
  LANES,
  LINK_BYTES,
  LINK_KINDS,
  PARENT_BYTES,
  PARENT_PLACE,
  PLACE_BYTES,
  type Lane,
  type Mark,
} from "./links.ts";
import { MetScopes } from "./met-scopes.ts";
import { Places } from "./places.ts";

/** Keys asked of the store at a time. */
const KEYS_AT_ONCE = 4096;
const KEYS_WORTH_HALVING = 64;

export interface Start extends ScopeSeq {
  /** Distance from where the whole trace begins. */
  readonly depth: number;
}

export interface WalkOptions {
  readonly starts: readonly Start[];
  readonly direction: Direction;
  /** Records farther than this from the beginning of the trace are not visited. */
  readonly depth: number;
  /** Seconds: records that were not anchored by then do not exist. */
  readonly asOf?: number | undefined;
  readonly relations?: ReadonlySet<LinkRelation> | undefined;
  /** Records at most; what is left is the frontier. */
  readonly limit: number;
}

/** The records at one distance. A link leads from a record to its source; the one asked about is `from` going up, `to` going down. */
export interface Level {
  readonly depth: number;
  readonly nodes: readonly number[];
  readonly links: readonly WalkLink[];
}

export interface WalkLink {
  readonly from: number;
  readonly to: number;
  /** Position in LINK_RELATIONS. */
  readonly relation: number;
}

const RELATION_OF_KIND = LINK_KINDS.map((kind) => LINK_RELATIONS.indexOf(kind === "generatedBy" ? "generated" : kind));
const RECEIPT_OF = LINK_RELATIONS.indexOf("receiptOf");
const DELIVERED = LINK_RELATIONS.indexOf("delivered");
const RECEIVED = LINK_RELATIONS.indexOf("received");

const raw = (space: Space<never, never>): Space<Uint8Array, Uint8Array> => ({
  ...space,
  key: rawBytes,
  value: rawBytes,
});
// Keys and values as bytes: a walk does not decode what it does not need.
const RAW_PARENTS = raw(LINEAGE_PARENTS as Space<never, never>);
const RAW_LINKS = raw(LINEAGE_LINKS as Space<never, never>);

/** A breadth-first walk through the records of this node's scopes, and of those received: structure only. */
export class Walk {
  readonly places = new Places();
  /** What the limit kept from being visited. */
  frontier: readonly Start[] = [];
  /** Starts that were not anchored by the time asked about. */
  readonly later: Start[] = [];
  private readonly options: WalkOptions;
  private readonly store: Store;
  private readonly seen = new Set<number>();
  private readonly scopes: MetScopes;
  private readonly wanted: ReadonlySet<number> | undefined;
  private visited = 0;

  constructor(options: WalkOptions, { store, batches }: { readonly store: Store; readonly batches: FinalBatches }) {
    this.options = options;
    this.store = store;
    const { relations, asOf } = options;
    this.scopes = new MetScopes({ places: this.places, asOf }, { store, batches });
    this.wanted = relations && new Set([...relations].map((relation) => LINK_RELATIONS.indexOf(relation)));
  }

  /** Whether a record stands in a scope of this node. Only after the level that met it. */
  isOwn(id: number): boolean {
    return this.scopeOf(id) !== undefined;
  }

  scopeOf(id: number): StoredScope | undefined {
    return this.scopes.of(id);
  }

  async *levels(): AsyncGenerator<Level> {
    const { starts, depth: deepest, limit } = this.options;
    const waiting = new Map<number, number[]>();
    for (const start of starts) {
      const id = this.places.of(start);
      waiting.set(start.depth, [...(waiting.get(start.depth) ?? []), id]);
    }
    let depth = Math.min(...waiting.keys());
    let next: number[] = [];
    for (; next.length > 0 || waiting.size > 0; depth++) {
      const found = [...next, ...(waiting.get(depth) ?? [])];
      waiting.delete(depth);
      const all = await this.admitted(found, depth);
      const room = Math.max(0, limit - this.visited);
      const nodes = all.slice(0, room);
      this.visited += nodes.length;
      if (nodes.length < all.length) {
        const left = all.slice(room).map((id): Start => ({ ...this.places.place(id), depth }));
        this.frontier = [...left, ...starts.filter((start) => start.depth > depth)];
      }
      const links = await this.linksOf(nodes);
      if (nodes.length > 0) yield { depth, nodes, links };
      if (this.frontier.length > 0) return;
      const up = this.options.direction === "up";
      next = depth < deepest ? links.map(({ from, to }) => (up ? to : from)).filter((id) => !this.seen.has(id)) : [];
    }
  }

  /** New ones among the found, that are this node's to tell of and existed then. */
  private async admitted(found: readonly number[], depth: number): Promise<number[]> {
    await this.scopes.learn(found);
    const admitted: number[] = [];
    for (const id of found) {
      if (this.seen.has(id)) continue;
      this.seen.add(id);
      if (this.scopes.existed(id)) admitted.push(id);
      else this.later.push({ ...this.places.place(id), depth });
    }
    // Neighbouring keys lie in one block of the store.
    return admitted.sort((a, b) => a - b);
  }

  private async linksOf(nodes: readonly number[]): Promise<readonly WalkLink[]> {
    const links: WalkLink[] = [];
    for (let i = 0; i < nodes.length; i += KEYS_AT_ONCE) {
      const some = nodes.slice(i, i + KEYS_AT_ONCE);
      if (this.options.direction === "up") await this.upstream(some, links);
      else await this.downstream(some, links);
    }
    const existing = await this.existing(links);
    return existing;
  }

  /** Without the links to records that were not anchored by the time asked about. */
  private async existing(links: readonly WalkLink[]): Promise<readonly WalkLink[]> {
    const { asOf, direction } = this.options;
    const ends = links.map(({ from, to }) => (direction === "up" ? to : from));
    await this.scopes.learn(ends);
    return asOf === undefined ? links : links.filter((_, i) => this.scopes.existed(ends[i] ?? 0));
  }

  private async upstream(nodes: readonly number[], links: WalkLink[]): Promise<void> {
    const [parents, pieces] = await Promise.all([
      this.halves(
        RAW_PARENTS,
        nodes.map((id) => this.places.key(id)),
      ),
      this.marked("generated", nodes, LANES.records),
    ]);
    for (const [i, from] of nodes.entries()) {
      const bytes = parents[i];
      for (let at = 0; bytes !== undefined && at < bytes.length; at += PARENT_BYTES) {
        const relation = bytes[at] ?? 0;
        // What an activity generated lies downstream of it.
        if ((relation & GENERATED_FLAG) === 0)
          this.add(links, { from, to: this.places.at(bytes, at + PARENT_PLACE), relation });
      }
      const open = pieces.get(from);
      await this.pieces({ node: from, open, lane: LANES.records }, (kind, to) => {
        if (kind === GENERATED_BY) this.add(links, { from, to, relation: RELATION_OF_KIND[kind] ?? 0 });
      });
      if (this.scopeOf(from)?.agreement !== undefined) await this.exchange(from, links);
    }
  }

  private async downstream(nodes: readonly number[], links: WalkLink[]): Promise<void> {
    const [records, deliveries] = await Promise.all([
      this.open(nodes, LANES.records),
      this.marked("packaged", nodes, LANES.deliveries),
    ]);
    for (const [i, to] of nodes.entries()) {
      for (const [lane, open] of [
        [LANES.records, records[i]] as const,
        [LANES.deliveries, deliveries.get(to)] as const,
      ]) {
        await this.pieces({ node: to, open, lane }, (kind, from) => {
          if (kind !== GENERATED_BY) this.add(links, { from, to, relation: RELATION_OF_KIND[kind] ?? 0 });
        });
      }
      const scope = this.scopeOf(to);
      if (scope?.kind === "deliveries" && scope.agreement !== undefined) {
        const receipt = { scope: receiptsScope(scope.agreement), seq: this.places.seqOf(to) };
        this.add(links, { from: this.places.of(receipt), to, relation: RECEIPT_OF });
      }
    }
  }

  /** What a receipt or a delivery came from: they name it by their package, not by parents. */
  private async exchange(from: number, links: WalkLink[]): Promise<void> {
    const scope = this.scopeOf(from);
    if (scope?.agreement === undefined) return;
    const relation = scope.kind === "receipts" ? RECEIVED : DELIVERED;
    const items = (await this.store.get(LINEAGE_PACKAGES, this.places.place(from))) ?? [];
    for (const item of items) this.add(links, { from, to: this.places.of(item), relation });
    if (scope.kind !== "receipts") return;
    const delivery = { scope: deliveriesScope(scope.agreement), seq: this.places.seqOf(from) };
    this.add(links, { from, to: this.places.of(delivery), relation: RECEIPT_OF });
  }

  private add(links: WalkLink[], link: WalkLink): void {
    if (this.wanted === undefined || this.wanted.has(link.relation)) links.push(link);
  }

  /** The open pieces of the nodes whose scope has such links. */
  private async marked(mark: Mark, nodes: readonly number[], lane: Lane): Promise<ReadonlyMap<number, Uint8Array>> {
    const some = nodes.filter((id) => this.scopes.has(mark, id));
    const pieces = await this.open(some, lane);
    return new Map(some.flatMap((id, i) => (pieces[i] === undefined ? [] : [[id, pieces[i]] as const])));
  }

  /** In two halves side by side: the engine looks keys of one question up one after another. */
  private async halves(space: typeof RAW_LINKS, keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    if (keys.length < KEYS_WORTH_HALVING) return this.store.getMany(space, keys);
    const middle = keys.length >> 1;
    const [first, second] = await Promise.all([
      this.store.getMany(space, keys.slice(0, middle)),
      this.store.getMany(space, keys.slice(middle)),
    ]);
    return first.concat(second);
  }

  private open(nodes: readonly number[], lane: Lane): Promise<(Uint8Array | undefined)[]> {
    return this.halves(
      RAW_LINKS,
      nodes.map((id) => {
        const key = this.places.key(id, 1 + COUNT_BYTES);
        key[PLACE_BYTES] = lane;
        return key;
      }),
    );
  }

  /** The links of the open piece, then those of the closed ones. */
  private async pieces(
    { node, open, lane }: { readonly node: number; readonly open: Uint8Array | undefined; readonly lane: Lane },
    each: (kind: number, place: number) => void,
  ): Promise<void> {
    if (open === undefined) return;
    this.read(open, COUNT_BYTES, each);
    const closed = uintOf(open.subarray(0, COUNT_BYTES));
    for (let first = 1; first <= closed; first += KEYS_AT_ONCE) {
      const keys = Array.from({ length: Math.min(KEYS_AT_ONCE, closed - first + 1) }, (_, i) => {
        const key = this.places.key(node, 1 + COUNT_BYTES);
        key[PLACE_BYTES] = lane;
        new DataView(key.buffer).setUint16(PLACE_BYTES + 2, (first + i) & 0xffff);
        key[PLACE_BYTES + 1] = (first + i) >> 16;
        return key;
      });
      for (const bytes of await this.store.getMany(RAW_LINKS, keys)) if (bytes !== undefined) this.read(bytes, 0, each);
    }
  }

  private read(bytes: Uint8Array, start: number, each: (kind: number, place: number) => void): void {
    for (let at = start; at < bytes.length; at += LINK_BYTES) each(bytes[at] ?? 0, this.places.at(bytes, at + 1));
  }
}
