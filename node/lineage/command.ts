import { relative } from "node:path";
import type { Command } from "commander";
import type { Context } from "../../sdk/cli/context.ts";
import { CliError, EXIT, type ExitCode } from "../../sdk/cli/errors.ts";
import { teach } from "../../sdk/cli/help.ts";
import { rootOf, stoppedOptions, storesBelow, type StoppedOptions } from "../fsck/stopped.ts";
import { KeyError } from "../keys/errors.ts";
import { StorageError } from "../storage/errors.ts";
import type { Rebuilt } from "./rebuild.ts";
import { reindex } from "./reindex.ts";

/** `reindex --data DIR`: the index of lineage again, from the records. */
export function registerReindex(program: Command, context: Context): void {
  const { say } = context;
  const command = stoppedOptions(
    program.command("reindex").description(
      say({
        zh: "删除血缘索引,由记录重新建立(节点须已停止);记录本身不变,查询结果与原来相同",
        en: "delete the index of lineage and make it again from the records (the node must be stopped); records stay as they are, and answers are the same as before",
      }),
    ),
    context,
  ).action(context.action((options: StoppedOptions) => run(options, context)));
  teach(command, context, {
    examples: [
      {
        line: "reindex --data data/market-regulation",
        words: { zh: "重建一个节点的血缘索引:", en: "Of one node:" },
      },
      { line: "reindex --data data", words: { zh: "目录下的全部节点:", en: "Of every node in the folder:" } },
    ],
    exit: [
      [EXIT.ok, { zh: "已重建", en: "it was made" }],
      [
        EXIT.negative,
        {
          zh: "已重建,但有记录的上游或阶段读不出(先运行 fsck)",
          en: "it was made, but parents or stages of some records cannot be read (run fsck)",
        },
      ],
      [
        EXIT.undetermined,
        {
          zh: "未重建:节点正在运行、没有存储,或密钥不符",
          en: "it was not made: the node is running, there is no store, or the keys are others",
        },
      ],
    ],
    notes: [
      {
        zh: "可随时中断:再次运行,或直接启动节点,都会从头建立。",
        en: "It may be interrupted at any time: running it again, or starting the node, begins it anew.",
      },
    ],
  });
}

async function run(options: StoppedOptions, context: Context): Promise<ExitCode> {
  const data = context.resolvePath(options.data);
  const folders = storesBelow(data);
  if (folders.length === 0) throw new CliError("input.missing", { path: options.data });
  const made: { readonly folder: string; readonly counts: Rebuilt }[] = [];
  try {
    for (const folder of folders) {
      const name = relative(data, folder) || ".";
      made.push({ folder: name, counts: await reindexOne({ folder, name, options }, context) });
    }
  } catch (error) {
    if (!(error instanceof StorageError) && !(error instanceof KeyError)) throw error;
    context.output.error(error);
    return EXIT.undetermined;
  } finally {
    context.output.progressEnd();
  }
  const { say } = context;
  context.output.result({
    lines: () =>
      made.map(({ folder, counts: { records, links, lost } }) =>
        say({
          zh: `${lost === 0 ? "✓" : "!"} ${folder}:${records} 条记录,${links} 条关系${lost === 0 ? "" : `,${lost} 条读不出`}`,
          en: `${lost === 0 ? "✓" : "!"} ${folder}: ${records} records, ${links} links${lost === 0 ? "" : `, ${lost} unreadable`}`,
        }),
      ),
    json: made.map(({ folder, counts }) => ({ folder, ...counts })),
  });
  return made.some(({ counts }) => counts.lost > 0) ? EXIT.negative : EXIT.ok;
}

interface One {
  readonly folder: string;
  readonly name: string;
  readonly options: StoppedOptions;
}

async function reindexOne({ folder, name, options }: One, context: Context): Promise<Rebuilt> {
  const { keystore, keys } = options;
  const root = await rootOf(folder, keystore, context);
  if (root === undefined) throw new CliError("connection.keystore-missing");
  return reindex({
    dataDir: folder,
    root,
    ...(keys !== undefined && { keyDir: context.resolvePath(keys) }),
    onProgress: ({ records, links }) => context.output.progress(`${name}: ${records} · ${links}`),
  });
}
