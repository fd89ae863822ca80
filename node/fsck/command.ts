import { relative } from "node:path";
import type { Command } from "commander";
import { connectLedger, type LedgerConnection } from "../../sdk/chain/connection.ts";
import type { Context } from "../../sdk/cli/context.ts";
import { CliError, EXIT, type ExitCode } from "../../sdk/cli/errors.ts";
import { teach } from "../../sdk/cli/help.ts";
import { loadTrust } from "../../sdk/cli/trust.ts";
import { urlValue } from "../../sdk/cli/values.ts";
import { KeyError } from "../keys/errors.ts";
import { StorageError } from "../storage/errors.ts";
import type { FsckFinding } from "./findings.ts";
import { fsck, type FsckSummary } from "./fsck.ts";
import { rootOf, stoppedOptions, storesBelow, type StoppedOptions } from "./stopped.ts";

interface FsckOptions extends StoppedOptions {
  readonly rpc?: string;
  readonly trust?: string;
}

interface Checked {
  readonly folder: string;
  readonly payloads: boolean;
  readonly summary: FsckSummary;
  readonly findings: readonly FsckFinding[];
}

/** `fsck --data DIR`: derives every root again from the stored bytes. */
export function registerFsck(program: Command, context: Context): void {
  const { say } = context;
  const command = stoppedOptions(
    program.command("fsck").description(
      say({
        zh: "由存储的字节重新推导每个记录标识与每个根,指出每条损坏的记录;不改动任何内容",
        en: "derive every record id and root again from stored bytes and name each damaged record; changes nothing",
      }),
    ),
    context,
  )
    .option(
      "--rpc <URL>",
      say({ zh: "同时与链上的锚比对", en: "compare with the anchors on chain, too" }),
      urlValue("--rpc"),
    )
    .option("--trust <FILE>", say({ zh: "信任文件(与 --rpc 同用)", en: "trust file (with --rpc)" }))
    .action(context.action((options: FsckOptions) => check(options, context)));
  teach(command, context, {
    examples: [
      {
        line: "fsck --data data/market-regulation",
        words: { zh: "检查一个节点(须已停止):", en: "Check one node, which must be stopped:" },
      },
      {
        line: "fsck --data data --rpc http://127.0.0.1:4701",
        words: { zh: "检查全部节点并与链比对:", en: "Check all, and compare with the chain:" },
      },
    ],
    exit: [
      [EXIT.ok, { zh: "完好", en: "nothing wrong" }],
      [EXIT.negative, { zh: "有损坏", en: "damage was found" }],
      [
        EXIT.undetermined,
        { zh: "无法检查(节点正在运行、链不可达)", en: "could not check (a node is running, the chain is away)" },
      ],
    ],
    notes: [
      {
        zh: "没有密钥库口令时只检查记录头与根,不打开载荷。",
        en: "Without the keystore's password headers and roots are checked, payloads are not opened.",
      },
    ],
  });
}

async function check(options: FsckOptions, context: Context): Promise<ExitCode> {
  const folders = storesBelow(context.resolvePath(options.data));
  if (folders.length === 0) throw new CliError("input.missing", { path: options.data });
  const connection = options.rpc === undefined ? undefined : await connect(options.rpc, options, context);
  const results: Checked[] = [];
  try {
    for (const folder of folders) results.push(await checkOne(folder, { options, connection }, context));
  } catch (error) {
    if (!(error instanceof StorageError) && !(error instanceof KeyError)) throw error;
    context.output.error(error);
    return EXIT.undetermined;
  }
  tell(results, context, options.data);
  return results.some(({ findings }) => findings.length > 0) ? EXIT.negative : EXIT.ok;
}

async function connect(rpcUrl: string, { trust: path }: FsckOptions, context: Context): Promise<LedgerConnection> {
  const found = await loadTrust(context, path);
  if (found === undefined) throw new CliError("usage.option-missing", { name: "--trust", try: "suyuan fsck --help" });
  const { ledger, finality } = found.trust;
  return connectLedger({ rpcUrl, ledger, finality });
}

async function checkOne(
  folder: string,
  { options, connection }: { options: FsckOptions; connection: LedgerConnection | undefined },
  context: Context,
): Promise<Checked> {
  const root = await rootOf(folder, options.keystore, context);
  const findings: FsckFinding[] = [];
  const run = fsck({
    dataDir: folder,
    ...(options.keys !== undefined && { keyDir: context.resolvePath(options.keys) }),
    ...(root && { root }),
    ...(connection && { connection }),
    onProgress: ({ records }) => context.output.progress(`${folder}: ${records}`),
  });
  for (;;) {
    const step = await run.next();
    context.output.progressEnd();
    if (step.done === true) return { folder, payloads: root !== undefined, summary: step.value, findings };
    findings.push(step.value);
  }
}

function tell(results: readonly Checked[], context: Context, data: string): void {
  const { say, language } = context;
  const name = (folder: string) => relative(context.resolvePath(data), folder) || ".";
  context.output.result({
    lines: () =>
      results.flatMap(({ folder, payloads, summary: { scopes, records, batches }, findings }) => [
        say({
          zh: `${findings.length === 0 ? "✓ 完好" : "✗ 有损坏"}  ${name(folder)}:${scopes} 个范围,${records} 条记录,${batches} 个批次${payloads ? "" : "(未打开载荷)"}`,
          en: `${findings.length === 0 ? "✓ clean" : "✗ damaged"}  ${name(folder)}: ${scopes} scopes, ${records} records, ${batches} batches${payloads ? "" : " (payloads not opened)"}`,
        }),
        ...findings.map(
          (finding) =>
            `  ${finding.code}  ${finding.scope ?? ""}  ${finding.describe(language)}  → ${finding.remedy(language)}`,
        ),
      ]),
    json: results.map(({ folder, payloads, summary, findings }) => ({
      folder: name(folder),
      payloads,
      ...summary,
      findings: findings.map(({ code, scope, values }) => ({ code, ...(scope !== undefined && { scope }), values })),
    })),
  });
}
