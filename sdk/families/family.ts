import { valueAt, type Path } from "../protocol/claims.ts";
import { conformanceTo } from "./conformance.ts";
import { FamilyFinding } from "./finding.ts";
import { Review } from "./review.ts";
import type { ReviewOptions, Rule } from "./review.ts";
import type { FamilySchema } from "./schema.ts";

/** A kind of record: what its documents look like, what must hold in them, and how they are named. */
export interface Family {
  /** Name and version, such as `ecertificate/1`. */
  readonly id: `${string}/${number}`;
  readonly kind: string;
  readonly title: { readonly zh: string; readonly en: string };
  /** Its `x-validity` paths hold the first and last day in force, both inclusive, days of UTC+8; a last day null is no end. */
  readonly schema: FamilySchema;
  readonly businessKeyPath: Path;
  /** The number by which the issuer knows the matter. Throws FamilyFinding `family.business-key-missing`. */
  businessKey(document: unknown): string;
  /** Everything wrong with a document: first against the schema, then between fields. Empty for a valid one. */
  validate(document: unknown, options?: ReviewOptions): FamilyFinding[];
  /** What the rules between fields find in a document that conforms to the schema. */
  review(document: unknown, options?: ReviewOptions): FamilyFinding[];
}

export interface FamilyDefinition extends Omit<Family, "businessKey" | "validate" | "review"> {
  readonly rules: readonly Rule[];
}

export function defineFamily({ rules, ...definition }: FamilyDefinition): Family {
  const { schema, businessKeyPath } = definition;
  const conformance = conformanceTo(schema);
  const findingsBeside = (faults: readonly FamilyFinding[], document: unknown, options: ReviewOptions) => {
    const review = new Review(options, { schema, document, faults });
    for (const rule of rules) rule(review);
    return review.findings;
  };
  return Object.freeze({
    ...definition,
    businessKey(document: unknown): string {
      const key = valueAt(document, businessKeyPath);
      if (typeof key === "string" && key !== "") return key;
      const values = { field: businessKeyPath.join(".") };
      throw new FamilyFinding({ code: "family.business-key-missing", path: businessKeyPath, values });
    },
    validate(document: unknown, options: ReviewOptions = {}): FamilyFinding[] {
      const faults = conformance(document);
      return [...faults, ...findingsBeside(faults, document, options)];
    },
    review: (document: unknown, options: ReviewOptions = {}) => findingsBeside([], document, options),
  });
}
