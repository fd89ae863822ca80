import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { RouteDefinition } from "../../sdk/client/route.ts";
import { utf8 } from "../../sdk/protocol/bytes.ts";
import { HttpError } from "../http/errors.ts";
import { requestUrl, type Caller } from "../http/signature.ts";
import { AccountError } from "./errors.ts";
import { standingOf } from "./rights.ts";
import type { OpenSession, Sessions } from "./sessions.ts";

/** Begins what stands for a person where a department's key has its id. */
export const OPERATOR_KEY = "operator/";
export const CSRF_HEADER = "x-suyuan-csrf";

export interface GateDependencies {
  readonly sessions: Sessions;
  readonly isOwnAuthority: (authority: string) => boolean | Promise<boolean>;
  /** The node's department as the registry has it now. */
  readonly identity: () => Promise<{ readonly role: string; readonly status: string }>;
}

/** Requests of people: a session's cookie in place of a department's signature, and no more rights than their roles give. */
export class OperatorGate {
  /** One name a department: cookies do not tell ports apart, and one machine may hold several nodes. */
  readonly cookie: string;
  private readonly department: string;
  private readonly dependencies: GateDependencies;

  constructor({ department }: { readonly department: string }, dependencies: GateDependencies) {
    this.department = department;
    this.cookie = `suyuan_${department}`;
    this.dependencies = dependencies;
  }

  /**
   * Who asks; undefined for a request without a session's cookie. Throws AccountError `session.*`, `operator.role`,
   * `operator.approval`, HttpError `caller.*`.
   */
  async caller(request: IncomingMessage, definition: RouteDefinition): Promise<Caller | undefined> {
    const token = this.tokenOf(request);
    if (token === undefined) return undefined;
    const session = await this.require(request, token);
    const { id, access } = definition;
    const standing = standingOf(id, session.operator.roles);
    if (standing === "denied") throw new AccountError("operator.role", { operation: id });
    if (standing === "needs-approval") throw new AccountError("operator.approval", { operation: id });
    const { department } = this;
    const { role, status } = await this.dependencies.identity();
    if (access !== "operator" && status !== "active") throw new HttpError("caller.not-active", { department });
    const { name, operator, csrf, expiresAt } = session;
    return { department, role, keyId: `${OPERATOR_KEY}${name}`, operator: { name, ...operator, csrf, expiresAt } };
  }

  tokenOf(request: IncomingMessage): string | undefined {
    return this.cookieOf(request, this.cookie);
  }

  cookieOf(request: IncomingMessage, wanted: string): string | undefined {
    for (const part of (request.headers.cookie ?? "").split(";")) {
      const [name, value] = part.trim().split("=", 2);
      if (name === wanted && value !== undefined && value !== "") return value;
    }
    return undefined;
  }

  /** Throws AccountError `session.host`, `session.csrf` for a request that a page of another site made. */
  async requireOwnPage(request: IncomingMessage): Promise<void> {
    await this.requireOwnHost(request);
    const url = requestUrl(request);
    const { origin } = request.headers;
    const site = request.headers["sec-fetch-site"];
    const foreign = origin !== undefined && URL.parse(origin)?.host !== url.host;
    if (foreign || (site !== undefined && site !== "same-origin" && site !== "none"))
      throw new AccountError("session.csrf");
  }

  /** Throws AccountError `session.host` for a name that is not this node's. */
  async requireOwnHost(request: IncomingMessage): Promise<void> {
    if (!(await this.dependencies.isOwnAuthority(requestUrl(request).host))) throw new AccountError("session.host");
  }

  private async require(request: IncomingMessage, token: string): Promise<OpenSession> {
    await this.requireOwnPage(request);
    const session = await this.dependencies.sessions.find(token);
    if (session === undefined) throw new AccountError("session.expired");
    const changes = request.method !== "GET" && request.method !== "HEAD";
    if (changes && !isSame(request.headersDistinct[CSRF_HEADER], session.csrf)) throw new AccountError("session.csrf");
    return session;
  }
}

function isSame(given: readonly string[] | undefined, wanted: string): boolean {
  const [one] = given ?? [];
  if (given?.length !== 1 || one === undefined) return false;
  const [a, b] = [utf8(one), utf8(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
