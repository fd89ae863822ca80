import { readSetting, writeSetting } from "../shared/settings.ts";

// Trust: whatever is kept here decides what this browser believes. It is set by the person's own hand only, never by a link.

export interface Chosen {
  /** The text of the trust file, and whose choice it is. */
  readonly trust: { readonly text: string; readonly from: "node" | "own" } | undefined;
  /** Instead of the trust file's own. */
  readonly endpoints: readonly string[] | undefined;
}

/** The node's published trust file unless this person put another in its place. Undefined text: the node did not answer. */
export async function loadChosen(): Promise<Chosen> {
  const own = readSetting("trust");
  const endpoints = readEndpoints();
  if (own !== undefined) return { trust: { text: own, from: "own" }, endpoints };
  const text = await fetch("/trust.json", { redirect: "error" }).then(
    (response) => (response.ok ? response.text() : undefined),
    () => undefined,
  );
  return { trust: text === undefined ? undefined : { text, from: "node" }, endpoints };
}

function readEndpoints(): readonly string[] | undefined {
  const lines = parseEndpoints(readSetting("endpoints") ?? "");
  return lines === undefined || lines.length === 0 ? undefined : lines;
}

/** One http(s) address a line; undefined when a line is none. */
export function parseEndpoints(text: string): readonly string[] | undefined {
  const lines = text
    .split(/\s+/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.every((line) => /^https?:$/.test(URL.parse(line)?.protocol ?? "")) ? lines : undefined;
}

export const keepTrust = (text: string | undefined): boolean => writeSetting("trust", text);
export const keepEndpoints = (endpoints: readonly string[]): boolean =>
  writeSetting("endpoints", endpoints.length === 0 ? undefined : endpoints.join("\n"));

/**
 * The address of this page under a policy that lets the browser connect to these endpoints. It widens what may be
 * reached and chooses nothing: a link cannot make this browser believe another chain.
 */
export function addressFor(endpoints: readonly string[]): string {
  const url = new URL(location.href);
  url.searchParams.delete("connect");
  for (const origin of new Set(endpoints.map((endpoint) => new URL(endpoint).origin)))
    url.searchParams.append("connect", origin);
  return `${url.pathname}${url.search}`;
}
