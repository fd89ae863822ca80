import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";

/** Reads compiled releases as Cardinal does: what has another type than expected is as if it were not there. */
export const objectAt = (object: JsonObject, key: string): JsonObject | undefined => {
  const value = own(object, key);
  return isJsonObject(value) ? value : undefined;
};
export const stringAt = (object: JsonObject, key: string): string | undefined => {
  const value = own(object, key);
  return typeof value === "string" ? value : undefined;
};
export const numberAt = (object: JsonObject, key: string): number | undefined => {
  const value = own(object, key);
  return typeof value === "number" ? value : undefined;
};
export const listAt = (object: JsonObject, key: string): readonly Json[] | undefined => {
  const value = own(object, key);
  return Array.isArray(value) ? (value as readonly Json[]) : undefined; // Array.isArray does not narrow readonly arrays.
};

const own = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

const objects = (values: readonly Json[]): JsonObject[] => values.filter(isJsonObject);

/** The ids of organization references; those without a string id are left out. */
export const idsIn = (references: readonly Json[] | undefined): string[] =>
  objects(references ?? []).flatMap((reference) => stringAt(reference, "id") ?? []);

/** The id of the only reference in a list; undefined where there are several, or it has none. */
export const onlyId = (references: readonly Json[] | undefined): string | undefined =>
  references?.length === 1 ? idsIn(references)[0] : undefined;

const bidDetails = (release: JsonObject): readonly Json[] | undefined => {
  const bids = objectAt(release, "bids");
  return bids && listAt(bids, "details");
};

/** Bids in a final, pending or disqualified state: neither invited nor withdrawn. */
export const submittedBids = (release: JsonObject): JsonObject[] =>
  objects(bidDetails(release) ?? []).filter((bid) => {
    const status = stringAt(bid, "status");
    return status !== undefined && status !== "invited" && status !== "withdrawn";
  });

export interface Decided {
  readonly active: readonly JsonObject[];
  readonly bids: readonly JsonObject[];
}

/** The active awards and all bids, once every award that has a status is active, cancelled or unsuccessful. */
export function decided(release: JsonObject): Decided | undefined {
  const awards = listAt(release, "awards");
  const bids = bidDetails(release);
  if (awards === undefined || bids === undefined) return undefined;
  const active: JsonObject[] = [];
  for (const award of objects(awards)) {
    const status = stringAt(award, "status");
    if (status === "active") active.push(award);
    else if (status !== undefined && status !== "cancelled" && status !== "unsuccessful") return undefined;
  }
  return { active, bids: objects(bids) };
}

/** The supplier of the only active award, where it has exactly one. */
export const onlyWinner = ({ active }: Decided): string | undefined => {
  const [award] = active;
  return award !== undefined && active.length === 1 ? onlyId(listAt(award, "suppliers")) : undefined;
};

export interface Price {
  readonly amount: number;
  readonly currency: string;
}

export function priceOf(bid: JsonObject): Price | undefined {
  const value = objectAt(bid, "value");
  const amount = value && numberAt(value, "amount");
  const currency = value && stringAt(value, "currency");
  return amount === undefined || currency === undefined ? undefined : { amount, currency };
}

export const isCancelled = (release: JsonObject): boolean => {
  const tender = objectAt(release, "tender");
  return tender !== undefined && stringAt(tender, "status") === "cancelled";
};

/** By `tender/procurementMethodDetails`: an empty list to include lets all pass that are not excluded. */
export function methodDetailsMatch(
  release: JsonObject,
  { include, exclude }: { readonly include: ReadonlySet<string>; readonly exclude: ReadonlySet<string> },
): boolean {
  const tender = objectAt(release, "tender");
  const details = tender && stringAt(tender, "procurementMethodDetails");
  if (details === undefined) return include.size === 0;
  return include.size === 0 ? !exclude.has(details) : include.has(details);
}

/** By `tender/procurementMethod`: an empty list lets all pass. */
export function methodMatches(tender: JsonObject, methods: ReadonlySet<string>): boolean {
  return methods.size === 0 || methods.has(stringAt(tender, "procurementMethod") ?? "");
}

export const withStatus = (values: readonly Json[], status: string): JsonObject[] =>
  objects(values).filter((value) => stringAt(value, "status") === status);
