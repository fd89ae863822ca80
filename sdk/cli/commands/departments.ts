import type { Command } from "commander";
import { getDepartment, listDepartments } from "../../client/routes/departments.ts";
import { codeText } from "../code-words.ts";
import { addNodeOption, connectPublic, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { usccValue } from "../values.ts";
import { listLines, pairLines, timeOrDash } from "../views.ts";

/** `departments [uscc]`: who is on the ledger, or one department with its keys. */
export function registerDepartments(program: Command, context: Context): void {
  const { say } = context;
  const command = program
    .command("departments")
    .description(
      say({
        zh: "账本上的部门;给出统一社会信用代码则显示该部门及其密钥",
        en: "The departments of the ledger; with a USCC, that one and its keys",
      }),
    )
    .argument("[USCC]", say({ zh: "统一社会信用代码", en: "unified social credit code" }), usccValue("USCC"));
  addNodeOption(command, context).action(
    context.action(async (id: string | undefined, options: ConnectionOptions) =>
      id === undefined ? showAll(options, context) : showOne(id, { options, context }),
    ),
  );
  teach(command, context, {
    examples: [
      { line: "departments --node http://127.0.0.1:4700", words: { zh: "全部部门:", en: "All of them:" } },
      { line: "departments 11990100990100026J", words: { zh: "一个部门及其密钥:", en: "One with its keys:" } },
    ],
  });
}

async function showAll(options: ConnectionOptions, context: Context) {
  const { departments } = await connectPublic(options, context).call(listDepartments, {});
  const { say } = context;
  context.output.result({
    lines: () =>
      listLines({
        headings: [
          "USCC",
          say({ zh: "名称", en: "name" }),
          say({ zh: "角色", en: "role" }),
          say({ zh: "状态", en: "status" }),
          say({ zh: "节点地址", en: "endpoint" }),
        ],
        rows: departments.map(({ id, name, role, status, endpoint }) => [
          id,
          name,
          codeText("role", role, context),
          codeText("department", status, context),
          endpoint,
        ]),
        none: say({ zh: "没有部门", en: "No departments" }),
      }),
    json: { departments },
  });
  return EXIT.ok;
}

async function showOne(
  id: string,
  { options, context }: { readonly options: ConnectionOptions; readonly context: Context },
) {
  const department = await connectPublic(options, context).call(getDepartment, { params: { id } });
  const { say } = context;
  context.output.result({
    lines: () => [
      ...pairLines([
        ["USCC", department.id],
        [say({ zh: "名称", en: "name" }), department.name],
        [say({ zh: "角色", en: "role" }), codeText("role", department.role, context)],
        [say({ zh: "层级、行政区划", en: "level, region" }), `${department.level} ${department.region}`],
        [say({ zh: "状态", en: "status" }), codeText("department", department.status, context)],
        [say({ zh: "节点地址", en: "endpoint" }), department.endpoint],
        [say({ zh: "接入时间", en: "admitted" }), timeOrDash(department.admittedAt)],
      ]),
      "",
      ...listLines({
        headings: [
          say({ zh: "密钥", en: "key" }),
          say({ zh: "算法", en: "algorithm" }),
          say({ zh: "起", en: "valid from" }),
          say({ zh: "止", en: "until" }),
          say({ zh: "不再可信自", en: "distrusted since" }),
          say({ zh: "公钥或账户", en: "public key or account" }),
        ],
        rows: department.keys.map(({ index, algorithm, validFrom, validUntil, distrustedSince, material }) => [
          `${department.id}/${index}`,
          algorithm,
          timeOrDash(validFrom),
          timeOrDash(validUntil),
          timeOrDash(distrustedSince),
          material,
        ]),
        none: say({ zh: "没有密钥", en: "No keys" }),
      }),
    ],
    json: department,
  });
  return EXIT.ok;
}
