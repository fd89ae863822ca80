import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OUT = join(ROOT, "dist/portal");
const STAMP = "stamp";
/** Everything whose content can change what is built. */
const SOURCES = ["node/portal/vite.config.ts", "node/portal/web/**/*", "sdk/**/*.{ts,json}", "package-lock.json"];
const COMPRESSED = /\.(?:js|css|svg)$/;
const QUALITY = 10;

/** Whether the portal on disk was built from the sources as they are now. */
export const isPortalFresh = (): boolean =>
  existsSync(join(OUT, STAMP)) && readFileSync(join(OUT, STAMP), "utf8") === stampOf();

/**
 * Builds the portal into dist/portal: built aside and moved there whole, so that a node never reads half of one.
 * Resolves with the number of files.
 */
export async function buildPortal(): Promise<number> {
  const stamp = stampOf();
  const { build } = await import("vite");
  const { PARTS } = await import("../../node/portal/vite.config.ts");
  const aside = join(ROOT, "dist", `.portal-${String(process.pid)}`);
  mkdirSync(aside, { recursive: true });
  try {
    for (const part of PARTS) {
      const output = { ...part.build, outDir: aside, emptyOutDir: false };
      await build({ ...part, configFile: false, logLevel: "error", build: output });
    }
    const files = await compressAll(aside);
    writeFileSync(join(aside, STAMP), stamp);
    rmSync(OUT, { recursive: true, force: true });
    renameSync(aside, OUT);
    return files;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

async function compressAll(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const compress = promisify(brotliCompress);
  const params = { [constants.BROTLI_PARAM_QUALITY]: QUALITY };
  await Promise.all(
    files
      .filter((file) => COMPRESSED.test(file))
      .map(async (file) => writeFile(`${file}.br`, await compress(await readFile(file), { params }))),
  );
  return files.length;
}

function stampOf(): string {
  const hash = createHash("sha256");
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: ROOT, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files)
    hash
      .update(`${relative(ROOT, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  return hash.digest("hex");
}
