import type { BadAncestors } from "../lineage/bad-ancestor.ts";
import type { RecallList } from "../lineage/recall.ts";
import { describeTraceCode } from "../lineage/texts.ts";
import { placeName } from "../lineage/trace/types.ts";
import type { Context } from "./context.ts";

/** A recall list for people. */
export function recallLines(
  { recipients, own, gaps, complete }: RecallList,
  names: ReadonlyMap<string, string>,
  { say, language }: Context,
): readonly string[] {
  const nameOf = (uscc: string): string => `${names.get(uscc) ?? ""} ${uscc}`.trim();
  const lines: string[] = [
    recipients.length === 0
      ? say({ zh: "没有部门收到过它或其衍生数据", en: "No department received it or anything made from it" })
      : say({
          zh: `${recipients.length} 个部门收到过它或其衍生数据:`,
          en: `${recipients.length} departments received it or something made from it:`,
        }),
  ];
  for (const { department, deliveries, derived, withheld } of recipients) {
    lines.push(`  ${nameOf(department)}`);
    for (const { agreement, k } of deliveries)
      lines.push(say({ zh: `    交付 ${agreement} 第 ${k} 号`, en: `    delivery ${agreement} number ${k}` }));
    for (const { kind, record } of derived)
      lines.push(say({ zh: `    据此产生 ${kind} ${record}`, en: `    made from it: ${kind} ${record}` }));
    if (withheld > 0)
      lines.push(say({ zh: `    另有 ${withheld} 条关系未展示`, en: `    ${withheld} more links are withheld` }));
  }
  if (own.length > 0) lines.push(say({ zh: "持有部门自己产生的:", en: "Made by its own department:" }));
  for (const { kind, record } of own) lines.push(`    ${kind} ${record}`);
  for (const gap of gaps)
    lines.push(
      `  ✂ ${gap.code} ${nameOf(gap.department ?? "")} ${placeName(gap)} ${describeTraceCode(gap.code, {}, language)}`,
    );
  lines.push(
    "",
    complete
      ? say({ zh: "✓ 名单完整", en: "✓ The list is complete" })
      : say({
          zh: "! 名单不完整:有缺口或未展示的关系",
          en: "! The list is not complete: there are gaps or withheld links",
        }),
  );
  return lines;
}

/** The bad ancestors for people, the farthest first. */
export function badLines({ first, all, complete }: BadAncestors, { say }: Context): readonly string[] {
  if (first === undefined)
    return [
      complete
        ? say({ zh: "✓ 上游没有发现问题记录", en: "✓ Nothing upstream is bad" })
        : say({
            zh: "? 看到的上游没有问题记录,但血缘不完整",
            en: "? Nothing bad was seen upstream, but the trace is not complete",
          }),
    ];
  return [
    say({ zh: "✗ 最上游的问题记录:", en: "✗ The most upstream bad records:" }),
    ...all.map(({ reason, kind, record, issuer, depth }) =>
      say({
        zh: `  ${reason} ${kind} ${record} · ${issuer} · 相距 ${depth} 步`,
        en: `  ${reason} ${kind} ${record} · ${issuer} · ${depth} steps away`,
      }),
    ),
    ...(complete
      ? []
      : [say({ zh: "! 血缘不完整,源头可能更远", en: "! The trace is not complete: the source may lie farther" })]),
  ];
}
