import express, { type ErrorRequestHandler, type Express, type Router } from "express";
import type { ErrorText } from "../sdk/protocol/errors.ts";
import { middleware, type Binding, type BindingDependencies } from "./http/bind.ts";
import { HttpError } from "./http/errors.ts";
import { PAGE_POLICY } from "./http/html.ts";
import { languageOf } from "./http/language.ts";
import type { Metrics } from "./http/metrics.ts";
import { notesOf, observe, securityHeaders } from "./http/observe.ts";
import { openApiDocument } from "./http/openapi.ts";
import { docsPage, problemsPage } from "./http/pages.ts";
import { expectedError, problemOf, sendProblem } from "./http/problems.ts";
import type { Log } from "./ports.ts";

export interface AppOptions {
  readonly bindings: readonly Binding[];
  /** Error texts of every layer, for /problems. */
  readonly catalogues: readonly Readonly<Record<string, ErrorText>>[];
  readonly version: string;
  /** The portal: `/`, `/app`, `/widget` and their files. */
  readonly portal: Router;
}

export interface AppDependencies extends BindingDependencies {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly newRequestId: () => string;
}

/** The HTTP application. It does not listen. */
export function createApp(options: AppOptions, dependencies: AppDependencies): Express {
  const { bindings, catalogues, version, portal } = options;
  const routes = bindings.map(({ definition }) => definition);
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.enable("case sensitive routing");
  app.enable("strict routing");
  app.set("query parser", false);
  app.use(observe(dependencies));
  app.use(securityHeaders(PAGE_POLICY));

  const page = (path: string, type: string, make: () => string) => {
    app.get(path, (_request, response) => {
      notesOf(response).route = path;
      response.type(type).send(make());
    });
  };
  const openApi = JSON.stringify(openApiDocument({ routes, version }));
  const docs = docsPage(routes);
  const problems = problemsPage(catalogues);
  app.use(portal);
  page("/docs", "html", () => docs);
  page("/problems", "html", () => problems);
  page("/openapi.json", "application/json", () => openApi);

  for (const binding of bindings) {
    const { method, path } = binding.definition;
    const serve = middleware(binding, dependencies);
    app[method](path, async (request, response, next) => {
      notesOf(response).route = path;
      await serve(request, response, next);
    });
  }
  app.use(unrouted(routes.map(({ path, method }) => ({ path, method }))));
  app.use(failed(dependencies));
  return app;
}

/** Distinguishes a wrong method from an unknown address. */
function unrouted(routes: readonly { readonly path: string; readonly method: string }[]): express.RequestHandler {
  const known = routes.map(({ path, method }) => ({
    form: new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/:\w+/g, "[^/]+")}$`),
    method: method.toUpperCase(),
  }));
  return (request, response) => {
    const methods = known.filter(({ form }) => form.test(request.path)).map(({ method }) => method);
    if (methods.length === 0) throw new HttpError("http.not-found");
    response.setHeader("Allow", [...new Set(methods)].join(", "));
    throw new HttpError("http.method", { method: methodName(request.method) });
  };
}

/** Node's parser admits known methods only, so this is one of a fixed list. */
const methodName = (method: string): string => method.slice(0, 16);

function failed({ log, metrics }: AppDependencies): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const noted = notesOf(response);
    // The router could not decode a segment of the path.
    const shown = error instanceof URIError ? new HttpError("http.target", {}, error) : error;
    const language = languageOf(request.headers["accept-language"]);
    const problem = problemOf({ error: shown, language, requestId: noted.requestId });
    noted.code = problem.code;
    metrics.problem(problem.code);
    if (expectedError(shown) === undefined)
      log.error({ requestId: noted.requestId, route: noted.route, ...failure(shown) }, "unexpected failure");
    if (response.headersSent) {
      // A stream that has begun can only be cut: the caller sees that it is not whole.
      response.destroy();
      return;
    }
    sendProblem(response, problem, language);
  };
}

/** Names and places of an unexpected error. Not its message: that may quote what was being handled. */
function failure(error: unknown): object {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const cause = error.cause instanceof Error ? { cause: failure(error.cause) } : {};
  const code = "code" in error && typeof error.code === "string" ? { errorCode: error.code } : {};
  return { error: error.name, ...code, frames: frames.slice(0, 12).map((line) => line.trim()), ...cause };
}
