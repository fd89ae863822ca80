import type { Language } from "../../protocol/errors.ts";
import { formatTime } from "../../verify/words.ts";
import { describeTraceCode, RELATION_WORDS } from "../texts.ts";
import type { TraceResult } from "../trace/collect.ts";
import { placeName, type TracedLink, type TracedNode, type TraceGap } from "../trace/types.ts";
import type { RecordPlace } from "../activity.ts";
import type { Direction } from "../relations.ts";

export interface TreeOptions {
  readonly start: RecordPlace;
  readonly direction: Direction;
  readonly language: Language;
  /** Names of departments, by USCC. */
  readonly names?: ReadonlyMap<string, string>;
}

const MARKS = { verified: "✓", rejected: "✗", undetermined: "?" } as const;

/** A trace as a tree in text; a record that is reached by several ways is drawn once and named again. */
export function traceTree({ nodes, links, gaps, end }: TraceResult, options: TreeOptions): readonly string[] {
  const tree = new Tree({ nodes, links, gaps }, options);
  const { language } = options;
  const zh = language === "zh";
  const summary = zh
    ? `${end.nodes} 条记录,${end.links} 条关系,${end.gaps} 处缺口,${end.withheld} 条关系未展示${end.notFollowed > 0 ? `,${end.notFollowed} 条按条件未追` : ""}`
    : `${end.nodes} records, ${end.links} links, ${end.gaps} gaps, ${end.withheld} links withheld${end.notFollowed > 0 ? `, ${end.notFollowed} not followed as asked` : ""}`;
  const whole = end.complete
    ? zh
      ? "血缘完整"
      : "The trace is complete"
    : zh
      ? "血缘不完整"
      : "The trace is not complete";
  return [...tree.lines(), "", `${end.complete ? "✓" : "!"} ${whole}${zh ? ":" : ": "}${summary}`];
}

class Tree {
  private readonly options: TreeOptions;
  private readonly nodes: ReadonlyMap<string, TracedNode>;
  private readonly gaps: ReadonlyMap<string, TraceGap>;
  private readonly next = new Map<string, { readonly link: TracedLink; readonly place: RecordPlace }[]>();
  private readonly drawn = new Set<string>();

  constructor({ nodes, links, gaps }: Omit<TraceResult, "end">, options: TreeOptions) {
    this.options = options;
    this.nodes = new Map(nodes.map((node) => [placeName(node), node]));
    this.gaps = new Map(gaps.map((gap) => [placeName(gap), gap]));
    for (const link of links) {
      const [here, place] = options.direction === "up" ? [link.from, link.to] : [link.to, link.from];
      const known = this.next.get(placeName(here)) ?? [];
      known.push({ link, place });
      this.next.set(placeName(here), known);
    }
  }

  lines(): readonly string[] {
    const lines: string[] = [];
    // A stack of its own: lineage may be deeper than the call stack.
    const stack: {
      readonly place: RecordPlace;
      readonly link: TracedLink | undefined;
      readonly stem: string;
      readonly isLast: boolean;
    }[] = [{ place: this.options.start, link: undefined, stem: "", isLast: true }];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const { place, link, stem, isLast } = at;
      const name = placeName(place);
      const isRoot = link === undefined;
      const branch = isRoot ? "" : isLast ? "└─ " : "├─ ";
      const inner = isRoot ? "" : `${stem}${isLast ? "   " : "│  "}`;
      const again = this.drawn.has(name);
      lines.push(
        `${stem}${branch}${this.linkText(link)}${this.nodeText(place)}${again ? this.say("(见上)", " (above)") : ""}`,
      );
      if (again) continue;
      this.drawn.add(name);
      for (const finding of [...(link?.findings ?? []), ...(this.nodes.get(name)?.findings ?? [])])
        lines.push(
          `${inner}   ! ${finding.code} ${describeTraceCode(finding.code, finding.values, this.options.language)}`,
        );
      const next = this.next.get(name) ?? [];
      [...next].reverse().forEach((child, i) => stack.push({ ...child, stem: inner, isLast: i === 0 }));
    }
    return lines;
  }

  private linkText(link: TracedLink | undefined): string {
    if (link === undefined) return "";
    const word = RELATION_WORDS[link.relation][this.options.language];
    return link.outcome === "link.proven" ? `[${word}] ` : `[${word}: ${link.outcome}] `;
  }

  private nodeText(place: RecordPlace): string {
    const name = placeName(place);
    const node = this.nodes.get(name);
    if (node !== undefined) {
      const { verdict, kind, issuer, record, status, anchoredAt } = node;
      const failed = node.checks.find(({ outcome }) => outcome === "fail" || outcome === "error");
      const standing = status.outcome === "pass" ? "" : ` · ${status.code}`;
      const when = anchoredAt === undefined ? "" : ` · ${formatTime(anchoredAt)}`;
      const why = verdict === "verified" || failed === undefined ? "" : ` · ${failed.code}`;
      return `${MARKS[verdict]} ${kind} ${record.slice(0, 18)} · ${this.department(issuer)}${when}${standing}${why}`;
    }
    const gap = this.gaps.get(name);
    if (gap === undefined) return `· ${short(place)}`;
    const words = describeTraceCode(gap.code, {}, this.options.language);
    return `✂ ${short(place)} · ${this.department(gap.department ?? "")} · ${gap.code} ${words}`;
  }

  private department(uscc: string): string {
    return this.options.names?.get(uscc) ?? uscc;
  }

  private say(zh: string, en: string): string {
    return this.options.language === "zh" ? zh : en;
  }
}

const short = ({ scope, seq }: RecordPlace): string => `${scope.slice(0, 18)}…/${seq}`;
