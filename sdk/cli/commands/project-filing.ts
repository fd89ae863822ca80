import type { Command } from "commander";
import { isJsonObject } from "../../protocol/json.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { readJson } from "../json-input.ts";

export interface FilingOptions {
  readonly title: string;
  readonly content?: string;
}

/** For a command that files a document with what it does. */
export const addFilingOptions = (command: Command, { say }: Context): Command =>
  command
    .requiredOption("--title <TEXT>", say({ zh: "文件标题", en: "title of the filing" }))
    .option("--content <FILE>", say({ zh: "结构化的文件内容(JSON)", en: "structured content of the filing (JSON)" }));

/** Throws CliError `input.*`. */
export async function readFiling({ title, content }: FilingOptions, context: Context) {
  if (content === undefined) return { title };
  const document = await readJson({ path: content, context });
  if (!isJsonObject(document))
    throw new CliError("input.form", { path: content, expectedZh: " JSON 对象", expectedEn: "a JSON object" });
  return { title, content: document };
}
