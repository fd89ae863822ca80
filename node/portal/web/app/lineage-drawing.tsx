import { theme as themes } from "antd";
import { useMemo } from "react";
import { BOX, layoutTrace } from "../../../../sdk/lineage/report/layout.ts";
import { RELATION_WORDS } from "../../../../sdk/lineage/texts.ts";
import { placeName } from "../../../../sdk/lineage/trace/types.ts";
import { useSay } from "../shared/language.tsx";
import { useDepartmentNames } from "./directory.ts";
import type { Trace } from "./pages/lineage.tsx";

/** Beyond this a drawing tells nobody anything; the table has them all. */
export const MOST_DRAWN = 300;
const MARKS = { verified: "✓", rejected: "✗", undetermined: "?" } as const;
const TITLE_CHARACTERS = 14;

/** The trace drawn in rows by distance. The table beside it says the same to whoever does not see it. */
export function LineageDrawing({ trace, label }: { readonly trace: Trace; readonly label: string }) {
  const { token } = themes.useToken();
  const departmentOf = useDepartmentNames();
  const say = useSay();
  const { nodes, links, gaps } = trace;
  const layout = useMemo(
    () =>
      layoutTrace(
        [...nodes, ...gaps].map((one) => ({ name: placeName(one), depth: one.depth })),
        links.map(({ from, to }) => ({ from: placeName(from), to: placeName(to) })),
      ),
    [nodes, links, gaps],
  );
  const placeOf = (name: string) => layout.places.get(name);
  const cut = (text: string) => (text.length > TITLE_CHARACTERS ? `${text.slice(0, TITLE_CHARACTERS)}…` : text);
  return (
    <div className="drawing" tabIndex={0} role="group" aria-label={label}>
      <svg width={layout.width} height={layout.height} role="img" aria-label={label}>
        {links.map((link, i) => {
          const [from, to] = [placeOf(placeName(link.from)), placeOf(placeName(link.to))];
          if (from === undefined || to === undefined) return null;
          const [x1, y1] = [from.x + BOX.width / 2, from.y + BOX.height / 2];
          const [x2, y2] = [to.x + BOX.width / 2, to.y + BOX.height / 2];
          return (
            <g key={i}>
              <line
                {...{ x1, y1, x2, y2 }}
                stroke={token.colorTextSecondary}
                strokeDasharray={link.outcome === "link.proven" ? undefined : "6 4"}
              />
              <text x={(x1 + x2) / 2 + 4} y={(y1 + y2) / 2} fontSize={12} fill={token.colorText}>
                {say(RELATION_WORDS[link.relation])}
              </text>
            </g>
          );
        })}
        {nodes.map((node) => {
          const place = placeOf(placeName(node));
          if (place === undefined) return null;
          const isBad = node.verdict === "rejected" || node.status.outcome === "fail";
          return (
            <g key={placeName(node)} transform={`translate(${place.x} ${place.y})`}>
              <rect
                width={BOX.width}
                height={BOX.height}
                rx={6}
                fill={token.colorBgContainer}
                stroke={
                  isBad ? token.colorError : node.verdict === "verified" ? token.colorSuccess : token.colorWarning
                }
                strokeWidth={isBad ? 3 : 2}
              />
              <text x={10} y={25} fontSize={14} fill={token.colorText}>
                {isBad ? "✗" : MARKS[node.verdict]} {node.kind} {node.seq}
              </text>
              <text x={10} y={47} fontSize={12} fill={token.colorTextSecondary}>
                {cut(departmentOf(node.issuer))}
              </text>
            </g>
          );
        })}
        {gaps.map((gap) => {
          const place = placeOf(placeName(gap));
          if (place === undefined) return null;
          return (
            <g key={placeName(gap)} transform={`translate(${place.x} ${place.y})`}>
              <rect
                width={BOX.width}
                height={BOX.height}
                rx={6}
                fill="none"
                stroke={token.colorWarning}
                strokeDasharray="4 4"
              />
              <text x={10} y={35} fontSize={13} fill={token.colorText}>
                ? {gap.code}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}
