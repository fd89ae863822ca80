import type { Command } from "commander";
import { getAgreement, listAgreements, type AgreementView } from "../../client/routes/agreements.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { codeText } from "../code-words.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import type { Words } from "../language.ts";
import { choiceValue, hashValue } from "../values.ts";
import { listLines, pairLines, timeIf, timeOrDash } from "../views.ts";

const SIDES = ["provider", "consumer", "authority"] as const;

interface ListOptions extends ConnectionOptions {
  readonly side?: (typeof SIDES)[number];
  readonly state?: string;
  readonly resource?: Hex;
}

/** `agreements [id]`: what concerns the department, with the working days left. */
export function registerAgreements(program: Command, context: Context): void {
  const { say } = context;
  const command = program
    .command("agreements")
    .description(
      say({
        zh: "与本部门有关的共享授权及剩余工作日;给出 ID 则显示该授权",
        en: "The agreements that concern the department, with working days left; with an ID, that one",
      }),
    )
    .argument("[id]", say({ zh: "授权 ID", en: "id of an agreement" }), hashValue("id"))
    .option("--side <SIDE>", SIDES.join(" | "), choiceValue("--side", SIDES))
    .option("--state <STATE>", say({ zh: "只看某状态,如 applied", en: "in one state, such as applied" }))
    .option("--resource <ID>", say({ zh: "只看某资源", en: "of one resource" }), hashValue("--resource"));
  addConnectionOptions(command, context).action(
    context.action(async (id: Hex | undefined, options: ListOptions) =>
      id === undefined ? showAll(options, context) : showOne(id, { options, context }),
    ),
  );
  teach(command, context, {
    examples: [
      {
        line: "agreements --side provider --state applied",
        words: { zh: "等待本部门答复的申请:", en: "Applications that wait for an answer:" },
      },
      { line: "agreements 0x…", words: { zh: "一项授权:", en: "One of them:" } },
    ],
  });
}

async function showAll({ side, state, resource, ...options }: ListOptions, context: Context) {
  const query = { ...(side && { side }), ...(state !== undefined && { state }), ...(resource && { resource }) };
  const { agreements } = await (await connect(options, context)).call(listAgreements, { query });
  const { say } = context;
  context.output.result({
    lines: () =>
      listLines({
        headings: [
          say({ zh: "状态", en: "state" }),
          say({ zh: "提供方", en: "provider" }),
          say({ zh: "使用方", en: "consumer" }),
          say({ zh: "期限止", en: "until" }),
          say({ zh: "预留/上限", en: "reserved/most" }),
          say({ zh: "待办", en: "due" }),
          "ID",
        ],
        rows: agreements.map((agreement) => [
          stateText(agreement, context),
          agreement.provider,
          agreement.consumer,
          timeOrDash(agreement.validUntil),
          `${agreement.reserved}/${agreement.maximumUses}`,
          dueText(agreement, context),
          agreement.id,
        ]),
        none: say({ zh: "没有共享授权", en: "No agreements" }),
      }),
    json: { agreements },
  });
  return EXIT.ok;
}

async function showOne(id: Hex, { options, context }: { readonly options: ListOptions; readonly context: Context }) {
  const agreement = await (await connect(options, context)).call(getAgreement, { params: { id } });
  context.output.result({ lines: () => linesOf(agreement, context), json: agreement });
  return EXIT.ok;
}

const DUTIES: Readonly<Record<NonNullable<AgreementView["due"]>["duty"], Words>> = {
  reply: { zh: "答复", en: "reply" },
  supply: { zh: "提供", en: "supply" },
  "settle-deliveries": { zh: "结清交付", en: "settle deliveries" },
  "settle-receipts": { zh: "结清回执", en: "settle receipts" },
};

function stateText({ state, inForce }: AgreementView, context: Context): string {
  const text = codeText("agreement", state, context);
  return inForce ? `${text} (${context.say({ zh: "有效", en: "in force" })})` : text;
}

function dueText({ due }: AgreementView, { say }: Context): string {
  if (due === undefined) return "–";
  const duty = say(DUTIES[due.duty]);
  if (due.missed) return say({ zh: `${duty}:已逾期`, en: `${duty}: missed` });
  const { workingDaysLeft: days } = due;
  if (days === undefined) return `${duty}: ${timeOrDash(due.at)}`;
  return say({ zh: `${duty}:剩 ${days} 个工作日`, en: `${duty}: ${days} working days left` });
}

function linesOf(agreement: AgreementView, context: Context): string[] {
  const { say } = context;
  const { application } = agreement;
  return pairLines([
    ["ID", agreement.id],
    [say({ zh: "状态", en: "state" }), stateText(agreement, context)],
    [say({ zh: "资源", en: "resource" }), agreement.resource],
    [say({ zh: "提供方", en: "provider" }), agreement.provider],
    [say({ zh: "使用方", en: "consumer" }), agreement.consumer],
    [say({ zh: "申请时间", en: "applied" }), timeOrDash(agreement.appliedAt)],
    [say({ zh: "期限", en: "period" }), `${timeOrDash(agreement.validFrom)} … ${timeOrDash(agreement.validUntil)}`],
    [say({ zh: "结束时间", en: "ended" }), timeIf(agreement.endedAt)],
    [say({ zh: "结清期限", en: "settle until" }), timeIf(agreement.settlementUntil)],
    [say({ zh: "预留/上限", en: "reserved/most" }), `${agreement.reserved}/${agreement.maximumUses}`],
    [say({ zh: "待办", en: "due" }), dueText(agreement, context)],
    [say({ zh: "用途", en: "purpose" }), application?.purpose],
    [say({ zh: "可选字段", en: "optional fields" }), application?.fields.join(" ")],
    [say({ zh: "事项", en: "matter" }), application?.matter],
    [say({ zh: "依据", en: "basis" }), application?.basis],
    [say({ zh: "场景", en: "scenario" }), application?.scenario],
    [say({ zh: "申请文书(记录 ID)", en: "document (record id)" }), agreement.document],
  ]);
}
