import type { Agreement } from "../../sdk/chain/agreements.ts";
import { serveDelivery } from "../../sdk/client/routes/deliveries.ts";
import { receiptsScope } from "../../sdk/protocol/anchor.ts";
import { toBase64Url, type Hex } from "../../sdk/protocol/bytes.ts";
import { requestBytes, requestDigest, type DeliveryRequest, type KeySignature } from "../../sdk/protocol/delivery.ts";
import { evidenceJson, type Evidence } from "../../sdk/protocol/evidence.ts";
import type { Applications } from "../agreements/applications.ts";
import { AgreementError } from "../agreements/errors.ts";
import { readHead, unavailable } from "../exchange/head.ts";
import type { OpenExchanges } from "../exchange/open-exchanges.ts";
import type { OwnKey } from "../exchange/own-key.ts";
import { refusalOf, type Peers } from "../exchange/peers.ts";
import type { Sealed } from "../keys/sealed.ts";
import type { RandomBytes } from "../ports.ts";
import { noteFresh } from "../lineage/fresh-receptions.ts";
import { packageItem, type PackageIndex } from "../lineage/packages.ts";
import type { RecordService } from "../records/service.ts";
import { RECEIVED, RECEPTION_KEYS, RECEPTIONS } from "../storage/keyspaces.ts";
import { put, type Operation, type Store } from "../storage/store.ts";
import type { StoredReception } from "../storage/stored-exchange.ts";
import { DeliveryError } from "./errors.ts";
import { KeyedSerial } from "../storage/serial.ts";
import { countersign, type Examined, type Examiner } from "./examine.ts";
import { nextNumber, Numbers, type NumbersDependencies, type NumbersOptions } from "./numbers.ts";
import { requireGranted, requireInForce } from "./rules.ts";

const NONCE_BYTES = 16;

export interface ConsumerDependencies extends NumbersDependencies {
  readonly ownKey: OwnKey;
  readonly peers: Peers;
  readonly store: Store;
  readonly sealed: Sealed;
  readonly records: RecordService;
  readonly packages: PackageIndex;
  readonly applications: Applications;
  readonly open: OpenExchanges;
  readonly examiner: Examiner;
  readonly random: RandomBytes;
}

export interface Wanted {
  readonly keys: readonly string[];
  readonly fields: readonly string[];
  readonly purpose: string;
  readonly idempotencyKey?: string | undefined;
}

export interface Reception extends StoredReception {
  readonly k: number;
}

interface SealedRequest {
  readonly request: DeliveryRequest;
  readonly signature: KeySignature;
}

/** Obtains records under agreements in which this department is the consumer. */
export class Consumer {
  private readonly numbers: Numbers;
  private readonly dependencies: ConsumerDependencies;
  private readonly serials = new KeyedSerial();
  private readonly asking = new Map<string, Promise<Reception>>();

  constructor(options: NumbersOptions, dependencies: ConsumerDependencies) {
    this.numbers = new Numbers(options, dependencies);
    this.dependencies = dependencies;
  }

  /**
   * Asks under the next number, verifies, countersigns and keeps what comes. A call that ends without an outcome leaves the
   * number `asked`: the node repeats the very same request, so nothing is handed over twice under two numbers.
   * Throws DeliveryError, AgreementError `agreement.unknown`, HttpError `peer.*`, `chain.unavailable`.
   */
  async obtain(id: Hex, wanted: Wanted): Promise<Reception> {
    const head = await readHead(this.dependencies);
    const agreement = await this.agreement(id);
    await unavailable(() => requireInForce(agreement, head));
    const application = await this.dependencies.applications.find(agreement.document);
    if (application !== undefined) requireGranted(application, wanted);
    const reception = await this.serials.run(id, () => this.take(agreement, wanted));
    return this.settleRequest(reception, id);
  }

  /** Repeats the request of a number whose outcome is open. Resolves at once for one that has an outcome. */
  async resume(id: Hex, k: number): Promise<Reception | undefined> {
    const stored = await this.find(id, k);
    return stored && this.settleRequest(stored, id);
  }

