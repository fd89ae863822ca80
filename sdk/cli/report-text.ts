import { fillText, type Language } from "../protocol/errors.ts";
import { equivocationTexts, type Comparison } from "../verify/compare.ts";
import { describeFinding } from "../verify/codes.ts";
import type { Check, Outcome, Report, Verdict } from "../verify/report.ts";
import type { SecondOpinion } from "./second-opinion.ts";
import { CHECK_WORDS, FIXER_WORDS, formatTime, OUTCOME_WORDS, VERDICT_WORDS } from "../verify/words.ts";
import { table } from "./table.ts";

/** Outcomes have a sign and a word: nothing is said by colour. */
const SIGNS: Readonly<Record<Outcome, string>> = { pass: "✓", fail: "✗", error: "?", skipped: "–" };
const VERDICT_SIGNS: Readonly<Record<Verdict, string>> = { verified: "✓", rejected: "✗", undetermined: "?" };
const SHORT_HASH_CHARACTERS = 10;

/** A report for people: what was asked first, then every check, then the verdict and what to do. */
export function reportLines(report: Report, language: Language, opinion?: SecondOpinion): readonly string[] {
  const lines = [
    headline(report, language),
    ...recordLine(report, language),
    ...(report.evaluation
      ? [
          say(
            language,
            "评估账本:只有一个运营方,其陈述未经他方见证。",
            "Evaluation ledger: one operator, witnessed by no other.",
          ),
        ]
      : []),
    "",
    ...table([
      ...report.checks.map((check) => checkRow(check, language)),
      ...(opinion ? [opinionRow(opinion, language)] : []),
    ]),
    "",
    `${VERDICT_SIGNS[report.verdict]} ${say(language, "结论:", "Verdict: ")}${VERDICT_WORDS[report.verdict][language]}`,
    ...adviceLines(report, language),
  ];
  return lines.map(printable);
}

/** What several files say together: the verdict over all of them, and each contradiction with what to do. */
export function comparisonLines(
  { verdict, reports, equivocations }: Comparison,
  language: Language,
): readonly string[] {
  const contradictions = equivocations.map(({ code, files: [first, second], values }) => {
    const { [language]: text } = equivocationTexts[code];
    return `✗ [${first + 1}] [${second + 1}]  ${code}  ${fillText(text, values)}`;
  });
  const remedies = new Set(equivocations.map(({ code }) => equivocationTexts[code].remedy[language]));
  const none = say(
    language,
    `✓ ${reports.length} 份文件未发现相互矛盾`,
    `✓ ${reports.length} files: no contradiction among those that hold`,
  );
  return [
    ...(contradictions.length > 0 ? contradictions : [none]),
    `${VERDICT_SIGNS[verdict]} ${say(language, "总结论:", "Verdict over all: ")}${VERDICT_WORDS[verdict][language]}`,
    ...[...remedies].map((remedy) => `  ${remedy}`),
  ].map(printable);
}

/** Names on a chain and in a file are strangers' words: no control character may move a terminal's cursor or colour its text. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");

const say = (language: Language, zh: string, en: string): string => (language === "zh" ? zh : en);

function headline({ policy, at, knownAt, block }: Report, language: Language): string {
  const audience =
    policy.name === "use"
      ? say(
          language,
          `策略 use(使用):部门 ${policy.as},用途 ${policy.purpose}`,
          `Policy use: department ${policy.as}, purpose ${policy.purpose}`,
        )
      : say(language, "策略 authentic(真伪与现状):未指定使用方", "Policy authentic: no audience asked about");
  const asked = say(language, `时间 ${formatTime(at)}`, `at ${formatTime(at)}`);
  const known =
    knownAt === undefined ? [] : [say(language, `知悉截至 ${formatTime(knownAt)}`, `known by ${formatTime(knownAt)}`)];
  const read = block
    ? say(
        language,
        `区块 ${block.number} ${short(block.hash)} ${formatTime(block.time)}`,
        `block ${block.number} ${short(block.hash)} ${formatTime(block.time)}`,
      )
    : say(language, "未读到链", "chain not read");
  return [audience, asked, ...known, read].join(" · ");
}

const short = (hash: string): string => `${hash.slice(0, SHORT_HASH_CHARACTERS)}…`;

function recordLine({ record, checks }: Report, language: Language): string[] {
  if (record === undefined) return [];
  const name = checks.find((check) => check.name === "issuer")?.values["name"];
  const issuer = name === undefined ? record.issuer : `${name}(${record.issuer})`;
  const anchored = formatTime(record.anchoredAt);
  return [
    say(
      language,
      `记录 ${record.kind} 第 ${record.seq} 号,出具 ${issuer},锚定 ${anchored},编号 ${record.id}`,
      `Record ${record.kind} number ${record.seq}, issued by ${issuer}, anchored ${anchored}, id ${record.id}`,
    ),
  ];
}

const checkRow = (check: Check, language: Language): string[] => [
  `${SIGNS[check.outcome]} ${OUTCOME_WORDS[check.outcome][language]}`,
  CHECK_WORDS[check.name][language],
  check.code,
  describeFinding(check, language).what,
];

const opinionRow = ({ inclusion, claims, library }: SecondOpinion, language: Language): string[] => {
  const outcome: Outcome = inclusion && claims ? "pass" : "fail";
  const what =
    outcome === "pass"
      ? say(language, `${library} 得出相同结果`, `${library} comes to the same result`)
      : say(language, `${library} 得出不同结果`, `${library} comes to another result`);
  return [
    `${SIGNS[outcome]} ${OUTCOME_WORDS[outcome][language]}`,
    say(language, "第二意见", "second opinion"),
    `second-opinion.${outcome === "pass" ? "agrees" : "differs"}`,
    what,
  ];
};

/** What to do about each thing that stands between the file and its use, and who can. */
function adviceLines({ verdict, checks }: Report, language: Language): string[] {
  const wanted: Outcome = verdict === "rejected" ? "fail" : "error";
  const troubled = checks.filter(({ outcome }) => outcome === wanted);
  if (verdict === "verified" || troubled.length === 0) return [];
  const advice = troubled.map((check) => ({ check, ...describeFinding(check, language) }));
  const seen = new Set<string>();
  return advice.flatMap(({ check, remedy, fixer }) => {
    if (remedy === "" || seen.has(remedy)) return [];
    seen.add(remedy);
    const who = FIXER_WORDS[fixer][language];
    return [
      `  ${CHECK_WORDS[check.name][language]}: ${remedy}${say(language, `(可解决方:${who})`, ` (who can: ${who})`)}`,
    ];
  });
}
