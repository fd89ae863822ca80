import type { LedgerConnection } from "../sdk/chain/connection.ts";
import type { Transport } from "../sdk/client/transport.ts";
import { oversightErrorTexts } from "../sdk/oversight/errors.ts";
import { PROJECT_RULES, ruleSetDigest } from "../sdk/oversight/law/rules.ts";
import type { NodeCore } from "./core.ts";
import type { ExchangeFeatures } from "./exchange-features.ts";
import type { Binding } from "./http/bind.ts";
import { ProjectAlerts } from "./oversight/alerts.ts";
import { ProjectArchive } from "./oversight/archive.ts";
import { projectErrorTexts } from "./oversight/errors.ts";
import { ProjectFlags } from "./oversight/flags.ts";
import { projectRoutes } from "./oversight/routes.ts";
import { rulesOnChain } from "./oversight/rules-on-chain.ts";
import { watchLedgerFlags } from "./oversight/watch.ts";
import type { Clock, Log, RandomBytes } from "./ports.ts";

export const projectFeatureTexts = [projectErrorTexts, oversightErrorTexts] as const;

export interface ProjectDependencies {
  readonly core: NodeCore;
  readonly exchange: ExchangeFeatures;
  readonly connection: LedgerConnection;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly newId: () => string;
  readonly log: Log;
  readonly ending: AbortSignal;
}

/** Government investment projects under watch. */
export interface ProjectFeatures {
  readonly bindings: readonly Binding[];
  /** Holds the rules against those on chain, and tells webhooks what they have not been told. */
  start(): Promise<void>;
  /** The same, now: what failed before is tried again. */
  deliver(): Promise<void>;
}

export function createProjects(
  { department }: { readonly department: string },
  dependencies: ProjectDependencies,
): ProjectFeatures {
  const { core, exchange, connection, log } = dependencies;
  const { store, records, journal, sender } = core;
  const { ownKey, consumer } = exchange;
  const archive = new ProjectArchive({ store, records, journal, openJournal: () => core.openJournal() });
  const common = { ...dependencies, store, journal, ownKey, archive, sender, department };
  const alerts = new ProjectAlerts(common);
  const flags = new ProjectFlags({ ...common, ledger: connection.ledger, onAlert: alerts.wake });
  core.follower.subscribe(watchLedgerFlags({ archive, flags, connection, department, log }));
  // What a webhook did not take is tried again as the chain goes on.
  core.follower.subscribe({ onFinal: () => Promise.resolve(void alerts.deliver()) });
  return {
    bindings: projectRoutes({ ...common, flags, alerts, consumer }),
    start: async () => {
      await rulesOnChain(ruleSetDigest(PROJECT_RULES), { connection, log });
      await alerts.deliver();
    },
    deliver: () => alerts.deliver(),
  };
}
