import type { Command } from "commander";
import type { Language } from "../../protocol/errors.ts";
import { checkIdentifier, type CheckedIdentifier, type IdentifierKind } from "../../protocol/identifiers/check.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import type { Words } from "../language.ts";

const KINDS: Readonly<Record<IdentifierKind, Words>> = {
  "certificate-identifier": { zh: "电子证照标识", en: "e-certificate identifier" },
  uscc: { zh: "统一社会信用代码", en: "unified social credit code" },
  "organisation-code": { zh: "组织机构代码", en: "organisation code" },
  "citizen-number": { zh: "公民身份号码", en: "citizen number" },
};

/** `check-id <id>...`: which kind each identifier is, and everything wrong with it. */
export function registerCheckId(program: Command, context: Context): void {
  const { say, language } = context;
  const command = program
    .command("check-id")
    .description(
      say({
        zh: "核对电子证照标识、统一社会信用代码、组织机构代码、公民身份号码的结构与校验码",
        en: "Check the structure and check characters of e-certificate identifiers, unified social credit codes, organisation codes and citizen numbers",
      }),
    )
    .argument("<id...>", say({ zh: "一个或多个标识", en: "one or more identifiers" }))
    .action(
      context.action((ids: readonly string[]) => {
        const today = new Date(context.world.clock() + 8 * 3600 * 1000).toISOString().slice(0, 10);
        const checked = ids.map((id) => ({ id, result: checkIdentifier(id, { asOf: today }) }));
        context.output.result({
          lines: () => checked.flatMap((entry, i) => linesOf(entry, { ordinal: i + 1, language })),
          json: {
            valid: checked.every(({ result }) => result.ok),
            identifiers: checked.map((entry) => jsonOf(entry, language)),
          },
        });
        return checked.every(({ result }) => result.ok) ? EXIT.ok : EXIT.negative;
      }),
    );
  teach(command, context, {
    examples: [
      {
        line: "check-id 1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
        words: { zh: "核对一个电子证照标识:", en: "Check an e-certificate identifier:" },
      },
      {
        line: "check-id 11990100990100018P 129901009901000425",
        words: { zh: "一次核对两个统一社会信用代码:", en: "Check two unified social credit codes at once:" },
      },
    ],
    exit: [
      [EXIT.ok, { zh: "全部有效", en: "all are valid" }],
      [EXIT.negative, { zh: "至少一个无效", en: "at least one is not" }],
    ],
    notes: [
      {
        zh: "校验码正确只说明没有抄错,不说明证照真实有效:请用 suyuan verify 验证存证。公民身份号码不会被回显。",
        en: "A right check character says that nothing was mistyped, not that the document is genuine: use suyuan verify. A citizen number is never shown back.",
      },
    ],
  });
}

interface Entry {
  readonly id: string;
  readonly result: CheckedIdentifier;
}

/** A text with so many digits may be a citizen number, a few typing errors allowed. */
const CITIZEN_DIGITS = 14;

/** Text that is or may be a citizen number, one with typing errors included, is not repeated. */
function shownText({ id, result: { ok, kind } }: Entry): string | undefined {
  if (kind === undefined || kind === "citizen-number") return undefined;
  const digits = id.replace(/[^0-9]/g, "").length;
  return ok || kind !== "uscc" || digits < CITIZEN_DIGITS ? id : undefined;
}

function linesOf(entry: Entry, { ordinal, language }: { ordinal: number; language: Language }): string[] {
  const { result } = entry;
  const kind = result.kind === undefined ? "" : KINDS[result.kind][language];
  const name = shownText(entry) ?? (language === "zh" ? `第 ${ordinal} 个` : `number ${ordinal}`);
  const verdict = result.ok ? { zh: "✓ 有效", en: "✓ valid" } : { zh: "✗ 无效", en: "✗ not valid" };
  const head = [verdict[language], name, kind].filter((part) => part !== "").join("  ");
  if (result.ok) return [head];
  const problems = result.errors.flatMap((error) => [
    `    ${error.code}: ${error.describe(language)}`,
    `      → ${error.remedy(language)}`,
  ]);
  return [head, ...problems];
}

function jsonOf(entry: Entry, language: Language) {
  const { result } = entry;
  const text = shownText(entry);
  return {
    ...(text !== undefined && { id: text }),
    valid: result.ok,
    kind: result.kind ?? null,
    problems: result.ok
      ? []
      : result.errors.map((error) => ({
          code: error.code,
          values: error.values,
          message: error.describe(language),
          remedy: error.remedy(language),
        })),
  };
}
