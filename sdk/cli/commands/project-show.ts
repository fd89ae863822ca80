import type { Command } from "commander";
import {
  exportProject,
  EXPORT_FORMATS,
  listProjects,
  projectEvidence,
  showProject,
  type FlagView,
} from "../../client/routes/projects.ts";
import type { AnswerOf } from "../../client/route.ts";
import { formatTime } from "../../verify/words.ts";
import { addNodeOption, connectPublic, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT } from "../errors.ts";
import { fileText, writePrivate } from "../files.ts";
import { teach } from "../help.ts";
import { choiceValue, integerValue } from "../values.ts";
import { listLines, pairLines } from "../views.ts";

type ReleaseView = AnswerOf<typeof showProject>["releases"][number];

/** Projects in one answer of `list`. */
const PAGE = 100;

/** `project list|show|evidence|export`: what anyone may see. */
export function registerProjectShow(group: Command, context: Context): void {
  registerList(group, context);
  registerShow(group, context);
  registerEvidence(group, context);
  registerExport(group, context);
}

function registerList(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group.command("list").description(say({ zh: "项目看板", en: "The board of projects" }));
  addNodeOption(command, context)
    .option("--after <CODE>", say({ zh: "从该项目代码之后", en: "from after this code" }))
    .action(
      context.action(async ({ after, ...options }: ConnectionOptions & { readonly after?: string }) => {
        const query = { limit: PAGE, ...(after !== undefined && { after }) };
        const { projects } = await connectPublic(options, context).call(listProjects, { query });
        const last = projects.length < PAGE ? undefined : projects.at(-1)?.code;
        output.result({
          lines: () => [
            ...listLines({
              headings: [
                say({ zh: "代码", en: "code" }),
                say({ zh: "名称", en: "title" }),
                say({ zh: "发布", en: "releases" }),
                say({ zh: "警示", en: "flags" }),
                say({ zh: "其中违规", en: "rules broken" }),
                say({ zh: "更新", en: "updated" }),
              ],
              rows: projects.map(({ code, title, releases, flags, hard, updated }) => [
                code,
                title,
                String(releases),
                String(flags),
                String(hard),
                formatTime(updated),
              ]),
              none: say({ zh: "没有项目", en: "There are no projects" }),
            }),
            ...(last === undefined
              ? []
              : [say({ zh: `以后的项目:--after ${last}`, en: `Those after: --after ${last}` })]),
          ],
          json: projects,
        });
        return EXIT.ok;
      }),
    );
  teach(command, context, {
    examples: [
      {
        line: "project list --node http://127.0.0.1:4700",
        words: { zh: "一个节点上的项目:", en: "A node's projects:" },
      },
    ],
  });
}

