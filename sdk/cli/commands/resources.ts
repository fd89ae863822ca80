import type { Command } from "commander";
import { getResource, listResources } from "../../client/routes/catalogue.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { codeText } from "../code-words.ts";
import { addNodeOption, connectPublic, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { hashValue, usccValue } from "../values.ts";
import { listLines, pairLines } from "../views.ts";

interface ListOptions extends ConnectionOptions {
  readonly provider?: string;
  readonly state?: string;
  readonly search?: string;
}

/** `resources [id]`: the catalogue of the ledger, or one resource with its versions. */
export function registerResources(program: Command, context: Context): void {
  const { say } = context;
  const command = program
    .command("resources")
    .description(
      say({
        zh: "资源目录;给出 ID 则显示该资源及其各版本",
        en: "The catalogue; with an ID, that resource and its versions",
      }),
    )
    .argument("[id]", say({ zh: "资源 ID", en: "id of a resource" }), hashValue("id"))
    .option("--provider <USCC>", say({ zh: "只看某提供方", en: "of one provider" }), usccValue("--provider"))
    .option("--state <STATE>", say({ zh: "只看某状态,如 published", en: "in one state, such as published" }))
    .option(
      "--search <WORDS>",
      say({
        zh: "名称、代码、提供方或说明中含有全部这些词的",
        en: "in whose name, code, provider or description all of these words occur",
      }),
    );
  addNodeOption(command, context).action(
    context.action(async (id: Hex | undefined, options: ListOptions) =>
      id === undefined ? showAll(options, context) : showOne(id, { options, context }),
    ),
  );
  teach(command, context, {
    examples: [
      { line: "resources --node http://127.0.0.1:4700", words: { zh: "全部资源:", en: "All of them:" } },
      {
        line: "resources --search '许可 信用'",
        words: { zh: "查找说明中含有这些词的资源:", en: "Those in whose description these words occur:" },
      },
      {
        line: "resources 0x… --json",
        words: { zh: "一个资源及其版本,供程序使用:", en: "One with its versions, for a program:" },
      },
    ],
  });
}

async function showAll({ provider, state, search, ...options }: ListOptions, context: Context) {
  const query = {
    ...(provider !== undefined && { provider }),
    ...(state !== undefined && { state }),
    ...(search !== undefined && { search }),
  };
  const { resources } = await connectPublic(options, context).call(listResources, { query });
  const { say } = context;
  context.output.result({
    lines: () =>
      listLines({
        headings: [
          say({ zh: "名称", en: "name" }),
          say({ zh: "代码", en: "code" }),
          say({ zh: "提供方", en: "provider" }),
          say({ zh: "状态", en: "state" }),
          say({ zh: "版本", en: "version" }),
          "ID",
        ],
        rows: resources.map(({ name, code, provider, state, version, id }) => [
          name,
          code,
          provider,
          codeText("resource", state, context),
          String(version),
          id,
        ]),
        none: say({ zh: "没有资源", en: "No resources" }),
      }),
    json: { resources },
  });
  return EXIT.ok;
}

async function showOne(id: Hex, { options, context }: { readonly options: ListOptions; readonly context: Context }) {
  const resource = await connectPublic(options, context).call(getResource, { params: { id } });
  const { say } = context;
  context.output.result({
    lines: () => [
      ...pairLines([
        [say({ zh: "名称", en: "name" }), resource.name],
        [say({ zh: "代码", en: "code" }), resource.code],
        [say({ zh: "提供方", en: "provider" }), resource.provider],
        [say({ zh: "状态", en: "state" }), codeText("resource", resource.state, context)],
        ["ID", resource.id],
        [say({ zh: "记录范围", en: "scope of its records" }), resource.scope],
      ]),
      "",
      ...listLines({
        headings: [
          say({ zh: "版本", en: "version" }),
          say({ zh: "状态", en: "state" }),
          say({ zh: "共享类型", en: "share class" }),
          say({ zh: "分级", en: "level" }),
          say({ zh: "含个人信息", en: "personal" }),
          say({ zh: "数据模式摘要", en: "schema digest" }),
        ],
        rows: resource.versions.map(({ version, state, shareClass, level, personal, schema }) => [
          String(version),
          codeText("resource", state, context),
          codeText("shareClass", shareClass, context),
          String(level),
          personal ? say({ zh: "是", en: "yes" }) : say({ zh: "否", en: "no" }),
          schema,
        ]),
        none: say({ zh: "没有版本", en: "No versions" }),
      }),
    ],
    json: resource,
  });
  return EXIT.ok;
}
