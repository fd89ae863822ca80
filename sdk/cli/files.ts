import { mkdir, open, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { outputError, type Context } from "./context.ts";

/**
 * Writes a file that may hold personal data: readable by its owner only, and whole under its name or not at all.
 * Throws CliError `output.unwritable`.
 */
export async function writePrivate(
  path: string,
  { text, context }: { readonly text: string; readonly context: Context },
) {
  const target = context.resolvePath(path);
  const suffix = Buffer.from(context.world.random(6)).toString("hex");
  const temporary = join(dirname(target), `.${basename(target)}.${suffix}`);
  try {
    await mkdir(dirname(target), { recursive: true });
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (cause) {
    await unlink(temporary).catch(() => undefined);
    throw outputError(path, cause);
  }
}

/** A document as it is kept in a file. */
export const fileText = (document: unknown): string => `${JSON.stringify(document, undefined, 2)}\n`;
