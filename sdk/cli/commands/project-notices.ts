import type { Command } from "commander";
import type { NoticeKind } from "../../chain/notices.ts";
import { listTenderNotices } from "../../client/routes/bids.ts";
import { formatTime } from "../../verify/words.ts";
import { addNodeOption, connectPublic, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import type { Words } from "../language.ts";
import { integerValue } from "../values.ts";
import { listLines, pairLines, timeIf } from "../views.ts";

const KINDS: Readonly<Record<Exclude<NoticeKind, "none">, Words>> = {
  clarification: { zh: "澄清", en: "clarification" },
  objection: { zh: "异议", en: "objection" },
  answer: { zh: "答复", en: "answer" },
  postponement: { zh: "顺延", en: "postponement" },
  "bond-return": { zh: "退还保证金", en: "bonds returned" },
};

/** `project notices <code> <lot>`: what was told to all bidders at once. */
export function registerProjectNotices(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("notices")
    .description(
      say({
        zh: "一个标段向所有投标人同时公布的澄清、异议与答复、顺延、保证金退还(公开)",
        en: "What was told to all bidders of a lot at once: clarifications, objections, answers, postponements, bonds returned; public",
      }),
    )
    .argument("<code>", say({ zh: "项目代码", en: "code of the project" }))
    .argument("<lot>", say({ zh: "标段编号", en: "number of the lot" }), integerValue("lot", { minimum: 1 }));
  addNodeOption(command, context).action(
    context.action(async (code: string, lot: number, options: ConnectionOptions) => {
      const answer = await connectPublic(options, context).call(listTenderNotices, { params: { code, lot } });
      const { deadline, openObjections, notices } = answer;
      output.result({
        lines: () => [
          ...pairLines([
            [say({ zh: "投标截止", en: "bids are due" }), timeIf(deadline)],
            [
              say({ zh: "未答复的异议", en: "open objections" }),
              openObjections === 0
                ? undefined
                : say({ zh: `${openObjections}(招标投标活动暂停)`, en: `${openObjections} (the tender rests)` }),
            ],
          ]),
          ...listLines({
            headings: [
              "#",
              say({ zh: "种类", en: "kind" }),
              say({ zh: "公布", en: "given" }),
              say({ zh: "部门", en: "by" }),
              say({ zh: "关于", en: "about" }),
              say({ zh: "文件", en: "record" }),
            ],
            rows: notices.map(({ number, kind, at, by, about, document }) => [
              String(number),
              say(KINDS[kind]),
              formatTime(at),
              by,
              about === undefined ? "–" : `#${about}`,
              `#${document.seq}`,
            ]),
            none: say({ zh: "没有公告", en: "There are no notices" }),
          }),
        ],
        json: answer,
      });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [{ line: "project notices 2026-110101-48-01-000001 1", words: { zh: "查看:", en: "Look at them:" } }],
    notes: [
      {
        zh: "公告由 project step 发出(clarify、raise-objection、answer-objection、postpone、return-bonds);正文用 project evidence 在公布部门的节点上取得。截止前不足十五日不得澄清,不足十日不再受理异议;异议未答复前不能递交或开启密封投标。",
        en: "They are given with project step (clarify, raise-objection, answer-objection, postpone, return-bonds); their text is had with project evidence at the node of the department that gave it. No clarification in the last 15 days before the deadline, no objection in the last 10; while one is open no sealed bid is handed in or opened.",
      },
    ],
  });
}
