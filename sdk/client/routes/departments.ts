import { z } from "zod";
import { defineRoute } from "../route.ts";
import { DISCLOSED_SECONDS, hash, reasonCode, transaction, uscc } from "./wire.ts";

const tag = "departments 部门";

export const ROLES = ["department", "authority", "oversight"] as const;
export const LEVELS = ["province", "city", "county", "township"] as const;

const key = z.strictObject({
  index: z.int().min(0),
  algorithm: z.string(),
  material: hash,
  validFrom: z.int().min(0),
  validUntil: z.int().min(0).optional(),
  distrustedSince: z.int().min(0).optional(),
});

export const department = z.strictObject({
  id: uscc,
  name: z.string(),
  role: z.string(),
  level: z.string(),
  region: z.int().min(0),
  status: z.string(),
  endpoint: z.string(),
  admittedAt: z.int().min(0),
});

export const listDepartments = defineRoute({
  id: "listDepartments",
  method: "get",
  path: "/v1/departments",
  tag,
  summary: { zh: "账本上的部门", en: "The departments of the ledger" },
  access: "public",
  cacheSeconds: DISCLOSED_SECONDS,
  response: { kind: "json", schema: z.strictObject({ departments: z.array(department) }) },
});

export const getDepartment = defineRoute({
  id: "getDepartment",
  method: "get",
  path: "/v1/departments/:id",
  tag,
  summary: { zh: "一个部门及其密钥", en: "One department and its keys" },
  access: "public",
  cacheSeconds: DISCLOSED_SECONDS,
  params: z.strictObject({ id: uscc }),
  response: { kind: "json", schema: department.extend({ keys: z.array(key) }) },
  problems: ["department.unknown"],
});

export const admitDepartment = defineRoute({
  id: "admitDepartment",
  method: "post",
  path: "/v1/departments",
  tag,
  summary: { zh: "接入部门(仅数据主管部门的节点)", en: "Admit a department (on the authority's node)" },
  access: "own",
  body: {
    kind: "json",
    schema: z.strictObject({
      id: uscc,
      name: z.string().min(1).max(200),
      role: z.enum(ROLES),
      level: z.enum(LEVELS),
      region: z.int().min(100_000).max(999_999),
      parent: uscc.optional(),
      endpoint: z.url({ protocol: /^https?$/ }).max(200),
      account: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
      exchangeKey: hash,
    }),
  },
  response: { kind: "json", schema: transaction },
});

export const setDepartmentStatus = defineRoute({
  id: "setDepartmentStatus",
  method: "post",
  path: "/v1/departments/:id/status",
  tag,
  summary: { zh: "暂停、恢复或撤销部门(仅数据主管部门)", en: "Suspend, resume or dissolve a department (authority)" },
  access: "own",
  params: z.strictObject({ id: uscc }),
  body: {
    kind: "json",
    schema: z.strictObject({ status: z.enum(["active", "suspended", "dissolved"]), reason: reasonCode }),
  },
  response: { kind: "json", schema: transaction },
});
