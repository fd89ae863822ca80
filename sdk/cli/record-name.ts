import type { Command } from "commander";
import type { Context } from "./context.ts";
import { hashValue, integerValue } from "./values.ts";

/** The two arguments that name a record. */
export const addRecordName = (command: Command, { say }: Context): Command =>
  command
    .argument("<scope>", say({ zh: "范围", en: "the scope" }), hashValue("scope"))
    .argument("<seq>", say({ zh: "编号", en: "its number" }), integerValue("seq", { maximum: 2 ** 40 - 1 }));
