import type { Language } from "../protocol/errors.ts";
import { parseEvidenceBytes } from "../protocol/evidence.ts";
import { contentOf } from "../verify/content.ts";
import { table } from "./table.ts";

/** What a verified file says. Never shown for a file that was not verified: it would be believed. */
export const contentLines = (evidence: Uint8Array, language: Language): string[] =>
  table(contentOf(parseEvidenceBytes(evidence), language).map(({ title, value }) => [`  ${title}`, value]));
