import type { Comparison } from "./compare.ts";
import { judge, type Figure, type JudgedTarget, type Spread, type Unit } from "./figure.ts";

const digits = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString("en-US") : value >= 100 ? value.toFixed(0) : value.toPrecision(3);

const amount = (value: number, unit: Unit): string =>
  unit === "/s" ? `${digits(value)}/s` : unit === "×" ? `${digits(value)} ×` : `${digits(value)} ${unit}`;

const spread = ({ median, min, max, runs }: Spread, unit: Unit): string =>
  runs === 1 ? amount(median, unit) : `${amount(median, unit)} [${digits(min)} … ${digits(max)}]`;

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

function targetText({ of, is, bound, reached, met }: JudgedTarget, unit: Unit): string {
  const sign = is === "at least" ? "≥" : "≤";
  const show = (value: number): string =>
    of === "value" ? amount(value, unit) : of === "ratio" ? `${digits(value)} ×` : percent(value);
  return met
    ? `✓ 目标 target ${sign} ${show(bound)}`
    : `✗ 目标 target ${sign} ${show(bound)},实得 reached ${show(reached)}`;
}

/** A figure in a few lines: ours, the peer's with the ratio, the limit's with the share, each target. */
export function figureLines(figure: Figure): string[] {
  const { title, unit, ours, peer, limit, note } = figure;
  return [
    `    ${title.zh} · ${title.en}`,
    `      ${spread(ours, unit)}`,
    ...(peer ? [`      对照 peer ${peer.name}: ${spread(peer.spread, unit)} → ${digits(peer.ratio)} ×`] : []),
    ...(limit ? [`      极限 limit ${limit.name}: ${spread(limit.spread, unit)} → ${percent(limit.ratio)}`] : []),
    ...judge(figure).map((target) => `      ${targetText(target, unit)}`),
    ...(note ? [`      ${note.zh}`, `      ${note.en}`] : []),
  ];
}

export function comparisonLines({ name, of, before, now, factor, tolerance }: Comparison): string {
  const show = of === "share" ? percent : digits;
  const mark = factor < 1 - tolerance ? "✗ 变差 worse" : "✓";
  return `  ${mark} ${name}: ${of} ${show(before)} → ${show(now)} (${percent(factor)}, ± ${percent(tolerance)})`;
}
