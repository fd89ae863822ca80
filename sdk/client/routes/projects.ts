import { z } from "zod";
import { ISSUE_STATES } from "../../chain/projects.ts";
import { defineRoute } from "../route.ts";
import { DISCLOSED_SECONDS, hash, jsonObject, recordName, sequence, time, uscc } from "./wire.ts";

export const projectsTag = "projects 重大项目";
const tag = projectsTag;
const MAXIMUM_IMPORT_BYTES = 32 * 1024 * 1024;
export const MAXIMUM_BOARD_PAGE = 500;

/** 项目代码, or the identifier of published data. */
export const projectCode = z.string().min(1).max(64).meta({ description: "项目代码 project code" });
const code = projectCode;
export const projectParams = z.strictObject({ code });
export const fen = z.int().min(0).max(Number.MAX_SAFE_INTEGER).meta({ description: "分 hundredths" });
export const ordinal = z
  .int()
  .min(1)
  .max(2 ** 32 - 1);
export const ruleWords = z.strictObject({ zh: z.string(), en: z.string() });
const words = ruleWords;

/** What a rule says, which article, what to check, and the records that show it. */
export const flagView = z.strictObject({
  rule: z.string(),
  kind: z.enum(["hard", "soft"]),
  says: words,
  article: words,
  check: words,
  subject: z.string(),
  actual: z.number().optional(),
  limit: z.number().optional(),
  currency: z.string().optional(),
  excess: z.number().optional(),
  at: time,
  /** `chain`: raised by the ProjectLedger; `records`: from published data; `credit`: from a credit record. */
  source: z.enum(["chain", "records", "credit"]),
  inputs: z.array(z.strictObject({ record: z.int().min(0), path: z.string(), value: z.string() })),
  /** What `inputs` count: each can be had as evidence. */
  records: z.array(recordName),
  /** The flag's own record. */
  flag: recordName.optional(),
  proof: z
    .strictObject({ agreement: hash, k: z.int().min(0), index: z.int().min(0), record: hash, evidence: hash })
    .optional(),
});
export type FlagView = z.infer<typeof flagView>;

const boardEntry = z.strictObject({
  code,
  title: z.string(),
  updated: time,
  releases: z.int().min(0),
  flags: z.int().min(0),
  /** How many of the flags say that a rule is broken; the others are worth a look. */
  hard: z.int().min(0),
});

export const listProjects = defineRoute({
  id: "listProjects",
  method: "get",
  path: "/v1/projects",
  tag,
  summary: { zh: "项目看板", en: "The board of projects" },
  access: "public",
  cacheSeconds: DISCLOSED_SECONDS,
  query: z.strictObject({
    /** The last code of the page before. */
    after: z.string().max(64).optional(),
    limit: z.coerce.number().int().min(1).max(MAXIMUM_BOARD_PAGE).optional(),
  }),
  response: { kind: "json", schema: z.strictObject({ projects: z.array(boardEntry) }) },
});

const releaseView = recordName.extend({
  standard: z.string(),
  identifier: z.string(),
  release: z.string(),
  date: z.string(),
  state: z.string(),
  /** Number of the filing that withdrew it: its evidence stays, nothing is derived from it. */
  withdrawn: sequence.optional(),
});

const filingView = recordName.extend({ step: z.string(), at: time, title: z.string(), state: z.string() });

export const showProject = defineRoute({
  id: "showProject",
  method: "get",
  path: "/v1/projects/:code",
  tag,
  summary: {
    zh: "一个项目的公开信息:阶段与金额(链上)、文件、发布、警示,均可取得存证",
    en: "A project in public: stages and amounts on chain, filings, releases, flags; all with evidence",
  },
  access: "public",
  cacheSeconds: DISCLOSED_SECONDS,
  params: projectParams,
  response: {
    kind: "json",
    schema: z.strictObject({
      code,
      title: z.string(),
      /** What the ProjectLedger holds; absent for a project that is not registered there. */
      chain: jsonObject.optional(),
      releases: z.array(releaseView),
      filings: z.array(filingView),
      flags: z.array(flagView),
    }),
  },
  problems: ["project.unknown"],
});

const issueView = z.strictObject({
  number: z.int().min(1),
  state: z.enum(ISSUE_STATES),
  reporter: z.string(),
  assignee: z.string(),
  reportedAt: time,
  /** 0 until it is assigned. */
  due: z.int().min(0),
  workingDays: z.int().min(0),
  /** Assigned, and not answered in time. */
  isOverdue: z.boolean(),
  /** How often it was handed to the department above. */
  level: z.int().min(0),
  urged: z.int().min(0),
});

