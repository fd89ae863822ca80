import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** SPDX ids of licences that let a public body use, change and pass on what it runs, without conditions on its own code. */
const ALLOWED: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Python-2.0",
  "Unlicense",
  "WTFPL",
  "Zlib",
]);
/** Allowed in tools that are not passed on with the product. */
const ALLOWED_IN_TOOLS: ReadonlySet<string> = new Set([
  "CC-BY-3.0",
  "CC-BY-4.0",
  "GPL-3.0",
  "LGPL-3.0",
  "MPL-2.0",
  "Artistic-2.0",
]);

export interface Dependency {
  readonly name: string;
  readonly version: string;
  /** As the package says it; "unknown" when it says nothing. */
  readonly licence: string;
  /** Whether the product runs with it. */
  readonly production: boolean;
}

interface LockEntry {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
}

/** Every package of the lock, with the licence that it names itself, in the lock or in its own folder. */
export function licencesOf(root: string): readonly Dependency[] {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, LockEntry>>;
  }; // npm's format.
  const found = new Map<string, Dependency>();
  for (const [path, { version = "", license, dev, link }] of Object.entries(lock.packages)) {
    if (path === "" || link === true) continue;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const licence = license ?? licenceIn(join(root, path)) ?? "unknown";
    const production = dev !== true;
    const known = found.get(`${name}@${version}`);
    found.set(`${name}@${version}`, { name, version, licence, production: production || known?.production === true });
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

function licenceIn(folder: string): string | undefined {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return undefined;
  const { license, licenses } = JSON.parse(readFileSync(path, "utf8")) as {
    readonly license?: string | { readonly type?: string };
    readonly licenses?: readonly { readonly type?: string }[];
  }; // npm's format, old and new.
  return (typeof license === "string" ? license : license?.type) ?? licenses?.[0]?.type;
}

/** `A OR B` needs one that is allowed, `A AND B` both. */
export function judge({ licence, production }: Pick<Dependency, "licence" | "production">): "allowed" | "refused" {
  const isAllowed = (id: string): boolean => {
    // An exception only permits more.
    const plain = id
      .trim()
      .replace(/ WITH .*$/, "")
      .replace(/-(?:only|or-later)$/, "");
    return ALLOWED.has(plain) || (!production && ALLOWED_IN_TOOLS.has(plain));
  };
  const alternatives = licence.replace(/[()]/g, "").split(/ OR /);
  return alternatives.some((alternative) => alternative.split(/ AND /).every(isAllowed)) ? "allowed" : "refused";
}
