import type { Command } from "commander";
import { compiledRelease, versionedRelease, type MergingOptions } from "../../oversight/ocds/merge.ts";
import { ofOneProcess, releasesIn } from "../../oversight/ocds/releases.ts";
import { mergeRules } from "../../oversight/ocds/rules.ts";
import type { ListMatching } from "../../oversight/ocds/tree.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { readJson } from "../json-input.ts";

interface MergeCommandOptions {
  readonly versioned?: true;
  readonly ocid?: string;
  readonly schema?: string;
  readonly append: readonly string[];
  readonly byPosition: readonly string[];
}

const collected = (value: string, known: readonly string[]): readonly string[] => [...known, value];

/** `project merge <releases.json>`: the compiled or versioned release of one contracting process. */
export function registerProjectMerge(group: Command, context: Context): void {
  const { say } = context;
  const command = group
    .command("merge")
    .description(
      say({
        zh: "把一个采购过程的各次发布合并为一个(OCDS 合并规则)",
        en: "Merge the releases of one contracting process (OCDS merging)",
      }),
    )
    .argument(
      "<releases.json>",
      say({
        zh: "发布的数组、发布包或记录包;- 为标准输入",
        en: "an array of releases, a release package or a record package; - is standard input",
      }),
    )
    .option(
      "--versioned",
      say({ zh: "保留每个字段的全部历史值", en: "keep every value that each field had, with its release" }),
    )
    .option("--ocid <OCID>", say({ zh: "只合并这一采购过程", en: "merge this process only" }))
    .option(
      "--schema <FILE>",
      say({
        zh: "合并规则所在的发布架构;默认 OCDS 1.1",
        en: "release schema with the merge rules; OCDS 1.1 unless told",
      }),
    )
    .option(
      "--append <PATH>",
      say({
        zh: "该数组(如 awards.items)的对象从不合并,一律追加;可重复",
        en: "objects of this array (such as awards.items) are appended, never merged; may be repeated",
      }),
      collected,
      [],
    )
    .option(
      "--by-position <PATH>",
      say({ zh: "该数组的对象按位置合并;可重复", en: "objects of this array are merged by position; may be repeated" }),
      collected,
      [],
    )
    .action(context.action((path: string, options: MergeCommandOptions) => merge(path, { options, context })));
  teach(command, context, {
    examples: [
      { line: "project merge releases.json", words: { zh: "当前状态:", en: "The current state:" } },
      { line: "project merge releases.json --versioned", words: { zh: "修改轨迹:", en: "The amendment trail:" } },
    ],
    notes: [
      {
        zh: "同一字段在不同发布中种类不同(如先文本后对象)时拒绝合并,并指出路径。",
        en: "Where a field is of different kinds in different releases (text, then an object), merging is refused with its path.",
      },
    ],
  });
}

async function merge(
  path: string,
  { options, context }: { readonly options: MergeCommandOptions; readonly context: Context },
) {
  const releases = ofOneProcess(releasesIn(await readJson({ path, context })), options.ocid);
  const matching = new Map<string, ListMatching>([
    ...options.append.map((list) => [list, "append"] as const),
    ...options.byPosition.map((list) => [list, "position"] as const),
  ]);
  const merging: MergingOptions = {
    matching,
    ...(options.schema !== undefined && { rules: mergeRules(await readJson({ path: options.schema, context })) }),
  };
  context.output.document(options.versioned ? versionedRelease(releases, merging) : compiledRelease(releases, merging));
  return EXIT.ok;
}
