import type { JsonObject } from "../../protocol/json.ts";
import type { IndicatorCode } from "./settings.ts";

export type Group = "OCID" | "Buyer" | "ProcuringEntity" | "Tenderer";

/** Cardinal's names of the mappings from processes to organizations. */
export type TendererMap = "ocid_tenderer" | `ocid_tenderer_${"r024" | "r028" | "r030" | "r035" | "r058"}`;
export type OwnerMap = "ocid_buyer_r038" | "ocid_procuringentity_r038";
const TENDERER_MAPS: readonly TendererMap[] = [
  "ocid_tenderer",
  "ocid_tenderer_r024",
  "ocid_tenderer_r028",
  "ocid_tenderer_r030",
  "ocid_tenderer_r035",
  "ocid_tenderer_r058",
];
const OWNER_MAPS: readonly OwnerMap[] = ["ocid_buyer_r038", "ocid_procuringentity_r038"];

/** What a run of the indicators found, in the form in which Cardinal gives it out. */
export class IndicatorResults {
  private readonly groups = new Map<Group, Map<string, Map<IndicatorCode, number>>>();
  private readonly metas = new Map<IndicatorCode, Map<string, number>>();
  private readonly tenderers = new Map<TendererMap, Map<string, Set<string>>>();
  private readonly owners = new Map<OwnerMap, Map<string, string>>();

  set(group: Group, id: string, { code, value }: { readonly code: IndicatorCode; readonly value: number }): void {
    const ids = entry(this.groups, group, newMap<string, Map<IndicatorCode, number>>);
    entry(ids, id, newMap<IndicatorCode, number>).set(code, value);
  }

  meta(code: IndicatorCode, name: string, value: number): void {
    entry(this.metas, code, newMap<string, number>).set(name, value);
  }

  mapTenderer(map: TendererMap, ocid: string, id: string): void {
    const processes = entry(this.tenderers, map, newMap<string, Set<string>>);
    entry(processes, ocid, () => new Set<string>()).add(id);
  }

  mapOwner(map: OwnerMap, ocid: string, id: string): void {
    entry(this.owners, map, newMap<string, string>).set(ocid, id);
  }

  /** Results by group; a group without results is left out. Values that are not finite become null, as in any JSON. */
  groupsJson(): JsonObject {
    return nested(this.groups, (ids) => nested(ids, (values) => nested(values, jsonNumber)));
  }

  /** Quartiles and fences, rounded to four decimals. */
  metaJson(): JsonObject {
    return nested(this.metas, (values) => nested(values, (value) => jsonNumber(rounded(value))));
  }

  mapsJson(): JsonObject {
    const owners = OWNER_MAPS.map((name) => [name, nested(this.owners.get(name) ?? new Map(), (id: string) => id)]);
    const tenderers = TENDERER_MAPS.map((name) => [
      name,
      nested(this.tenderers.get(name) ?? new Map(), (ids: ReadonlySet<string>) => [...ids]),
    ]);
    return Object.fromEntries([...owners, ...tenderers]) as JsonObject; // Made of names and JSON values.
  }
}

const newMap = <K, V>() => new Map<K, V>();

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

const nested = <V>(map: ReadonlyMap<string, V>, shown: (value: V) => JsonObject[string]): JsonObject =>
  Object.fromEntries([...map].map(([key, value]) => [key, shown(value)]));

const jsonNumber = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Half away from zero, as Rust rounds. */
const rounded = (value: number): number => (Math.sign(value) * Math.round(Math.abs(value) * 10_000)) / 10_000;
