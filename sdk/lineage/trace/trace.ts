import type { LineageLine, NodeLine } from "../../client/routes/lineage-walk.ts";
import { openAgreeingView, type LedgerConnection } from "../../chain/connection.ts";
import type { LedgerView } from "../../chain/view.ts";
import { ChainError } from "../../chain/errors.ts";
import { unclear } from "../../verify/report.ts";
import type { Chain } from "../../verify/context.ts";
import type { Trust } from "../../verify/trust.ts";
import type { RecordPlace } from "../activity.ts";
import type { Direction, LinkRelation } from "../relations.ts";
import { gapOf, NoEndpoint, type GapReason } from "./gap.ts";
import type { LinkEnds } from "./links.ts";
import type { ExamineProofs } from "./examine.ts";
import { judgeLines } from "./judge-lines.ts";
import { MetStatuses } from "./met-statuses.ts";
import type { NodeJudgement } from "./node.ts";
import { OpenLinks } from "./open-links.ts";
import { PlaceNumbers } from "./place-numbers.ts";
import { remembering } from "./remembering.ts";
import { MetBatches } from "./shared.ts";
import type { LineageSource, SeenNode, TracedNode, TraceEnd, TraceEvent, TraceGap } from "./types.ts";

export interface TraceOptions {
  readonly start: RecordPlace;
  readonly direction: Direction;
  /** Links from the start at most; all of them unless given. */
  readonly depth?: number;
  /** Seconds: the graph and the states of that time. Now unless given. */
  readonly asOf?: number;
  /** Seconds: only what was recorded by then counts. */
  readonly knownAt?: number;
  readonly relations?: readonly LinkRelation[];
  /** Departments whose records are followed; all unless given. */
  readonly departments?: readonly string[];
  /** Kinds that are reported; all are followed. */
  readonly kinds?: readonly string[];
  /** A department that is asked about the start beside its holder: it may have received it. */
  readonly home?: string;
  /** Nodes of an earlier trace of the same question: they are judged again and not asked for again. */
  readonly resume?: readonly TracedNode[];
}

export interface TraceDependencies {
  readonly source: LineageSource;
  /** Endpoints of the trusted ledger; with several, all must agree. */
  readonly connections: readonly LedgerConnection[];
  readonly trust: Trust;
  /** Seconds. */
  readonly now: number;
  /** Reads proofs in other threads; in this one unless given. */
  readonly examine?: ExamineProofs;
}

/** Deeper than any lineage. */
const NO_DEPTH = 1_000_000;
/** Lines that are judged side by side, while the next ones are read. */
const AT_ONCE = 256;
/** Pages that are begun before the oldest one is waited for: with threads, enough for each of them. */
const PAGES_AHEAD = { here: 1, threads: 8 } as const;

/**
 * Walks the lineage of a record upstream or downstream over the nodes of all departments it passes, and judges each record
 * and each link at one block of the trusted chain (SPEC §14.5). Streamed in order of distance, a link after its ends; what
 * cannot be asked about is a gap, never left out in silence. Throws ChainError when the chain cannot be read at all.
 */
export function traceLineage(
  options: TraceOptions,
  dependencies: TraceDependencies,
): AsyncGenerator<TraceEvent, TraceEnd> {
  return new Trace(options, dependencies).run();
}

type Asked = RecordPlace & { readonly depth: number };

/** Lines, and what is made of them meanwhile. */
interface Page {
  readonly lines: readonly LineageLine[];
  readonly seen: Promise<readonly SeenNode[]>;
}

class Trace {
  private readonly options: TraceOptions;
  private readonly dependencies: TraceDependencies;
  private readonly deepest: number;
  private view: LedgerView | undefined;
  private chain: Chain = { missing: unclear("verify.no-connection") };
  /** By these numbers everything below is found. */
  private readonly places = new PlaceNumbers();
  private readonly nodes = new Map<number, SeenNode>();
  private readonly open = new OpenLinks({ nodes: this.nodes, places: this.places });
  private readonly batches = new MetBatches();
  private readonly statuses = new MetStatuses();
  /** Whom it was asked of. */
  private readonly asked = new Map<number, Set<string>>();
  private readonly known = new Set<number>();
  private readonly later = new Set<number>();
  private readonly gaps = new Map<number, TraceGap>();
  private readonly notFollowed = new Set<number>();
  private pending: Asked[] = [];

