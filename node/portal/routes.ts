import { Router, type Response } from "express";
import type { Trust } from "../../sdk/verify/trust.ts";
import { trustJson } from "../../sdk/verify/trust.ts";
import { HttpError } from "../http/errors.ts";
import { page } from "../http/html.ts";
import { notesOf } from "../http/observe.ts";
import { requestUrl } from "../http/signature.ts";
import type { RandomBytes } from "../ports.ts";
import type { Portal, PortalFile } from "./files.ts";
import { contentPolicy } from "./policy.ts";

const NONCE_BYTES = 16;
const YEAR_SECONDS = 365 * 86_400;
/** Assets carry a digest of their content in their name. */
const FOREVER = `public, max-age=${YEAR_SECONDS}, immutable`;

export interface PortalOptions {
  /** What the node itself believes, published for whoever verifies here. */
  readonly trust: Trust;
}

export interface PortalDependencies {
  /** Undefined: it was not built. */
  readonly portal: () => Promise<Portal | undefined>;
  readonly random: RandomBytes;
}

/** The portal's pages and files, and the trust file that the node publishes. */
export function portalRoutes({ trust }: PortalOptions, { portal, random }: PortalDependencies): Router {
  const router = Router({ caseSensitive: true, strict: true });
  let built: Promise<Portal | undefined> | undefined;
  const load = async (): Promise<Portal | undefined> => {
    built ??= portal();
    const found = await built;
    // Looked for again: it may be being built.
    if (found === undefined) built = undefined;
    return found;
  };
  const endpoints = trust.rpc;

  const show = (path: string, { file, ...options }: { file: string; framed?: boolean; styled?: boolean }) =>
    router.get(path, async (request, response) => {
      notesOf(response).route = path;
      const html = (await load())?.files.get(file);
      if (html === undefined) return void response.status(503).type("html").send(NOT_BUILT);
      const nonce = options.styled === true ? Buffer.from(random(NONCE_BYTES)).toString("base64url") : undefined;
      const asked = requestUrl(request).searchParams.getAll("connect");
      const framed = options.framed === true;
      response.set(
        "Content-Security-Policy",
        contentPolicy({ endpoints, asked, framed, ...(nonce !== undefined && { nonce }) }),
      );
      if (framed) response.removeHeader("X-Frame-Options");
      response.set("Permissions-Policy", "camera=(self)");
      response.type("html").send(html.bytes.toString("utf8").replace("%NONCE%", nonce ?? ""));
    });

  show("/", { file: "index.html" });
  show("/widget", { file: "widget.html", framed: true });
  show("/app", { file: "app.html", styled: true });
  show("/app/*path", { file: "app.html", styled: true });
  const published = JSON.stringify(trustJson(trust), undefined, 2);
  router.get("/trust.json", (_request, response) => {
    notesOf(response).route = "/trust.json";
    response.type("application/json").send(`${published}\n`);
  });
  router.get("/assets/:name", async ({ params: { name }, headers }, response) => {
    notesOf(response).route = "/assets/:name";
    const file = (await load())?.files.get(`assets/${name}`);
    if (file === undefined) throw new HttpError("http.not-found");
    sendFile(response, file, acceptsBrotli(headers["accept-encoding"]));
  });
  return router;
}

function sendFile(response: Response, { type, bytes, brotli }: PortalFile, takesBrotli: boolean): void {
  response.set({ "Cache-Control": FOREVER, Vary: "Accept-Encoding" }).type(type);
  if (brotli === undefined || !takesBrotli) return void response.send(bytes);
  response.set("Content-Encoding", "br").send(brotli);
}

const acceptsBrotli = (header: string | string[] | undefined): boolean => /\bbr\b(?!\s*;\s*q=0)/.test(String(header));

const NOT_BUILT = page({
  title: "Suyuan 溯源",
  body:
    `<h1>Suyuan 溯源</h1><p>门户尚未构建:运行 npm start 或 npm run build 后刷新本页。</p>` +
    `<p lang="en">The portal has not been built: run npm start or npm run build, then reload.</p>` +
    `<p><a href="/docs">接口 API</a></p>`,
});
