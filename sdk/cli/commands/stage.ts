import { createHash } from "node:crypto";
import type { Command } from "commander";
import { findStage, recordStage } from "../../client/routes/lineage-stages.ts";
import { STAGES, STAGE_TRANSITIONS, STAGE_WORDS, type Stage } from "../../lineage/stages.ts";
import { isHex, type Hex } from "../../protocol/bytes.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT, type ExitCode } from "../errors.ts";
import { teach } from "../help.ts";
import { choiceValue } from "../values.ts";
import { listLines, pairLines, timeOrDash } from "../views.ts";

const SUBJECT = /^(?:resource:0x[0-9a-f]{64}|record:0x[0-9a-f]{64}\/(?:0|[1-9][0-9]{0,12})|dataset:.{1,400})$/u;

/** `stage show|record`: the seven stages of a life of data. */
export function registerStage(program: Command, context: Context): void {
  const group = program.command("stage").description(
    context.say({
      zh: "数据的生命周期:来源、缓存、视图、资源、服务、应用、退役;每一步是一条锚定的记录",
      en: "The life of data: source, cache, view, resource, service, application, retired; each step is an anchored record",
    }),
  );
  registerShow(group, context);
  registerRecord(group, context);
}

const addSubject = (command: Command, { say }: Context): Command =>
  command.argument(
    "<subject>",
    say({
      zh: "resource:<资源 ID>、record:<范围>/<编号> 或 dataset:<名称>",
      en: "resource:<id>, record:<scope>/<number> or dataset:<name>",
    }),
    subjectValue,
  );

function subjectValue(text: string): string {
  if (SUBJECT.test(text)) return text;
  throw new CliError("usage.value", { name: "subject", expected: "resource:0x… | record:0x…/N | dataset:…" });
}

const wordOf = (stage: Stage, { say }: Context): string => say(STAGE_WORDS[stage]);

function registerShow(group: Command, context: Context): void {
  const { say, output } = context;
  const command = addSubject(group.command("show"), context).description(
    say({
      zh: "经历过的阶段,由新到旧,以及可以进入的下一阶段",
      en: "The stages so far, newest first, and which may follow",
    }),
  );
  addConnectionOptions(command, context).action(
    context.action(async (subject: string, options: ConnectionOptions) => {
      const { stages } = await (await connect(options, context)).call(findStage, { query: { subject } });
      const now = stages[0]?.stage;
      const next: readonly Stage[] = now === undefined ? ["source"] : STAGE_TRANSITIONS[now];
      output.result({
        lines: () => [
          ...listLines({
            headings: [
              say({ zh: "时间", en: "at" }),
              say({ zh: "阶段", en: "stage" }),
              say({ zh: "记录", en: "record" }),
            ],
            rows: stages.map(({ at, stage, record, seq }) => [
              timeOrDash(at),
              wordOf(stage, context),
              `${seq} ${record}`,
            ]),
            none: say({ zh: "还没有登记过阶段", en: "No stage was recorded yet" }),
          }),
          next.length === 0
            ? say({ zh: "已退役,生命周期结束", en: "It is retired: its life is over" })
            : say({
                zh: `可以进入:${next.map((stage) => `${STAGE_WORDS[stage].zh}(${stage})`).join("、")}`,
                en: `It may go on to: ${next.join(", ")}`,
              }),
        ],
        json: { subject, stages, next },
      });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [
      { line: "stage show resource:0x…", words: { zh: "一个资源处于哪一阶段:", en: "Which stage a resource is in:" } },
    ],
  });
}

interface RecordOptions extends ConnectionOptions {
  readonly actor: string;
  readonly evidence?: string;
  readonly note?: string;
}

function registerRecord(group: Command, context: Context): void {
  const { say } = context;
  const command = addSubject(group.command("record"), context)
    .description(
      say({
        zh: "登记进入下一阶段;不允许的转换会被拒绝,并说明可以进入哪些阶段",
        en: "Record the next stage; a transition that is not allowed is refused, with the ones that are",
      }),
    )
    .argument(
      "<stage>",
      STAGES.map((stage) => `${stage} ${STAGE_WORDS[stage].zh}`).join(" | "),
      choiceValue("stage", STAGES),
    )
    .requiredOption(
      "--actor <WHO>",
      say({ zh: "谁完成了这一步(岗位或系统,不写个人)", en: "who did it (an office or a system, no person)" }),
    )
    .option(
      "--evidence <FILE|0x…>",
      say({
        zh: "证明这一步的文件(只记入其 SHA-256),或其 SHA-256",
        en: "a document that shows it (only its SHA-256 is recorded), or that SHA-256",
      }),
    )
    .option("--note <TEXT>", say({ zh: "说明", en: "a remark" }));
  addConnectionOptions(command, context).action(
    context.action((subject: string, stage: Stage, options: RecordOptions) =>
      record({ subject, stage, options }, context),
    ),
  );
  teach(command, context, {
    examples: [
      {
        line: "stage record resource:0x… source --actor 档案室",
        words: { zh: "生命周期的开始:", en: "A life begins:" },
      },
      {
        line: "stage record resource:0x… service --actor gateway --evidence minutes.pdf",
        words: { zh: "附上证明文件的摘要:", en: "With the digest of a document that shows it:" },
      },
      {
        line: "stage record resource:0x… retired --actor 数据管理科",
        words: { zh: "退役(有效的共享授权须先终止):", en: "Retire it, once no agreement is in force:" },
      },
    ],
    exit: [
      [EXIT.ok, { zh: "已登记", en: "it was recorded" }],
      [
        EXIT.negative,
        {
          zh: "不允许这样转换,或资源仍有有效的共享授权",
          en: "the transition is not allowed, or agreements of the resource are in force",
        },
      ],
    ],
    notes: [
      {
        zh: "资源退役前请先看 suyuan resource impact。没有给出 --evidence 时,退役记录以当时影响评估的摘要为证。",
        en: "Look at suyuan resource impact before a resource is retired. Without --evidence the record carries the digest of that assessment.",
      },
    ],
  });
}

interface Recording {
  readonly subject: string;
  readonly stage: Stage;
  readonly options: RecordOptions;
}

async function record({ subject, stage, options }: Recording, context: Context): Promise<ExitCode> {
  const { say, output } = context;
  const { actor, evidence: given, note } = options;
  const evidence = given === undefined ? undefined : await digestOf(given, context);
  const client = await connect(options, context);
  const body = {
    subject,
    stage,
    actor,
    ...(evidence !== undefined && { evidence }),
    ...(note !== undefined && { note }),
  };
  const made = await client.call(recordStage, { body });
  output.result({
    lines: () => [
      `✓ ${subject} → ${wordOf(stage, context)}`,
      ...pairLines([
        [say({ zh: "  时间", en: "  at" }), timeOrDash(made.at)],
        [say({ zh: "  记录", en: "  record" }), `${made.seq} ${made.record}`],
        [say({ zh: "  证明文件", en: "  evidence" }), evidence],
      ]),
    ],
    json: { ...made, ...(evidence !== undefined && { evidence }) },
  });
  return EXIT.ok;
}

async function digestOf(given: string, context: Context): Promise<Hex> {
  if (isHex(given, 32)) return given;
  return `0x${createHash("sha256")
    .update(await context.readInput(given))
    .digest("hex")}`;
}
