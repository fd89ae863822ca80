import type { Hex } from "../protocol/bytes.ts";
import type { Asker } from "./directory.ts";
import { isRevert } from "./errors.ts";
import { boundedCount, enumName } from "./values.ts";

export const SHARE_CLASSES = ["none", "unconditional", "conditional", "not-shared"] as const;
export type ShareClass = (typeof SHARE_CLASSES)[number];
export const RESOURCE_STATES = ["none", "proposed", "approved", "rejected", "published", "withdrawn"] as const;
export type ResourceState = (typeof RESOURCE_STATES)[number];

export interface ResourceTerms {
  readonly shareClass: ShareClass;
  /** Data classification 1–4. */
  readonly level: number;
  readonly personal: boolean;
  readonly schema: Hex;
  readonly metadata: Hex;
  readonly legalBasis: Hex;
  readonly updateCycleDays: number;
  readonly retentionDays: number;
}

export interface Resource {
  readonly id: Hex;
  readonly provider: string;
  readonly state: ResourceState;
  /** The version in force, 0 before the first publication. */
  readonly version: number;
  /** The newest version proposed. */
  readonly latest: number;
  readonly code: string;
  readonly name: string;
}

export interface Publication {
  readonly state: ResourceState;
  readonly version: number;
}

export interface CatalogueReads {
  resource(id: Hex): Promise<Resource | undefined>;
  resources(): Promise<readonly Resource[]>;
  /** The terms of a version; with `time`, by the catalogue in force then. */
  terms(id: Hex, version: number, time?: number): Promise<ResourceTerms | undefined>;
  versionState(id: Hex, version: number): Promise<ResourceState>;
  /** State and version in force at `time`, by the catalogue in force then: ("none", 0) before the first publication. */
  publishedAt(id: Hex, time: number): Promise<Publication>;
}

export function catalogueReads({ ask }: Asker): CatalogueReads {
  const resource = async (id: Hex): Promise<Resource | undefined> => {
    try {
      const found = await ask("ResourceCatalogue", "resource", [id]);
      return { ...found, state: enumName(RESOURCE_STATES, found.state) };
    } catch (error) {
      if (isRevert(error, "ResourceUnknown")) return undefined;
      throw error;
    }
  };

  return {
    resource,
    resources: async () => {
      const count = boundedCount(await ask("ResourceCatalogue", "resourceCount", []));
      const ids = await Promise.all(
        Array.from({ length: count }, (_, i) => ask("ResourceCatalogue", "resourceByIndex", [BigInt(i)])),
      );
      return (await Promise.all(ids.map(resource))).filter((found) => found !== undefined);
    },
    terms: async (id, version, time) => {
      try {
        const found = await ask("ResourceCatalogue", "terms", [id, version], time);
        return { ...found, shareClass: enumName(SHARE_CLASSES, found.shareClass) };
      } catch (error) {
        if (isRevert(error, "VersionUnknown") || isRevert(error, "ResourceUnknown")) return undefined;
        throw error;
      }
    },
    versionState: async (id, version) => {
      try {
        return enumName(RESOURCE_STATES, await ask("ResourceCatalogue", "versionState", [id, version]));
      } catch (error) {
        if (isRevert(error, "VersionUnknown") || isRevert(error, "ResourceUnknown")) return "none";
        throw error;
      }
    },
    publishedAt: async (id, time) => {
      try {
        const { state, version } = await ask("ResourceCatalogue", "publishedAt", [id, BigInt(time)], time);
        return { state: enumName(RESOURCE_STATES, state), version };
      } catch (error) {
        if (isRevert(error, "ResourceUnknown")) return { state: "none", version: 0 };
        throw error;
      }
    },
  };
}
