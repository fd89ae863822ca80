import type { Language } from "../../protocol/errors.ts";
import { formatTime } from "../../verify/words.ts";
import { RELATION_WORDS } from "../texts.ts";
import type { TraceResult } from "../trace/collect.ts";
import { placeName } from "../trace/types.ts";
import { escapeHtml } from "./escape.ts";
import { BOX, layoutTrace, type Placed } from "./layout.ts";

export interface GraphOptions {
  readonly nameOf: (uscc: string) => string;
  readonly language: Language;
}

interface Box {
  readonly name: string;
  readonly depth: number;
  readonly lines: readonly string[];
  readonly stroke: string;
  /** What colour says is said by the dash and the mark as well. */
  readonly dash: string;
}

const LOOKS = {
  verified: { mark: "✓", stroke: "#00602b", dash: "" },
  rejected: { mark: "✗", stroke: "#a30000", dash: "2 3" },
  undetermined: { mark: "?", stroke: "#7a4a00", dash: "6 3" },
} as const;

/** The drawing of a trace: records in rows by distance, links with their relation, gaps dashed. */
export function traceGraph({ nodes, links, gaps }: TraceResult, { nameOf, language }: GraphOptions): string {
  const boxes: Box[] = [
    ...nodes.map((node): Box => {
      const { mark, stroke, dash } = LOOKS[node.verdict];
      const state = node.status.outcome === "pass" ? "" : ` · ${node.status.code}`;
      return {
        name: placeName(node),
        depth: node.depth,
        lines: [
          `${mark} ${node.kind}${state}`,
          nameOf(node.issuer),
          `${node.record.slice(0, 12)}… ${node.anchoredAt === undefined ? "" : formatTime(node.anchoredAt).slice(0, 16)}`,
        ],
        stroke,
        dash,
      };
    }),
    ...gaps.map((gap): Box => ({
      name: placeName(gap),
      depth: gap.depth,
      lines: [`✂ ${gap.code}`, nameOf(gap.department ?? "–"), `${gap.scope.slice(0, 12)}…/${gap.seq}`],
      stroke: "#7a4a00",
      dash: "8 4",
    })),
  ];
  const ends = links.map(({ from, to }) => ({ from: placeName(from), to: placeName(to) }));
  const { width, height, places } = layoutTrace(boxes, ends);
  const arrows = links.map(({ from, to, relation, outcome }) => {
    const [a, b] = [places.get(placeName(from)), places.get(placeName(to))];
    return a && b ? arrow(a, b, { label: RELATION_WORDS[relation][language], proven: outcome === "link.proven" }) : "";
  });
  const label =
    language === "zh"
      ? `血缘图:${nodes.length} 条记录,${links.length} 条关系`
      : `Lineage: ${nodes.length} records, ${links.length} links`;
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#1a1a1a"/></marker></defs>${arrows.join("")}${boxes.map((box) => drawn(box, places.get(box.name))).join("")}</svg>`;
}

function drawn({ lines, stroke, dash, name }: Box, at: Placed | undefined): string {
  if (at === undefined) return "";
  const texts = lines.map(
    (line, i) =>
      `<text x="${at.x + 10}" y="${at.y + 19 + i * 17}"${i === 0 ? ' font-weight="700"' : ""}>${escapeHtml(cut(line))}</text>`,
  );
  return `<g><title>${escapeHtml(name)}</title><rect x="${at.x}" y="${at.y}" width="${BOX.width}" height="${BOX.height}" rx="4" fill="#fff" stroke="${stroke}" stroke-width="2"${dash === "" ? "" : ` stroke-dasharray="${dash}"`}/>${texts.join("")}</g>`;
}

/** From the record that came from the other to that other. */
function arrow(
  from: Placed,
  to: Placed,
  { label, proven }: { readonly label: string; readonly proven: boolean },
): string {
  const down = to.y >= from.y;
  const [x1, x2] = [from.x + BOX.width / 2, to.x + BOX.width / 2];
  const y1 = down ? from.y + BOX.height : from.y;
  const y2 = down ? to.y : to.y + BOX.height;
  const middle = (y1 + y2) / 2;
  const dash = proven ? "" : ' stroke-dasharray="5 4"';
  return `<path d="M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}" fill="none" stroke="#1a1a1a"${dash} marker-end="url(#tip)"/><text x="${(x1 + x2) / 2 + 6}" y="${middle + 4}" fill="#1a1a1a">${escapeHtml(proven ? label : `${label} ?`)}</text>`;
}

/** As many characters as fit a box; a wide one counts twice. */
function cut(text: string): string {
  let width = 0;
  let out = "";
  for (const character of text) {
    width += character.charCodeAt(0) > 0x2e80 ? 2 : 1;
    if (width > 29) return `${out}…`;
    out += character;
  }
  return out;
}