  constructor(options: TraceOptions, dependencies: TraceDependencies) {
    this.options = options;
    this.dependencies = dependencies;
    this.deepest = options.depth ?? NO_DEPTH;
  }

  async *run(): AsyncGenerator<TraceEvent, TraceEnd> {
    this.view = remembering(await openAgreeingView(this.dependencies.connections));
    this.chain = { view: this.view };
    const { start, resume = [] } = this.options;
    this.pending = [{ ...start, depth: 0 }];
    yield* this.take(this.page(resume.map(({ line }) => line)));
    while (this.pending.length > 0) {
      const wave = this.pending;
      this.pending = [];
      for (const [department, starts] of await this.byDepartment(wave)) yield* this.ask(department, starts);
    }
    yield* this.open.rest(this.later);
    const end = await this.end();
    yield end;
    return end;
  }

  /** Whom to ask about what: the department that holds the scope, and about the start the one named as home as well. */
  private async byDepartment(wave: readonly Asked[]): Promise<ReadonlyMap<string, readonly Asked[]>> {
    const { home, departments, start } = this.options;
    const groups = new Map<string, Asked[]>();
    for (const asked of wave) {
      const place = this.places.of(asked);
      const holder = (await this.requireView().head(asked.scope))?.holder;
      const isStart = place === this.places.of(start);
      const whom = new Set([holder ?? "", ...(isStart && home !== undefined ? [home] : [])]);
      const before = this.asked.get(place) ?? new Set<string>();
      for (const department of whom) {
        if (before.has(department) || (this.isAnswered(place) && department === holder)) continue;
        if (departments !== undefined && !departments.includes(department)) {
          this.notFollowed.add(place);
          continue;
        }
        this.asked.set(place, before.add(department));
        const group = groups.get(department);
        if (group === undefined) groups.set(department, [asked]);
        else group.push(asked);
      }
    }
    return groups;
  }

  private isAnswered(place: number): boolean {
    return this.nodes.has(place) || this.later.has(place) || this.gaps.has(place);
  }

  private async *ask(department: string, starts: readonly Asked[]): AsyncGenerator<TraceEvent> {
    const { direction, asOf, relations } = this.options;
    const ahead: Page[] = [];
    const most = this.dependencies.examine === undefined ? PAGES_AHEAD.here : PAGES_AHEAD.threads;
    let held: LineageLine[] = [];
    try {
      if (department === "") throw new NoEndpoint();
      const request = {
        ...{ direction, starts, depth: this.deepest },
        ...(asOf !== undefined && { asOf }),
        ...(relations && { relations }),
      };
      for await (const line of await this.dependencies.source.walk(department, request)) {
        held.push(line);
        if (held.length < AT_ONCE) continue;
        ahead.push(this.page(held));
        held = [];
        if (ahead.length > most) yield* this.take(ahead.shift());
      }
      while (ahead.length > 0) yield* this.take(ahead.shift());
      yield* this.take(this.page(held));
      yield* this.unanswered(department, starts, { code: "gap.unknown" });
    } catch (error) {
      const reason = department === "" ? { code: "gap.unknown" as const } : gapOf(error);
      if (reason === undefined) throw error;
      while (ahead.length > 0) yield* this.take(ahead.shift());
      yield* this.take(this.page(held));
      yield* this.unanswered(department, starts, reason);
    }
  }

  /** Marks what was asked of a department, in this call or as a continuation of it, and was not told. */
  private async *unanswered(
    department: string,
    starts: readonly Asked[],
    reason: GapReason,
  ): AsyncGenerator<TraceEvent> {
    const { home } = this.options;
    for (const { scope, seq, depth } of starts) {
      const place = this.places.of({ scope, seq });
      if (this.known.has(place) || this.gaps.has(place)) continue;
      // Whoever is asked beside the holder need not know the record.
      const holder = (await this.requireView().head(scope))?.holder;
      if (department === home && holder !== home) continue;
      const gap: TraceGap = { type: "gap", scope, seq, depth, ...(department !== "" && { department }), ...reason };
      this.gaps.set(place, gap);
      yield gap;
    }
  }

