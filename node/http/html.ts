import { createHash } from "node:crypto";

/** Text in HTML: everything that could be markup is escaped. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const STYLE = `
:root{color-scheme:light dark;--line:#8886}
body{font:16px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:72rem;margin:0 auto;padding:1.5rem}
code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;border-bottom:1px solid var(--line);padding:.4rem .6rem}
section{border:1px solid var(--line);border-radius:.4rem;padding:.2rem 1rem;margin:1rem 0}
.method{font-weight:700}.quiet{opacity:.75}
`;

/** What a page may load: its own inline style, by digest, and nothing else. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export interface PageOptions {
  readonly title: string;
  /** HTML; its parts are escaped by whoever wrote them. */
  readonly body: string;
}

export const page = ({ title, body }: PageOptions): string =>
  `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>${body}</body></html>\n`;
