import type { LedgerConnection } from "../sdk/chain/connection.ts";
import type { Hex } from "../sdk/protocol/bytes.ts";
import { Documents } from "./catalogue/documents.ts";
import { catalogueErrorTexts } from "./catalogue/errors.ts";
import { PublishedResources } from "./catalogue/published.ts";
import { catalogueRoutes } from "./catalogue/routes.ts";
import { CatalogueService } from "./catalogue/service.ts";
import type { NodeCore } from "./core.ts";
import { departmentRoutes } from "./departments/routes.ts";
import { destructionRoutes } from "./destruction/routes.ts";
import type { OwnKey } from "./exchange/own-key.ts";
import type { Binding } from "./http/bind.ts";
import { qualityRoutes } from "./quality/routes.ts";
import { systemTimer, type Clock, type Log, type Timer } from "./ports.ts";
import { Lineage } from "./records/lineage.ts";
import { recordRoutes } from "./records/routes.ts";
import type { SubmissionDependencies } from "./records/submission.ts";
import { statusRoutes } from "./status/routes.ts";

export const resourceErrorTexts = [catalogueErrorTexts] as const;

export interface ResourceDependencies {
  readonly core: NodeCore;
  readonly connection: LedgerConnection;
  readonly ownKey: OwnKey;
  readonly clock: Clock;
  readonly timer?: Timer;
  readonly newId: () => string;
  readonly log: Log;
  /** Throws a coded error while the node takes no records. */
  readonly admit: () => Promise<void>;
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
  const { core, connection, ownKey, clock, timer = systemTimer, newId, log, admit } = dependencies;
  const { store, keys, records, feed, sender, status, destruction, anchoring } = core;
  const { ledger } = connection;
  const acting = { connection, clock, sender, newId };
  const documents = new Documents(store);
  const published = new PublishedResources({ department }, { connection, clock, store, records, log });
  const catalogue = new CatalogueService(
    { department },
    { ...acting, store, records, anchoring, documents, published, timer },
  );
  const lineage = new Lineage({ ledger, store, keys, records, scopesOf: (kind) => published.scopesOf(kind) });
  const requireScope = async (resource: Hex) => (await published.require(resource)).scope;
  const whileOpen: SubmissionDependencies["whileOpen"] = ({ resource, view }, action) =>
    published.use(resource, async () => {
      const { scope } = await published.requireOpen(resource, view);
      const info = records.scopeInfo(scope);
      if (info === undefined) throw new TypeError("an open resource is registered");
      return action(info);
    });
  return {
    bindings: [
      ...departmentRoutes(acting),
      ...catalogueRoutes({ catalogue, documents }),
      ...qualityRoutes({ connection, clock }),
      ...recordRoutes({
        ...{ records, feed, store, keys, lineage, ownKey, ledger, requireScope, whileOpen, admit },
        today: () => published.today(),
        prepareLines: (task) => core.tasks.prepareLines(task),
      }),
      ...statusRoutes({ status, records, newId }),
      ...destructionRoutes({ destruction, records, openJournal: () => core.openJournal() }),
    ],
    start: () => published.start(),
  };
}
