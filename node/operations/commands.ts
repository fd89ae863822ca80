import type { Command } from "commander";
import { listAlarms, reanchorScope, resumeScope, voidNumber } from "../../sdk/client/routes/operations.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../../sdk/cli/connection.ts";
import type { Context } from "../../sdk/cli/context.ts";
import { EXIT, type ExitCode } from "../../sdk/cli/errors.ts";
import { teach } from "../../sdk/cli/help.ts";
import { addRecordName } from "../../sdk/cli/record-name.ts";
import { hashValue } from "../../sdk/cli/values.ts";
import { listLines, timeOrDash } from "../../sdk/cli/views.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { alarmTexts } from "../anchoring/errors.ts";

/** `operate alarms|resume|reanchor|void`: what an operator decides when a scope has stopped. */
export function registerOperate(program: Command, context: Context): void {
  const { say } = context;
  const group = program.command("operate").description(
    say({
      zh: "处理已停止锚定的范围;每个操作都先记入部门的日志范围",
      en: "deal with scopes that stopped; every action is first recorded in the department's journal",
    }),
  );
  registerAlarms(group, context);
  const scopeCommand = (name: string, words: string) =>
    addConnectionOptions(
      group
        .command(name)
        .description(words)
        .argument("<scope>", say({ zh: "范围", en: "the scope" }), hashValue("scope")),
      context,
    );
  scopeCommand(
    "resume",
    say({ zh: "原因排除后,重新与链比对并恢复锚定", en: "go on after the cause is gone, from a fresh comparison" }),
  ).action(
    context.action(async (scope: Hex, options: ConnectionOptions) => {
      await (await connect(options, context)).call(resumeScope, { params: { scope } });
      return done(context, { scope });
    }),
  );
  scopeCommand(
    "reanchor",
    say({ zh: "链丢失已终局的区块后,重新锚定", en: "anchor anew what the chain lost although it was final" }),
  ).action(
    context.action(async (scope: Hex, options: ConnectionOptions) =>
      done(context, await (await connect(options, context)).call(reanchorScope, { params: { scope } })),
    ),
  );
  registerVoid(group, context);
}

function registerAlarms(group: Command, context: Context): void {
  const { say, language } = context;
  const command = group
    .command("alarms")
    .description(say({ zh: "列出已停止的范围", en: "list the scopes that stopped" }));
  addConnectionOptions(command, context).action(
    context.action(async (options: ConnectionOptions): Promise<ExitCode> => {
      const { alarms } = await (await connect(options, context)).call(listAlarms, {});
      const texts: Readonly<Record<string, (typeof alarmTexts)[keyof typeof alarmTexts]>> = alarmTexts;
      context.output.result({
        lines: () =>
          listLines({
            headings: [
              say({ zh: "范围", en: "scope" }),
              say({ zh: "自", en: "since" }),
              say({ zh: "原因", en: "code" }),
              say({ zh: "办法", en: "what to do" }),
            ],
            rows: alarms.map(({ scope, at, code }) => [
              scope,
              timeOrDash(at),
              code,
              texts[code]?.remedy[language] ?? "",
            ]),
            none: say({ zh: "没有停止的范围。", en: "No scope has stopped." }),
          }),
        json: { alarms },
      });
      return EXIT.ok;
    }),
  );
}

function registerVoid(group: Command, context: Context): void {
  const { say } = context;
  const command = addRecordName(group.command("void"), context)
    .description(
      say({
        zh: "以作废记录填补一个已损坏、尚未签名的编号",
        en: "fill a damaged number that nothing signed covers with a void record",
      }),
    )
    .option("--reason <CODE>", say({ zh: "理由", en: "reason" }), "damaged");
  addConnectionOptions(command, context).action(
    context.action(async (scope: Hex, seq: number, { reason, ...options }: ConnectionOptions & { reason: string }) =>
      done(
        context,
        await (await connect(options, context)).call(voidNumber, { params: { scope, seq }, body: { reason } }),
      ),
    ),
  );
  teach(command, context, {
    examples: [
      { line: "operate void 0x… 42", words: { zh: "记录无法恢复时:", en: "When the record cannot be restored:" } },
    ],
  });
}

function done(context: Context, json: object): ExitCode {
  context.output.result({ lines: () => [`✓ ${context.say({ zh: "已完成", en: "done" })}`], json });
  return EXIT.ok;
}