  async find(id: Hex, k: number): Promise<Reception | undefined> {
    const stored = await this.dependencies.store.get(RECEPTIONS, { scope: id, seq: k });
    return stored && { ...stored, k };
  }

  /** The stored evidence file. Throws `delivery.unknown`. */
  async evidence(id: Hex, k: number, index: number): Promise<string> {
    const key = receivedKey(id, k, index);
    const sealed = await this.dependencies.store.get(RECEIVED, key);
    if (sealed === undefined) throw new DeliveryError("delivery.unknown");
    return this.dependencies.sealed.open(`received/${key}`, sealed);
  }

  /** Runs an action during which no number of the agreement is taken. */
  exclusive<T>(id: Hex, action: () => Promise<T>): Promise<T> {
    return this.serials.run(id, action);
  }

  async agreement(id: Hex): Promise<Agreement> {
    const { view } = await readHead(this.dependencies);
    const found = await unavailable(() => view.agreement(id));
    if (found?.consumer !== this.dependencies.ownKey.department) throw new AgreementError("agreement.unknown");
    return found;
  }

  /** Gives the request a number and makes both durable; then, and only then, it may be sent. */
  private async take(agreement: Agreement, wanted: Wanted): Promise<Reception> {
    const { store, records, open, ownKey, connection, random, clock, sealed } = this.dependencies;
    const { id } = agreement;
    const { keys, fields, purpose, idempotencyKey } = wanted;
    const known = idempotencyKey === undefined ? undefined : await this.byIdempotencyKey(id, wanted);
    if (known !== undefined && known.state !== "free") return known;
    const scope = receiptsScope(id);
    await records.registerScope({ scope, kind: "receipts", agreement: id, recordKind: "receipt", hash: "keccak256" });
    const k = await nextNumber(store, { agreement: id, settled: await records.count(scope) });
    await this.numbers.reserve(agreement, k);
    const request: DeliveryRequest = {
      ledger: connection.ledger,
      agreement: id,
      k,
      purpose,
      fields,
      keys,
      nonce: toBase64Url(random(NONCE_BYTES)),
    };
    const signature = await ownKey.sign(requestBytes(request));
    const kept = sealed.seal(placeOf(id, k), JSON.stringify({ request, signature } satisfies SealedRequest));
    const reception: StoredReception = {
      state: "asked",
      at: Math.floor(clock() / 1000),
      requestDigest: requestDigest(request),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      sealed: kept.text,
      records: [],
      faults: [],
      acknowledged: false,
    };
    const operations: Operation[] = [
      kept.key,
      put(RECEPTIONS, { scope: id, seq: k }, reception),
      open.add(`ask/${id}/${k}`),
      open.add(`consume/${id}`),
    ];
    if (idempotencyKey !== undefined) operations.push(put(RECEPTION_KEYS, `${id}/${idempotencyKey}`, k));
    // Crash before this line: nothing was asked, the reserved number is free. After it: the same request is repeated until it has an outcome.
    await store.write(operations);
    return { ...reception, k };
  }

  private async byIdempotencyKey(
    id: Hex,
    { idempotencyKey, keys, fields, purpose }: Wanted,
  ): Promise<Reception | undefined> {
    const k = await this.dependencies.store.get(RECEPTION_KEYS, `${id}/${idempotencyKey ?? ""}`);
    const known = k === undefined ? undefined : await this.find(id, k);
    if (k === undefined || known === undefined || known.idempotencyKey !== idempotencyKey) return undefined;
    const { request } = await this.open(id, known);
    const same =
      JSON.stringify([request.keys, request.fields, request.purpose]) === JSON.stringify([keys, fields, purpose]);
    if (!same) throw new DeliveryError("delivery.idempotency-conflict", { k });
    return known;
  }

  /** One exchange for each number at a time, whoever asks: the caller, a repeated call, or the settler. */
  private settleRequest(reception: Reception, id: Hex): Promise<Reception> {
    if (reception.state !== "asked") return Promise.resolve(reception);
    const name = `${id}/${reception.k}`;
    const running = this.asking.get(name);
    if (running !== undefined) return running;
    const exchange = this.ask(reception, id).finally(() => this.asking.delete(name));
    this.asking.set(name, exchange);
    return exchange;
  }

