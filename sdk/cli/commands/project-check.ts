import type { Command } from "commander";
import type { StandardFinding } from "../../oversight/findings.ts";
import { oc4idsChecks } from "../../oversight/oc4ids-checks.ts";
import { standardFindings, type Standard } from "../../oversight/validate.ts";
import { isJsonObject, type Json } from "../../protocol/json.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { readJson } from "../json-input.ts";
import { choiceValue } from "../values.ts";

const STANDARDS: readonly Standard[] = [
  "ocds-release",
  "ocds-release-package",
  "oc4ids-project",
  "oc4ids-project-package",
];

/** `project check <file>`: a document against the official schema of its standard. */
export function registerProjectCheck(group: Command, context: Context): void {
  const { say } = context;
  const command = group
    .command("check")
    .description(
      say({
        zh: "对照官方架构校验 OCDS 1.1 发布(包)或 OC4IDS 0.9.5 项目(包)",
        en: "Hold an OCDS 1.1 release (package) or OC4IDS 0.9.5 project (package) against the official schema",
      }),
    )
    .argument("<file>", say({ zh: "JSON 文件;- 为标准输入", en: "JSON file; - is standard input" }))
    .option(
      "--standard <NAME>",
      say({ zh: `${STANDARDS.join(" | ")};默认看内容`, en: `${STANDARDS.join(" | ")}; by its content unless told` }),
      choiceValue("--standard", STANDARDS),
    )
    .action(
      context.action(async (path: string, { standard }: { readonly standard?: Standard }) => {
        const document = await readJson({ path, context });
        const chosen = standard ?? standardOf(document);
        return told(document, { standard: chosen, context });
      }),
    );
  teach(command, context, {
    examples: [{ line: "project check package.json", words: { zh: "校验一个包:", en: "Check a package:" } }],
    exit: [
      [EXIT.ok, { zh: "符合架构", en: "it is valid" }],
      [EXIT.negative, { zh: "不符合;逐条列出路径", en: "it is not; each place is named" }],
    ],
  });
}

/** What a document gives itself out as. */
function standardOf(document: Json): Standard {
  if (!isJsonObject(document)) return "oc4ids-project-package";
  if ("releases" in document) return "ocds-release-package";
  return "ocid" in document
    ? "ocds-release"
    : "projects" in document || !("id" in document)
      ? "oc4ids-project-package"
      : "oc4ids-project";
}

function told(document: Json, { standard, context }: { readonly standard: Standard; readonly context: Context }) {
  const { say, language, output } = context;
  const findings = standardFindings(document, standard);
  const remarks = standard === "oc4ids-project-package" ? oc4idsChecks(document) : [];
  const lines = (list: readonly StandardFinding[], mark: string) =>
    list.flatMap((finding) => [
      `  ${mark} ${finding.describe(language)} (${finding.code})`,
      `    → ${finding.remedy(language)}`,
    ]);
  const json = (list: readonly StandardFinding[]) =>
    list.map((finding) => ({
      code: finding.code,
      path: finding.path,
      message: finding.describe(language),
      remedy: finding.remedy(language),
    }));
  output.result({
    lines: () => [
      findings.length === 0
        ? say({ zh: `✓ 符合 ${standard}`, en: `✓ A valid ${standard}` })
        : say({
            zh: `✗ 不符合 ${standard}:${findings.length} 处`,
            en: `✗ Not a valid ${standard}: ${findings.length} places`,
          }),
      ...lines(findings, "✗"),
      ...lines(remarks, "!"),
    ],
    json: { standard, valid: findings.length === 0, findings: json(findings), remarks: json(remarks) },
  });
  return findings.length === 0 ? EXIT.ok : EXIT.negative;
}
