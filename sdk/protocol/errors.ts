/** What a person is told about an error: what is wrong and what to do. `{name}` is filled from the error's values. */
export interface ErrorText {
  readonly zh: string;
  readonly en: string;
  readonly remedy: { readonly zh: string; readonly en: string };
}

/** One entry of a catalogue: what is wrong, and what to do, in both languages. */
export const errorText = (zh: string, en: string, remedyZh: string, remedyEn: string): ErrorText => ({
  zh,
  en,
  remedy: { zh: remedyZh, en: remedyEn },
});

export type Language = "zh" | "en";
export type ErrorValues = Readonly<Record<string, string | number>>;

/** A text with its values; a name without a value stays as it is. */
export const fillText = (text: string, values: ErrorValues): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole));

/**
 * The base of every layer's error class. `code` is stable API; the texts are not.
 * Values never hold payload text or personal data: a position, a field name, a number, an identifier of the ledger.
 */
export abstract class CodedError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly values: ErrorValues;
  readonly text: ErrorText;

  protected constructor(code: Code, text: ErrorText, values: ErrorValues, cause?: unknown) {
    super(`${code}: ${fillText(text.en, values)}`, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.values = values;
    this.text = text;
  }

  describe(language: Language): string {
    return fillText(this.text[language], this.values);
  }

  remedy(language: Language): string {
    return fillText(this.text.remedy[language], this.values);
  }
}

/** Narrows without losing the type of `code`. */
export const isCodedError = (error: unknown): error is CodedError => error instanceof CodedError;

/** Builds one layer's error class from its catalogue: the codes are the catalogue's keys, a closed union. */
export function errorClass<Code extends string>(name: string, texts: Readonly<Record<Code, ErrorText>>) {
  return class extends CodedError<Code> {
    static readonly texts = texts;
    constructor(code: Code, values: ErrorValues = {}, cause?: unknown) {
      super(code, texts[code], values, cause);
      this.name = name;
    }
  };
}
