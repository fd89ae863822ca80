import type { Path } from "../protocol/claims.ts";
import { errorClass } from "../protocol/errors.ts";
import type { ErrorText, ErrorValues } from "../protocol/errors.ts";
import { identifierTexts } from "../protocol/identifiers/errors.ts";
import { findingTexts } from "./finding-texts.ts";

const texts = { ...identifierTexts, ...findingTexts } as const satisfies Record<string, ErrorText>;

export type FindingCode = keyof typeof texts;

export interface FindingOptions {
  readonly code: FindingCode;
  /** What it is about; the empty path is the whole document. */
  readonly path: Path;
  readonly values?: ErrorValues;
}

const CodedFinding = errorClass<FindingCode>("FamilyFinding", texts);

/**
 * One thing wrong with a document: where, which rule, and what to do, in both languages. Codes of identifier checks keep
 * their names, with `position` counted in the field's own text. Path and values hold names and limits of the schema,
 * positions and expected check characters, never text of the document.
 */
export class FamilyFinding extends CodedFinding {
  readonly path: Path;

  constructor({ code, path, values = {} }: FindingOptions) {
    super(code, values);
    this.path = path;
  }
}
