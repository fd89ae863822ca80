import type { Command } from "commander";
import { reviewProjects, withdrawRelease } from "../../client/routes/project-upkeep.ts";
import type { AnswerOf } from "../../client/route.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { integerValue } from "../values.ts";

/** `project withdraw|review`: correcting what was published, and looking at all projects again. */
export function registerProjectUpkeep(group: Command, context: Context): void {
  registerWithdraw(group, context);
  registerReview(group, context);
}

function registerWithdraw(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("withdraw")
    .description(
      say({
        zh: "撤下一个有误的发布:理由登记为文件并公开警示;原发布与存证保留,此后的汇编与警示不再依据它",
        en: "Withdraw a release that is wrong: the reason is filed and flagged in public; the release and its evidence stay, nothing is derived from it any more",
      }),
    )
    .argument("<code>", say({ zh: "项目代码", en: "code of the project" }))
    .argument(
      "<seq>",
      say({ zh: "发布的记录编号(# 后的数字)", en: "number of the release's record, after #" }),
      integerValue("seq"),
    )
    .requiredOption("--reason <TEXT>", say({ zh: "理由(公开)", en: "the reason; public" }));
  addConnectionOptions(command, context).action(
    context.action(
      async (code: string, seq: number, { reason, ...options }: ConnectionOptions & { readonly reason: string }) => {
        const client = await connect(options, context);
        const answer = await client.call(withdrawRelease, { params: { code, seq }, body: { reason } });
        const { filing, flags, blocked } = answer;
        output.result({
          lines: () => [
            `✓ ${say({ zh: `已撤下 #${seq}(文件 #${filing.seq}),该项目现有警示 ${flags} 条`, en: `Withdrew #${seq} (filing #${filing.seq}); the project has ${flags} flags` })}`,
            ...(blocked === undefined
              ? []
              : [
                  `! ${say({ zh: `仍有发布无法合并:${blocked.path};也须撤下其中一个`, en: `Releases still do not merge: ${blocked.path}; withdraw one of those too` })}`,
                ]),
          ],
          json: answer,
        });
        return blocked === undefined ? EXIT.ok : EXIT.negative;
      },
    ),
  );
  teach(command, context, {
    examples: [
      {
        line: 'project withdraw 2026-110101-48-01-000001 12 --reason "字段类型错误,已另行发布"',
        words: { zh: "撤下第 12 号记录的发布:", en: "Withdraw the release that is record 12:" },
      },
    ],
    notes: [
      {
        zh: "编号见 project show 或报错路径中 # 后的数字。先撤下,再导入改正后的发布。",
        en: "Its number is in project show, or after # in the path of an error. Withdraw first, then import the corrected release.",
      },
    ],
  });
}

type Part = AnswerOf<typeof reviewProjects>;

interface ReviewOptions extends ConnectionOptions {
  readonly after?: string;
}

function registerReview(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("review")
    .description(
      say({
        zh: "用现行规则重新核查节点上的全部项目;分段进行,显示进度,可从中断处继续",
        en: "Look at all projects of the node again by the present rules: in parts, with progress, resumed where it stopped",
      }),
    )
    .option("--after <CODE>", say({ zh: "从该项目代码之后继续", en: "go on from after this code" }));
  addConnectionOptions(command, context).action(
    context.action(async ({ after, ...options }: ReviewOptions) => {
      const client = await connect(options, context);
      const blocked: Part["blocked"] = [];
      let [reviewed, added, next] = [0, 0, after];
      try {
        for (let isFirst = true; isFirst || next !== undefined; isFirst = false) {
          const part: Part = await client.call(reviewProjects, { body: next === undefined ? {} : { after: next } });
          reviewed += part.reviewed;
          added += part.added;
          blocked.push(...part.blocked);
          next = part.next;
          output.progress(progressText(reviewed, part.total, context));
        }
      } catch (error) {
        output.progressEnd();
        if (next !== undefined)
          output.note(
            say({
              zh: `已核查至 ${next};用 --after ${next} 继续`,
              en: `Stopped after ${next}; go on with --after ${next}`,
            }),
          );
        throw error;
      }
      output.progressEnd();
      output.result({
        lines: () => [
          `✓ ${say({ zh: `已核查 ${reviewed} 个项目,新警示 ${added} 条`, en: `${reviewed} projects, ${added} new flags` })}`,
          ...blocked.map(
            ({ code, path }) => `! ${code}  ${say({ zh: "发布无法合并", en: "its releases do not merge" })}: ${path}`,
          ),
        ],
        json: { reviewed, added, blocked },
      });
      return blocked.length === 0 ? EXIT.ok : EXIT.negative;
    }),
  );
  teach(command, context, {
    examples: [{ line: "project review", words: { zh: "规则更新之后:", en: "After new rules:" } }],
    notes: [
      {
        zh: "重复核查无害:已记录的警示不会重复。无法合并的项目逐个列出,用 project withdraw 撤下有误的发布。",
        en: "Doing it again is harmless: no flag is recorded twice. Projects whose releases do not merge are listed; withdraw the wrong release with project withdraw.",
      },
    ],
  });
}

const progressText = (done: number, total: number, { say }: Context): string =>
  say({ zh: `已核查 ${done}/${total} 个项目`, en: `${done} of ${total} projects` });
