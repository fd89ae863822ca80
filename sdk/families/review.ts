import { valueAt, type Path } from "../protocol/claims.ts";
import type { Checked } from "../protocol/identifiers/checked.ts";
import { isCalendarDate } from "../protocol/identifiers/calendar-date.ts";
import type { ErrorValues } from "../protocol/errors.ts";
import { fieldValues } from "./conformance.ts";
import { FamilyFinding } from "./finding.ts";
import type { FindingCode } from "./finding.ts";
import type { FamilySchema } from "./schema.ts";

export interface ReviewOptions {
  /** YYYY-MM-DD, the day on which the document is judged; without it nothing is compared with a present. */
  readonly asOf?: string;
}

/** A rule between fields. It reads through the review, which hides what the schema already found fault with. */
export type Rule = (review: Review) => void;

interface ReviewDependencies {
  readonly schema: FamilySchema;
  readonly document: unknown;
  readonly faults: readonly FamilyFinding[];
}

export interface PeriodOptions {
  readonly earlier: Path;
  readonly later: Path;
}

/** Collects what the rules of a family find in one document. */
export class Review {
  readonly asOf: string | undefined;
  readonly findings: FamilyFinding[] = [];
  readonly #dependencies: ReviewDependencies;

  constructor({ asOf }: ReviewOptions, dependencies: ReviewDependencies) {
    if (asOf !== undefined && !isCalendarDate(asOf)) throw new TypeError("asOf must be YYYY-MM-DD");
    this.asOf = asOf;
    this.#dependencies = dependencies;
  }

  /** The text at `path`; undefined where there is none or the schema found fault with it. */
  text(path: Path): string | undefined {
    const value = this.#sound(path);
    return typeof value === "string" ? value : undefined;
  }

  number(path: Path): number | undefined {
    const value = this.#sound(path);
    return typeof value === "number" ? value : undefined;
  }

  /** Whether the field is plainly empty: absent or null, and not at fault. */
  isEmpty(path: Path): boolean {
    return !this.#isFaulty(path) && (valueAt(this.#dependencies.document, path) ?? null) === null;
  }

  report(code: FindingCode, path: Path, values: ErrorValues = {}): void {
    this.findings.push(
      new FamilyFinding({ code, path, values: { ...fieldValues(this.#dependencies.schema, path), ...values } }),
    );
  }

  /** The value of an identifier at `path`, its errors reported; undefined where it is absent or wrong. */
  identifier<T>(path: Path, check: (text: string) => Checked<T>): T | undefined {
    const text = this.text(path);
    if (text === undefined) return undefined;
    const checked = check(text);
    if (checked.ok) return checked.value;
    for (const { code, values } of checked.errors) this.report(code, path, values);
    return undefined;
  }

  /** Two dates (or times) that must not be in the wrong order. A time counts as its day in UTC+8 beside a date. */
  period({ earlier, later }: PeriodOptions): void {
    const [first, second] = comparable(this.text(earlier), this.text(later));
    if (first === undefined || second === undefined || first <= second) return;
    const { title, titleEn } = fieldValues(this.#dependencies.schema, earlier);
    this.report("family.period-reversed", later, { earlier: title ?? "", earlierEn: titleEn ?? "" });
  }

  notAfterReview(path: Path): void {
    const day = localDay(this.text(path));
    if (this.asOf !== undefined && day !== undefined && day > this.asOf) this.report("family.future-date", path);
  }

  #sound(path: Path): unknown {
    return this.#isFaulty(path) ? undefined : valueAt(this.#dependencies.document, path);
  }

  #isFaulty(path: Path): boolean {
    const { faults } = this.#dependencies;
    if (faults.length === 0) return false;
    return faults.some(
      (fault) =>
        fault.code !== "schema.additional-properties" && fault.path.every((segment, index) => segment === path[index]),
    );
  }
}

const UTC8_MS = 8 * 60 * 60 * 1000;

/** The calendar day in UTC+8 of a date or a date-time. */
function localDay(text: string | undefined): string | undefined {
  if (text === undefined || isCalendarDate(text)) return text;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : new Date(instant + UTC8_MS).toISOString().slice(0, 10);
}

function comparable(
  first: string | undefined,
  second: string | undefined,
): readonly [string | number | undefined, string | number | undefined] {
  if (first === undefined || second === undefined) return [undefined, undefined];
  if (isCalendarDate(first) || isCalendarDate(second)) return [localDay(first), localDay(second)];
  const [from, to] = [Date.parse(first), Date.parse(second)];
  return Number.isNaN(from) || Number.isNaN(to) ? [undefined, undefined] : [from, to];
}
