import { isDecided, judgeLink, type LinkEnds } from "./links.ts";
import { placeName, type SeenNode, type TracedLink } from "./types.ts";

/** Links of a trace that wait for an end. Each is judged once, when both its ends were seen, or when nobody is left to ask. */
export class OpenLinks {
  /** How many were judged. */
  judged = 0;
  private readonly nodes: ReadonlyMap<string, SeenNode>;
  private readonly waiting = new Map<string, Map<string, LinkEnds>>();
  private readonly names = new Set<string>();

  /** `nodes` grows as the trace goes on. */
  constructor(nodes: ReadonlyMap<string, SeenNode>) {
    this.nodes = nodes;
  }

  /** False when the link is known already. */
  add(link: LinkEnds): boolean {
    const name = `${link.relation} ${placeName(link.from)} ${placeName(link.to)}`;
    if (this.names.has(name)) return false;
    this.names.add(name);
    for (const end of [link.from, link.to]) {
      const waiting = this.waiting.get(placeName(end)) ?? new Map<string, LinkEnds>();
      this.waiting.set(placeName(end), waiting.set(name, link));
    }
    return true;
  }

  /** Judges the links of a place whose ends have both been seen. */
  *settle(place: string): Generator<TracedLink> {
    for (const [name, link] of this.waiting.get(place) ?? []) {
      const { from, to } = this.seen(link);
      if (isDecided(link, { from, to })) yield this.closed(name, link);
    }
  }

  /** Judges what is left when everybody was asked; links to records of a later time do not exist. */
  *rest(later: ReadonlySet<string>): Generator<TracedLink> {
    for (const [end, links] of this.waiting) {
      for (const [name, link] of [...links]) {
        const other = placeName(link.from) === end ? placeName(link.to) : placeName(link.from);
        if (later.has(end) || later.has(other)) {
          links.delete(name);
          this.waiting.get(other)?.delete(name);
        } else yield this.closed(name, link);
      }
    }
  }

  private closed(name: string, link: LinkEnds): TracedLink {
    for (const end of [link.from, link.to]) this.waiting.get(placeName(end))?.delete(name);
    this.judged++;
    return judgeLink(link, this.seen(link));
  }

  private seen({ from, to }: LinkEnds) {
    return { from: this.nodes.get(placeName(from)), to: this.nodes.get(placeName(to)) };
  }
}
