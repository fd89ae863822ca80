import type { RecordPlace } from "../activity.ts";
import { LINK_RELATIONS } from "../relations.ts";
import { isDecided, judgeLink, type LinkEnds, type SeenEnds } from "./links.ts";
import type { PlaceNumbers } from "./place-numbers.ts";
import type { SeenNode, TracedLink } from "./types.ts";

interface OpenLink {
  readonly link: LinkEnds;
  readonly from: number;
  readonly to: number;
}

/** Links of a trace that wait for an end. Each is judged once, when both its ends were seen, or when nobody is left to ask. */
export class OpenLinks {
  /** How many were judged. */
  judged = 0;
  private readonly nodes: ReadonlyMap<number, SeenNode>;
  private readonly places: PlaceNumbers;
  private readonly waiting = new Map<number, Set<OpenLink>>();
  /** By `from` and `to`, a bit for each relation that was named. */
  private readonly named = new Map<number, Map<number, number>>();

  /** `nodes` grows as the trace goes on. */
  constructor({ nodes, places }: { readonly nodes: ReadonlyMap<number, SeenNode>; readonly places: PlaceNumbers }) {
    this.nodes = nodes;
    this.places = places;
  }

  /** False when the link is known already. */
  add(link: LinkEnds): boolean {
    const from = this.places.of(link.from);
    const to = this.places.of(link.to);
    if (!this.isNew({ from, to, bit: 1 << LINK_RELATIONS.indexOf(link.relation) })) return false;
    const open: OpenLink = { link, from, to };
    this.await(from, open);
    this.await(to, open);
    return true;
  }

  private isNew({ from, to, bit }: { readonly from: number; readonly to: number; readonly bit: number }): boolean {
    const named = this.named.get(from) ?? new Map<number, number>();
    const known = named.get(to) ?? 0;
    if ((known & bit) !== 0) return false;
    this.named.set(from, named.set(to, known | bit));
    return true;
  }

  private await(end: number, open: OpenLink): void {
    const waiting = this.waiting.get(end);
    if (waiting === undefined) this.waiting.set(end, new Set([open]));
    else waiting.add(open);
  }

  /** Judges the links of a place whose ends have both been seen. */
  *settle(place: RecordPlace): Generator<TracedLink> {
    for (const open of this.waiting.get(this.places.of(place)) ?? []) {
      const seen = this.seen(open);
      if (isDecided(open.link, seen)) yield this.closed(open, seen);
    }
  }

  /** Judges what is left when everybody was asked; links to records of a later time do not exist. */
  *rest(later: ReadonlySet<number>): Generator<TracedLink> {
    for (const links of this.waiting.values()) {
      for (const open of links) {
        if (later.has(open.from) || later.has(open.to)) this.drop(open);
        else yield this.closed(open, this.seen(open));
      }
    }
  }

  private closed(open: OpenLink, seen: SeenEnds): TracedLink {
    this.drop(open);
    this.judged++;
    return judgeLink(open.link, seen);
  }

  private drop(open: OpenLink): void {
    for (const end of [open.from, open.to]) {
      const waiting = this.waiting.get(end);
      waiting?.delete(open);
      if (waiting?.size === 0) this.waiting.delete(end);
    }
  }

  private seen({ from, to }: OpenLink): SeenEnds {
    return { from: this.nodes.get(from), to: this.nodes.get(to) };
  }
}
