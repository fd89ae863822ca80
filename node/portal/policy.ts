/** Origins that a person asked to connect to; more are not taken. */
const MAXIMUM_ORIGINS = 16;

export interface PolicyOptions {
  /** Chain endpoints of the node's trust file. */
  readonly endpoints: readonly string[];
  /** Origins that the person chose, from the address. */
  readonly asked?: readonly string[];
  /** For the styles that the component library makes. */
  readonly nonce?: string;
  /** Other sites may show the page in a frame. */
  readonly framed?: boolean;
}

/**
 * What a page of the portal may load: its own files, WebAssembly for the hash functions, and the chain endpoints. The
 * address can widen what may be reached, and nothing else.
 */
export function contentPolicy({ endpoints, asked = [], nonce, framed = false }: PolicyOptions): string {
  const origins = [...endpoints.map(originOf), ...asked.slice(0, MAXIMUM_ORIGINS).map(originOf)];
  const reachable = [...new Set(origins.filter((origin) => origin !== undefined))].join(" ");
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    `style-src 'self'${nonce === undefined ? "" : ` 'nonce-${nonce}'`}`,
    "img-src 'self' data: blob:",
    `connect-src 'self' ${reachable}`.trimEnd(),
    "media-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${framed ? "*" : "'none'"}`,
  ].join("; ");
}

/** An origin as a policy writes it: nothing in it can end the directive. */
function originOf(endpoint: string): string | undefined {
  const url = URL.parse(endpoint);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return undefined;
  return /^https?:\/\/[a-z0-9.:[\]-]+$/.test(url.origin) ? url.origin : undefined;
}
