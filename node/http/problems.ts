import type { Response } from "express";
import { isCodedError, type CodedError, type Language } from "../../sdk/protocol/errors.ts";
import type { Problem } from "../../sdk/client/routes/wire.ts";
import { HttpError } from "./errors.ts";
import { statusOf } from "./status.ts";

/** Unless the problem says how long. */
const RETRY_AFTER_SECONDS = 5;

export interface ProblemOptions {
  readonly error: unknown;
  readonly language: Language;
  readonly requestId: string;
}

/** An error as a problem (RFC 9457). Anything without a line in the status table becomes `internal`: its text stays in the process. */
export function problemOf({ error, language, requestId }: ProblemOptions): Problem {
  const known = expectedError(error) ?? new HttpError("internal");
  const detail = known.describe(language);
  const faults =
    known instanceof HttpError && known.faults.length > 0 ? known.faults.map((fault) => ({ ...fault })) : undefined;
  return {
    type: `/problems#${known.code}`,
    title: known.code,
    status: statusOf(known.code) ?? 500,
    detail,
    remedy: known.remedy(language),
    code: known.code,
    values: { ...known.values },
    requestId,
    ...(faults && { faults }),
  };
}

/** The error when it is one that callers are told of. */
export function expectedError(error: unknown): CodedError | undefined {
  if (!isCodedError(error)) return undefined;
  const status = statusOf(error.code);
  return status === undefined || status === 500 ? undefined : error;
}

export function sendProblem(response: Response, problem: Problem, language: Language): void {
  if (problem.status === 503 || problem.status === 429)
    response.setHeader("Retry-After", String(problem.values["seconds"] ?? RETRY_AFTER_SECONDS));
  // A body that was not read must not be taken for the next request of the connection.
  if (!response.req.complete) response.setHeader("Connection", "close");
  response
    .status(problem.status)
    .set("Content-Language", language === "zh" ? "zh-CN" : "en")
    .type("application/problem+json")
    .send(JSON.stringify(problem));
}
