import type { ErrorText } from "../../sdk/protocol/errors.ts";
import type { Words } from "../../sdk/client/route.ts";
import type { RouteDefinition } from "../../sdk/client/route.ts";
import { escapeHtml, page } from "./html.ts";
import { statusOf } from "./status.ts";

const both = ({ zh, en }: Words): string =>
  `${escapeHtml(zh)}<br><span class="quiet" lang="en">${escapeHtml(en)}</span>`;

const ACCESS: Readonly<Record<RouteDefinition["access"], Words>> = {
  public: { zh: "公开,无需签名", en: "Public, no signature" },
  department: { zh: "任一有效部门,需签名", en: "Any active department, signed" },
  own: { zh: "本节点所属部门,需签名", en: "The node's own department, signed" },
  oversight: { zh: "监督部门,需签名", en: "Oversight, signed" },
  operator: { zh: "本部门已登录的操作员", en: "A signed-in operator of the department" },
};

/** Every route for a reader; the machine's form is /openapi.json. */
export function docsPage(routes: readonly RouteDefinition[]): string {
  const tags = [...new Set(routes.map((route) => route.tag))];
  const sections = tags.map((tag) => {
    const items = routes.filter((route) => route.tag === tag).map(routeSection);
    return `<h2>${escapeHtml(tag)}</h2>${items.join("")}`;
  });
  return page({
    title: "Suyuan 溯源 · 接口 API",
    body: `<h1>接口 API</h1><p>${both({
      zh: "需签名的接口使用 RFC 9421 报文签名与 RFC 9530 Content-Digest,密钥为登记簿中的 Ed25519 密钥。",
      en: "Signed routes take RFC 9421 signatures with an RFC 9530 Content-Digest and an Ed25519 key of the registry.",
    })}</p><p><a href="/openapi.json">openapi.json</a> · <a href="/problems">错误码 problems</a> · <a href="/">首页 home</a></p>${sections.join("")}`,
  });
}

function routeSection(route: RouteDefinition): string {
  const problems =
    route.problems?.map((code) => `<a href="/problems#${escapeHtml(code)}"><code>${escapeHtml(code)}</code></a>`) ?? [];
  return (
    `<section id="${escapeHtml(route.id)}"><h3><code><span class="method">${route.method.toUpperCase()}</span> ${escapeHtml(route.path)}</code></h3>` +
    `<p>${both(route.summary)}</p><p>${both(ACCESS[route.access])}</p>` +
    (problems.length > 0 ? `<p class="quiet">${problems.join(" · ")}</p>` : "") +
    `</section>`
  );
}

/** Every code that a node answers with: status, why, and what to do. */
export function problemsPage(catalogues: readonly Readonly<Record<string, ErrorText>>[]): string {
  const rows = catalogues
    .flatMap((catalogue) => Object.entries(catalogue))
    .map(([code, { zh, en, remedy }]) => ({ code, zh, en, remedy, status: statusOf(code) }))
    .filter(({ status }) => status !== undefined)
    .map(
      ({ code, zh, en, remedy, status }) =>
        `<tr id="${escapeHtml(code)}"><td><code>${escapeHtml(code)}</code></td><td>${status}</td><td>${both({ zh, en })}</td><td>${both(remedy)}</td></tr>`,
    );
  return page({
    title: "Suyuan 溯源 · 错误码 problems",
    body: `<h1>错误码 Problems</h1><p><a href="/docs">接口 API</a></p><table><thead><tr><th>code</th><th>HTTP</th><th>原因 why</th><th>办法 what to do</th></tr></thead><tbody>${rows.join("")}</tbody></table>`,
  });
}
