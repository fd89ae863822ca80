import type { z } from "zod";
import { parseJsonBytes, type Json } from "../protocol/json.ts";
import type { Context } from "./context.ts";
import { CliError, isCoded } from "./errors.ts";

interface Source {
  readonly path: string;
  readonly context: Context;
}

/** A JSON file, read strictly. Throws CliError `input.*`. */
export async function readJson({ path, context }: Source): Promise<Json> {
  const bytes = await context.readInput(path);
  try {
    return parseJsonBytes(bytes);
  } catch (cause) {
    if (!isCoded(cause)) throw cause;
    throw new CliError(
      "input.form",
      { path, expectedZh: ` JSON(${cause.code})`, expectedEn: `JSON (${cause.code})` },
      cause,
    );
  }
}

/** The body of a route from a JSON file. Throws CliError `input.*`; `input.member` names the first member that does not fit. */
export async function readBody<Schema extends z.ZodType>(schema: Schema, source: Source): Promise<z.input<Schema>> {
  const value = await readJson(source);
  const parsed = schema.safeParse(value);
  if (parsed.success) return value as z.input<Schema>; // What the schema has just accepted.
  const [issue] = parsed.error.issues;
  const at = issue?.path.map(String).join(".") ?? "";
  throw new CliError("input.member", { path: source.path, at: at === "" ? "/" : at, rule: issue?.code ?? "" });
}
