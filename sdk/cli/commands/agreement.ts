import type { Command } from "commander";
import {
  completeAgreement,
  decideExtension,
  DUTIES,
  recordExpiry,
  recordMissedDeadline,
  requestExtension,
  resumeAgreement,
  revokeAgreement,
  suspendAgreement,
} from "../../client/routes/agreements.ts";
import type { SuyuanClient } from "../../client/client.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { teach } from "../help.ts";
import type { Words } from "../language.ts";
import { choiceValue, hashValue, integerValue, reasonValue } from "../values.ts";
import { toldTransaction } from "../views.ts";

/** Every option that some verb takes; commander has checked that the verb's own are there. */
interface VerbOptions extends ConnectionOptions {
  readonly reason?: number | string;
  readonly days?: number;
  readonly duty?: (typeof DUTIES)[number];
  readonly grant?: true;
  readonly deny?: true;
}

interface Target {
  readonly id: Hex;
  readonly options: VerbOptions;
}

interface Verb {
  readonly name: string;
  readonly words: Words;
  readonly done: Words;
  readonly example: string;
  readonly addOptions?: (command: Command, context: Context) => Command;
  readonly call: (
    client: SuyuanClient,
    target: Target,
  ) => Promise<{ readonly transaction: Hex; readonly block: number }>;
}

const addReason = (command: Command, { say }: Context): Command =>
  command.requiredOption("--reason <N>", say({ zh: "理由代码", en: "coded reason" }), reasonValue("--reason"));

const VERBS: readonly Verb[] = [
  {
    name: "suspend",
    words: { zh: "暂停共享", en: "Suspend the sharing" },
    done: { zh: "已暂停", en: "Suspended" },
    example: "--reason 1",
    addOptions: addReason,
    call: (client, { id, options }) =>
      client.call(suspendAgreement, { params: { id }, body: { reason: Number(options.reason) } }),
  },
  {
    name: "resume",
    words: { zh: "恢复共享", en: "Resume it" },
    done: { zh: "已恢复", en: "Resumed" },
    example: "",
    call: (client, { id }) => client.call(resumeAgreement, { params: { id }, body: {} }),
  },
  {
    name: "revoke",
    words: { zh: "撤回共享;下一次交付即被拒绝", en: "Revoke it; the next delivery is refused" },
    done: { zh: "已撤回", en: "Revoked" },
    example: "--reason 1",
    addOptions: addReason,
    call: (client, { id, options }) =>
      client.call(revokeAgreement, { params: { id }, body: { reason: Number(options.reason) } }),
  },
  {
    name: "complete",
    words: { zh: "目的已达成(使用方)", en: "The purpose is achieved (consumer)" },
    done: { zh: "已办结", en: "Completed" },
    example: "",
    call: (client, { id }) => client.call(completeAgreement, { params: { id }, body: {} }),
  },
  {
    name: "expire",
    words: { zh: "登记期满(任何一方)", en: "Record that the period is over (anyone)" },
    done: { zh: "已登记期满", en: "Expiry recorded" },
    example: "",
    call: (client, { id }) => client.call(recordExpiry, { params: { id }, body: {} }),
  },
  {
    name: "extend",
    words: { zh: "申请延期答复(提供方)", en: "Ask for more time to reply (provider)" },
    done: { zh: "已申请延期", en: "Extension requested" },
    example: "--days 5 --reason 需实地核查",
    addOptions: (command, { say }) =>
      command
        .requiredOption(
          "--days <N>",
          say({ zh: "延长的工作日数", en: "working days" }),
          integerValue("--days", { minimum: 1, maximum: 250 }),
        )
        .requiredOption("--reason <TEXT>", say({ zh: "理由", en: "why" })),
    call: (client, { id, options: { days = 0, reason = "" } }) =>
      client.call(requestExtension, { params: { id }, body: { workingDays: days, reason: String(reason) } }),
  },
  {
    name: "decide-extension",
    words: { zh: "决定是否延期(数据主管部门)", en: "Decide on an extension (authority)" },
    done: { zh: "已决定", en: "Decided" },
    example: "--grant",
    addOptions: (command, { say }) =>
      command
        .option("--grant", say({ zh: "准予", en: "grant it" }))
        .option("--deny", say({ zh: "不予", en: "deny it" })),
    call: (client, { id, options: { grant, deny } }) => {
      if ((grant === undefined) === (deny === undefined)) {
        const help = "suyuan agreement decide-extension --help";
        throw new CliError("usage.either", { name: "--grant", other: "--deny", try: help });
      }
      return client.call(decideExtension, { params: { id }, body: { grant: grant ?? false } });
    },
  },
  {
    name: "missed",
    words: { zh: "登记逾期(任何一方)", en: "Record a missed deadline (anyone)" },
    done: { zh: "已登记逾期", en: "Recorded as missed" },
    example: "--duty reply",
    addOptions: (command) => command.requiredOption("--duty <DUTY>", DUTIES.join(" | "), choiceValue("--duty", DUTIES)),
    call: (client, { id, options: { duty = "reply" } }) =>
      client.call(recordMissedDeadline, { params: { id }, body: { duty } }),
  },
];

/** `agreement <verb> <id>`: what changes an agreement after it was answered. */
export function registerAgreement(program: Command, context: Context): void {
  const { say } = context;
  const group = program.command("agreement").description(
    say({
      zh: "改变一项共享授权:暂停、恢复、撤回、办结……",
      en: "Change an agreement: suspend, resume, revoke, complete …",
    }),
  );
  for (const verb of VERBS) {
    const command = group
      .command(verb.name)
      .description(say(verb.words))
      .argument("<id>", say({ zh: "授权 ID", en: "id of the agreement" }), hashValue("id"));
    verb.addOptions?.(command, context);
    addConnectionOptions(command, context).action(
      context.action(async (id: Hex, options: VerbOptions) => {
        const answer = await verb.call(await connect(options, context), { id, options });
        return toldTransaction({ done: verb.done, answer }, context);
      }),
    );
    const line = `agreement ${verb.name} 0x… ${verb.example}`.trimEnd();
    teach(command, context, { examples: [{ line, words: verb.words }] });
  }
}