function registerShow(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("show")
    .description(
      say({
        zh: "一个项目:链上阶段与金额、发布、文件、警示及其依据",
        en: "A project: stages and amounts on chain, releases, filings, flags and what they rest on",
      }),
    )
    .argument("<code>", say({ zh: "项目代码", en: "code of the project" }));
  addNodeOption(command, context).action(
    context.action(async (code: string, options: ConnectionOptions) => {
      const project = await connectPublic(options, context).call(showProject, { params: { code } });
      const { title, chain, releases, filings, flags } = project;
      output.result({
        lines: () => [
          `${code}  ${title}`,
          ...(chain === undefined ? [] : chainLines(chain, context)),
          say({
            zh: `发布 ${releases.length},文件 ${filings.length},警示 ${flags.length}`,
            en: `${releases.length} releases, ${filings.length} filings, ${flags.length} flags`,
          }),
          ...releases.map((release) => releaseLine(release, context)),
          ...filings.map(({ seq, step, title, at }) => `  #${seq}  ${formatTime(at)}  ${step}  ${title}`),
          ...flags.flatMap((flag) => flagLines(flag, context)),
        ],
        json: project,
      });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [{ line: "project show 2026-110101-48-01-000001", words: { zh: "查看:", en: "Look at it:" } }],
    notes: [
      { zh: "警示是核查的线索,不是违法的结论。", en: "A flag is a reason to look, not a finding of wrongdoing." },
    ],
  });
}

function releaseLine({ seq, date, identifier, release, withdrawn }: ReleaseView, { say }: Context): string {
  // The release of an OC4IDS project is the digest of its content.
  const name = release.startsWith("0x") ? identifier : `${identifier} ${release}`;
  const over =
    withdrawn === undefined
      ? ""
      : say({ zh: `  已撤下(文件 #${withdrawn})`, en: `  withdrawn (filing #${withdrawn})` });
  return `  #${seq}  ${date.slice(0, 10)}  ${name}${over}`;
}

function chainLines(chain: Readonly<Record<string, unknown>>, { say }: Context): string[] {
  const yuan = (name: string) => {
    const fen = chain[name];
    return typeof fen === "number" && fen > 0
      ? (fen / 100).toLocaleString("en", { minimumFractionDigits: 2 })
      : undefined;
  };
  return pairLines([
    [say({ zh: "  阶段", en: "  stage" }), typeof chain["stage"] === "string" ? chain["stage"] : undefined],
    [say({ zh: "  可研估算(元)", en: "  estimate" }), yuan("estimate")],
    [say({ zh: "  核定概算(元)", en: "  ratified budget" }), yuan("budget")],
    [say({ zh: "  合同与变更(元)", en: "  contracts and changes" }), yuan("committed")],
    [say({ zh: "  已付(元)", en: "  paid" }), yuan("paid")],
    [say({ zh: "  决算(元)", en: "  final account" }), yuan("finalAccount")],
  ]);
}

/** What a flag says, with its figures, article and what to check. */
export function flagLines(flag: FlagView, { language, say }: Context): string[] {
  const { says, article, check, rule, subject, excess, inputs, records } = flag;
  const more = [subject, excess === undefined ? "" : `+${(excess / 100).toFixed(2)} %`].filter((part) => part !== "");
  return [
    `! ${says[language]} (${rule})${more.length === 0 ? "" : `  ${more.join("  ")}`}`,
    ...(article[language] === "" ? [] : [`    ${article[language]}`]),
    ...inputs.map(
      ({ record, path, value }) => `    ${records[record] ? `#${records[record].seq} ` : ""}${path} = ${value}`,
    ),
    `    → ${say({ zh: "核查", en: "check" })}: ${check[language]}`,
  ];
}

interface OutOptions extends ConnectionOptions {
  readonly out?: string;
}

function registerEvidence(group: Command, context: Context): void {
  const { say } = context;
  const command = group
    .command("evidence")
    .description(say({ zh: "一条发布、文件或警示的存证", en: "The evidence of a release, filing or flag" }))
    .argument("<code>", say({ zh: "项目代码", en: "code of the project" }))
    .argument(
      "<seq>",
      say({ zh: "记录编号(show 中 # 后的数字)", en: "number of the record, after # in show" }),
      integerValue("seq"),
    )
    .option("--out <FILE>", say({ zh: "写入文件", en: "write it to a file" }));
  addNodeOption(command, context).action(
    context.action(async (code: string, seq: number, { out, ...options }: OutOptions) => {
      const evidence = await connectPublic(options, context).call(projectEvidence, { params: { code, seq } });
      return written(evidence, { out, context });
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "project evidence 2026-110101-48-01-000001 3 --out release.evidence.json",
        words: { zh: "取得一条记录的存证,再用 suyuan verify 核验:", en: "A record's evidence, for suyuan verify:" },
      },
    ],
  });
}

function registerExport(group: Command, context: Context): void {
  const { say } = context;
  const command = group
    .command("export")
    .description(
      say({
        zh: "导出 OC4IDS 项目包、OCDS 发布包或记录包",
        en: "Export an OC4IDS project package, or an OCDS release or record package",
      }),
    )
    .argument("<code>", say({ zh: "项目代码", en: "code of the project" }))
    .option("--format <FORMAT>", EXPORT_FORMATS.join(" | "), choiceValue("--format", EXPORT_FORMATS))
    .option("--out <FILE>", say({ zh: "写入文件", en: "write it to a file" }));
  addNodeOption(command, context).action(
    context.action(
      async (
        code: string,
        { format, out, ...options }: OutOptions & { readonly format?: (typeof EXPORT_FORMATS)[number] },
      ) => {
        const query = format === undefined ? {} : { format };
        const exported = await connectPublic(options, context).call(exportProject, { params: { code }, query });
        return written(exported, { out, context });
      },
    ),
  );
  teach(command, context, {
    examples: [
      {
        line: "project export 2026-110101-48-01-000001 --out project.json",
        words: { zh: "导出一个项目:", en: "Export a project:" },
      },
    ],
  });
}

async function written(
  document: object,
  { out, context }: { readonly out: string | undefined; readonly context: Context },
) {
  if (out === "") throw new CliError("usage.value", { name: "--out", expected: "FILE" });
  if (out === undefined) context.output.document(document);
  else {
    await writePrivate(out, { text: fileText(document), context });
    context.output.result({ lines: () => [`✓ ${out}`], json: { file: out } });
  }
  return EXIT.ok;
}
