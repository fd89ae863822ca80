import { chainErrorTexts, type ChainErrorCode } from "../chain/errors.ts";
import { fillText, type ErrorText, type ErrorValues, type Language } from "../protocol/errors.ts";
import { protocolErrorTexts } from "../protocol/protocol-error.ts";
import { chainCheckTexts } from "./codes/chain.ts";
import { fileCheckTexts } from "./codes/file.ts";
import { useCheckTexts } from "./codes/use.ts";
import type { Fixer, FindingText } from "./codes/text.ts";
import { shownValues } from "./words.ts";

/** Every code a check can end with. Codes are stable and never reused; texts may improve. */
export const checkTexts = { ...fileCheckTexts, ...chainCheckTexts, ...useCheckTexts } as const;
export type CheckCode = keyof typeof checkTexts;
export type FindingCode = CheckCode | ChainErrorCode;

export interface FindingWords {
  readonly what: string;
  readonly remedy: string;
  readonly fixer: Fixer;
}

const textOf = (code: FindingCode): FindingText => {
  if (Object.hasOwn(checkTexts, code)) return checkTexts[code as CheckCode]; // An own key of the catalogue.
  return { ...chainErrorTexts[code as ChainErrorCode], fixer: "operator" }; // The union has no other member.
};

/** What a finding says to a person: what is the matter, what to do, and who can do it. */
export function describeFinding(
  { code, values }: { readonly code: FindingCode; readonly values: ErrorValues },
  language: Language,
): FindingWords {
  const text = textOf(code);
  const shown = shownValues(values, language);
  const detail = detailOf(values, language);
  return {
    what: fillText(text[language], { ...shown, ...(detail !== undefined && { detail }) }),
    remedy: fillText(text.remedy[language], shown),
    fixer: text.fixer,
  };
}

/** The protocol's own words for a broken rule, when the values name one. */
function detailOf(values: ErrorValues, language: Language): string | undefined {
  const rule = values["rule"];
  if (typeof rule !== "string" || !Object.hasOwn(protocolErrorTexts, rule)) return undefined;
  const text: ErrorText = protocolErrorTexts[rule as keyof typeof protocolErrorTexts]; // An own key of the catalogue.
  return fillText(text[language], values);
}
