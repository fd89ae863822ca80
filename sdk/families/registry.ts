import { creditLicence } from "./credit-licence.ts";
import { creditPenalty } from "./credit-penalty.ts";
import { ecertificate } from "./ecertificate.ts";
import type { Family } from "./family.ts";
import { FamilyFinding } from "./finding.ts";

/** Every record family, oldest version of each first. */
export const families: readonly Family[] = [ecertificate, creditLicence, creditPenalty];

const byId = new Map<string, Family>(families.map((family) => [family.id, family]));

export const findFamily = (id: string): Family | undefined => byId.get(id);

/** The family with this id. Throws FamilyFinding `family.unknown`. */
export function getFamily(id: string): Family {
  const family = byId.get(id);
  if (family) return family;
  throw new FamilyFinding({ code: "family.unknown", path: [], values: { known: [...byId.keys()].join(", ") } });
}
