import type { Command } from "commander";
import { applyForAgreement, supplementAgreement } from "../../client/routes/agreements.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { addTermsOptions, termsOf, type TermsOptions } from "../terms.ts";
import { hashValue } from "../values.ts";
import { pairLines, toldTransaction } from "../views.ts";

const TERMS_EXAMPLE = "--purpose bid-qualification-review --field holder.name --valid-until 2026-12-31 --uses 100";

/** `apply` and `supplement`: a consumer asks for a share of a resource. */
export function registerApply(program: Command, context: Context): void {
  const { say, output } = context;
  const command = program
    .command("apply")
    .description(say({ zh: "申请共享(使用方)", en: "Apply for sharing (consumer)" }))
    .argument("<resource>", say({ zh: "资源 ID", en: "id of the resource" }), hashValue("resource"));
  addConnectionOptions(addTermsOptions(command, context), context).action(
    context.action(async (resource: Hex, options: TermsOptions & ConnectionOptions) => {
      const body = { resource, ...termsOf(options, { now: context.now() }) };
      const answer = await (await connect(options, context)).call(applyForAgreement, { body });
      output.result({
        lines: () => [
          `✓ ${say({ zh: "申请已上链", en: "The application is on the chain" })}`,
          ...pairLines([
            [say({ zh: "  授权", en: "  agreement" }), answer.agreement],
            [say({ zh: "  提供方", en: "  provider" }), answer.provider],
            [
              say({ zh: "  申请文书", en: "  document" }),
              answer.delivered
                ? say({ zh: "已送达提供方", en: "handed to the provider" })
                : say({ zh: "尚未送达,节点会继续发送", en: "not handed over yet; the node keeps sending it" }),
            ],
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
        line: `apply 0x… ${TERMS_EXAMPLE} --matter 投标资格审查`,
        words: { zh: "在必需字段之外再申请一个字段:", en: "One field beside the required ones:" },
      },
    ],
    notes: [
      {
        zh: "答复时限按工作日计,见 suyuan agreements。",
        en: "The reply is due in working days: see suyuan agreements.",
      },
    ],
  });
}

export function registerSupplement(program: Command, context: Context): void {
  const { say } = context;
  const command = program
    .command("supplement")
    .description(
      say({
        zh: "按提供方的一次性告知补充申请(使用方);文书整体替换",
        en: "Supplement an application that the provider asked about (consumer); the whole document is replaced",
      }),
    )
    .argument("<agreement>", say({ zh: "授权 ID", en: "id of the agreement" }), hashValue("agreement"));
  addConnectionOptions(addTermsOptions(command, context), context).action(
    context.action(async (id: Hex, options: TermsOptions & ConnectionOptions) => {
      const body = termsOf(options, { now: context.now() });
      const answer = await (await connect(options, context)).call(supplementAgreement, { params: { id }, body });
      return toldTransaction({ done: { zh: "已补充", en: "Supplemented" }, answer }, context);
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: `supplement 0x… ${TERMS_EXAMPLE} --basis 《中华人民共和国招标投标法》`,
        words: { zh: "补上依据:", en: "With the basis that was missing:" },
      },
    ],
  });
}