  private async ask(reception: Reception, id: Hex): Promise<Reception> {
    const { peers, examiner } = this.dependencies;
    const { request, signature } = await this.open(id, reception);
    const agreement = await this.agreement(id);
    let answer;
    try {
      answer = await peers.call(agreement.provider, serveDelivery, { body: { request: { ...request }, signature } });
    } catch (error) {
      const outcome = outcomeOf(refusalOf(error)?.code);
      if (outcome !== undefined) await this.giveUp(reception, id, outcome);
      throw error;
    }
    return this.keep(reception, id, await examiner.examine({ request, agreement, evidences: answer.evidences }));
  }

  private async giveUp({ k, ...reception }: Reception, id: Hex, outcome: Partial<StoredReception>): Promise<void> {
    const { store, open } = this.dependencies;
    const given = put(RECEPTIONS, { scope: id, seq: k }, { ...reception, ...outcome });
    await store.write([given, open.remove(`ask/${id}/${k}`)]);
    open.wake();
  }

  /** Keeps what was found good, countersigned; of what was not, only why. */
  private async keep({ k, ...reception }: Reception, id: Hex, examined: Examined): Promise<Reception> {
    const { packages, open, ownKey, sealed } = this.dependencies;
    const { terms, provider, faults, records, block } = examined;
    const good = examined.evidences !== undefined && faults.length === 0;
    const consumer = good && terms ? await countersign(terms, ownKey) : undefined;
    const kept: StoredReception = {
      ...reception,
      state: good ? "received" : "disputed",
      records,
      faults,
      ...(terms && { terms }),
      ...(provider && { provider }),
      ...(consumer && { consumer }),
    };
    const operations: Operation[] = [put(RECEPTIONS, { scope: id, seq: k }, kept), open.remove(`ask/${id}/${k}`)];
    if (consumer !== undefined) {
      operations.push(open.add(`receipt/${id}/${k}`));
      examined.evidences?.forEach((evidence, index) => {
        const key = receivedKey(id, k, index);
        const text = JSON.stringify(
          evidenceJson({ ...evidence, ...(evidence.delivery && { delivery: { ...evidence.delivery, consumer } }) }),
        );
        const file = sealed.seal(`received/${key}`, text);
        operations.push(file.key, put(RECEIVED, key, file.text));
      });
    }
    const inOrder = good ? (examined.evidences ?? []).toSorted((a, b) => placeInPackage(a) - placeInPackage(b)) : [];
    const receipt = { scope: receiptsScope(id), seq: k };
    if (inOrder.length > 0 && block !== undefined) operations.push(noteFresh(receipt, block));
    // Crash before this line: the number is still `asked` and the same package is fetched again. After it: the receipt is owed.
    await packages.received(receipt, inOrder.map(packageItem), operations);
    open.wake();
    return { ...kept, k };
  }

  private async open(id: Hex, { k, sealed }: Reception): Promise<SealedRequest> {
    return JSON.parse(await this.dependencies.sealed.open(placeOf(id, k), sealed)) as SealedRequest; // Written by `take`.
  }
}

/**
 * What a refusal makes of a number; undefined when it says nothing about it, and the request is repeated. A refusal by the
 * delivery's own rules proves that nothing was served under the number, except where the number itself is the reason.
 */
function outcomeOf(code: string | undefined): Partial<StoredReception> | undefined {
  if (code === "delivery.settled") return { state: "closed" };
  if (code === "delivery.number-used") return { state: "disputed", faults: [code] };
  const isRule = code !== undefined && /^(?:delivery|shape|http\.request)/.test(code);
  return isRule ? { state: "free" } : undefined;
}

const placeInPackage = ({ delivery }: Evidence): number => delivery?.package.index ?? 0;
const placeOf = (agreement: Hex, k: number): string => `receptions/${agreement}/${k}`;
const receivedKey = (agreement: Hex, k: number, index: number): string => `${agreement}/${k}/${index}`;
