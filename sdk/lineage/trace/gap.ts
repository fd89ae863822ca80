import { ClientError } from "../../client/errors.ts";
import { ProblemError } from "../../client/problem-error.ts";
import { CodedError } from "../../protocol/errors.ts";
import type { GapCode } from "./types.ts";

/** Why a department's node told nothing. */
export interface GapReason {
  readonly code: GapCode;
  readonly detail?: string;
}

const INVALID = new Set(["client.response-invalid", "client.response-too-large"]);

/**
 * What an error of a call to another department's node means for the trace; undefined for one that is no outage of that
 * node: a programming mistake, or an interruption by the caller.
 */
export function gapOf(error: unknown): GapReason | undefined {
  if (error instanceof NoEndpoint) return { code: "gap.no-endpoint" };
  if (error instanceof ProblemError) return { code: "gap.refused", detail: error.problem.code };
  if (error instanceof ClientError) {
    if (INVALID.has(error.code)) return { code: "gap.invalid", detail: error.code };
    return { code: "gap.unreachable", detail: error.code };
  }
  // A node asks others through its own guarded calls, whose errors are coded too.
  if (error instanceof CodedError && /^(?:peer|department|chain)\./.test(String(error.code)))
    return { code: error.code === "peer.refused" ? "gap.refused" : "gap.unreachable", detail: String(error.code) };
  return undefined;
}

/** The registry names no address at which the department's node could be asked. */
export class NoEndpoint extends Error {
  constructor() {
    super("no endpoint");
    this.name = "NoEndpoint";
  }
}
