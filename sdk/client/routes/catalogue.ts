import { z } from "zod";
import { defineRoute } from "../route.ts";
import {
  DISCLOSED_SECONDS,
  FIXED_SECONDS,
  hash,
  idParams,
  jsonObject,
  reasonCode,
  transaction,
  uscc,
  words,
} from "./wire.ts";

const tag = "catalogue 资源目录";

export const SHARE_CLASSES = ["unconditional", "conditional", "not-shared"] as const;

const terms = z.strictObject({
  version: z.int().min(1),
  state: z.string(),
  shareClass: z.string(),
  level: z.int().min(1).max(4),
  personal: z.boolean(),
  schema: hash,
  metadata: hash,
  legalBasis: hash,
  updateCycleDays: z.int().min(0),
  retentionDays: z.int().min(0),
});

export const resource = z.strictObject({
  id: hash,
  scope: hash,
  provider: uscc,
  code: z.string(),
  name: z.string(),
  state: z.string(),
  /** The version in force, 0 before the first publication. */
  version: z.int().min(0),
  latest: z.int().min(0),
});
export type ResourceView = z.infer<typeof resource>;

/** The thirteen core items of a resource's description in the catalogue. */
export const metadata = z.strictObject({
  name: words,
  code: z.string().min(1).max(64),
  provider: words,
  providerCode: uscc,
  summary: words,
  format: words,
  items: z
    .array(z.strictObject({ name: words, path: z.string().min(1).max(512), type: words }))
    .min(1)
    .max(512),
  shareClass: z.enum(SHARE_CLASSES),
  shareCondition: z.string().max(1000),
  shareMethod: words,
  openness: words,
  updateCycle: words,
  publishedOn: z.iso.date(),
});
export type Metadata = z.infer<typeof metadata>;

export const listResources = defineRoute({
  id: "listResources",
  method: "get",
  path: "/v1/resources",
  tag,
  summary: { zh: "账本上的资源", en: "The resources of the ledger" },
  access: "public",
  cacheSeconds: DISCLOSED_SECONDS,
  query: z.strictObject({
    provider: uscc.optional(),
    state: z.string().max(16).optional(),
    /** Words that must all occur in names, code or, where this node has it, the description; without regard to case. */
    search: z.string().min(1).max(200).optional(),
  }),
  response: { kind: "json", schema: z.strictObject({ resources: z.array(resource) }) },
});

export const getResource = defineRoute({
  id: "getResource",
  method: "get",
  path: "/v1/resources/:id",
  tag,
  summary: { zh: "一个资源及其各版本", en: "One resource with its versions" },
  access: "public",
  cacheSeconds: DISCLOSED_SECONDS,
  params: idParams,
  response: { kind: "json", schema: resource.extend({ versions: z.array(terms) }) },
  problems: ["resource.unknown"],
});

export const getSchema = defineRoute({
  id: "getSchema",
  method: "get",
  path: "/v1/schemas/:digest",
  tag,
  summary: { zh: "按摘要取数据模式", en: "A schema by its digest" },
  access: "public",
  cacheSeconds: FIXED_SECONDS,
  params: z.strictObject({ digest: hash }),
  response: { kind: "json", schema: jsonObject },
  problems: ["document.unknown"],
});

export const getDocument = defineRoute({
  id: "getDocument",
  method: "get",
  path: "/v1/documents/:digest",
  tag,
  summary: { zh: "按摘要取目录文档", en: "A document of the catalogue by its digest" },
  access: "public",
  cacheSeconds: FIXED_SECONDS,
  params: z.strictObject({ digest: hash }),
  response: { kind: "json", schema: jsonObject },
  problems: ["document.unknown"],
});

export const describeResource = defineRoute({
  id: "describeResource",
  method: "get",
  path: "/v1/resources/:id/description",
  tag,
  summary: {
    zh: "资源的说明与数据模式;本节点没有时向提供方索取并核对摘要",
    en: "A resource's description and schema, asked of the provider and held against their digests if not here",
  },
  access: "own",
  params: idParams,
  response: { kind: "json", schema: z.strictObject({ metadata: jsonObject, schema: jsonObject }) },
  problems: ["resource.unknown", "document.unknown", "document.damaged", "peer.unreachable"],
});

export const proposeResource = defineRoute({
  id: "proposeResource",
  method: "post",
  path: "/v1/resources",
  tag,
  summary: { zh: "编目:提出资源或其新版本", en: "Propose a resource, or its next version" },
  access: "own",
  body: {
    kind: "json",
    schema: z.strictObject({
      code: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/),
      name: z.string().min(1).max(200),
      /** A family that the node knows: `ecertificate/1`. */
      family: z.string().max(64),
      shareClass: z.enum(SHARE_CLASSES),
      level: z.int().min(1).max(4),
      personal: z.boolean(),
      metadata,
      legalBasis: jsonObject.optional(),
      updateCycleDays: z.int().min(0).max(36_500),
      retentionDays: z.int().min(1).max(36_500),
    }),
  },
  response: {
    kind: "json",
    schema: transaction.extend({ id: hash, scope: hash, version: z.int().min(1), schema: hash, metadata: hash }),
  },
  problems: ["family.unknown"],
});

const versionBody = z.strictObject({ version: z.int().min(1) });

export const reviewResource = defineRoute({
  id: "reviewResource",
  method: "post",
  path: "/v1/resources/:id/review",
  tag,
  summary: { zh: "审核(同级同区域的数据主管部门)", en: "Review (the authority of the same level and region)" },
  access: "own",
  params: idParams,
  body: { kind: "json", schema: versionBody.extend({ approve: z.boolean(), reason: words.optional() }) },
  response: { kind: "json", schema: transaction },
  problems: ["chain.revert"],
});

export const publishResource = defineRoute({
  id: "publishResource",
  method: "post",
  path: "/v1/resources/:id/publish",
  tag,
  summary: { zh: "发布已审核的版本", en: "Publish an approved version" },
  access: "own",
  params: idParams,
  body: { kind: "json", schema: versionBody },
  response: { kind: "json", schema: transaction.extend({ scope: hash }) },
  problems: ["chain.revert"],
});

export const withdrawResource = defineRoute({
  id: "withdrawResource",
  method: "post",
  path: "/v1/resources/:id/withdraw",
  tag,
  summary: { zh: "停止共享", en: "End the sharing of a resource" },
  access: "own",
  params: idParams,
  body: { kind: "json", schema: z.strictObject({ reason: reasonCode }) },
  response: { kind: "json", schema: transaction },
  problems: ["chain.revert"],
});
