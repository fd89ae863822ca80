import type { Command } from "commander";
import { importProjects } from "../../client/routes/projects.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { readJson } from "../json-input.ts";
import { listLines } from "../views.ts";

interface ImportOptions extends ConnectionOptions {
  readonly project?: string;
}

/** `project import <file>`: releases become records of the department's journal. */
export function registerProjectImport(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("import")
    .description(
      say({
        zh: "导入 OC4IDS 项目包或 OCDS 发布:每个发布成为一条记录并锚定,随即核查警示",
        en: "Import an OC4IDS project package or OCDS releases: each becomes an anchored record, and is looked at for flags",
      }),
    )
    .argument("<file>", say({ zh: "JSON 文件;- 为标准输入", en: "JSON file; - is standard input" }))
    .option(
      "--project <CODE>",
      say({ zh: "这些 OCDS 发布所属的项目代码", en: "the project that these OCDS releases belong to" }),
    );
  addConnectionOptions(command, context).action(
    context.action(async (path: string, { project, ...options }: ImportOptions) => {
      const document = await readJson({ path, context });
      const body = { document, ...(project !== undefined && { project }) };
      const answer = await (await connect(options, context)).call(importProjects, { body });
      const { accepted, duplicates, projects } = answer;
      output.result({
        lines: () => [
          `✓ ${say({ zh: `新记录 ${accepted} 条,已有 ${duplicates} 条`, en: `${accepted} new records, ${duplicates} known` })}`,
          ...listLines({
            headings: [say({ zh: "项目", en: "project" }), say({ zh: "警示", en: "flags" })],
            rows: projects.map(({ code, flags }) => [code, String(flags)]),
            none: "",
          }),
        ],
        json: answer,
      });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [
      { line: "project import package.json", words: { zh: "导入项目包:", en: "A project package:" } },
      {
        line: "project import releases.json --project 2026-110101-48-01-000001",
        words: { zh: "导入一个项目的发布:", en: "The releases of one project:" },
      },
    ],
    notes: [
      {
        zh: "重复导入无害:相同内容是同一条记录。不符合官方架构的整份拒绝,并指出路径。",
        en: "Importing again is harmless: the same content is the same record. What does not fit the official schema is refused as a whole, with the place.",
      },
    ],
  });
}
