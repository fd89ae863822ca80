import type { Language } from "../../protocol/errors.ts";
import { describeFinding } from "../../verify/codes.ts";
import { formatTime } from "../../verify/words.ts";
import { describeTraceCode, RELATION_WORDS } from "../texts.ts";
import type { TraceResult } from "../trace/collect.ts";
import { placeName, type TracedNode } from "../trace/types.ts";
import { reportEvidence, type ReportQuestion } from "./evidence.ts";
import { escapeHtml } from "./escape.ts";
import { pageHashes } from "./page-hashes.ts";
import { traceGraph } from "./svg.ts";
import { reportVerifier } from "./verifier.ts";

export interface HtmlOptions extends ReportQuestion {
  readonly language: Language;
}

/** Beyond this a drawing tells nobody anything; the table has them all. */
const MAXIMUM_DRAWN = 300;

/** A trace as one self-contained page: drawing, tables, outcomes, and the evidence with the script that verifies it again. No network. */
export function traceHtml(result: TraceResult, options: HtmlOptions): string {
  const { language, names } = options;
  const say = (zh: string, en: string): string => (language === "zh" ? zh : en);
  const evidence = reportEvidence(result, options);
  const title = say("血缘追溯报告", "Lineage report");
  const nameOf = (uscc: string): string => names?.get(uscc) ?? uscc;
  const { nodes } = result;
  const drawn = nodes.length <= MAXIMUM_DRAWN;
  return `<!doctype html>
<html lang="${language === "zh" ? "zh-CN" : "en"}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p id="self" role="status" data-holds="unknown" class="banner">${say("正在由本文件自行复核……", "Verifying from this file …")}</p>
${summary(result, options, say)}
<h2>${say("图", "Graph")}</h2>
${drawn ? `<div class="graph">${traceGraph(result, { nameOf, language })}</div>` : `<p>${say(`${nodes.length} 条记录,图从略;见下表。`, `${nodes.length} records are not drawn; the table has them.`)}</p>`}
<h2>${say("记录", "Records")}</h2>
${recordTable(nodes, { nameOf, language, say })}
<h2>${say("关系", "Links")}</h2>
${linkTable(result, { language, say })}
${gapTable(result, { nameOf, language, say })}
<h2>${say("本文件的证据", "The evidence in this file")}</h2>
<p>${say(
    "下方脚本由记录头重新计算每个记录标识、批次位置、上游关系与交付包,并核对整份证据的摘要。它不询问链:链上的锚定在生成报告时已核对,见上方区块。",
    "The script below computes each record id, place in its batch, parent and package again, and compares the digest of the whole. It does not ask the chain: the anchors were confirmed when the report was made, at the block above.",
  )}</p>
<p>SHA-256 <code id="digest">${evidence.digest}</code></p>
<ul id="faults"></ul>
</main>
<script type="application/json" id="evidence">${evidence.text}</script>
<script>
(() => {
  const text = document.getElementById("evidence").textContent;
  const found = (${VERIFIER})(text, document.getElementById("digest").textContent, (${HASHES})());
  const banner = document.getElementById("self");
  banner.dataset.holds = String(found.holds);
  banner.textContent = found.holds
    ? ${JSON.stringify(say("✓ 本文件自行复核通过:", "✓ This file verifies itself: "))} + found.records + ${JSON.stringify(say(" 条记录、", " records, "))} + found.links + ${JSON.stringify(say(" 条关系", " links"))}
    : ${JSON.stringify(say("✗ 本文件自行复核未通过:内容被改动或不完整,请勿采信", "✗ This file does not verify itself: it was altered or is incomplete. Do not rely on it"))};
  for (const fault of found.faults) {
    const item = document.createElement("li");
    item.textContent = fault;
    document.getElementById("faults").append(item);
  }
})();
</script>
</body>
</html>
`;
}

// Their own source, which is what runs in the page; a script element ends at its first "</".
const sourceOf = (code: { toString(): string }): string => code.toString().replaceAll("</", "<\\/");
const VERIFIER = sourceOf(reportVerifier);
const HASHES = sourceOf(pageHashes);

type Say = (zh: string, en: string) => string;

