import { readFile, readdir } from "node:fs/promises";
import { existsSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** From the sources, and from the built package. */
const FOLDERS = ["../../dist/portal", "../../portal"].map((path) => fileURLToPath(new URL(path, import.meta.url)));

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

export interface PortalFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** The same in Brotli. */
  readonly brotli: Buffer | undefined;
}

export interface Portal {
  /** By path below the folder, `/` between the parts. */
  readonly files: ReadonlyMap<string, PortalFile>;
}

/** Reads a built portal whole: what is served is what was there when it was first asked for. Undefined when there is none. */
export async function readPortal(folder = FOLDERS.find(hasPages)): Promise<Portal | undefined> {
  if (folder === undefined || !hasPages(folder)) return undefined;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && Object.hasOwn(TYPES, extname(entry.name)))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const files = await Promise.all(
    names.map(async (name): Promise<[string, PortalFile]> => {
      const path = join(folder, name);
      const type = TYPES[extname(name)] ?? "";
      const brotli = existsSync(`${path}.br`) ? await readFile(`${path}.br`) : undefined;
      return [name.split(sep).join("/"), { type, bytes: await readFile(path), brotli }];
    }),
  );
  return { files: new Map(files) };
}

function hasPages(folder: string): boolean {
  return existsSync(join(folder, "index.html"));
}
