import { randomBytes } from "node:crypto";
import type { LedgerConnection } from "../sdk/chain/connection.ts";
import { openJournalCall } from "../sdk/chain/calls.ts";
import { journalScope } from "../sdk/protocol/anchor.ts";
import type { Hex } from "../sdk/protocol/bytes.ts";
import { Anchoring } from "./anchoring/service.ts";
import type { AnchoringOptions } from "./anchoring/tunables.ts";
import { localAccount, type Account } from "./chain/account.ts";
import { Follower, type FollowerOptions } from "./chain/follower.ts";
import { ledgerGate } from "./chain/gate.ts";
import { RecentView } from "./chain/recent-view.ts";
import { Sender, type SenderOptions } from "./chain/sender.ts";
import { Destruction } from "./destruction/service.ts";
import { keyFolder } from "./keys/epochs.ts";
import { KeyRing } from "./keys/key-ring.ts";
import { PackageIndex } from "./lineage/packages.ts";
import { LineageWriter } from "./lineage/writer.ts";
import { silentLog, systemTimer, type Clock, type Log, type RandomBytes, type Timer } from "./ports.ts";
import { EventFeed, type EventFeedOptions } from "./records/events.ts";
import type { IntakeOptions } from "./records/intake.ts";
import { SchemaRegistry } from "./records/schemas.ts";
import { inlineTasks, type Tasks } from "./records/tasks.ts";
import { RecordService } from "./records/service.ts";
import { StatusService } from "./status/service.ts";
import { openStore } from "./storage/level-store.ts";
import type { Store } from "./storage/store.ts";

/** Every tunable has its meaning and default beside the constant of its feature. */
export interface CoreTunables {
  readonly intake?: IntakeOptions;
  readonly events?: EventFeedOptions;
  readonly anchoring?: AnchoringOptions;
  readonly sender?: SenderOptions;
  readonly follower?: FollowerOptions;
}

export interface CoreOptions {
  readonly dataDir: string;
  /** Folder of the epoch keys, kept apart from backups of the data. Default: `keys` inside the data folder. */
  readonly keyDir?: string;
  /** The parts of the department's keystore that the core needs. */
  readonly keystore: { readonly account: { readonly privateKey: Hex }; readonly root: Uint8Array };
  /** USCC of the node's department. */
  readonly department: string;
  readonly tunables?: CoreTunables;
}

export interface CoreDependencies {
  readonly connection: LedgerConnection;
  readonly clock?: Clock;
  readonly timer?: Timer;
  readonly random?: RandomBytes;
  readonly log?: Log;
  /** A remote signer instead of the keystore's key. */
  readonly account?: Account;
  /** Where the heavy parts run. Default: in this thread. Closed with the core. */
  readonly tasks?: Tasks;
}

/** The node without its HTTP side: everything that is durable or signs. */
export interface NodeCore {
  readonly store: Store;
  readonly keys: KeyRing;
  readonly feed: EventFeed;
  readonly records: RecordService;
  readonly lineage: LineageWriter;
  /** Which records went where: written with deliveries and receptions. */
  readonly packages: PackageIndex;
  readonly anchoring: Anchoring;
  readonly sender: Sender;
  readonly follower: Follower;
  readonly status: StatusService;
  readonly destruction: Destruction;
  readonly tasks: Tasks;
  /** Scope of the department's own journal, registered already. */
  readonly journal: Hex;
  /** Opens the journal on chain unless it is open. Throws ChainError, SenderError. */
  openJournal(): Promise<void>;
  /** Takes up unfinished work of every kind and follows the chain. Call it after the scopes are registered and the listeners subscribed. */
  start(): Promise<void>;
  /** Ends in reverse order; what is signed or queued is durable first. */
  close(): Promise<void>;
}

const JOURNAL_HASH = "keccak256";

/** Opens the store and wires the features. Starts nothing. Throws StorageError, KeyError. */
export async function openNodeCore(options: CoreOptions, dependencies: CoreDependencies): Promise<NodeCore> {
  const { dataDir, keyDir = keyFolder(dataDir), keystore, department, tunables = {} } = options;
  const { connection, clock = Date.now, timer = systemTimer, random = systemRandom, log = silentLog } = dependencies;
  const account = dependencies.account ?? localAccount(keystore.account.privateKey);
  const { tasks = inlineTasks } = dependencies;
  const store = await openStore({ dataDir, upgrade: true });
  try {
    const keys = await KeyRing.open({ root: keystore.root, folder: keyDir }, { store, random, timer, log });
    const common = {
      store,
      keys,
      connection,
      clock,
      timer,
      random,
      log,
      identity: { ledger: connection.ledger, department },
    };
    const feed = new EventFeed(tunables.events ?? {}, { store });
    const schemas = new SchemaRegistry(store);
    const gate = ledgerGate(connection);
    const writer = new LineageWriter({ ledger: connection.ledger });
    const packages = new PackageIndex({ store, writer });
    const records = new RecordService(tunables.intake ?? {}, {
      ...{ ...common, feed, schemas, gate, lineage: writer },
      prepareInputs: (task) => tasks.prepareInputs(task),
    });
    const { reader, scopes } = records;
    const recent = new RecentView(common);
    const sender = new Sender(tunables.sender ?? {}, { ...common, recent, account, feed });
    const anchoring = new Anchoring(tunables.anchoring ?? {}, {
      ...{ ...common, recent, feed, reader, scopes, sender },
      proofreadPage: (task) => tasks.proofreadPage(task),
    });
    const status = new StatusService({ ...common, feed, sender });
    const journal = journalScope(department);
    await records.registerScope({ scope: journal, kind: "journal", recordKind: "operation", hash: JOURNAL_HASH });
    const destruction = new Destruction({ ...common, feed, records, anchoring, journal });
    const follower = new Follower(tunables.follower ?? {}, common);
    return assemble(
      {
        store,
        keys,
        feed,
        records,
        lineage: writer,
        packages,
        anchoring,
        sender,
        follower,
        status,
        destruction,
        journal,
        tasks,
      },
      connection,
    );
  } catch (error) {
    await store.close();
    throw error;
  }
}

type Parts = Omit<NodeCore, "openJournal" | "start" | "close">;

function assemble(parts: Parts, connection: LedgerConnection): NodeCore {
  const { store, records, anchoring, sender, follower, destruction, journal, tasks } = parts;
  // The sender first: what was replaced is on its way again before anybody asks for it.
  follower.subscribe({
    onReorganisation: ({ ancestor }) => sender.reorganise(ancestor),
    onFinal: ({ number }) => sender.finalise(number),
  });
  follower.subscribe(anchoring);
  return {
    ...parts,
    openJournal: async () => {
      if ((await (await connection.view("latest")).head(journal)) !== undefined) return;
      await sender.submit({ key: "open-journal", call: openJournalCall() });
    },
    start: async () => {
      await sender.start();
      await anchoring.start();
      await destruction.start();
      follower.start();
    },
    close: async () => {
      await follower.close();
      anchoring.stop();
      await records.close();
      await sender.close();
      await anchoring.close();
      await destruction.close();
      await tasks.close();
      await store.close();
    },
  };
}

const systemRandom: RandomBytes = (lengthBytes) => new Uint8Array(randomBytes(lengthBytes));
