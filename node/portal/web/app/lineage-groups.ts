import { placeName, type TracedLink, type TracedNode, type TraceGap } from "../../../../sdk/lineage/trace/types.ts";

/** Not genuine, or not good at the time asked about. */
export const isBad = ({ verdict, status, period }: TracedNode): boolean =>
  verdict === "rejected" || status.outcome === "fail" || period.outcome === "fail";

/** A box of the drawing: a record, a gap, or records of one kind, department and distance that are told of together. */
export type Box =
  | { readonly type: "node"; readonly name: string; readonly depth: number; readonly node: TracedNode }
  | { readonly type: "gap"; readonly name: string; readonly depth: number; readonly gap: TraceGap }
  | {
      readonly type: "group";
      readonly name: string;
      readonly depth: number;
      readonly kind: string;
      readonly issuer: string;
      readonly count: number;
      readonly bad: number;
      /** Whether what is left of it can be opened further. */
      readonly open: boolean;
    };

export interface BoxLink {
  readonly from: string;
  readonly to: string;
  readonly relation: TracedLink["relation"];
  readonly proven: boolean;
  /** Links between the same two boxes. */
  readonly count: number;
}

export interface Grouped {
  readonly boxes: readonly Box[];
  readonly links: readonly BoxLink[];
}

export interface GroupOptions {
  /** As many records are drawn one by one; with more, those alike are told of together. */
  readonly limit: number;
  /** Names of groups that were opened. */
  readonly opened: ReadonlySet<string>;
}

/** Records alike are told of together when there are more than this of them. */
const ALIKE = 5;
/** So many of an opened group are drawn; the rest stays together. */
const DRAWN_OF_GROUP = 100;

const groupName = ({ depth, kind, issuer }: TracedNode): string => `${depth}/${issuer}/${kind}`;

/** What of a trace is drawn. Pure; takes time in proportion to nodes and links. */
export function groupTrace(
  {
    nodes,
    links,
    gaps,
  }: {
    readonly nodes: readonly TracedNode[];
    readonly links: readonly TracedLink[];
    readonly gaps: readonly TraceGap[];
  },
  { limit, opened }: GroupOptions,
): Grouped {
  const groups = new Map<string, TracedNode[]>();
  for (const node of nodes) {
    const name = groupName(node);
    const members = groups.get(name);
    if (members === undefined) groups.set(name, [node]);
    else members.push(node);
  }
  const isLarge = nodes.length > limit;
  const boxes: Box[] = gaps.map((gap) => ({ type: "gap", name: placeName(gap), depth: gap.depth, gap }));
  const boxOf = new Map<string, string>(boxes.map(({ name }) => [name, name]));
  for (const [name, members] of groups) {
    // What is bad is what somebody looks for: it comes first.
    const sorted = [...members].sort((a, b) => Number(isBad(b)) - Number(isBad(a)));
    const alone = !isLarge || members.length <= ALIKE ? members.length : opened.has(name) ? DRAWN_OF_GROUP : 0;
    for (const node of sorted.slice(0, alone)) {
      boxes.push({ type: "node", name: placeName(node), depth: node.depth, node });
      boxOf.set(placeName(node), placeName(node));
    }
    const rest = sorted.slice(alone);
    const [first] = rest;
    if (first === undefined) continue;
    const { depth, kind, issuer } = first;
    const open = !opened.has(name);
    boxes.push({ type: "group", name, depth, kind, issuer, count: rest.length, bad: rest.filter(isBad).length, open });
    for (const node of rest) boxOf.set(placeName(node), name);
  }
  return { boxes, links: linksBetween(links, boxOf) };
}

function linksBetween(links: readonly TracedLink[], boxOf: ReadonlyMap<string, string>): BoxLink[] {
  const found = new Map<string, BoxLink>();
  for (const link of links) {
    const [from, to] = [boxOf.get(placeName(link.from)), boxOf.get(placeName(link.to))];
    if (from === undefined || to === undefined) continue;
    const { relation } = link;
    const proven = link.outcome === "link.proven";
    const name = `${from} ${to} ${relation}`;
    const known = found.get(name);
    found.set(name, {
      ...{ from, to, relation },
      proven: proven && (known?.proven ?? true),
      count: (known?.count ?? 0) + 1,
    });
  }
  return [...found.values()];
}
