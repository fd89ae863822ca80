import { existsSync } from "node:fs";
import type { Command } from "commander";
import { ChainError } from "../../sdk/chain/errors.ts";
import type { Context } from "../../sdk/cli/context.ts";
import { CliError, EXIT, type ExitCode } from "../../sdk/cli/errors.ts";
import { teach } from "../../sdk/cli/help.ts";
import { requireTrust } from "../../sdk/cli/trust.ts";
import {
  addTimeOptions,
  addTrustOptions,
  givenTimes,
  type TimeOptions,
  type TrustOptions,
} from "../../sdk/cli/trust-options.ts";
import { describeFinding } from "../../sdk/verify/codes.ts";
import type { Verdict } from "../../sdk/verify/report.ts";
import { audit, EVIDENCE_SUFFIX, type AuditedFile } from "./audit.ts";

type AuditCommandOptions = TrustOptions & TimeOptions;

/** Files that are not verified and named one by one; the rest are counted. */
export const MAXIMUM_NAMED = 1000;

/** `audit <folder>`: verifies every evidence file below a folder again, on all cores. */
export function registerAudit(program: Command, context: Context): void {
  const { say } = context;
  const command = program
    .command("audit")
    .description(
      say({
        zh: `重新核验目录下的全部存证文件(*${EVIDENCE_SUFFIX}),使用全部处理器核心,均以同一个最终区块为准;列出每份未通过的文件`,
        en: `verify every evidence file (*${EVIDENCE_SUFFIX}) below a folder again, on all cores, at one final block; names each file that does not hold`,
      }),
    )
    .argument("<folder>", say({ zh: "目录", en: "the folder" }));
  addTrustOptions(addTimeOptions(command, context), context).action(
    context.action((folder: string, options: AuditCommandOptions) => run(folder, options, context)),
  );
  teachAudit(command, context);
}

const teachAudit = (command: Command, context: Context): Command =>
  teach(command, context, {
    examples: [
      {
        line: "audit received/2026",
        words: { zh: "一年收到的存证现在是否都有效:", en: "Does a year's evidence still hold:" },
      },
      {
        line: "audit received --at 2026-03-02 --json",
        words: { zh: "在 3 月 2 日是否都有效,输出 JSON:", en: "Did it all hold on 2 March, as JSON:" },
      },
    ],
    exit: [
      [EXIT.ok, { zh: "全部核验通过", en: "all verified" }],
      [EXIT.negative, { zh: "有文件不予采信", en: "some are rejected" }],
      [EXIT.undetermined, { zh: "有文件无法判定,或没有文件", en: "some are undetermined, or there is none" }],
    ],
  });

async function run(folder: string, options: AuditCommandOptions, context: Context): Promise<ExitCode> {
  const path = context.resolvePath(folder);
  if (!existsSync(path)) throw new CliError("input.missing", { path: folder });
  const trust = await requireTrust(context, { trust: options.trust, command: "audit" });
  const { rpc } = options;
  const counts: Record<Verdict, number> = { verified: 0, rejected: 0, undetermined: 0 };
  const named: AuditedFile[] = [];
  try {
    const results = audit({ folder: path, trust, ...(rpc && { rpc }), now: context.now(), ...givenTimes(options) });
    for await (const result of results) {
      counts[result.verdict]++;
      if (result.verdict !== "verified" && named.length < MAXIMUM_NAMED) named.push(result);
      context.output.progress(`${counts.verified} ✓  ${counts.rejected} ✗  ${counts.undetermined} ?`);
    }
  } catch (error) {
    if (!(error instanceof ChainError)) throw error;
    context.output.error(error);
    return EXIT.undetermined;
  } finally {
    context.output.progressEnd();
  }
  tell({ counts, named }, context);
  if (counts.rejected > 0) return EXIT.negative;
  return counts.undetermined > 0 || counts.verified === 0 ? EXIT.undetermined : EXIT.ok;
}

interface Result {
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly named: readonly AuditedFile[];
}

function tell({ counts, named }: Result, { output, say, language }: Context): void {
  const { verified, rejected, undetermined } = counts;
  const unnamed = rejected + undetermined - named.length;
  output.result({
    lines: () => [
      ...named.flatMap(({ file, verdict, findings }) => [
        `${verdict === "rejected" ? "✗" : "?"} ${file}`,
        ...findings.map(
          (finding) => `    ${finding.name}  ${finding.code}  ${describeFinding(finding, language).what}`,
        ),
      ]),
      ...(unnamed > 0 ? [say({ zh: `…… 另有 ${unnamed} 份`, en: `… and ${unnamed} more` })] : []),
      say({
        zh: `核验通过 ${verified},不予采信 ${rejected},无法判定 ${undetermined}`,
        en: `${verified} verified, ${rejected} rejected, ${undetermined} undetermined`,
      }),
    ],
    json: { ...counts, files: named },
  });
}
