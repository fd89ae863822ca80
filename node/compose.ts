import { randomBytes } from "node:crypto";
import { connectLedger, type LedgerConnection } from "../sdk/chain/connection.ts";
import { chainErrorTexts } from "../sdk/chain/errors.ts";
import { guardedTransport } from "../sdk/client/guarded-transport.ts";
import { openKeystore, type Keystore } from "../sdk/client/keystore.ts";
import { protocolErrorTexts } from "../sdk/protocol/protocol-error.ts";
import { agreementErrorTexts } from "./agreements/errors.ts";
import { alarmTexts } from "./anchoring/errors.ts";
import { administrationRoutes } from "./administration/routes.ts";
import { createAccounts } from "./account-features.ts";
import { OPERATOR_KEY } from "./accounts/gate.ts";
import { accountErrorTexts } from "./accounts/errors.ts";
import { createApp } from "./app.ts";
import { Backups } from "./backup/backup.ts";
import { backupErrorTexts } from "./backup/errors.ts";
import { senderErrorTexts } from "./chain/errors.ts";
import type { NodeConfig } from "./config.ts";
import { correctionErrorTexts } from "./corrections/errors.ts";
import { openNodeCore, type CoreTunables, type NodeCore } from "./core.ts";
import { deliveryErrorTexts } from "./deliveries/errors.ts";
import { DISCOVER_INTERVAL_MS, SETTLE_INTERVAL_MS } from "./deliveries/settler.ts";
import { destructionErrorTexts } from "./destruction/errors.ts";
import { createExchange, type ExchangeFeatures } from "./exchange-features.ts";
import { exchangeErrorTexts } from "./exchange/errors.ts";
import { unavailable } from "./exchange/head.ts";
import { registryLookup } from "./exchange/registry.ts";
import { keepAlivePost } from "./chain/keep-alive-post.ts";
import { withSharedHead } from "./exchange/shared-head.ts";
import { Authorities } from "./http/authorities.ts";
import type { OwnRequest } from "./http/bind.ts";
import { LargeBodies } from "./http/bodies.ts";
import { httpErrorTexts } from "./http/errors.ts";
import { Metrics } from "./http/metrics.ts";
import { storedNonces } from "./http/nonce-space.ts";
import { Nonces } from "./http/nonces.ts";
import { nodeRoutes, readIdentity, type Readiness } from "./http/routes.ts";
import { HttpServer, type Listening } from "./http/server.ts";
import { RateLimits } from "./http/rate-limits.ts";
import { observeNode } from "./observe-node.ts";
import { readPortal } from "./portal/files.ts";
import { portalRoutes } from "./portal/routes.ts";
import { watchDisk, type DiskSpace } from "./operations/disk.ts";
import { admissionErrorTexts } from "./operations/errors.ts";
import { Health } from "./operations/health.ts";
import { OperationJournal, OPERATIONS } from "./operations/journal.ts";
import { observeBackups } from "./operations/metrics.ts";
import { operationRoutes } from "./operations/routes.ts";
import { createLineage, lineageErrorTexts, type LineageFeatures } from "./lineage-features.ts";
import { createProjects, projectFeatureTexts, type ProjectFeatures } from "./project-features.ts";
import { silentLog, systemTimer, type Clock, type Log, type RandomBytes, type Timer } from "./ports.ts";
import { keyErrorTexts } from "./keys/errors.ts";
import { recordErrorTexts } from "./records/errors.ts";
import { threadedTasks } from "./records/tasks.ts";
import { createResources, resourceErrorTexts, type ResourceFeatures } from "./resource-features.ts";
import { META } from "./storage/keyspaces.ts";
import { storageErrorTexts } from "./storage/errors.ts";
import { VERSION } from "./version.ts";

export interface NodeTunables extends CoreTunables {
  readonly settleIntervalMs?: number;
  readonly discoverEveryMs?: number;
  /** How often it is looked whether an assessment is due. */
  readonly assessmentLookMs?: number;
  readonly health?: { readonly maximumBacklogRecords: number };
  /** Checks every answer against its definition. */
  readonly validateAnswers?: boolean;
  /** Metrics of the process beside the node's. */
  readonly processMetrics?: boolean;
}

