import type { LedgerConnection } from "../sdk/chain/connection.ts";
import { Documents } from "./catalogue/documents.ts";
import { catalogueErrorTexts } from "./catalogue/errors.ts";
import { catalogueRoutes } from "./catalogue/routes.ts";
import { CatalogueService } from "./catalogue/service.ts";
import type { NodeCore } from "./core.ts";
import { departmentRoutes } from "./departments/routes.ts";
import { destructionRoutes } from "./destruction/routes.ts";
import type { OwnKey } from "./exchange/own-key.ts";
import type { Binding } from "./http/bind.ts";
import type { Clock, Log } from "./ports.ts";
import { documentParents, lineageErrorTexts } from "./records/lineage.ts";
import { recordRoutes } from "./records/routes.ts";
import { statusRoutes } from "./status/routes.ts";

export const resourceErrorTexts = [catalogueErrorTexts, lineageErrorTexts] as const;

export interface ResourceDependencies {
  readonly core: NodeCore;
  readonly connection: LedgerConnection;
  readonly ownKey: OwnKey;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
}

/** What a department does with its own: the catalogue, its records, their status and destruction. */
export interface ResourceFeatures {
  readonly bindings: readonly Binding[];
  /** Opens intake for what is published. Call it before the core starts. */
  start(): Promise<void>;
}

export function createResources(
  { department }: { readonly department: string },
  dependencies: ResourceDependencies,
): ResourceFeatures {
  const { core, connection, ownKey, clock, newId, log } = dependencies;
  const { store, records, feed, sender, status, destruction } = core;
  const acting = { connection, clock, sender, newId };
  const documents = new Documents(store);
  const catalogue = new CatalogueService({ department }, { ...acting, store, records, documents, log });
  const { ledger } = connection;
  const parentsOf = documentParents({ ledger, records });
  return {
    bindings: [
      ...departmentRoutes(acting),
      ...catalogueRoutes({ catalogue, documents }),
      ...recordRoutes({ records, feed, ownKey, ledger, parentsOf }),
      ...statusRoutes({ status, newId }),
      ...destructionRoutes({ destruction }),
    ],
    start: () => catalogue.start(),
  };
}
