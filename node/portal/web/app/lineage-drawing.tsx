import { theme as themes } from "antd";
import { memo, useCallback, useMemo, useRef } from "react";
import { BOX, layoutTrace, type Placed } from "../../../../sdk/lineage/report/layout.ts";
import { RELATION_WORDS } from "../../../../sdk/lineage/texts.ts";
import { useSay, useTexts } from "../shared/language.tsx";
import { useDepartmentNames } from "./directory.ts";
import { overlap, useInView } from "./in-view.ts";
import { isBad, type Box, type BoxLink, type Grouped } from "./lineage-groups.ts";
import { LINEAGE_TEXTS } from "./pages/lineage-texts.ts";

const MARKS = { verified: "✓", rejected: "✗", undetermined: "?" } as const;
const TITLE_CHARACTERS = 14;
/** With more links than this their names would lie over one another. */
const MOST_NAMED_LINKS = 300;

type Token = ReturnType<typeof themes.useToken>["token"];

interface DrawingProps {
  readonly grouped: Grouped;
  readonly label: string;
  readonly onOpen: (group: string) => void;
}

const areaOf = ({ x, y }: Placed) => ({ left: x, top: y, right: x + BOX.width, bottom: y + BOX.height });
const around = (a: Placed, b: Placed) => ({
  left: Math.min(a.x, b.x),
  top: Math.min(a.y, b.y),
  right: Math.max(a.x, b.x) + BOX.width,
  bottom: Math.max(a.y, b.y) + BOX.height,
});

/** The trace in rows by distance; what is near the view is drawn. The table below it says the same to whoever does not see it. */
export function LineageDrawing({ grouped, label, onOpen }: DrawingProps) {
  const { boxes, links } = grouped;
  const layout = useMemo(() => layoutTrace(boxes, links), [boxes, links]);
  const { token } = themes.useToken();
  const say = useSay();
  const departmentOf = useDepartmentNames();
  // The same function as long as this is shown: a box is drawn again only when it is another.
  const latest = useRef(onOpen);
  latest.current = onOpen;
  const open = useCallback((name: string) => latest.current(name), []);
  const { ref, area } = useInView<HTMLDivElement>(layout.width);
  return (
    <div ref={ref} className="drawing" tabIndex={0} role="group" aria-label={label}>
      <svg width={layout.width} height={layout.height} aria-label={label}>
        {links.map((link, i) => {
          const [from, to] = [layout.places.get(link.from), layout.places.get(link.to)];
          if (from === undefined || to === undefined || !overlap(area, around(from, to))) return null;
          const name = links.length <= MOST_NAMED_LINKS ? say(RELATION_WORDS[link.relation]) : undefined;
          return <LinkLine key={i} {...{ link, token, name, from, to }} />;
        })}
        {boxes.map((box) => {
          const place = layout.places.get(box.name);
          if (place === undefined || !overlap(area, areaOf(place))) return null;
          const department = departmentOf(issuerOf(box) ?? "");
          return <BoxShape key={box.name} {...{ box, token, place, department }} onOpen={open} />;
        })}
      </svg>
    </div>
  );
}

interface LineProps {
  readonly link: BoxLink;
  readonly token: Token;
  readonly name: string | undefined;
  readonly from: Placed;
  readonly to: Placed;
}

const LinkLine = memo(function LinkLine({ link: { proven, count }, token, name, from, to }: LineProps) {
  const [x1, y1] = [from.x + BOX.width / 2, from.y + BOX.height / 2];
  const [x2, y2] = [to.x + BOX.width / 2, to.y + BOX.height / 2];
  return (
    <g>
      <line {...{ x1, y1, x2, y2 }} stroke={token.colorTextSecondary} strokeDasharray={proven ? undefined : "6 4"} />
      {name !== undefined && (
        <text x={(x1 + x2) / 2 + 4} y={(y1 + y2) / 2} fontSize={12} fill={token.colorText}>
          {name}
          {count > 1 && ` ×${count}`}
        </text>
      )}
    </g>
  );
});

interface ShapeProps {
  readonly box: Box;
  readonly token: Token;
  /** The name of whoever issued it; empty when nobody is known. */
  readonly department: string;
  readonly place: Placed;
  readonly onOpen: (group: string) => void;
}

const BoxShape = memo(function BoxShape({ box, token, place, department, onOpen }: ShapeProps) {
  const t = useTexts(LINEAGE_TEXTS);
  const { fill, stroke, strokeWidth, dashed, title } = looksOf(box);
  const colour = {
    good: token.colorSuccess,
    bad: token.colorError,
    unknown: token.colorWarning,
    many: token.colorText,
  };
  const cut = (text: string) => (text.length > TITLE_CHARACTERS ? `${text.slice(0, TITLE_CHARACTERS)}…` : text);
  const shape = (
    <>
      <rect
        width={BOX.width}
        height={BOX.height}
        rx={6}
        fill={fill ? token.colorBgContainer : "none"}
        stroke={colour[stroke]}
        strokeWidth={strokeWidth}
        strokeDasharray={dashed ? "4 4" : undefined}
      />
      <text x={10} y={25} fontSize={14} fill={token.colorText}>
        {title}
      </text>
      <text x={10} y={47} fontSize={12} fill={token.colorText}>
        {cut(department)}
      </text>
    </>
  );
  const at = `translate(${place.x} ${place.y})`;
  if (box.type !== "group" || !box.open) return <g transform={at}>{shape}</g>;
  const open = () => onOpen(box.name);
  return (
    <g
      transform={at}
      className="group"
      role="button"
      tabIndex={0}
      aria-description={t("openGroup", { count: box.count, kind: box.kind, department })}
      onClick={open}
      onKeyDown={({ key }) => (key === "Enter" || key === " ") && open()}
    >
      {shape}
    </g>
  );
});

/** The department that a box is of, as far as it is known. */
function issuerOf(box: Box): string | undefined {
  if (box.type === "group") return box.issuer;
  return box.type === "node" ? box.node.issuer : box.gap.department;
}

interface Looks {
  readonly fill: boolean;
  readonly stroke: "good" | "bad" | "unknown" | "many";
  readonly strokeWidth: number;
  readonly dashed: boolean;
  readonly title: string;
}

/** A sign, a stroke and a colour each say the same. */
function looksOf(box: Box): Looks {
  switch (box.type) {
    case "gap":
      return {
        ...{ fill: false, stroke: "unknown", strokeWidth: 2, dashed: true },
        title: `? ${box.gap.code}`,
      };
    case "group":
      return {
        ...{ fill: true, stroke: box.bad > 0 ? "bad" : "many", strokeWidth: box.bad > 0 ? 3 : 2, dashed: false },
        title: `${box.open ? "＋" : "…"} ${box.kind} ×${box.count}${box.bad > 0 ? ` ✗${box.bad}` : ""}`,
      };
    case "node": {
      const { node } = box;
      const bad = isBad(node);
      const stroke = bad ? "bad" : node.verdict === "verified" ? "good" : "unknown";
      return {
        ...{ fill: true, stroke, strokeWidth: bad ? 3 : 2, dashed: false },
        title: `${bad ? "✗" : MARKS[node.verdict]} ${node.kind} ${node.seq}`,
      };
    }
  }
}
