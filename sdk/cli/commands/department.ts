import type { Command } from "commander";
import { readPublicKeys } from "../../client/keystore.ts";
import { admitDepartment, LEVELS, ROLES, setDepartmentStatus } from "../../client/routes/departments.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { teach } from "../help.ts";
import { choiceValue, integerValue, nodeValue, reasonValue, usccValue } from "../values.ts";
import { toldTransaction } from "../views.ts";

const STATUSES = ["active", "suspended", "dissolved"] as const;

/** `department admit|status`: what only the authority's node can do. */
export function registerDepartment(program: Command, context: Context): void {
  const { say } = context;
  const group = program
    .command("department")
    .description(say({ zh: "接入部门、暂停或撤并部门", en: "Admit a department, suspend or dissolve one" }));
  registerAdmit(group, context);
  registerSetStatus(group, context);
}

interface AdmitOptions extends ConnectionOptions {
  readonly name: string;
  readonly role: (typeof ROLES)[number];
  readonly level: (typeof LEVELS)[number];
  readonly region: number;
  readonly parent?: string;
  readonly endpoint: string;
  readonly keys: string;
}

function registerAdmit(group: Command, context: Context): void {
  const { say } = context;
  const command = group
    .command("admit")
    .description(say({ zh: "接入一个部门", en: "Admit a department" }))
    .argument("<USCC>", say({ zh: "统一社会信用代码", en: "unified social credit code" }), usccValue("USCC"))
    .requiredOption("--name <NAME>", say({ zh: "名称", en: "name" }))
    .option("--role <ROLE>", ROLES.join(" | "), choiceValue("--role", ROLES), "department")
    .requiredOption("--level <LEVEL>", LEVELS.join(" | "), choiceValue("--level", LEVELS))
    .requiredOption(
      "--region <CODE>",
      say({ zh: "六位行政区划代码", en: "six-digit administrative division" }),
      integerValue("--region", { minimum: 100_000, maximum: 999_999 }),
    )
    .option("--parent <USCC>", say({ zh: "上级部门", en: "the department above it" }), usccValue("--parent"))
    .requiredOption("--endpoint <URL>", say({ zh: "节点地址", en: "its node" }), nodeValue("--endpoint"))
    .requiredOption(
      "--keys <FILE>",
      say({ zh: "该部门的密钥库文件(只读公开部分)", en: "its keystore file (only the public half is read)" }),
    );
  addConnectionOptions(command, context).action(
    context.action(async (id: string, options: AdmitOptions) => {
      const { name, role, level, region, parent, endpoint, keys } = options;
      const { address, exchangeKey } = await readPublicKeys(context.resolvePath(keys));
      const place = { role, level, region, ...(parent !== undefined && { parent }) };
      const body = { id, name, ...place, endpoint, account: address, exchangeKey };
      const answer = await (await connect(options, context)).call(admitDepartment, { body });
      return toldTransaction({ done: { zh: `已接入 ${name}`, en: `${name} is admitted` }, answer }, context);
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "department admit 11990100990100026J --name 溯源市市场监督管理局 --level city --region 990100 --endpoint http://127.0.0.1:4710 --keys market.json",
        words: { zh: "在数据主管部门的节点上:", en: "On the authority's node:" },
      },
    ],
    notes: [
      {
        zh: "请先当面或经可信渠道核对公钥(suyuan keys show):接入的密钥代表该部门。",
        en: "Compare the public key in person or over a channel you trust first (suyuan keys show): it will speak for the department.",
      },
    ],
  });
}

interface StatusOptions extends ConnectionOptions {
  readonly status: (typeof STATUSES)[number];
  readonly reason: number;
}

function registerSetStatus(group: Command, context: Context): void {
  const { say } = context;
  const command = group
    .command("status")
    .description(say({ zh: "暂停、恢复或撤并一个部门", en: "Suspend, resume or dissolve a department" }))
    .argument("<USCC>", say({ zh: "统一社会信用代码", en: "unified social credit code" }), usccValue("USCC"))
    .requiredOption("--status <STATUS>", STATUSES.join(" | "), choiceValue("--status", STATUSES))
    .requiredOption("--reason <N>", say({ zh: "理由代码", en: "coded reason" }), reasonValue("--reason"));
  addConnectionOptions(command, context).action(
    context.action(async (id: string, { status, reason, ...options }: StatusOptions) => {
      const client = await connect(options, context);
      const answer = await client.call(setDepartmentStatus, { params: { id }, body: { status, reason } });
      return toldTransaction(
        { done: { zh: `状态已改为 ${status}`, en: `The status is now ${status}` }, answer },
        context,
      );
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "department status 11990100990100026J --status suspended --reason 2",
        words: { zh: "以理由 2 暂停:", en: "Suspend it for reason 2:" },
      },
    ],
  });
}
