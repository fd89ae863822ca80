import type { LedgerConnection } from "../sdk/chain/connection.ts";
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
import { Tracing } from "./lineage/tracing.ts";
import type { Clock, Log, Timer } from "./ports.ts";

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
}

export interface LineageDependencies {
  readonly core: NodeCore;
  readonly exchange: ExchangeFeatures;
  readonly connection: LedgerConnection;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Log;
}

/** Where records come from and went to. */
export interface LineageFeatures {
  readonly bindings: readonly Binding[];
  /** Makes the index of a store that an older version wrote. Call it before anything writes. */
  start(): Promise<void>;
  /** Assesses the data whenever it is due. */
  watch(): void;
  stop(): Promise<void>;
}

export function createLineage(
  { department, trust, everyDays, lookIntervalMs = LOOK_INTERVAL_MS }: LineageOptions,
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
  const tracing = new Tracing({ ...common, teller });
  const recalls = new Recalls({ ...common, service, tracing });
  const assessments = new Assessments(
    { everyDays, lookIntervalMs },
    { ...common, service, batches: teller.batches, timer, log },
  );
  return {
    bindings: lineageRoutes({ ...common, service, teller, tracing, recalls, assessments }),
    watch: () => assessments.start(),
    stop: () => assessments.stop(),
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
