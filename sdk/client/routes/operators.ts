import { z } from "zod";
import { defineRoute } from "../route.ts";
import { time, uscc } from "./wire.ts";

const tag = "operators 操作员";

/** clerk asks and enters, approver decides, auditor and overseer look, administrator keeps the accounts and the node. */
export const OPERATOR_ROLES = ["clerk", "approver", "auditor", "overseer", "administrator"] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

export const operatorName = z.string().regex(/^[a-z][a-z0-9._-]{1,31}$/);
const displayName = z.string().min(1).max(64);
const roles = z.array(z.enum(OPERATOR_ROLES)).min(1).max(OPERATOR_ROLES.length);
const password = z.string().min(1).max(256);
/** `sub` at the configured OpenID provider. */
const subject = z.string().min(1).max(255);

export const operator = z.strictObject({
  name: operatorName,
  displayName,
  roles,
  disabled: z.boolean(),
  hasPassword: z.boolean(),
  oidcSubject: subject.optional(),
  lockedUntil: time.optional(),
  createdAt: time,
});
export type OperatorView = z.infer<typeof operator>;

export const listOperators = defineRoute({
  id: "listOperators",
  method: "get",
  path: "/v1/operators",
  tag,
  summary: { zh: "本部门的操作员账号", en: "The department's operator accounts" },
  access: "own",
  response: { kind: "json", schema: z.strictObject({ operators: z.array(operator) }) },
});

export const createOperator = defineRoute({
  id: "createOperator",
  method: "post",
  path: "/v1/operators",
  tag,
  summary: { zh: "新增操作员", en: "Add an operator" },
  access: "own",
  body: {
    kind: "json",
    schema: z.strictObject({
      name: operatorName,
      displayName,
      roles,
      password: password.optional(),
      oidcSubject: subject.optional(),
    }),
  },
  response: { kind: "json", schema: operator },
  problems: ["operator.exists", "operator.password-weak"],
});

export const updateOperator = defineRoute({
  id: "updateOperator",
  method: "post",
  path: "/v1/operators/:name",
  tag,
  summary: {
    zh: "修改操作员:角色、停用、解锁、重设口令",
    en: "Change an operator: roles, disable, unlock, new password",
  },
  access: "own",
  params: z.strictObject({ name: operatorName }),
  body: {
    kind: "json",
    schema: z.strictObject({
      displayName: displayName.optional(),
      roles: roles.optional(),
      disabled: z.boolean().optional(),
      unlock: z.literal(true).optional(),
      password: password.optional(),
      oidcSubject: subject.optional(),
    }),
  },
  response: { kind: "json", schema: operator },
  problems: ["operator.unknown", "operator.password-weak", "operator.last-administrator"],
});

export const session = z.strictObject({
  operator: z.strictObject({ name: operatorName, displayName, roles }),
  department: z.strictObject({ id: uscc, name: z.string(), role: z.string() }),
  /** To be sent as `x-suyuan-csrf` with whatever changes something. */
  csrf: z.string(),
  /** When the session ends, whatever is done in it. */
  expiresAt: time,
  /** What this operator may do: ids of routes, and of those that need a second person. */
  may: z.array(z.string()),
  mayAsk: z.array(z.string()),
  mayApprove: z.array(z.string()),
});
export type SessionView = z.infer<typeof session>;

export const getSession = defineRoute({
  id: "getSession",
  method: "get",
  path: "/v1/session",
  tag,
  summary: { zh: "当前会话", en: "The session of whoever asks" },
  access: "operator",
  response: { kind: "json", schema: session },
  problems: ["session.missing", "session.expired"],
});

export const changePassword = defineRoute({
  id: "changePassword",
  method: "post",
  path: "/v1/session/password",
  tag,
  summary: { zh: "修改自己的口令", en: "Change one's own password" },
  access: "operator",
  body: { kind: "json", schema: z.strictObject({ old: password, new: password }) },
  response: { kind: "json", schema: z.strictObject({ changed: z.literal(true) }) },
  problems: ["operator.credentials", "operator.password-weak"],
});

export const signInWays = defineRoute({
  id: "signInWays",
  method: "get",
  path: "/v1/sign-in",
  tag,
  summary: { zh: "可用的登录方式", en: "How one can sign in" },
  access: "public",
  response: { kind: "json", schema: z.strictObject({ password: z.boolean(), oidc: z.boolean() }) },
});
