import type { Command } from "commander";
import type { SuyuanClient } from "../client/client.ts";
import { getAgreement } from "../client/routes/agreements.ts";
import { fromUtf8, type Hex } from "../protocol/bytes.ts";
import type { Context } from "./context.ts";
import { CliError } from "./errors.ts";
import { collect, fieldValue, purposeValue } from "./values.ts";

/** What a consumer asks for under an agreement. */
export interface AskedOptions {
  readonly key?: readonly string[];
  readonly keysFrom?: string;
  readonly field?: readonly string[];
  readonly purpose?: string;
}

export const addAskedOptions = (command: Command, { say }: Context): Command =>
  command
    .option(
      "--key <KEY>",
      say({
        zh: "业务编号(证照编号、决定书文号),可重复",
        en: "business key (certificate number, decision number), repeatable",
      }),
      collect((text) => text),
    )
    .option(
      "--keys-from <FILE>",
      say({ zh: "每行一个业务编号;- 为标准输入", en: "one business key a line; - is standard input" }),
    )
    .option(
      "--field <PATH>",
      say({
        zh: "可选字段,可重复;默认为获准的全部",
        en: "an optional field, repeatable; all that were granted unless told",
      }),
      collect(fieldValue("--field")),
    )
    .option(
      "--purpose <CODE>",
      say({ zh: "用途,默认为申请时的用途", en: "purpose; that of the application unless told" }),
      purposeValue("--purpose"),
    );

/** The business keys of both options. `help` shows how the command is used. Throws CliError `usage.either`, `input.*`. */
export async function askedKeys(
  { key = [], keysFrom }: AskedOptions,
  { context, help }: { readonly context: Context; readonly help: string },
): Promise<string[]> {
  const listed = keysFrom === undefined ? [] : fromUtf8(await context.readInput(keysFrom)).split("\n");
  const keys = [...key, ...listed.map((line) => line.trim()).filter((line) => line !== "")];
  if (keys.length === 0) throw new CliError("usage.either", { name: "--key", other: "--keys-from", try: help });
  return keys;
}

/**
 * Fields and purpose: what was not said is taken from the application, when the node holds its document. Throws CliError
 * `usage.option-missing`.
 */
export async function askedTerms(
  { field, purpose }: AskedOptions,
  { agreement, client, help }: { readonly agreement: Hex; readonly client: SuyuanClient; readonly help: string },
): Promise<{ readonly fields: string[]; readonly purpose: string }> {
  if (field !== undefined && purpose !== undefined) return { fields: [...field], purpose };
  const { application } = await client.call(getAgreement, { params: { id: agreement } });
  const meant = purpose ?? application?.purpose;
  if (meant === undefined) throw new CliError("usage.option-missing", { name: "--purpose", try: help });
  return { fields: [...(field ?? application?.fields ?? [])], purpose: meant };
}
