import { performance } from "node:perf_hooks";
import type { RequestHandler, Response } from "express";
import type { Log } from "../ports.ts";
import type { Metrics } from "./metrics.ts";

const REQUEST_ID = "X-Request-Id";
const UNROUTED = "unrouted";

/** What later steps note about a request for its log line. */
interface Notes {
  requestId: string;
  /** The route's pattern, never the path: a path holds whatever a stranger wrote. */
  route: string;
  keyId?: string;
  code?: string;
}

const notes = new WeakMap<Response, Notes>();

export const notesOf = (response: Response): Notes => {
  const found = notes.get(response);
  if (found) return found;
  const made = { requestId: "", route: UNROUTED };
  notes.set(response, made);
  return made;
};

export interface ObserveDependencies {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly newRequestId: () => string;
}

/** Numbers every request, and when it is answered writes one line about it: no path, no query, no body, no address. */
export const observe = ({ log, metrics, newRequestId }: ObserveDependencies): RequestHandler => {
  return (request, response, next) => {
    const began = performance.now();
    const noted = notesOf(response);
    noted.requestId = newRequestId();
    response.setHeader(REQUEST_ID, noted.requestId);
    response.once("close", () => {
      const durationMs = Math.round(performance.now() - began);
      const { method } = request;
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.answered({ method, route: noted.route, status, durationMs });
      log.info({ ...noted, method, status, durationMs }, "request");
    });
    next();
  };
};

/** Headers of every answer: nothing is cached, framed, sniffed or sent on. */
export const securityHeaders = (policy: string): RequestHandler => {
  return (_request, response, next) => {
    response.set({
      "Cache-Control": "no-store",
      "Content-Security-Policy": policy,
      "Cross-Origin-Resource-Policy": "same-origin",
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
      "X-Frame-Options": "DENY",
    });
    next();
  };
};
