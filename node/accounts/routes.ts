import { Router, type Request, type Response } from "express";
import { z } from "zod";
import { askApproval, decideApproval, listApprovals } from "../../sdk/client/routes/approvals.ts";
import * as routes from "../../sdk/client/routes/operators.ts";
import { parseJsonBytes } from "../../sdk/protocol/json.ts";
import { bind, parsePart, type Binding } from "../http/bind.ts";
import { readBody } from "../http/bodies.ts";
import { HttpError } from "../http/errors.ts";
import { notesOf } from "../http/observe.ts";
import { operatorOf, type Approvals } from "./approvals.ts";
import type { OperatorGate } from "./gate.ts";
import type { Operators } from "./operators.ts";
import { rightsOf } from "./rights.ts";
import { LONGEST_SECONDS, type Sessions } from "./sessions.ts";

const MAXIMUM_SIGN_IN_BYTES = 4096;

export interface AccountRouteDependencies {
  readonly operators: Operators;
  readonly sessions: Sessions;
  readonly approvals: Approvals;
  readonly gate: OperatorGate;
  readonly identity: () => Promise<{ readonly id: string; readonly name: string; readonly role: string }>;
  readonly hasOidc: boolean;
}

export function accountBindings(dependencies: AccountRouteDependencies): Binding[] {
  const { operators, approvals, identity, hasOidc } = dependencies;
  return [
    bind(routes.signInWays, () => Promise.resolve({ password: true, oidc: hasOidc })),
    bind(routes.getSession, async ({ caller }) => {
      const { name, displayName, roles, csrf, expiresAt } = operatorOf(caller);
      const department = await identity();
      return {
        operator: { name, displayName, roles: [...roles] },
        department: { id: department.id, name: department.name, role: department.role },
        csrf,
        expiresAt,
        ...rightsOf(roles),
      };
    }),
    bind(routes.changePassword, async ({ caller, body }) => {
      await operators.changePassword(operatorOf(caller).name, { old: body.old, fresh: body.new });
      return { changed: true } as const;
    }),
    bind(routes.listOperators, async () => ({ operators: await operators.list() })),
    bind(routes.createOperator, ({ body }) => operators.create(body)),
    bind(routes.updateOperator, ({ params, body }) => operators.update(params.name, body)),
    bind(askApproval, ({ body, caller }) => approvals.ask(body, caller)),
    bind(listApprovals, async ({ query }) => ({ approvals: await approvals.list(query) })),
    bind(decideApproval, ({ params, body, caller, language, signal }) =>
      approvals.decide(params.id, body, { caller, language, signal }),
    ),
  ];
}

const credentials = z.strictObject({ name: z.string().max(64), password: z.string().max(256) });

/** Signing in and out: what sets a cookie. */
export function signInRoutes({ operators, sessions, gate }: AccountRouteDependencies): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.post("/session", async (request, response) => {
    notesOf(response).route = "/session";
    await gate.requireOwnPage(request);
    if (!/^application\/json\b/i.test(request.headers["content-type"] ?? ""))
      throw new HttpError("http.content-type", { expected: "application/json" });
    const bytes = await readBody(request, MAXIMUM_SIGN_IN_BYTES);
    const { name, password } = parsePart("body", credentials, parseJsonBytes(bytes)) as z.infer<typeof credentials>; // Parsed by it.
    const operator = await operators.signIn(name, password);
    setCookie(request, response, { name: gate.cookie, value: await sessions.open(name, operator) });
    response.status(204).end();
  });
  router.post("/session/end", async (request, response) => {
    notesOf(response).route = "/session/end";
    await gate.requireOwnPage(request);
    const token = gate.tokenOf(request);
    if (token !== undefined) await sessions.end(token);
    response.clearCookie(gate.cookie, { path: "/" });
    response.status(204).end();
  });
  return router;
}

/** Behind a proxy that ends TLS; the header only ever makes a cookie stricter. */
export const isHttps = (request: Request): boolean => request.headers["x-forwarded-proto"] === "https";

export function setCookie(
  request: Request,
  response: Response,
  { name, value }: { readonly name: string; readonly value: string },
): void {
  response.cookie(name, value, {
    httpOnly: true,
    sameSite: "strict",
    secure: isHttps(request),
    path: "/",
    maxAge: LONGEST_SECONDS * 1000,
  });
}
