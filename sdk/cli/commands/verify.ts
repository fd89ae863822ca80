import type { Command } from "commander";
import { MAXIMUM_EVIDENCE_BYTES, parseEvidenceBytes } from "../../protocol/evidence.ts";
import { compareFiles } from "../../verify/compare.ts";
import type { Policy, Report, Verdict } from "../../verify/report.ts";
import { connectTrusted } from "../../verify/trust.ts";
import { verifyEvidence, verifyEvidences, type VerifyDependencies, type VerifyInput } from "../../verify/verify.ts";
import type { Context } from "../context.ts";
import { contentLines } from "../content-text.ts";
import { CliError, EXIT, type ExitCode } from "../errors.ts";
import { teach } from "../help.ts";
import { comparisonLines, reportLines } from "../report-text.ts";
import type { SecondOpinion } from "../second-opinion.ts";
import { loadTrust } from "../trust.ts";
import { addTimeOptions, addTrustOptions, givenTimes, type TimeOptions, type TrustOptions } from "../trust-options.ts";
import { purposeValue, usccValue } from "../values.ts";

interface VerifyOptions extends TrustOptions, TimeOptions {
  readonly secondOpinion?: boolean;
  readonly as?: string;
  readonly purpose?: string;
}

const EXIT_OF: Readonly<Record<Verdict, ExitCode>> = {
  verified: EXIT.ok,
  rejected: EXIT.negative,
  undetermined: EXIT.undetermined,
};

const MAXIMUM_FILES = 100;

/** `verify <file|->…`: whether an evidence file is genuine and current, and may be used. */
export function registerVerify(program: Command, context: Context): void {
  const { say } = context;
  const command = program
    .command("verify")
    .description(
      say({
        zh: "核验存证文件是否真实、现行有效;给出 --as 与 --purpose 时,还核验是否准许该部门用于该用途。由本机直接向链核对,不依赖出示文件的一方。给出多个文件时,还核对它们是否相互矛盾",
        en: "Verify that an evidence file is genuine and current and, with --as and --purpose, that this department may use it for that purpose. This machine asks the chain itself; nothing depends on who showed you the file. Several files are also held against one another",
      }),
    )
    .argument("<file...>", say({ zh: "存证文件;- 为标准输入", en: "the evidence file; - is standard input" }));
  addOptions(command, context).action(
    context.action((files: readonly string[], options: VerifyOptions) => verify(files, options, context)),
  );
  teachVerify(command, context);
}

function addOptions(command: Command, context: Context): Command {
  const { say } = context;
  command
    .option(
      "--as <USCC>",
      say({ zh: "以哪个部门的名义使用", en: "the department that wants to use it" }),
      usccValue("--as"),
    )
    .option("--purpose <CODE>", say({ zh: "用于何种用途", en: "for which purpose" }), purposeValue("--purpose"));
  return addTrustOptions(addTimeOptions(command, context), context).option(
    "--second-opinion",
    say({ zh: "另用 merkletreejs 复核证明", en: "repeat the proofs with merkletreejs" }),
  );
}

const teachVerify = (command: Command, context: Context): Command =>
  teach(command, context, {
    examples: [
      {
        line: "verify business-licence.evidence.json",
        words: { zh: "是否真实、现在是否有效:", en: "Is it genuine, and current now:" },
      },
      {
        line: "verify business-licence.evidence.json --as 11110101DEPT00032M --purpose bid-qualification",
        words: { zh: "本部门可否用于投标资格审查:", en: "May this department use it to check a bidder:" },
      },
      {
        line: "verify business-licence.evidence.json --at 2026-03-02 --known-at 2026-03-10",
        words: {
          zh: "3 月 2 日零时(北京时间)是否有效,只计 3 月 10 日之前入链的变更:",
          en: "Was it good when 2 March began (Beijing time), counting only what was recorded by 10 March:",
        },
      },
      {
        line: "verify theirs.evidence.json ours.evidence.json",
        words: {
          zh: "两个部门收到的是否相互矛盾:",
          en: "Does what two departments received contradict itself:",
        },
      },
      {
        line: "verify - --json --rpc http://127.0.0.1:4701 --rpc http://127.0.0.1:4801 < file",
        words: {
          zh: "从标准输入读取,向两个链节点核对,输出 JSON:",
          en: "From standard input, by two endpoints that must agree, as JSON:",
        },
      },
    ],
    exit: [
      [EXIT.ok, { zh: "核验通过", en: "verified" }],
      [EXIT.negative, { zh: "不予采信", en: "rejected" }],
      [
        EXIT.undetermined,
        {
          zh: "无法判定,例如连不上链或没有信任文件",
          en: "undetermined: the chain is out of reach, or there is no trust file",
        },
      ],
    ],
  });

