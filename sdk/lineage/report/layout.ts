/** A thing to be drawn, at a distance from the start. */
export interface LayoutNode {
  readonly name: string;
  readonly depth: number;
}

export interface LayoutLink {
  readonly from: string;
  readonly to: string;
}

export interface Placed {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly places: ReadonlyMap<string, Placed>;
}

export const BOX = { width: 200, height: 62, gapX: 28, gapY: 64 } as const;
const MARGIN = 20;
/** Sweeps that put each box near those it is linked to. */
const SWEEPS = 4;

/** Places nodes in rows by distance; within a row in the order that shortens the links (the barycentre of neighbours). Pure. */
export function layoutTrace(nodes: readonly LayoutNode[], links: readonly LayoutLink[]): Layout {
  const rows = new Map<number, string[]>();
  for (const { name, depth } of nodes) append(rows, depth, name);
  const depths = [...rows.keys()].sort((a, b) => a - b);
  const neighbours = new Map<string, string[]>();
  for (const { from, to } of links) {
    append(neighbours, from, to);
    append(neighbours, to, from);
  }
  const position = new Map<string, number>();
  for (const row of rows.values()) row.forEach((name, i) => position.set(name, i));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const depth of depths) {
      const row = rows.get(depth) ?? [];
      const weights = new Map(
        row.map((name) => [name, barycentre(neighbours.get(name) ?? [], position, position.get(name) ?? 0)]),
      );
      row.sort((a, b) => (weights.get(a) ?? 0) - (weights.get(b) ?? 0));
      row.forEach((name, i) => position.set(name, i));
    }
  }
  const widest = Math.max(1, ...[...rows.values()].map((row) => row.length));
  const width = 2 * MARGIN + widest * BOX.width + (widest - 1) * BOX.gapX;
  const places = new Map<string, Placed>();
  depths.forEach((depth, line) => {
    const row = rows.get(depth) ?? [];
    const rowWidth = row.length * BOX.width + (row.length - 1) * BOX.gapX;
    row.forEach((name, i) =>
      places.set(name, {
        x: (width - rowWidth) / 2 + i * (BOX.width + BOX.gapX),
        y: MARGIN + line * (BOX.height + BOX.gapY),
      }),
    );
  });
  const height = 2 * MARGIN + depths.length * BOX.height + Math.max(0, depths.length - 1) * BOX.gapY;
  return { width, height, places };
}

function append<K>(lists: Map<K, string[]>, key: K, value: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function barycentre(names: readonly string[], position: ReadonlyMap<string, number>, own: number): number {
  const known = names.flatMap((name) => position.get(name) ?? []);
  return known.length === 0 ? own : known.reduce((sum, at) => sum + at, 0) / known.length;
}
