import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseTrustBytes, type Trust } from "../verify/trust.ts";
import type { Context } from "./context.ts";
import { CliError, isCoded } from "./errors.ts";

const DEFAULT_TRUST = join("data", "trust.json");

/**
 * The trust file: the one named, or the one of SUYUAN_TRUST, or data/trust.json of the folder where the person stands
 * or of the nearest one above; then the same for the folder in which npm runs the command. Whoever can write it decides
 * what is genuine.
 */
function findTrustFile(context: Context, given: string | undefined): string | undefined {
  if (given !== undefined) return context.resolvePath(given);
  const named = context.env["SUYUAN_TRUST"];
  if (named !== undefined && named !== "") return context.resolvePath(named);
  return findAbove(context.folder) ?? findAbove(context.world.cwd);
}

function findAbove(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, DEFAULT_TRUST);
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) return undefined;
  }
}

/** Reads it, if there is one. Throws CliError `input.*`. */
export async function loadTrust(
  context: Context,
  given: string | undefined,
): Promise<{ readonly path: string; readonly trust: Trust } | undefined> {
  const path = findTrustFile(context, given);
  if (path === undefined) return undefined;
  const bytes = await context.readInput(path);
  try {
    return { path, trust: parseTrustBytes(bytes) };
  } catch (cause) {
    if (!isCoded(cause)) throw cause;
    throw new CliError(
      "input.form",
      { path, expectedZh: "信任文件 suyuan/trust/1", expectedEn: "a trust file suyuan/trust/1", rule: cause.code },
      cause,
    );
  }
}

/** As `loadTrust`, for a command that can do nothing without. Throws CliError `usage.option-missing`, `input.*`. */
export async function requireTrust(
  context: Context,
  { trust, command }: { readonly trust: string | undefined; readonly command: string },
): Promise<Trust> {
  const found = await loadTrust(context, trust);
  if (found === undefined)
    throw new CliError("usage.option-missing", { name: "--trust", try: `suyuan ${command} --help` });
  return found.trust;
}
