import type { Command } from "commander";
import { listNotices } from "../../client/routes/agreements.ts";
import type { Hex } from "../../protocol/bytes.ts";
import type { NoticeKind } from "../../protocol/notice.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import type { Words } from "../language.ts";
import { hashValue } from "../values.ts";
import { listLines, timeOrDash } from "../views.ts";

const KINDS: Readonly<Record<NoticeKind, Words>> = {
  basis: { zh: "不同意的依据", en: "basis of the refusal" },
  missing: { zh: "须补充的内容", en: "what is missing" },
  extension: { zh: "延期的理由", en: "why more time is needed" },
};

const WORDLESS: Readonly<Record<"rejected" | "undetermined", Words>> = {
  rejected: {
    zh: "✗ 提供方节点给出的文字与链上摘要不符",
    en: "✗ the provider's words do not have the digest on chain",
  },
  undetermined: { zh: "? 提供方节点没有给出文字", en: "? the provider's node did not give the words" },
};

/** `notices <agreement>`: the reasons that the provider wrote down; the chain holds only their digests. */
export function registerNotices(program: Command, context: Context): void {
  const { say, output } = context;
  const command = program
    .command("notices")
    .description(
      say({
        zh: "提供方写明的理由:不同意的依据、须补充的内容;本节点向提供方节点索取并与链上摘要核对",
        en: "The reasons that the provider wrote down: why it refused, what is missing; the own node asks the provider's and holds each against its digest on chain",
      }),
    )
    .argument("<agreement>", say({ zh: "授权 ID", en: "id of the agreement" }), hashValue("agreement"));
  addConnectionOptions(command, context).action(
    context.action(async (id: Hex, options: ConnectionOptions) => {
      const { notices } = await (await connect(options, context)).call(listNotices, { params: { id } });
      output.result({
        lines: () =>
          listLines({
            headings: [say({ zh: "时间", en: "at" }), say({ zh: "种类", en: "kind" }), say({ zh: "内容", en: "text" })],
            rows: notices.map((one) =>
              one.verdict === "verified"
                ? [timeOrDash(one.notice.at), say(KINDS[one.kind]), one.notice.text]
                : [timeOrDash(undefined), say(KINDS[one.kind]), `${say(WORDLESS[one.verdict])} ${one.digest}`],
            ),
            none: say({ zh: "没有", en: "None" }),
          }),
        json: { notices },
      });
      if (notices.some(({ verdict }) => verdict === "rejected")) return EXIT.negative;
      return notices.every(({ verdict }) => verdict === "verified") ? EXIT.ok : EXIT.undetermined;
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "notices 0x… --node http://127.0.0.1:4710 --key-id 129901009901000425/1",
        words: { zh: "使用方或提供方向本部门的节点查询:", en: "Consumer or provider, each at its own node:" },
      },
    ],
  });
}
