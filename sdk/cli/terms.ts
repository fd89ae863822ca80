import type { Command } from "commander";
import type { ApplicationTerms } from "../client/routes/agreements.ts";
import type { Context } from "./context.ts";
import { collect, fieldValue, integerValue, purposeValue, timeValue } from "./values.ts";

/** The options that say what an application asks for. */
export interface TermsOptions {
  readonly purpose: string;
  readonly field?: readonly string[];
  readonly validFrom?: number;
  readonly validUntil: number;
  readonly uses: number;
  readonly matter?: string;
  readonly basis?: string;
  readonly scenario?: string;
}

export const addTermsOptions = (command: Command, { say }: Context): Command =>
  command
    .requiredOption(
      "--purpose <CODE>",
      say({ zh: "用途,如 bid-qualification-review", en: "purpose, such as bid-qualification-review" }),
      purposeValue("--purpose"),
    )
    .option(
      "--field <PATH>",
      say({
        zh: '可选字段,可重复;如 extendInfo.businessLicence.businessScope 或 ["holder","name"]。必需字段总在其中',
        en: 'an optional field, repeatable; such as extendInfo.businessLicence.businessScope or ["holder","name"]. Required ones always belong to it',
      }),
      collect(fieldValue("--field")),
    )
    .requiredOption(
      "--valid-until <TIME>",
      say({ zh: "期限止(不含)", en: "end of the period (exclusive)" }),
      timeValue("--valid-until"),
    )
    .option(
      "--valid-from <TIME>",
      say({ zh: "期限起,默认现在", en: "start of the period, now unless told" }),
      timeValue("--valid-from"),
    )
    .requiredOption(
      "--uses <N>",
      say({ zh: "最多交付次数", en: "how many deliveries at most" }),
      integerValue("--uses", { minimum: 1, maximum: 2 ** 32 - 1 }),
    )
    .option("--matter <TEXT>", say({ zh: "办理的事项", en: "the matter it is needed for" }))
    .option("--basis <TEXT>", say({ zh: "依据", en: "the legal basis" }))
    .option("--scenario <TEXT>", say({ zh: "应用场景", en: "how it will be used" }));

/** The terms without texts that were not given. */
export function termsOf(options: TermsOptions, { now }: { readonly now: number }): ApplicationTerms {
  const { purpose, field = [], validFrom = now, validUntil, uses, matter, basis, scenario } = options;
  return {
    purpose,
    fields: [...field],
    ...(matter !== undefined && { matter }),
    ...(basis !== undefined && { basis }),
    ...(scenario !== undefined && { scenario }),
    validFrom,
    validUntil,
    maximumUses: uses,
  };
}
