import type { Command } from "commander";
import type { SuyuanClient } from "../../client/client.ts";
import { ProblemError } from "../../client/problem-error.ts";
import type { AnswerOf } from "../../client/route.ts";
import { describeNode, isReady } from "../../client/routes/node.ts";
import { codeText } from "../code-words.ts";
import { addNodeOption, connectPublic, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { pairLines } from "../views.ts";

/** `status`: whose node this is, on which ledger, and whether it is ready. */
export function registerStatus(program: Command, context: Context): void {
  const { say } = context;
  const command = program.command("status").description(
    say({
      zh: "节点属于谁、在哪个账本上、是否就绪",
      en: "Whose node this is, on which ledger, and whether it is ready",
    }),
  );
  addNodeOption(command, context).action(context.action((options: ConnectionOptions) => show(options, context)));
  teach(command, context, {
    examples: [{ line: "status --node http://127.0.0.1:4700", words: { zh: "一个节点:", en: "One node:" } }],
    exit: [
      [EXIT.ok, { zh: "就绪", en: "it is ready" }],
      [EXIT.undetermined, { zh: "未就绪,或连不上", en: "it is not, or cannot be reached" }],
    ],
  });
}

async function show(options: ConnectionOptions, context: Context) {
  const { say, output } = context;
  const client = connectPublic(options, context);
  const { ready, parts } = await client.call(isReady, {});
  const node = await description(client);
  output.result({
    lines: () => [
      ready ? say({ zh: "✓ 就绪", en: "✓ Ready" }) : say({ zh: "? 未就绪", en: "? Not ready" }),
      ...pairLines([
        ...(node === undefined ? [] : nodePairs(node, context)),
        ...parts.map(({ part, ready: fine, reason }): readonly [string, string] => [
          part,
          fine ? "✓" : `✗ ${reason ?? ""}`,
        ]),
      ]),
    ],
    json: { ...node, ready, parts },
  });
  return ready ? EXIT.ok : EXIT.undetermined;
}

type Description = AnswerOf<typeof describeNode>;

/** A node without its chain cannot say who it is; what it lacks it says all the same. */
async function description(client: SuyuanClient): Promise<Description | undefined> {
  try {
    return await client.call(describeNode, {});
  } catch (error) {
    if (error instanceof ProblemError && error.code === "chain.unavailable") return undefined;
    throw error;
  }
}

const nodePairs = ({ department, ledger, evaluation, version }: Description, context: Context) => {
  const { say } = context;
  return [
    [
      say({ zh: "部门", en: "department" }),
      `${department.name} ${department.id} (${codeText("role", department.role, context)}, ${codeText("department", department.status, context)})`,
    ],
    [say({ zh: "账本", en: "ledger" }), ledger.id],
    [say({ zh: "链", en: "chain" }), `${ledger.chainId}, Directory ${ledger.directory}`],
    [
      say({ zh: "性质", en: "standing" }),
      evaluation
        ? say({
            zh: "评估账本:单方运行,未经他方见证",
            en: "evaluation: one operator, nobody else has witnessed it",
          })
        : undefined,
    ],
    [say({ zh: "版本", en: "version" }), version],
  ] as const;
};
