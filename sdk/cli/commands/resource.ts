import type { Command } from "commander";
import { proposeResource, publishResource, reviewResource, withdrawResource } from "../../client/routes/catalogue.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { readBody } from "../json-input.ts";
import { hashValue, integerValue, reasonValue } from "../values.ts";
import { pairLines, toldTransaction } from "../views.ts";
import { registerDraft } from "./resource-draft.ts";
import { registerImpact } from "./resource-impact.ts";
import { registerUse } from "./resource-use.ts";

/** `resource propose|review|publish|impact|withdraw`: the life of an entry of the catalogue. */
export function registerResource(program: Command, context: Context): void {
  const { say } = context;
  const group = program
    .command("resource")
    .description(
      say({ zh: "编目:提出、审核、发布、停止共享", en: "The catalogue: propose, review, publish, withdraw" }),
    );
  registerDraft(group, context);
  registerPropose(group, context);
  registerReview(group, context);
  registerPublish(group, context);
  registerImpact(group, context);
  registerUse(group, context);
  registerWithdraw(group, context);
}

function registerPropose(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("propose")
    .description(
      say({ zh: "提出一个资源或其新版本(提供方)", en: "Propose a resource, or its next version (provider)" }),
    )
    .argument("<proposal.json>", say({ zh: "提案;- 为标准输入", en: "the proposal; - is standard input" }));
  addConnectionOptions(command, context).action(
    context.action(async (path: string, options: ConnectionOptions) => {
      const body = await readBody(proposeResource.body.schema, { path, context });
      const answer = await (await connect(options, context)).call(proposeResource, { body });
      output.result({
        lines: () => [
          `✓ ${say({ zh: `已提出第 ${answer.version} 版,待审核`, en: `Version ${answer.version} proposed; it waits for review` })}`,
          ...pairLines([
            ["  ID", answer.id],
            [say({ zh: "  记录范围", en: "  scope" }), answer.scope],
            [say({ zh: "  数据模式摘要", en: "  schema digest" }), answer.schema],
            [say({ zh: "  交易", en: "  transaction" }), answer.transaction],
          ]),
        ],
        json: answer,
      });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "resource draft ecertificate/1 > proposal.json",
        words: { zh: "先生成样例,再填写:", en: "First make a draft and fill it in:" },
      },
      { line: "resource propose proposal.json", words: { zh: "按文件提出:", en: "As the file says:" } },
    ],
    notes: [
      {
        zh: "提案的成员:code、name、family(如 ecertificate/1)、shareClass(unconditional | conditional | not-shared)、level、personal、metadata(十三项核心元数据)、legalBasis?、updateCycleDays、retentionDays。用 suyuan resource draft <family> 生成样例。",
        en: "Members of a proposal: code, name, family (such as ecertificate/1), shareClass (unconditional | conditional | not-shared), level, personal, metadata (the thirteen core items), legalBasis?, updateCycleDays, retentionDays. suyuan resource draft <family> makes a draft.",
      },
    ],
  });
}

const addVersion = (command: Command, { say }: Context): Command =>
  command
    .argument("<id>", say({ zh: "资源 ID", en: "id of the resource" }), hashValue("id"))
    .argument("<version>", say({ zh: "版本号", en: "number of the version" }), integerValue("version", { minimum: 1 }));

interface ReviewOptions extends ConnectionOptions {
  readonly approve?: true;
  readonly reject?: string;
}

function registerReview(group: Command, context: Context): void {
  const { say } = context;
  const command = addVersion(group.command("review"), context)
    .description(
      say({ zh: "审核(同级同区域的数据主管部门)", en: "Review (the authority of the same level and region)" }),
    )
    .option("--approve", say({ zh: "同意", en: "approve it" }))
    .option("--reject <REASON>", say({ zh: "不同意,写明理由", en: "reject it, with the reason" }));
  addConnectionOptions(command, context).action(
    context.action(async (id: Hex, version: number, { approve, reject, ...options }: ReviewOptions) => {
      if ((approve === undefined) === (reject === undefined))
        throw new CliError("usage.either", {
          name: "--approve",
          other: "--reject",
          try: "suyuan resource review --help",
        });
      const body = { version, approve: approve ?? false, ...(reject !== undefined && { reason: reject }) };
      const answer = await (await connect(options, context)).call(reviewResource, { params: { id }, body });
      const done = approve ? { zh: "已审核通过", en: "Approved" } : { zh: "已审核退回", en: "Rejected" };
      return toldTransaction({ done, answer }, context);
    }),
  );
  teach(command, context, {
    examples: [
      { line: "resource review 0x… 1 --approve", words: { zh: "同意第 1 版:", en: "Approve version 1:" } },
      { line: "resource review 0x… 2 --reject 缺少法定依据", words: { zh: "退回第 2 版:", en: "Reject version 2:" } },
    ],
  });
}

function registerPublish(group: Command, context: Context): void {
  const { say } = context;
  const command = addVersion(group.command("publish"), context).description(
    say({ zh: "发布已审核的版本(提供方)", en: "Publish an approved version (provider)" }),
  );
  addConnectionOptions(command, context).action(
    context.action(async (id: Hex, version: number, options: ConnectionOptions) => {
      const answer = await (
        await connect(options, context)
      ).call(publishResource, { params: { id }, body: { version } });
      return toldTransaction({ done: { zh: "已发布", en: "Published" }, answer }, context);
    }),
  );
  teach(command, context, {
    examples: [{ line: "resource publish 0x… 1", words: { zh: "发布第 1 版:", en: "Publish version 1:" } }],
  });
}

function registerWithdraw(group: Command, context: Context): void {
  const { say } = context;
  const command = group
    .command("withdraw")
    .description(
      say({
        zh: "停止共享(提供方);已有存证仍可验证",
        en: "End the sharing (provider); earlier evidence can still be verified",
      }),
    )
    .argument("<id>", say({ zh: "资源 ID", en: "id of the resource" }), hashValue("id"))
    .requiredOption("--reason <N>", say({ zh: "理由代码", en: "coded reason" }), reasonValue("--reason"));
  addConnectionOptions(command, context).action(
    context.action(async (id: Hex, { reason, ...options }: ConnectionOptions & { readonly reason: number }) => {
      const answer = await (
        await connect(options, context)
      ).call(withdrawResource, { params: { id }, body: { reason } });
      return toldTransaction({ done: { zh: "已停止共享", en: "Withdrawn" }, answer }, context);
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "resource withdraw 0x… --reason 3",
        words: { zh: "以理由 3 停止共享:", en: "Withdraw it for reason 3:" },
      },
      { line: "resource impact 0x…", words: { zh: "先看会影响谁:", en: "Look first whom it would touch:" } },
    ],
  });
}
