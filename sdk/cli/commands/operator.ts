import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { createOperator, operatorName, OPERATOR_ROLES, type OperatorRole } from "../../client/routes/operators.ts";
import { toBase64Url } from "../../protocol/bytes.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import { inputError, type Context } from "../context.ts";
import { CliError, EXIT } from "../errors.ts";
import { teach } from "../help.ts";

const PASSWORD_BYTES = 15;

interface AddOptions extends ConnectionOptions {
  readonly display?: string;
  readonly roles: readonly OperatorRole[];
  readonly passwordFile?: string;
}

/** `operator add`: accounts of people on the department's node, the first administrator among them. */
export function registerOperator(program: Command, context: Context): void {
  const { say } = context;
  const group = program
    .command("operator")
    .description(say({ zh: "本部门在门户上的操作员账号", en: "Accounts of people on the department's portal" }));
  const command = group
    .command("add")
    .description(say({ zh: "新增操作员(首个系统管理员由此产生)", en: "Add an operator, the first administrator too" }))
    .argument("<NAME>", say({ zh: "账号名:小写字母开头", en: "account: begins with a lower-case letter" }), nameValue)
    .requiredOption("--roles <ROLES>", OPERATOR_ROLES.join(","), rolesValue)
    .option("--display <TEXT>", say({ zh: "姓名或称谓", en: "name to show" }))
    .option(
      "--password-file <FILE>",
      say({
        zh: "口令所在文件;不给则生成并显示一次",
        en: "file that holds the password; made and shown once without it",
      }),
    );
  addConnectionOptions(command, context).action(
    context.action(async (name: string, { display, roles, passwordFile, ...options }: AddOptions) => {
      const given = passwordFile === undefined ? undefined : await readSecret(passwordFile, context);
      const password = given ?? toBase64Url(context.world.random(PASSWORD_BYTES));
      const client = await connect(options, context);
      const body = { name, displayName: display ?? name, roles: [...roles], password };
      const made = await client.call(createOperator, { body });
      context.output.result({
        lines: () => [
          `${say({ zh: "已新增", en: "Added" })} ${made.name}  ${made.roles.join(",")}`,
          ...(given === undefined
            ? [`${say({ zh: "口令(只显示这一次)", en: "Password (shown this once)" })}: ${password}`]
            : []),
        ],
        json: { ...made, ...(given === undefined && { password }) },
      });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "operator add admin --roles administrator",
        words: {
          zh: "首个系统管理员;其余账号可在门户中新增:",
          en: "The first administrator; the others are added in the portal:",
        },
      },
    ],
    notes: [
      {
        zh: "有约束力的操作须由两人完成:clerk 提请,另一位 approver 批准。",
        en: "What binds the department takes two people: a clerk asks, another person who is an approver decides.",
      },
    ],
  });
}

function nameValue(text: string): string {
  if (operatorName.safeParse(text).success) return text;
  throw new CliError("usage.value", { name: "NAME", expected: "[a-z][a-z0-9._-]{1,31}" });
}

function rolesValue(text: string): readonly OperatorRole[] {
  const roles = text.split(",").map((part) => OPERATOR_ROLES.find((role) => role === part.trim()));
  const known = roles.filter((role) => role !== undefined);
  if (known.length === roles.length) return known;
  throw new CliError("usage.value", { name: "--roles", expected: OPERATOR_ROLES.join(",") });
}

async function readSecret(path: string, context: Context): Promise<string> {
  try {
    return (await readFile(context.resolvePath(path), "utf8")).replace(/\r?\n$/, "");
  } catch (cause) {
    throw inputError(path, cause);
  }
}
