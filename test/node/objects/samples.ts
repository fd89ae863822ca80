import type { RouteDefinition } from "../../../sdk/client/route.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import type { Json } from "../../../sdk/protocol/json.ts";

/** Names of things that belong to somebody, and a few that nobody has. */
export interface Objects {
  readonly resources: readonly Hex[];
  readonly agreements: readonly Hex[];
  readonly scopes: readonly Hex[];
  readonly documents: readonly Hex[];
  readonly departments: readonly string[];
  readonly numbers: readonly number[];
  /** Bodies that only the right department could have made, as a thief has them. */
  readonly captured: Readonly<Record<string, readonly Json[]>>;
}

export type Pick = <T>(values: readonly T[]) => T;

/** Well-formed parameters of a route, taken from what exists. */
export function pathOf(route: RouteDefinition, objects: Objects, pick: Pick): string {
  const values: Readonly<Record<string, () => string | number>> = {
    id: () => {
      if (route.path.startsWith("/v1/departments/")) return pick(objects.departments);
      return pick(route.path.startsWith("/v1/agreements/") ? objects.agreements : objects.resources);
    },
    agreement: () => pick(objects.agreements),
    scope: () => pick(objects.scopes),
    digest: () => pick(objects.documents),
    seq: () => pick(objects.numbers),
    k: () => pick(objects.numbers),
    index: () => pick(objects.numbers),
    name: () => "someone",
  };
  return route.path.replace(/:(\w+)/g, (_, name: string) => {
    const value = values[name] ?? (() => pick(objects.scopes));
    return String(value());
  });
}

const REASON = { reason: 1 };
const TERMS = {
  purpose: "bid-review",
  fields: ['["scope"]'],
  matter: "无",
  validFrom: 1_772_413_200,
  validUntil: 1_872_413_200,
  maximumUses: 10,
};

/** A body that the route takes, for every route that takes one. A route without a line here fails the test that asks for one. */
const BODIES: Readonly<Record<string, (objects: Objects, pick: Pick) => Json>> = {
  createOperator: () => ({ name: "someone", displayName: "无", roles: ["clerk"] }),
  updateOperator: () => ({ disabled: true }),
  changePassword: () => ({ old: "无", new: "无" }),
  askApproval: () => ({ operation: "changeStatus", params: {}, body: {} }),
  decideApproval: () => ({ approve: true }),
  admitDepartment: () => ({
    id: "11110101DEPT00099X",
    name: "无",
    role: "department",
    level: "county",
    region: 110_101,
    endpoint: "http://127.0.0.1:1",
    account: `0x${"11".repeat(20)}`,
    exchangeKey: `0x${"22".repeat(32)}`,
  }),
  setDepartmentStatus: () => ({ status: "suspended", ...REASON }),
  publishResource: () => ({ version: 1 }),
  reviewResource: () => ({ version: 1, approve: true }),
  withdrawResource: () => REASON,
  changeStatus: () => ({ state: "revoked", ...REASON }),
  findRecord: (_objects, pick) => ({ key: pick(["A-1", "A-2", "A-9"]) }),
  submitRecords: () => ({ number: "A-9", holder: "企业", from: "2026-01-01", until: "长期" }),
  destroyRecord: () => ({ reason: "retention-over", at: 1_772_413_200, approvals: [KEY_SIGNATURE, KEY_SIGNATURE] }),
  answerAgreement: (_objects, pick) =>
    pick<Json>([{ decision: "agree" }, { decision: "refuse", basis: "无" }, { decision: "ask", missing: "无" }]),
  applyForAgreement: (objects, pick) => ({ ...TERMS, resource: pick(objects.resources) }),
  completeAgreement: () => ({}),
  decideExtension: () => ({ grant: true }),
  recordExpiry: () => ({}),
  recordMissedDeadline: (_objects, pick) => ({
    duty: pick(["reply", "supply", "settle-deliveries", "settle-receipts"]),
  }),
  requestExtension: () => ({ workingDays: 5, reason: "无" }),
  reserveDeliveries: () => ({ count: 1 }),
  resumeAgreement: () => ({}),
  revokeAgreement: () => REASON,
  suspendAgreement: () => REASON,
  supplementAgreement: () => TERMS,
  askForDelivery: () => ({ keys: ["A-1"], fields: ['["scope"]'], purpose: "bid-review" }),
  sendApplication: (objects, pick) => pick(objects.captured["sendApplication"] ?? []),
  acknowledgeDelivery: (objects, pick) => pick(objects.captured["acknowledgeDelivery"] ?? []),
  serveDelivery: (objects, pick) => pick(objects.captured["serveDelivery"] ?? []),
};

const KEY_SIGNATURE = { key: "11110101DEPT00099X/1", signature: "A".repeat(86) };

export const hasBody = (route: RouteDefinition): boolean => route.id in BODIES;

export function bodyOf(route: RouteDefinition, objects: Objects, pick: Pick): Json | undefined {
  if (route.body === undefined) return undefined;
  return BODIES[route.id]?.(objects, pick) ?? {};
}
