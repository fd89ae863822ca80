import type { Hex } from "../sdk/protocol/bytes.ts";
import type { Keystore } from "../sdk/client/keystore.ts";
import type { LedgerConnection } from "../sdk/chain/connection.ts";
import { describeResource } from "../sdk/client/routes/catalogue.ts";
import type { Transport } from "../sdk/client/transport.ts";
import type { Trust } from "../sdk/verify/trust.ts";
import { Applications } from "./agreements/applications.ts";
import { unknownField } from "./agreements/fields.ts";
import { HandOver } from "./agreements/hand-over.ts";
import { Notices } from "./agreements/notices.ts";
import { agreementRoutes } from "./agreements/routes.ts";
import { AgreementService } from "./agreements/service.ts";
import { description } from "./catalogue/description.ts";
import { Documents } from "./catalogue/documents.ts";
import type { NodeCore } from "./core.ts";
import { CorrectionArrivals } from "./corrections/arrivals.ts";
import { Corrections } from "./corrections/corrections.ts";
import { correctionRoutes } from "./corrections/routes.ts";
import { CorrectionWords } from "./corrections/words.ts";
import { Consumer } from "./deliveries/consumer.ts";
import { Examiner } from "./deliveries/examine.ts";
import { Provider } from "./deliveries/provider.ts";
import { deliveryRoutes } from "./deliveries/routes.ts";
import { consumerSide, providerSide, Settlement } from "./deliveries/settlement.ts";
import { Settler } from "./deliveries/settler.ts";
import { OpenExchanges } from "./exchange/open-exchanges.ts";
import { OwnKey } from "./exchange/own-key.ts";
import { Peers } from "./exchange/peers.ts";
import { bind, type Binding } from "./http/bind.ts";
import { Sealed } from "./keys/sealed.ts";
import type { Clock, Log, RandomBytes, Timer } from "./ports.ts";

export interface ExchangeOptions {
  readonly department: string;
  readonly exchange: Keystore["exchange"];
  readonly trust: Trust;
  readonly reserveWindow: number;
  readonly acknowledgeWithinMs: number;
  readonly settleIntervalMs: number;
  readonly discoverEveryMs: number;
}

export interface ExchangeDependencies {
  readonly core: NodeCore;
  readonly connection: LedgerConnection;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly random: RandomBytes;
  readonly log: Log;
  readonly transport: Transport;
  readonly newId: () => string;
  readonly ending: AbortSignal;
}

/** What departments do with one another: agreements and deliveries. */
export interface ExchangeFeatures {
  readonly ownKey: OwnKey;
  readonly open: OpenExchanges;
  readonly peers: Peers;
  readonly settler: Settler;
  readonly consumer: Consumer;
  readonly bindings: readonly Binding[];
}

export function createExchange(options: ExchangeOptions, dependencies: ExchangeDependencies): ExchangeFeatures {
  const { core, connection, clock, timer, random, log, transport, newId, ending } = dependencies;
  const { department, exchange, trust } = options;
  const { store, records, packages, sender, journal } = core;
  const ledger = { connection, clock };
  const ownKey = new OwnKey({ department, exchange }, ledger);
  const open = new OpenExchanges({ store, clock });
  const sealed = new Sealed({ keys: core.keys, random, store });
  const peers = new Peers({ ...ledger, ownKey, random, transport, ending });
  const applications = new Applications({ store, sealed });
  const notices = new Notices({ store, sealed, clock, random });
  const common = {
    ...ledger,
    store,
    records,
    packages,
    open,
    applications,
    sealed,
    ownKey,
    peers,
    sender,
    newId,
    random,
    timer,
    log,
    journal,
    openJournal: () => core.openJournal(),
  };
  const agreements = new AgreementService({
    ...common,
    department,
    unknownField: unknownField({ ...ledger, peers, log }),
  });
  const handOver = new HandOver({ ...common, agreements });
  const provider = new Provider(common);
  const examiner = new Examiner({ connection, trust, clock });
  const consumer = new Consumer({ reserveWindow: options.reserveWindow }, { ...common, examiner });
  const settling = { waitSeconds: Math.ceil(options.acknowledgeWithinMs / 1000) };
  const settler = new Settler(
    { department, intervalMs: options.settleIntervalMs, discoverEveryMs: options.discoverEveryMs },
    {
      ...common,
      handOver,
      provider,
      consumer,
      provided: new Settlement(providerSide, settling, common),
      consumed: new Settlement(consumerSide, settling, common),
    },
  );
  const correcting = { ...common, words: new CorrectionWords(sealed), department, trust, ledger: connection.ledger };
  const partiesOf = (agreement: Hex) => agreements.agreement(agreement);
  const corrections = new Corrections({ ...correcting, partiesOf });
  const arrivals = new CorrectionArrivals({ ...correcting, partiesOf });
  const bindings = [
    bind(describeResource, ({ params }) =>
      description(params.id, { ...ledger, documents: new Documents(store), peers }),
    ),
    ...agreementRoutes({ ...common, department, agreements, notices, handOver }),
    ...correctionRoutes({ corrections, arrivals }),
    ...deliveryRoutes({ ...common, provider, consumer, settler, agreements }),
  ];
  return { ownKey, open, peers, settler, consumer, bindings };
}
