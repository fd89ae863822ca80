import { Router, type Request, type Response } from "express";
import { fromUtf8, toBase64Url, utf8 } from "../../../sdk/protocol/bytes.ts";
import { HttpError } from "../../http/errors.ts";
import { notesOf } from "../../http/observe.ts";
import { requestUrl } from "../../http/signature.ts";
import { AccountError } from "../errors.ts";
import type { OperatorGate } from "../gate.ts";
import type { Oidc, OidcAttempt } from "./oidc.ts";
import type { Operators } from "../operators.ts";
import { isHttps, setCookie } from "../routes.ts";
import type { Sessions } from "../sessions.ts";

const START = "/session/oidc";
const CALLBACK = "/session/oidc/callback";
const ATTEMPT_SECONDS = 600;
const SIGN_IN = "/app/sign-in";
const SIGNED_IN = "/app/sharing";

export interface OidcRouteDependencies {
  readonly oidc: Oidc;
  readonly operators: Operators;
  readonly sessions: Sessions;
  readonly gate: OperatorGate;
}

/** Signing in at the OpenID provider. What fails is told on the sign-in page, by its code. */
export function oidcRoutes({ oidc, operators, sessions, gate }: OidcRouteDependencies): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const cookie = `${gate.cookie}_oidc`;
  /** Throws AccountError `session.host`. */
  const addressOf = async (request: Request): Promise<URL> => {
    await gate.requireOwnHost(request);
    const { host, pathname, search } = requestUrl(request);
    return new URL(`${isHttps(request) ? "https" : "http"}://${host}${pathname}${search}`);
  };

  router.get(START, async (request, response) => {
    notesOf(response).route = START;
    await gate.requireOwnPage(request);
    await told(response, async () => {
      const { url, attempt } = await oidc.begin(new URL(CALLBACK, await addressOf(request)).href);
      // Lax: the provider's page leads back here. It holds nothing that opens a session without the provider's answer.
      response.cookie(cookie, toBase64Url(utf8(JSON.stringify(attempt))), {
        ...{ httpOnly: true, sameSite: "lax", secure: isHttps(request), path: START },
        maxAge: ATTEMPT_SECONDS * 1000,
      });
      response.redirect(303, url.href);
    });
  });

  router.get(CALLBACK, async (request, response) => {
    notesOf(response).route = CALLBACK;
    const address = await addressOf(request);
    const attempt = attemptOf(gate.cookieOf(request, cookie));
    response.clearCookie(cookie, { path: START });
    await told(response, async () => {
      if (attempt === undefined) throw new AccountError("oidc.refused");
      const subject = await oidc.finish(address, attempt);
      const name = await operators.findByOidcSubject(subject);
      if (name === undefined) throw new AccountError("oidc.no-account");
      const value = await sessions.open(name, await operators.require(name));
      setCookie(request, response, { name: gate.cookie, value });
      response.redirect(303, SIGNED_IN);
    });
  });
  return router;
}

async function told(response: Response, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AccountError) && !(error instanceof HttpError)) throw error;
    response.redirect(303, `${SIGN_IN}?problem=${error.code}`);
  }
}

function attemptOf(value: string | undefined): OidcAttempt | undefined {
  if (value === undefined) return undefined;
  try {
    const { state, nonce, verifier } = JSON.parse(fromUtf8(Buffer.from(value, "base64url"))) as Partial<OidcAttempt>; // Looked at next.
    if (typeof state !== "string" || typeof nonce !== "string" || typeof verifier !== "string") return undefined;
    return { state, nonce, verifier };
  } catch {
    return undefined; // Refused as a sign-in that was not begun here.
  }
}