function summary(
  { nodes, end }: TraceResult,
  { start, direction, asOf, ledger, madeAt }: HtmlOptions,
  say: Say,
): string {
  const counts = { verified: 0, rejected: 0, undetermined: 0 };
  for (const { verdict } of nodes) counts[verdict]++;
  const rows: readonly (readonly [string, string])[] = [
    [say("起点", "Start"), placeName(start)],
    [say("方向", "Direction"), direction === "up" ? say("上游", "upstream") : say("下游", "downstream")],
    [say("时点", "As of"), asOf === undefined ? say("现在", "now") : formatTime(asOf)],
    [say("账本", "Ledger"), ledger],
    [
      say("核对区块", "Block"),
      end.block === undefined ? "–" : `${end.block.number} · ${end.block.hash} · ${formatTime(end.block.time)}`,
    ],
    [say("生成时间", "Made at"), formatTime(madeAt)],
    [
      say("结果", "Outcome"),
      say(
        `✓ ${counts.verified} 条真实 · ✗ ${counts.rejected} 条不予采信 · ? ${counts.undetermined} 条无法判定;${end.gaps} 处缺口,${end.withheld} 条关系未展示`,
        `✓ ${counts.verified} genuine · ✗ ${counts.rejected} rejected · ? ${counts.undetermined} undetermined; ${end.gaps} gaps, ${end.withheld} links withheld`,
      ),
    ],
    [say("完整性", "Complete"), end.complete ? say("✓ 完整", "✓ complete") : say("! 不完整", "! not complete")],
  ];
  return `<table class="summary"><tbody>${rows
    .map(([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`)
    .join("")}</tbody></table>`;
}

interface Shown {
  readonly nameOf: (uscc: string) => string;
  readonly language: Language;
  readonly say: Say;
}

const MARKS = { verified: "✓", rejected: "✗", undetermined: "?" } as const;
const OUTCOMES = { pass: "✓", fail: "✗", error: "?", skipped: "–" } as const;

function recordTable(nodes: readonly TracedNode[], { nameOf, language, say }: Shown): string {
  const headings = [
    say("结论", "Verdict"),
    say("记录", "Record"),
    say("部门", "Department"),
    say("锚定时间", "Anchored"),
    say("状态", "State"),
    say("各项核验", "Checks"),
  ];
  const rows = nodes.map((node) => {
    const { verdict, kind, record, scope, seq, issuer, anchoredAt, status, checks, findings } = node;
    const list = checks
      .map(({ name, outcome, code, values }) => {
        const { what } = describeFinding({ code, values }, language);
        return `<li class="${outcome}"><b>${OUTCOMES[outcome]} ${name}</b> <code>${code}</code> ${escapeHtml(what)}</li>`;
      })
      .join("");
    const remarks = findings.map(
      ({ code, values }) =>
        `<li class="note"><b>!</b> <code>${code}</code> ${escapeHtml(describeTraceCode(code, values, language))}</li>`,
    );
    return `<tr class="${verdict}"><td>${MARKS[verdict]} ${verdict}</td><td>${escapeHtml(kind)}<br><code>${record}</code><br><small>${scope}/${seq}</small></td><td>${escapeHtml(nameOf(issuer))}<br><small>${issuer}</small></td><td>${anchoredAt === undefined ? "–" : formatTime(anchoredAt)}</td><td>${OUTCOMES[status.outcome]} <code>${status.code}</code></td><td><details open><summary>${checks.filter(({ outcome }) => outcome === "pass").length}/${checks.length}</summary><ul>${list}${remarks.join("")}</ul></details></td></tr>`;
  });
  return table(headings, rows);
}

function linkTable({ links }: TraceResult, { language, say }: Omit<Shown, "nameOf">): string {
  const headings = [
    say("结论", "Outcome"),
    say("下游", "From"),
    say("关系", "Relation"),
    say("上游", "To"),
    say("说明", "Remarks"),
  ];
  const rows = links.map(({ outcome, from, to, relation, findings }) => {
    const remarks = findings.map(
      ({ code, values }) => `<code>${code}</code> ${escapeHtml(describeTraceCode(code, values, language))}`,
    );
    const mark = outcome === "link.proven" ? "✓" : outcome === "link.unproven" ? "?" : "✗";
    return `<tr><td>${mark} <code>${outcome}</code></td><td><small>${placeName(from)}</small></td><td>${RELATION_WORDS[relation][language]} <small>${relation}</small></td><td><small>${placeName(to)}</small></td><td>${remarks.join("<br>")}</td></tr>`;
  });
  return table(headings, rows);
}

function gapTable({ gaps }: TraceResult, { nameOf, language, say }: Shown): string {
  if (gaps.length === 0) return "";
  const rows = gaps.map((gap) => {
    const { code, department, detail } = gap;
    return `<tr class="gap"><td>✂ <code>${code}</code></td><td><small>${placeName(gap)}</small></td><td>${escapeHtml(nameOf(department ?? "–"))}</td><td>${escapeHtml(describeTraceCode(code, {}, language))} <small>${escapeHtml(detail ?? "")}</small></td></tr>`;
  });
  return `<h2>${say("缺口", "Gaps")}</h2>${table([say("缺口", "Gap"), say("记录", "Record"), say("部门", "Department"), say("说明", "What it means")], rows)}`;
}

const table = (headings: readonly string[], rows: readonly string[]): string =>
  `<div class="scroll"><table><thead><tr>${headings.map((heading) => `<th scope="col">${escapeHtml(heading)}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;

const STYLE = `
:root{color-scheme:light}*{box-sizing:border-box}
body{margin:0;background:#fff;color:#1a1a1a;font:15px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif}
main{max-width:1200px;margin:0 auto;padding:24px}
h1{font-size:26px;margin:0 0 12px}h2{font-size:19px;margin:32px 0 8px;border-bottom:2px solid #1a1a1a}
table{border-collapse:collapse;width:100%;font-size:13px}th,td{border:1px solid #767676;padding:6px 8px;text-align:left;vertical-align:top}
th{background:#f0f0f0}.summary th{width:9em}code,small{word-break:break-all}code{font-size:12px}small{color:#4a4a4a}
ul{margin:4px 0;padding-left:1.2em}.scroll,.graph{overflow-x:auto}.graph{border:1px solid #767676;padding:8px}
.banner{padding:10px 14px;border:2px solid #1a1a1a;font-weight:600}.banner[data-holds=true]{border-color:#00602b;color:#00602b}
.banner[data-holds=false]{border-color:#a30000;color:#fff;background:#a30000}
tr.rejected td:first-child,li.fail b{color:#a30000;font-weight:700}tr.verified td:first-child,li.pass b{color:#00602b}li.error b,tr.undetermined td:first-child,li.note b,tr.gap td:first-child{color:#7a4a00;font-weight:700}
svg text{font:12px system-ui,"Noto Sans CJK SC",sans-serif}
@media print{main{max-width:none;padding:0}h2{break-after:avoid}tr,svg{break-inside:avoid}.graph,.scroll{overflow:visible;border:0}a{color:inherit}}
`.trim();
