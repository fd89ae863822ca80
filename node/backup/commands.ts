import { join } from "node:path";
import type { Command } from "commander";
import { connectLedger } from "../../sdk/chain/connection.ts";
import { backUp } from "../../sdk/client/routes/operations.ts";
import { addConnectionOptions, connect, openGivenKeystore, type ConnectionOptions } from "../../sdk/cli/connection.ts";
import type { Context } from "../../sdk/cli/context.ts";
import { CliError, EXIT, type ExitCode } from "../../sdk/cli/errors.ts";
import { teach } from "../../sdk/cli/help.ts";
import { loadTrust } from "../../sdk/cli/trust.ts";
import { urlValue } from "../../sdk/cli/values.ts";
import { pairLines, timeOrDash } from "../../sdk/cli/views.ts";
import { keyFolder } from "../keys/epochs.ts";
import { KeyError } from "../keys/errors.ts";
import { BackupError } from "./errors.ts";
import { restore } from "./restore.ts";

/** `backup`: asks a running node for one. */
export function registerBackup(program: Command, context: Context): void {
  const { say } = context;
  const command = program.command("backup").description(
    say({
      zh: "让运行中的节点向 SUYUAN_BACKUPS 写入一份一致的备份,并替换 SUYUAN_KEY_BACKUPS 中的密钥副本",
      en: "have a running node write a consistent backup to SUYUAN_BACKUPS and replace the copy of its keys in SUYUAN_KEY_BACKUPS",
    }),
  );
  addConnectionOptions(command, context).action(
    context.action(async (options: ConnectionOptions): Promise<ExitCode> => {
      const { name, keys, manifest } = await (await connect(options, context)).call(backUp, {});
      context.output.result({
        lines: () => [
          `✓ ${name}`,
          ...pairLines([
            [say({ zh: "  时间", en: "  time" }), timeOrDash(manifest.at)],
            [say({ zh: "  条目", en: "  entries" }), String(manifest.entries)],
            [say({ zh: "  密钥代次", en: "  key epoch" }), String(manifest.epoch)],
          ]),
          keys
            ? say({ zh: "  密钥副本已替换。", en: "  The copy of the keys was replaced." })
            : say({
                zh: "  未复制密钥(未设置 SUYUAN_KEY_BACKUPS):没有密钥目录,此备份无法打开。",
                en: "  The keys were not copied (SUYUAN_KEY_BACKUPS is not set): without the key folder this backup opens nothing.",
              }),
        ],
        json: { name, keys, manifest },
      });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [{ line: "backup", words: { zh: "备份本部门的节点:", en: "Back up the department's node:" } }],
    notes: [
      {
        zh: "销毁一条记录会终结其密钥代次:此后旧的数据备份不能再打开。请在每次销毁之后备份,密钥副本只留最新一份。",
        en: "Destroying a record ends its key epoch: older backups open no more. Back up after each destruction, and keep only the newest copy of the keys.",
      },
    ],
  });
}

interface RestoreOptions extends Pick<ConnectionOptions, "keystore"> {
  readonly from: string;
  readonly data: string;
  readonly keys?: string;
  readonly trust?: string;
  readonly rpc?: string;
}

/** `restore`: puts a backup into a data folder, after comparing it with the chain. */
export function registerRestore(program: Command, context: Context): void {
  const { say } = context;
  const command = program
    .command("restore")
    .description(
      say({
        zh: "把一份备份放入没有存储的数据目录;先核对其摘要、密钥,并与链比对,比链旧则拒绝",
        en: "put a backup into a data folder without a store, after checking its digest and keys; one that is older than the chain is refused",
      }),
    )
    .requiredOption("--from <DIR>", say({ zh: "一份备份的目录", en: "folder of one backup" }))
    .requiredOption("--data <DIR>", say({ zh: "节点的数据目录", en: "the node's data folder" }))
    .option(
      "--keys <DIR>",
      say({
        zh: "代次密钥目录;默认为数据目录中的 keys",
        en: "folder of the epoch keys; keys of the data folder by default",
      }),
    )
    .option(
      "--keystore <FILE>",
      say({ zh: "密钥库;默认取 SUYUAN_KEYSTORE", en: "keystore; SUYUAN_KEYSTORE by default" }),
    )
    .option("--trust <FILE>", say({ zh: "信任文件", en: "trust file" }))
    .option(
      "--rpc <URL>",
      say({ zh: "链的地址;默认取信任文件", en: "the chain; the trust file's by default" }),
      urlValue("--rpc"),
    )
    .action(context.action((options: RestoreOptions) => run(options, context)));
  teach(command, context, {
    examples: [
      {
        line: "restore --from backups/2026-03-02T08-00-00-000Z-… --data data/market-regulation --keys keys",
        words: { zh: "在另一台机器上恢复:", en: "Restore on another machine:" },
      },
    ],
    exit: [
      [EXIT.ok, { zh: "已恢复", en: "restored" }],
      [
        EXIT.negative,
        {
          zh: "已拒绝:备份损坏、密钥已销毁,或比链旧",
          en: "refused: damaged, its keys erased, or older than the chain",
        },
      ],
      [EXIT.undetermined, { zh: "无法核对(链不可达)", en: "could not check (the chain is away)" }],
    ],
  });
}

async function run(options: RestoreOptions, context: Context): Promise<ExitCode> {
  const { say } = context;
  const found = await loadTrust(context, options.trust);
  const rpcUrl = options.rpc ?? found?.trust.rpc[0];
  if (found === undefined || rpcUrl === undefined)
    throw new CliError("usage.option-missing", { name: "--trust", try: "suyuan restore --help" });
  const { ledger, finality } = found.trust;
  const { root } = await openGivenKeystore(options, context);
  const dataDir = context.resolvePath(options.data);
  const keyDir = options.keys === undefined ? keyFolder(dataDir) : context.resolvePath(options.keys);
  const connection = connectLedger({ rpcUrl, ledger, finality });
  try {
    const restored = await restore({ from: context.resolvePath(options.from), dataDir, keyDir, root, connection });
    const { manifest, waiting, guarded } = restored;
    context.output.result({
      lines: () => [
        `✓ ${join(options.data, "store")}`,
        ...pairLines([
          [say({ zh: "  备份时间", en: "  backup of" }), timeOrDash(manifest.at)],
          [say({ zh: "  待锚定的记录", en: "  records to be anchored" }), String(waiting)],
          [say({ zh: "  停用交付编号的授权", en: "  agreements with numbers left unused" }), String(guarded)],
        ]),
      ],
      json: restored,
    });
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof BackupError) && !(error instanceof KeyError)) throw error;
    context.output.error(error);
    return EXIT.negative;
  }
}