export interface NodeDependencies {
  readonly clock?: Clock;
  readonly timer?: Timer;
  readonly random?: RandomBytes;
  readonly log?: Log;
  /** Instead of that of the data folder's file system. */
  readonly disk?: () => Promise<DiskSpace>;
  /** Instead of the one that the configuration names. */
  readonly keystore?: Keystore;
  readonly tunables?: NodeTunables;
}

/** A department's node. */
export interface Node {
  readonly core: NodeCore;
  readonly resources: ResourceFeatures;
  readonly exchange: ExchangeFeatures;
  readonly projects: ProjectFeatures;
  /** Takes up unfinished work and listens. Resolves when requests are served. */
  start(): Promise<Listening>;
  /** Takes no new request, finishes what is under way, and closes everything in reverse order. */
  stop(): Promise<void>;
}

const catalogues = [
  httpErrorTexts,
  accountErrorTexts,
  exchangeErrorTexts,
  agreementErrorTexts,
  deliveryErrorTexts,
  correctionErrorTexts,
  lineageErrorTexts,
  ...projectFeatureTexts,
  ...resourceErrorTexts,
  recordErrorTexts,
  destructionErrorTexts,
  keyErrorTexts,
  admissionErrorTexts,
  backupErrorTexts,
  alarmTexts,
  senderErrorTexts,
  chainErrorTexts,
  storageErrorTexts,
  protocolErrorTexts,
];

/** The one composition root. Opens the store and wires every feature; starts nothing and does not listen. Throws StorageError, KeyError, ClientError `keystore.*`. */
export async function createNode(config: NodeConfig, dependencies: NodeDependencies = {}): Promise<Node> {
  const { clock = Date.now, timer = systemTimer, random = systemRandom, log = silentLog, tunables = {} } = dependencies;
  const { department, trust, dataDir, keyDir, gasPrice } = config;
  const keystore = dependencies.keystore ?? (await openKeystore(config.keystore));
  const connection = withSharedHead(
    connectLedger({ rpcUrl: config.rpcUrl, ledger: trust.ledger, finality: trust.finality }, { post: keepAlivePost() }),
  );
  const core = await openNodeCore(
    {
      dataDir,
      ...(keyDir !== undefined && { keyDir }),
      keystore,
      department,
      tunables: { sender: { gasPrice }, ...tunables },
    },
    { connection, clock, timer, random, log, tasks: threadedTasks() },
  );
  /** Streams end at once when the node stops; calls to other nodes when the requests under way have ended. */
  const stopping = new AbortController();
  const ending = new AbortController();
  const newId = () => Buffer.from(random(16)).toString("hex");
  const transport = guardedTransport({ allowLoopback: config.allowLoopbackPeers });
  const common = { core, connection, clock, timer, random, log, newId };
  const health = new Health(
    { maximumLagSeconds: trust.maximumLagSeconds, ...tunables.health },
    { core, connection, clock, disk: dependencies.disk ?? watchDisk(dataDir, clock) },
  );
  const exchange = createExchange(
    {
      ...config,
      exchange: keystore.exchange,
      settleIntervalMs: tunables.settleIntervalMs ?? SETTLE_INTERVAL_MS,
      discoverEveryMs: tunables.discoverEveryMs ?? DISCOVER_INTERVAL_MS,
    },
    { ...common, transport, ending: ending.signal },
  );
  const resources = createResources(
    { department },
    { ...common, ownKey: exchange.ownKey, admit: () => health.admit() },
  );
  const lineage = createLineage(
    { ...config, everyDays: config.assessmentDays, lookIntervalMs: tunables.assessmentLookMs },
    { ...common, exchange, ending: ending.signal },
  );
  const projects = createProjects({ department }, { ...common, exchange, transport, ending: ending.signal });
  const http = createHttp(
    { config, tunables },
    { ...common, exchange, resources, lineage, projects, health, stopping: stopping.signal },
  );
  return {
    core,
    resources,
    exchange,
    projects,
    start: async () => {
      await health.start();
      await lineage.start();
      await resources.start();
      await core.start();
      exchange.settler.start();
      await lineage.watch();
      await projects.start();
      return http.listen();
    },
    stop: async () => {
      stopping.abort();
      await http.close();
      ending.abort();
      await lineage.stop();
      await exchange.settler.stop();
      await core.close();
    },
  };
}

interface HttpDependencies {
  readonly core: NodeCore;
  readonly connection: LedgerConnection;
  readonly exchange: ExchangeFeatures;
  readonly resources: ResourceFeatures;
  readonly lineage: LineageFeatures;
  readonly projects: ProjectFeatures;
  readonly health: Health;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly random: RandomBytes;
  readonly log: Log;
  readonly newId: () => string;
  readonly stopping: AbortSignal;
}

