import type { Command } from "commander";
import { createHash } from "node:crypto";
import type { SuyuanClient } from "../../client/client.ts";
import { recordActivity } from "../../client/routes/lineage-activities.ts";
import { resourceUse } from "../../client/routes/lineage-use.ts";
import { getEvidence } from "../../client/routes/records.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { canonicalize } from "../../protocol/canonical.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../errors.ts";
import { writePrivate } from "../files.ts";
import { teach } from "../help.ts";
import { hashValue, integerValue, timeValue } from "../values.ts";
import { listLines, pairLines, timeOrDash } from "../views.ts";

const DAY_SECONDS = 86_400;
const COLD_DAYS = 180;

interface UseOptions extends ConnectionOptions {
  readonly before?: number;
  readonly maximumUses?: number;
  readonly archive?: string;
}

/** `resource use`: how much a resource is used, which of its records are cold, and an archive of those. */
export function registerUse(group: Command, context: Context): void {
  const { say } = context;
  const command = group
    .command("use")
    .description(
      say({
        zh: "一个资源的使用情况与冷数据名单(久未交付、也未据以产生新数据的记录);可把它们的存证归档",
        en: "How much a resource is used, and its cold records (long neither delivered nor made anything of); their evidence can be archived",
      }),
    )
    .argument("<id>", say({ zh: "资源 ID", en: "id of the resource" }), hashValue("id"))
    .option(
      "--before <TIME>",
      say({
        zh: `该时刻以来既未出具也未使用的记录为冷数据;默认 ${COLD_DAYS} 天前`,
        en: `cold is what was neither issued nor used since; ${COLD_DAYS} days ago by default`,
      }),
      timeValue("--before"),
    )
    .option(
      "--maximum-uses <N>",
      say({ zh: "使用次数不超过 N 的才列入", en: "list only records used no more than N times" }),
      integerValue("--maximum-uses"),
    )
    .option(
      "--archive <FILE>",
      say({
        zh: "把名单上记录的完整存证写入文件(每行一份,自身可核对;含个人信息者无交付授权,不得交给他人),并登记为一项归档活动",
        en: "write the complete evidence of the records listed into a file, one a line, each provable by itself (personal data among it is authorized for nobody else), and record the archiving as an activity",
      }),
    );
  addConnectionOptions(command, context).action(
    context.action((id: Hex, options: UseOptions) => use(id, options, context)),
  );
  teach(command, context, {
    examples: [
      { line: "resource use 0x…", words: { zh: "半年未用的记录:", en: "Records that nobody used for half a year:" } },
      {
        line: "resource use 0x… --before 2025-01-01 --maximum-uses 0 --archive cold.ndjson",
        words: {
          zh: "归档从未使用过的旧记录(之后可用 suyuan destroy 由两人签名销毁):",
          en: "Archive old records that were never used; suyuan destroy, signed by two, may follow:",
        },
      },
    ],
  });
}

async function use(id: Hex, options: UseOptions, context: Context): Promise<ExitCode> {
  const { say, output } = context;
  const before = options.before ?? context.now() - COLD_DAYS * DAY_SECONDS;
  const client = await connect(options, context);
  const found = await allPages({ id, before, maximumUses: options.maximumUses }, client);
  const { cold, ...total } = found;
  const archived =
    options.archive === undefined || cold.length === 0
      ? undefined
      : await archive({ id, found, path: options.archive }, { client, context });
  output.result({
    lines: () => [
      ...pairLines([
        [say({ zh: "记录", en: "records" }), String(total.records)],
        [say({ zh: "内容仍在", en: "content kept" }), String(total.kept)],
        [say({ zh: "使用过的记录", en: "records used" }), String(total.used)],
        [say({ zh: "使用次数", en: "uses" }), String(total.uses)],
        [say({ zh: "冷数据", en: "cold records" }), String(cold.length)],
      ]),
      ...listLines({
        headings: [
          say({ zh: "编号", en: "number" }),
          say({ zh: "出具", en: "issued" }),
          say({ zh: "最近使用", en: "last used" }),
          say({ zh: "交付", en: "delivered" }),
          say({ zh: "产生", en: "derived" }),
          say({ zh: "记录", en: "record" }),
        ],
        rows: cold.map(({ seq, record, issuedAt, lastUsedAt, deliveries, derived }) => [
          ...[String(seq), timeOrDash(issuedAt), timeOrDash(lastUsedAt)],
          ...[String(deliveries), String(derived), record],
        ]),
        none: say({ zh: "没有冷数据", en: "Nothing is cold" }),
      }),
      ...(archived === undefined
        ? []
        : [
            say({
              zh: `✓ ${archived.records} 份存证已归档至 ${archived.path},摘要 ${archived.digest}`,
              en: `✓ The evidence of ${archived.records} records is archived in ${archived.path}, digest ${archived.digest}`,
            }),
          ]),
    ],
    json: { resource: id, before, ...total, cold, ...(archived && { archived }) },
  });
  return EXIT.ok;
}

type Found = Awaited<ReturnType<typeof allPages>>;

async function allPages(
  { id, before, maximumUses }: { readonly id: Hex; readonly before: number; readonly maximumUses: number | undefined },
  client: SuyuanClient,
) {
  const query = { before, ...(maximumUses !== undefined && { maximumUses }) };
  let page = await client.call(resourceUse, { params: { id }, query });
  const { scope } = page;
  const total = { scope, records: 0, kept: 0, used: 0, uses: 0, cold: [] as (typeof page)["cold"] };
  for (;;) {
    total.records += page.records;
    total.kept += page.kept;
    total.used += page.used;
    total.uses += page.uses;
    total.cold.push(...page.cold);
    if (page.next === undefined) return total;
    page = await client.call(resourceUse, { params: { id }, query: { ...query, from: page.next } });
  }
}

interface Archiving {
  readonly id: Hex;
  readonly found: Found;
  readonly path: string;
}

/** The file first, then the activity that names its digest: what is recorded as archived exists. */
async function archive(
  { id, found: { scope, cold }, path }: Archiving,
  { client, context }: { readonly client: SuyuanClient; readonly context: Context },
) {
  const lines: string[] = [];
  for (const { seq } of cold)
    lines.push(canonicalize(await client.call(getEvidence, { params: { scope, seq }, query: { parents: "true" } })));
  const text = lines.map((line) => `${line}\n`).join("");
  await writePrivate(path, { text, context });
  const digest: Hex = `0x${createHash("sha256").update(text).digest("hex")}`;
  // It names no record as used: to be put away is no use, and the file says which they are.
  const { record } = await client.call(recordActivity, {
    body: {
      ...{ activity: `archive-${digest.slice(2, 18)}`, name: "archive", state: "complete", endedAt: context.now() },
      inputs: [{ namespace: "resource", name: id }],
      outputs: [{ namespace: "archive", name: id, version: digest }],
    },
  });
  return { path, digest, records: cold.length, activity: record };
}