export const listProjectIssues = defineRoute({
  id: "listProjectIssues",
  method: "get",
  path: "/v1/projects/:code/issues",
  tag,
  summary: {
    zh: "一个项目的问题:状态、承办、期限、督办与提级",
    en: "A project's issues: state, assignee, deadline, urging",
  },
  access: "public",
  cacheSeconds: DISCLOSED_SECONDS,
  params: projectParams,
  response: { kind: "json", schema: z.strictObject({ issues: z.array(issueView) }) },
});

export const projectEvidence = defineRoute({
  id: "projectEvidence",
  method: "get",
  path: "/v1/projects/:code/evidence/:seq",
  tag,
  summary: {
    zh: "项目文件、发布或警示的存证(任何人可验证)",
    en: "Evidence of a filing, release or flag; anyone can check it",
  },
  access: "public",
  cacheSeconds: DISCLOSED_SECONDS,
  params: projectParams.extend({
    seq: z.coerce
      .number()
      .int()
      .min(0)
      .max(2 ** 40 - 1),
  }),
  response: { kind: "json", schema: jsonObject },
  problems: ["project.unknown", "project.record-unknown", "record.not-final"],
});

export const EXPORT_FORMATS = ["oc4ids", "ocds-releases", "ocds-record"] as const;

export const exportProject = defineRoute({
  id: "exportProject",
  method: "get",
  path: "/v1/projects/:code/export",
  tag,
  summary: {
    zh: "导出:OC4IDS 项目包、OCDS 发布包,或含汇编与版本化发布的记录包;由记录推得",
    en: "Export as an OC4IDS project package, an OCDS release package, or a record package with compiled and versioned releases; derived from the records",
  },
  access: "public",
  cacheSeconds: DISCLOSED_SECONDS,
  params: projectParams,
  query: z.strictObject({ format: z.enum(EXPORT_FORMATS).optional() }),
  response: { kind: "json", schema: jsonObject },
  problems: ["project.unknown", "project.nothing-to-export"],
});

export const importProjects = defineRoute({
  id: "importProjects",
  method: "post",
  path: "/v1/projects/import",
  tag,
  summary: {
    zh: "导入 OC4IDS 项目包、OCDS 发布(包):对照官方架构校验,每个发布成为一条记录",
    en: "Import an OC4IDS project package or OCDS releases: held against the official schemas, each becomes a record",
  },
  access: "own",
  body: {
    kind: "json",
    schema: z.strictObject({
      document: z.unknown(),
      /** The project that OCDS releases belong to; their ocid unless told. */
      project: code.optional(),
    }),
    maximumBytes: MAXIMUM_IMPORT_BYTES,
  },
  response: {
    kind: "json",
    schema: z.strictObject({
      accepted: z.int().min(0),
      duplicates: z.int().min(0),
      projects: z.array(z.strictObject({ code, flags: z.int().min(0) })),
      records: z.array(recordName),
    }),
  },
  problems: ["project.invalid", "ocds.no-release", "ocds.member", "intake.busy"],
});

/** The days on which a contractor must have no penalty. */
export const CREDIT_OCCASIONS = ["bid", "award", "payment"] as const;

export const checkCredit = defineRoute({
  id: "checkCredit",
  method: "post",
  path: "/v1/projects/:code/credit-checks",
  tag,
  summary: {
    zh: "在投标、中标或付款之日核对承包人的信用记录:依授权取得,保存所用证明",
    en: "Check a contractor against the credit records on the day of bid, award or payment, under an agreement; the proof used is kept",
  },
  access: "own",
  params: projectParams,
  body: {
    kind: "json",
    schema: z.strictObject({
      contractor: uscc,
      occasion: z.enum(CREDIT_OCCASIONS),
      /** The day on which it must hold, as a time. */
      at: time,
      agreement: hash,
      /** Decision numbers of the penalties asked for. */
      keys: z.array(z.string().min(1).max(512)).min(1).max(100),
      fields: z.array(z.string().min(3).max(512)).max(256),
      purpose: z.string().min(1).max(64),
    }),
  },
  response: {
    kind: "json",
    schema: z.strictObject({ penalties: z.array(flagView), delivery: z.int().min(0), clear: z.boolean() }),
  },
  problems: ["project.evidence-unusable", "delivery.not-in-force", "agreement.unknown"],
});

/** Cardinal's groups: identifiers, codes, values. */
export const runIndicators = defineRoute({
  id: "runIndicators",
  method: "post",
  path: "/v1/projects/indicators",
  tag,
  summary: {
    zh: "在全部采购过程上计算红旗指标(同 Cardinal)",
    en: "Red-flag indicators over all contracting processes (as Cardinal calculates them)",
  },
  access: "oversight",
  body: { kind: "json", schema: z.strictObject({ settings: z.string().max(100_000).optional() }) },
  response: { kind: "json", schema: jsonObject },
  problems: ["settings.syntax", "settings.unknown", "settings.value"],
});