  /** Begins to judge. */
  private page(lines: readonly LineageLine[]): Page {
    const fresh = lines.filter(
      (line): line is NodeLine => line.type === "node" && !this.nodes.has(this.places.of(line)),
    );
    const seen = judgeLines(fresh, this.judgement(), this.dependencies.examine);
    // Whoever takes the page is told; until then nobody listens.
    seen.catch(() => undefined);
    return { lines, seen };
  }

  private async *take(page: Page | undefined): AsyncGenerator<TraceEvent> {
    if (page === undefined) return;
    const judged = new Map((await page.seen).map((one) => [this.places.of(one.node), one]));
    for (const line of page.lines) {
      if (line.type === "end") {
        this.pending.push(...line.frontier.map((start) => this.again(start)));
        continue;
      }
      if (line.type === "unknown") continue;
      const place = this.places.of(line);
      if (line.type === "later") {
        if (!(await this.isLater(line))) continue;
        this.later.add(place);
        this.known.add(place);
        continue;
      }
      this.known.add(place);
      const one = judged.get(place);
      if (one !== undefined && !this.nodes.has(place)) {
        this.nodes.set(place, one);
        if (this.isReported(one.node)) yield one.node;
      }
      this.note(line);
      yield* this.open.settle(line);
    }
  }

  /** A frontier is asked about again, of the same department. */
  private again(start: Asked): Asked {
    this.asked.delete(this.places.of(start));
    return start;
  }

  private judgement(): NodeJudgement {
    const { asOf, knownAt } = this.options;
    const { trust, now } = this.dependencies;
    const { chain, batches, statuses } = this;
    return { chain, trust, at: asOf ?? now, knownAt, now, batches, statuses };
  }

  /** A node could call a record later than the time asked about to hide it: the chain knows when it was anchored. */
  private async isLater({ scope, seq }: RecordPlace): Promise<boolean> {
    const { asOf } = this.options;
    if (asOf === undefined) return false;
    const batches = await this.requireView().batches(scope);
    const batch = batches.find(({ first, count }) => first <= seq && seq < first + count);
    return batch === undefined || batch.time > asOf;
  }

  private note(line: Extract<LineageLine, { type: "node" | "place" }>): void {
    const up = this.options.direction === "up";
    const here: RecordPlace = { scope: line.scope, seq: line.seq };
    for (const { scope, seq, relation } of line.links) {
      const there: RecordPlace = { scope, seq };
      if (line.depth >= this.deepest) {
        this.notFollowed.add(this.places.of(there));
        continue;
      }
      const link: LinkEnds = { relation, from: up ? here : there, to: up ? there : here };
      if (!this.open.add(link)) continue;
      if (!this.known.has(this.places.of(there))) this.pending.push({ ...there, depth: line.depth + 1 });
    }
  }

  private async end(): Promise<TraceEnd> {
    const { asOf } = this.options;
    await this.confirm();
    const nodes = [...this.nodes.values()];
    const withheld = nodes.reduce((sum, { node }) => {
      const count = node.findings.find(({ code }) => code === "node.withheld")?.values["count"];
      return sum + (typeof count === "number" ? count : 0);
    }, 0);
    // What was found after all, by another way, is no longer missing.
    const followed = [...this.notFollowed].filter((place) => !this.known.has(place));
    return {
      type: "end",
      nodes: nodes.length,
      links: this.open.judged,
      gaps: this.gaps.size,
      withheld,
      notFollowed: followed.length,
      complete: this.gaps.size === 0 && withheld === 0 && nodes.every(({ evidence }) => evidence !== undefined),
      ...(asOf !== undefined && { asOf }),
      ...(this.view && { block: { ...this.view.block } }),
    };
  }

  /** Throws `chain.block-replaced` unless the block at which everything was read still stands. */
  private async confirm(): Promise<void> {
    await this.requireView().confirm();
  }

  private requireView(): LedgerView {
    if (this.view === undefined) throw new ChainError("chain.unreachable", { endpoint: "" });
    return this.view;
  }

  private isReported({ kind }: TracedNode): boolean {
    const { kinds } = this.options;
    return kinds === undefined || kinds.includes(kind);
  }
}
