import { isJsonObject, type Json, type JsonObject } from "../../../../sdk/protocol/json.ts";

/** What is told about money: contracts as they stood, and what had been paid by then. */
export interface MoneyPoint {
  /** Seconds. */
  readonly at: number;
  /** Hundredths. */
  readonly contracted: number;
  readonly paid: number;
}

const objects = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isJsonObject) : []);

const hundredths = (value: Json | undefined): number =>
  isJsonObject(value) && typeof value["amount"] === "number" ? Math.round(value["amount"] * 100) : 0;

const secondsOf = (value: Json | undefined): number =>
  typeof value === "string" ? Date.parse(value) / 1000 : Number.NaN;

/**
 * From an OCDS release package: contracts' values stand from the release that says them until a later one says otherwise,
 * payments add up by their own days. Oldest first.
 */
export function moneySeries(releasePackage: JsonObject): readonly MoneyPoint[] {
  const contracts = new Map<string, number>();
  const payments = new Map<string, { readonly at: number; readonly amount: number }>();
  const contracted: { readonly at: number; readonly total: number }[] = [];
  const releases = objects(releasePackage["releases"])
    .map((release) => ({ release, at: secondsOf(release["date"]) }))
    .filter(({ at }) => Number.isFinite(at))
    .sort((a, b) => a.at - b.at);
  for (const { release, at } of releases) {
    for (const contract of objects(release["contracts"])) {
      const id = JSON.stringify([release["ocid"], contract["id"]]);
      if (isJsonObject(contract["value"])) contracts.set(id, hundredths(contract["value"]));
      const implementation = contract["implementation"];
      for (const payment of objects(isJsonObject(implementation) ? implementation["transactions"] : undefined)) {
        const day = secondsOf(payment["date"]);
        const paidAt = Number.isFinite(day) ? day : at;
        payments.set(JSON.stringify([id, payment["id"]]), { at: paidAt, amount: hundredths(payment["value"]) });
      }
    }
    if (contracts.size > 0) contracted.push({ at, total: sum(contracts.values()) });
  }
  const times = [...contracted.map(({ at }) => at), ...[...payments.values()].map(({ at }) => at)];
  return [...new Set(times)]
    .sort((a, b) => a - b)
    .map((at) => ({
      at,
      contracted: contracted.findLast((one) => one.at <= at)?.total ?? 0,
      paid: sum([...payments.values()].filter((one) => one.at <= at).map(({ amount }) => amount)),
    }));
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