async function verify(files: readonly string[], options: VerifyOptions, context: Context): Promise<ExitCode> {
  const { rpc } = options;
  if (files.length > MAXIMUM_FILES)
    throw new CliError("usage.value", { name: "<file...>", expected: `1…${MAXIMUM_FILES}` });
  const policy = policyOf(options);
  const trusted = await loadTrust(context, options.trust);
  const inputs: FileInput[] = [];
  for (const file of files)
    inputs.push({
      evidence: await context.readBeginning(file, MAXIMUM_EVIDENCE_BYTES),
      policy,
      ...givenTimes(options),
    });
  const connections = trusted && connectTrusted(trusted.trust, rpc);
  const dependencies = { connections, trust: trusted?.trust, now: context.now() };
  const [input, ...others] = inputs;
  if (input === undefined || others.length > 0) return compare(inputs, { files, dependencies, options, context });
  const found = await verifyEvidence(input, dependencies);
  const { report, opinion } = await withOpinion(found, input, options);
  context.output.result({
    lines: () => [
      ...reportLines(report, context.language, opinion),
      ...(report.verdict === "verified" ? ["", ...contentLines(input.evidence, context.language)] : []),
    ],
    json: jsonOf({ report, opinion }),
  });
  return EXIT_OF[report.verdict];
}

type FileInput = VerifyInput & { readonly evidence: Uint8Array };

interface Comparing {
  readonly files: readonly string[];
  readonly dependencies: VerifyDependencies;
  readonly options: VerifyOptions;
  readonly context: Context;
}

async function compare(
  inputs: readonly FileInput[],
  { files, dependencies, options, context }: Comparing,
): Promise<ExitCode> {
  const found = await verifyEvidences(inputs, dependencies);
  const judged = await Promise.all(
    inputs.map(async (input, i) => withOpinion(found[i] as Report, input, options)), // A report for each input.
  );
  const comparison = compareFiles(
    judged.map(({ report }, i) => ({
      report,
      ...(report.record && { evidence: parseEvidenceBytes(inputs[i]?.evidence ?? new Uint8Array()) }),
    })),
  );
  context.output.result({
    lines: () => [
      ...judged.flatMap(({ report, opinion }, i) => [
        `[${i + 1}] ${files[i] ?? ""}`,
        ...reportLines(report, context.language, opinion),
        "",
      ]),
      ...comparisonLines(comparison, context.language),
    ],
    json: { ...comparison, reports: judged.map(jsonOf) },
  });
  return EXIT_OF[comparison.verdict];
}

interface Opinioned {
  readonly report: Report;
  readonly opinion: SecondOpinion | undefined;
}

const jsonOf = ({ report, opinion }: Opinioned) => ({ ...report, ...(opinion && { secondOpinion: opinion }) });

async function withOpinion(found: Report, input: FileInput, options: VerifyOptions): Promise<Opinioned> {
  const opinion = options.secondOpinion === true ? await askSecond(input.evidence, found) : undefined;
  const denied = opinion !== undefined && !(opinion.inclusion && opinion.claims);
  return { report: denied ? { ...found, verdict: "rejected" } : found, opinion };
}

function policyOf({ as, purpose }: VerifyOptions): Policy {
  if (as === undefined && purpose === undefined) return { name: "authentic" };
  if (as === undefined) throw new CliError("usage.option-missing", { name: "--as", try: "verify --help" });
  if (purpose === undefined) throw new CliError("usage.option-missing", { name: "--purpose", try: "verify --help" });
  return { name: "use", as, purpose };
}

/** There is nothing to repeat in a file that is no evidence. */
async function askSecond(evidence: Uint8Array, report: Report): Promise<SecondOpinion | undefined> {
  if (report.record === undefined) return undefined;
  const { secondOpinion } = await import("../second-opinion.ts");
  return secondOpinion(parseEvidenceBytes(evidence));
}
