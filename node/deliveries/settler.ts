import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { acknowledgeDelivery } from "../../sdk/client/routes/deliveries.ts";
import { deliveriesScope, receiptsScope } from "../../sdk/protocol/anchor.ts";
import { isCodedError } from "../../sdk/protocol/errors.ts";
import { isHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { HandOver } from "../agreements/hand-over.ts";
import { readHead, unavailable, type HeadDependencies } from "../exchange/head.ts";
import type { OpenExchanges } from "../exchange/open-exchanges.ts";
import type { Peers } from "../exchange/peers.ts";
import type { Log, Timer } from "../ports.ts";
import { RECEPTIONS } from "../storage/keyspaces.ts";
import { put, type Store } from "../storage/store.ts";
import type { StoredDelivery, StoredReception } from "../storage/stored-exchange.ts";
import type { Consumer } from "./consumer.ts";
import type { Provider } from "./provider.ts";
import type { Settlement } from "./settlement.ts";

export interface SettlerOptions {
  readonly department: string;
  /** Between two looks at everything that is open. */
  readonly intervalMs: number;
  /** Between two looks at the ledger for numbers that nobody asked under. */
  readonly discoverEveryMs: number;
}

export const SETTLE_INTERVAL_MS = 10_000;
export const DISCOVER_INTERVAL_MS = 600_000;

/** With the usual interval: ten minutes. */
const MAXIMUM_PAUSE_TURNS = 60;

interface Failure {
  readonly code: string;
  readonly count: number;
  readonly nextTurn: number;
}

export interface SettlerDependencies extends HeadDependencies {
  readonly connection: LedgerConnection;
  readonly store: Store;
  readonly open: OpenExchanges;
  readonly peers: Peers;
  readonly handOver: HandOver;
  readonly provider: Provider;
  readonly consumer: Consumer;
  readonly provided: Settlement<StoredDelivery>;
  readonly consumed: Settlement<StoredReception>;
  readonly timer: Timer;
  readonly log: Log;
}

/** Finishes what is open between departments, after every change and again and again, also what an earlier process left. */
export class Settler {
  private readonly options: SettlerOptions;
  private readonly dependencies: SettlerDependencies;
  private running: Promise<void> | undefined;
  private again = false;
  private closed = true;
  private readonly failures = new Map<string, Failure>();
  private turn = 0;
  private discoveredAt = Number.NEGATIVE_INFINITY;
  private cancel = (): void => undefined;
  private unsubscribe = (): void => undefined;

  constructor(options: SettlerOptions, dependencies: SettlerDependencies) {
    this.options = options;
    this.dependencies = dependencies;
  }

  start(): void {
    this.closed = false;
    this.unsubscribe = this.dependencies.open.onWake(() => this.kick());
    this.kick();
  }

  async stop(): Promise<void> {
    this.closed = true;
    this.cancel();
    this.unsubscribe();
    await this.running;
  }

  /** Looks at everything now; a look that is under way is followed by another. */
  kick(): void {
    if (this.closed) return;
    this.again = true;
    this.running ??= this.run().finally(() => (this.running = undefined));
  }

  /** Resolves when a look at everything, begun after this call, is done; also at what failed a moment ago. */
  async settled(): Promise<void> {
    this.failures.clear();
    this.kick();
    await this.running;
  }

  private async run(): Promise<void> {
    this.cancel();
    while (this.again && !this.closed) {
      this.again = false;
      this.turn++;
      await this.attempt("discover", () => this.discover());
      for await (const name of this.dependencies.open.names()) {
        if (this.closed) return;
        await this.attempt(name, () => this.finish(name));
      }
    }
    if (!this.closed) this.cancel = this.dependencies.timer(this.options.intervalMs, () => this.kick());
  }

  /** What fails is looked at again, ever more rarely; it never keeps the others waiting. The log says each reason once. */
  private async attempt(name: string, action: () => Promise<void>): Promise<void> {
    const before = this.failures.get(name);
    if (before !== undefined && this.turn < before.nextTurn) return;
    try {
      await action();
      this.failures.delete(name);
    } catch (error) {
      const code = isCodedError(error) ? error.code : error instanceof Error ? error.name : "unknown";
      if (before?.code !== code) this.dependencies.log.warn({ exchange: name, code }, "not finished yet");
      const count = (before?.count ?? 0) + 1;
      this.failures.set(name, { code, count, nextTurn: this.turn + Math.min(2 ** (count - 1), MAXIMUM_PAUSE_TURNS) });
    }
  }

  private finish(name: string): Promise<void> {
    const other = this.dependencies.open.finisherOf(name);
    if (other !== undefined) return other();
    const [kind, agreement = "", last = ""] = name.split("/");
    if (!isHex(agreement, 32)) throw new TypeError("an open exchange names its agreement");
    switch (kind) {
      case "application":
        if (!isHex(last, 32)) throw new TypeError("an application has a document");
        return this.dependencies.handOver.send(agreement, last);
      case "ask":
        return this.dependencies.consumer.resume(agreement, Number(last)).then(() => undefined);
      case "receipt":
        return this.sendReceipt(agreement, Number(last));
      case "provide":
        return this.close(name, () =>
          this.dependencies.provider.exclusive(agreement, () => this.dependencies.provided.advance(agreement)),
        );
      case "consume":
        return this.close(name, () =>
          this.dependencies.consumer.exclusive(agreement, () => this.dependencies.consumed.advance(agreement)),
        );
      default:
        throw new TypeError("an open exchange of an unknown kind");
    }
  }

  /** Hands the countersignature to the provider and notes that it is there. Throws HttpError `peer.*`. */
  async sendReceipt(agreement: Hex, k: number): Promise<void> {
    const { store, open, peers, consumer } = this.dependencies;
    const reception = await consumer.find(agreement, k);
    if (reception?.consumer === undefined || reception.terms === undefined)
      throw new TypeError("a receipt is owed for what was countersigned");
    if (!reception.acknowledged) {
      const { provider } = await consumer.agreement(agreement);
      const body = { packageDigest: reception.terms.packageDigest, consumer: reception.consumer };
      await peers.call(provider, acknowledgeDelivery, { params: { agreement, k }, body });
    }
    const { k: _number, ...stored } = reception;
    await store.write([
      put(RECEPTIONS, { scope: agreement, seq: k }, { ...stored, acknowledged: true }),
      open.remove(`receipt/${agreement}/${k}`),
    ]);
  }

  private async close(name: string, advance: () => Promise<boolean>): Promise<void> {
    const { store, open } = this.dependencies;
    if (await advance()) await store.write([open.remove(name)]);
  }

  /** Reserved numbers under which nobody asked have to be settled too, and by both sides. */
  private async discover(): Promise<void> {
    const { clock, open, store } = this.dependencies;
    if (clock() < this.discoveredAt + this.options.discoverEveryMs) return;
    const { view } = await readHead(this.dependencies);
    const { department } = this.options;
    const all = await unavailable(() => view.agreements());
    for (const { id, provider, consumer, reserved } of all) {
      if (reserved === 0 || (provider !== department && consumer !== department)) continue;
      const [name, scope] =
        provider === department ? [`provide/${id}`, deliveriesScope(id)] : [`consume/${id}`, receiptsScope(id)];
      const head = await unavailable(() => view.head(scope));
      if (head !== undefined && head.next < reserved && !(await open.has(name))) await store.write([open.add(name)]);
    }
    this.discoveredAt = clock();
  }
}
