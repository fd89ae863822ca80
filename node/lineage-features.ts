import type { LedgerConnection } from "../sdk/chain/connection.ts";
import { guardedTransport } from "../sdk/client/guarded-transport.ts";
import { lineageErrorTexts } from "../sdk/lineage/errors.ts";
import type { Trust } from "../sdk/verify/trust.ts";
import type { NodeCore } from "./core.ts";
import type { ExchangeFeatures } from "./exchange-features.ts";
import { readHead } from "./exchange/head.ts";
import type { Binding } from "./http/bind.ts";
import { Assessments, LOOK_INTERVAL_MS } from "./lineage/assessments.ts";
import { impactOf } from "./lineage/impact.ts";
import { isIndexed, rebuildIndex } from "./lineage/rebuild.ts";
import { Recalls } from "./lineage/recalls.ts";
import { lineageRoutes } from "./lineage/routes.ts";
import { LineageService } from "./lineage/service.ts";
import { LineageTeller } from "./lineage/tell.ts";
import { watchReceived } from "./lineage/returns.ts";
import { Tracing } from "./lineage/tracing.ts";
import type { Clock, Log, RandomBytes, Timer } from "./ports.ts";
import { webhookRoutes } from "./records/webhook-routes.ts";
import { Webhooks } from "./records/webhooks.ts";

export { lineageErrorTexts };

/** Records between two lines of the log while the index is made. */
const RECORDS_A_LINE = 100_000;

export interface LineageOptions {
  readonly department: string;
  readonly trust: Trust;
  /** Days between two assessments of the data; 0: only when asked for. */
  readonly everyDays: number;
  /** How often it is looked whether one is due. */
  readonly lookIntervalMs: number | undefined;
  /** `host:port` of every receiver that events may be sent to. */
  readonly webhookHosts: readonly string[];
}

export interface LineageDependencies {
  readonly core: NodeCore;
  readonly exchange: ExchangeFeatures;
  readonly connection: LedgerConnection;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Log;
  readonly random: RandomBytes;
  readonly newId: () => string;
  /** Aborted when the node ends. */
  readonly ending: AbortSignal;
}

/** Where records come from and went to. */
export interface LineageFeatures {
  readonly bindings: readonly Binding[];
  /** Makes the index of a store that an older version wrote. Call it before anything writes. */
  start(): Promise<void>;
  /** Assesses the data whenever it is due, and tells webhooks what they have not been told. */
  watch(): Promise<void>;
  stop(): Promise<void>;
}

export function createLineage(
  { department, trust, everyDays, lookIntervalMs = LOOK_INTERVAL_MS, webhookHosts }: LineageOptions,
  dependencies: LineageDependencies,
): LineageFeatures {
  const { core, exchange, connection, clock, timer, log } = dependencies;
  const { store, records, journal, lineage: writer } = core;
  const { peers, open, ownKey } = exchange;
  const { ledger } = connection;
  const teller = new LineageTeller({
    store,
    department,
    reader: records.reader,
    consumerOf: async (agreement) =>
      (await (await readHead({ connection, clock })).view.agreement(agreement))?.consumer,
  });
  const common = { store, records, connection, trust, clock, ledger, journal, department, ownKey, peers, open };
  const service = new LineageService({
    ...common,
    impact: (resource) => impactOf(resource, common),
    openJournal: () => core.openJournal(),
  });
  const tracing = new Tracing({ ...common, teller, examine: (task) => core.tasks.examineProofs(task) });
  const recalls = new Recalls({ ...common, service, tracing });
  const assessments = new Assessments(
    { everyDays, lookIntervalMs },
    { ...common, service, batches: teller.batches, timer, log },
  );
  core.follower.subscribe(watchReceived({ store, feed: core.feed, connection, log }));
  // Only configured hosts are told at all: one of them may be on this machine.
  const transport = guardedTransport({ allowLoopback: true });
  const webhooks = new Webhooks(
    { hosts: webhookHosts },
    { ...dependencies, store, feed: core.feed, ownKey, transport },
  );
  return {
    bindings: [
      ...lineageRoutes({ ...common, service, teller, tracing, recalls, assessments }),
      ...webhookRoutes(webhooks),
    ],
    watch: async () => {
      assessments.start();
      await webhooks.start();
    },
    stop: async () => {
      await webhooks.stop();
      await assessments.stop();
    },
    start: async () => {
      if (await isIndexed(store)) return;
      const onProgress = ({ records: done }: { readonly records: number }) => {
        if (done % RECORDS_A_LINE === 0) log.info({ records: done }, "the index of lineage is being made");
      };
      const made = await rebuildIndex({ store, reader: records.reader, writer, onProgress });
      if (made.records > 0) log.info({ ...made }, "the index of lineage was made");
    },
  };
}
