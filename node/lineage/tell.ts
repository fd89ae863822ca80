import type { LineageLine } from "../../sdk/client/routes/lineage-walk.ts";
import { LINK_RELATIONS, type LinkRelation } from "../../sdk/lineage/relations.ts";
import type { Caller } from "../http/signature.ts";
import type { StoredScope } from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";
import { FinalBatches } from "./final-batches.ts";
import { Proofs, type ProofDependencies, type Told } from "./proofs.ts";
import { Walk, type Level, type WalkLink, type WalkOptions } from "./walk.ts";

/** Records whose lines are made together. */
const LINES_AT_ONCE = 512;

export interface TellLineageOptions extends WalkOptions {
  readonly proofs: boolean;
  readonly caller: Caller;
}

export interface TellerDependencies extends Omit<ProofDependencies, "batches"> {
  readonly store: Store;
  /** USCC of the node's department. */
  readonly department: string;
  /** The consumer of an agreement, from the chain; undefined when it is unknown or the chain cannot be read. */
  readonly consumerOf: (agreement: NonNullable<StoredScope["agreement"]>) => Promise<string | undefined>;
}

/** Tells of lineage what a caller may see (SPEC §14.4). */
export class LineageTeller {
  readonly batches: FinalBatches;
  private readonly dependencies: TellerDependencies;
  private readonly proofs: Proofs;

  constructor(dependencies: TellerDependencies) {
    this.dependencies = dependencies;
    this.batches = new FinalBatches(dependencies);
    this.proofs = new Proofs({ ...dependencies, batches: this.batches });
  }

  /** Its own department and oversight see all; any other department its own deliveries, and headers. */
  seesAll({ department, role }: Caller): boolean {
    return department === this.dependencies.department || role === "oversight";
  }

  /** The lines of one distance after another, some at a time: whoever judges them begins while the next are made. */
  async *tell({ caller, proofs, ...options }: TellLineageOptions): AsyncGenerator<readonly LineageLine[]> {
    const open = this.seesAll(caller);
    // Who may not see where lineage goes on is told of what it asks about, and of nothing behind it.
    const depth = open ? options.depth : 0;
    const asked = open ? options : { ...options, depth };
    const walk = new Walk(asked, { store: this.dependencies.store, batches: this.batches });
    let nodes = 0;
    const up = asked.direction === "up";
    for await (const level of walk.levels()) {
      const linksOf = linksByNode(level, up);
      for (let from = 0; from < level.nodes.length; from += LINES_AT_ONCE) {
        const some = { depth: level.depth, nodes: level.nodes.slice(from, from + LINES_AT_ONCE), linksOf };
        const lines = await this.lines({ walk, some, open, proofs, caller, up });
        nodes += lines.filter(({ type }) => type === "node").length;
        yield lines;
      }
    }
    yield walk.later.map((start) => ({ type: "later", ...start }));
    yield [{ type: "end", nodes, frontier: walk.frontier.map((start) => ({ ...start })) }];
  }

  private async lines(telling: Telling): Promise<readonly LineageLine[]> {
    const { walk, some, open, proofs, caller, up } = telling;
    const { depth, nodes, linksOf } = some;
    const own = nodes.filter((id) => walk.isOwn(id));
    const places = own.map((id) => ({ place: walk.places.place(id), scope: requireScope(walk, id) }));
    const parties = await Promise.all(places.map(async ({ scope }) => open || (await this.isParty(scope, caller))));
    const told = await this.proofs.tell(places, (i) => ({ open: open || parties[i] === true, proofs }));
    const byId = new Map(own.map((id, i) => [id, { told: told[i], isParty: parties[i] === true }]));
    const lines: LineageLine[] = [];
    for (const id of nodes) {
      const found = byId.get(id);
      const all = linksOf.get(id) ?? [];
      const shown = open || found?.isParty === true ? all : await this.shownTo(caller, { walk, links: all, up });
      const place = { ...walk.places.place(id), depth };
      const links = shown.map((link) => ({
        ...walk.places.place(up ? link.to : link.from),
        relation: LINK_RELATIONS[link.relation] as LinkRelation, // Its position in the list.
      }));
      if (found?.told !== undefined)
        lines.push(nodeLine({ ...place, told: found.told, links, withheld: all.length - shown.length }));
      // Of a record of another department nothing is said to a third.
      else if (links.length > 0 || (found !== undefined && open)) lines.push({ type: "place", ...place, links });
      else lines.push({ type: "unknown", ...place });
    }
    return lines;
  }

  /** Of the links of a record, those to deliveries in which the caller is the consumer. */
  private async shownTo(
    caller: Caller,
    { walk, links, up }: { readonly walk: Walk; readonly links: readonly WalkLink[]; readonly up: boolean },
  ): Promise<readonly WalkLink[]> {
    const shown: WalkLink[] = [];
    for (const link of links) {
      const scope = walk.scopeOf(up ? link.to : link.from);
      if (scope !== undefined && (await this.isParty(scope, caller))) shown.push(link);
    }
    return shown;
  }

  /** Whether a scope is the delivery stream of an agreement in which the caller is the consumer. */
  private async isParty({ kind, agreement }: StoredScope, { department }: Caller): Promise<boolean> {
    if (kind !== "deliveries" || agreement === undefined) return false;
    return (await this.dependencies.consumerOf(agreement)) === department;
  }
}

interface Telling {
  readonly walk: Walk;
  /** Of one distance, with the links of all of it. */
  readonly some: Pick<Level, "depth" | "nodes"> & { readonly linksOf: ReadonlyMap<number, readonly WalkLink[]> };
  readonly open: boolean;
  readonly proofs: boolean;
  readonly caller: Caller;
  readonly up: boolean;
}

/** The links of a level by the record that was asked about. */
function linksByNode({ links }: Level, up: boolean): ReadonlyMap<number, readonly WalkLink[]> {
  const linksOf = new Map<number, WalkLink[]>();
  for (const link of links) {
    const id = up ? link.from : link.to;
    const known = linksOf.get(id);
    if (known === undefined) linksOf.set(id, [link]);
    else known.push(link);
  }
  return linksOf;
}

function requireScope(walk: Walk, id: number): StoredScope {
  const scope = walk.scopeOf(id);
  if (scope === undefined) throw new TypeError("only own records are told of");
  return scope;
}

type NodeParts = Pick<Extract<LineageLine, { type: "node" }>, "scope" | "seq" | "depth" | "links" | "withheld"> & {
  readonly told: Told;
};

const nodeLine = ({ told: { parentCount: _count, package: items, ...told }, ...rest }: NodeParts): LineageLine => ({
  type: "node",
  ...rest,
  ...told,
  ...(items && { package: items.map((item) => ({ ...item, claims: [...item.claims] })) }),
});