/** The node's HTTP side: application and server. */
function createHttp(
  { config, tunables }: { readonly config: NodeConfig; readonly tunables: NodeTunables },
  dependencies: HttpDependencies,
) {
  const {
    core,
    connection,
    exchange,
    resources,
    lineage,
    projects,
    health,
    clock,
    timer,
    random,
    log,
    newId,
    stopping,
  } = dependencies;
  const { department, host, port, authorities: configured } = config;
  const { evaluation } = config.trust;
  const ledger = { connection, clock };
  const metrics = new Metrics({ withProcess: tunables.processMetrics ?? false });
  const largeBodies = new LargeBodies();
  metrics.watchBodies(largeBodies);
  observeNode(metrics, { core, open: exchange.open, health, clock });
  const authorities = new Authorities({ department, configured }, ledger);
  const operations = new OperationJournal({ ...core, openJournal: () => core.openJournal(), clock });
  const { store, keys, anchoring } = core;
  const places = { folder: config.backupDir, keyFolder: config.keyBackupDir };
  const backups = new Backups({ department, ledger: connection.ledger, ...places }, { store, keys, clock });
  observeBackups(metrics, { backups, keys, clock });
  const about = { department, evaluation, version: VERSION };
  const readiness = readinessOf({ core, exchange, connection });
  const isOwnAuthority = (authority: string) => authorities.isOwn(authority);
  const beforeOwn = async ({ route, path, keyId }: OwnRequest) => {
    const action = OPERATIONS[route];
    if (action === undefined) return;
    // People act through the node's own key: the record says who they were.
    const isPerson = keyId.startsWith(OPERATOR_KEY);
    const key = isPerson ? await exchange.ownKey.keyId() : keyId;
    const note = { action, subject: path, key, ...(isPerson && { detail: keyId }) };
    await unavailable(() => operations.note(note));
  };
  const accounts = createAccounts(
    { department, oidc: config.oidc },
    {
      ...{ core, clock, random, newId, isOwnAuthority, beforeOwn },
      identity: () => readIdentity(department, ledger),
      bindingOf: (operation) => bindings.find(({ definition }) => definition.id === operation),
    },
  );
  const bindings = [
    ...nodeRoutes(about, { ...ledger, metrics, readiness, health }),
    ...resources.bindings,
    ...exchange.bindings,
    ...lineage.bindings,
    ...projects.bindings,
    ...operationRoutes({ anchoring, backups }),
    ...administrationRoutes({ core, health, ownKey: exchange.ownKey, ...ledger, sender: core.sender, newId }),
    ...accounts.bindings,
  ];
  const app = createApp(
    {
      version: VERSION,
      catalogues,
      bindings,
      portal: portalRoutes({ trust: config.trust }, { portal: readPortal, random }).use(accounts.router),
    },
    {
      clock,
      lookup: registryLookup(ledger),
      isOwnAuthority,
      operatorOf: (request, definition) => accounts.gate.caller(request, definition),
      department,
      nonces: new Nonces(storedNonces(core.store)),
      largeBodies,
      rateLimits: new RateLimits({ perSecond: config.requestsPerSecond }, { clock }),
      answering: { validate: tunables.validateAnswers ?? false, timer },
      beforeOwn,
      stopping,
      log,
      metrics,
      newRequestId: newId,
    },
  );
  const server = new HttpServer(app);
  return {
    listen: async (): Promise<Listening> => {
      const listening = await server.listen({ host, port });
      authorities.listening(listening);
      return listening;
    },
    close: async () => {
      await server.close();
      await accounts.close();
    },
  };
}

function readinessOf({
  core,
  exchange: { ownKey },
  connection,
}: Pick<HttpDependencies, "core" | "exchange" | "connection">): Readiness[] {
  return [
    { part: "chain", check: async () => void (await connection.check()) },
    { part: "store", check: async () => void (await core.store.get(META, "format")) },
    { part: "anchoring", check: () => Promise.resolve(core.anchoring.alarms[0]?.alarm.code) },
    { part: "registration", check: async () => void (await ownKey.keyId()) },
  ];
}

const systemRandom: RandomBytes = (lengthBytes) => new Uint8Array(randomBytes(lengthBytes));
