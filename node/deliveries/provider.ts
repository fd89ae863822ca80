import type { Agreement } from "../../sdk/chain/agreements.ts";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { deliveriesScope, resourceScope } from "../../sdk/protocol/anchor.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import {
  deliveryBytes,
  parseDeliveryRequest,
  parsePattern,
  requestBytes,
  requestDigest,
  type DeliveryRequest,
  type DeliveryTerms,
  type KeySignature,
} from "../../sdk/protocol/delivery.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { Applications } from "../agreements/applications.ts";
import { readHead, unavailable, type Head, type HeadDependencies } from "../exchange/head.ts";
import type { OpenExchanges } from "../exchange/open-exchanges.ts";
import type { OwnKey } from "../exchange/own-key.ts";
import type { Caller } from "../http/signature.ts";
import type { Sealed } from "../keys/sealed.ts";
import { packageItem, type PackageIndex } from "../lineage/packages.ts";
import type { RecordService } from "../records/service.ts";
import { DELIVERIES, DELIVERY_FLOORS } from "../storage/keyspaces.ts";
import { put, type Store } from "../storage/store.ts";
import type { StoredDelivery } from "../storage/stored-exchange.ts";
import { DeliveryError } from "./errors.ts";
import { KeyedSerial } from "../storage/serial.ts";
import { buildPackage, deliveredEvidence, type Package } from "./package.ts";
import { isSignedBy, MAXIMUM_UNACKNOWLEDGED, requireGranted, requireInForce } from "./rules.ts";
import { Unacknowledged } from "./unacknowledged.ts";

export interface ProviderDependencies extends HeadDependencies {
  readonly connection: LedgerConnection;
  readonly ownKey: OwnKey;
  readonly store: Store;
  readonly sealed: Sealed;
  readonly records: RecordService;
  readonly packages: PackageIndex;
  readonly applications: Applications;
  readonly open: OpenExchanges;
}

export interface SignedRequest {
  readonly request: JsonObject;
  readonly signature: KeySignature;
}

/** Serves numbers of agreements in which this department is the provider. */
export class Provider {
  private readonly dependencies: ProviderDependencies;
  private readonly serials = new KeyedSerial();
  private readonly unacknowledged: Unacknowledged;

  constructor(dependencies: ProviderDependencies) {
    this.dependencies = dependencies;
    this.unacknowledged = new Unacknowledged(dependencies);
  }

  /**
   * Hands over the records that a signed request asks for, as DESIGN §4.2 orders: every rule is judged at the current head,
   * and what was signed is durable before it leaves. The same request under the same number gives the same package.
   * Throws DeliveryError `delivery.*`, ProtocolError `shape.*`, HttpError `chain.unavailable`.
   */
  async serve(caller: Caller, signed: SignedRequest): Promise<JsonObject[]> {
    const request = parseDeliveryRequest(signed.request);
    if (request.ledger !== this.dependencies.connection.ledger) throw new DeliveryError("delivery.ledger");
    // One at a time for each agreement: two requests cannot both find a number unused or the limit not reached.
    return this.serials.run(request.agreement, () =>
      unavailable(() => this.serveOne(caller, request, signed.signature)),
    );
  }

  /** Runs an action during which no number of the agreement is served or acknowledged. */
  exclusive<T>(agreement: Hex, action: () => Promise<T>): Promise<T> {
    return this.serials.run(agreement, action);
  }

  private async serveOne(caller: Caller, request: DeliveryRequest, signature: KeySignature): Promise<JsonObject[]> {
    const { store, applications, ownKey } = this.dependencies;
    const head = await readHead(this.dependencies);
    const agreement = await head.view.agreement(request.agreement);
    if (agreement?.provider !== ownKey.department || agreement.consumer !== caller.department)
      throw new DeliveryError("delivery.not-party");
    const consumer = { signature, bytes: requestBytes(request), department: agreement.consumer, at: head.now };
    if (!(await isSignedBy(consumer, head))) throw new DeliveryError("delivery.request-signature");
    const { k } = request;
    if (k >= agreement.reserved) throw new DeliveryError("delivery.not-reserved", { k, reserved: agreement.reserved });
    await requireInForce(agreement, head);
    const application = await applications.find(agreement.document);
    if (application === undefined) throw new DeliveryError("delivery.grant-missing");
    requireGranted(application, request);
    const earlier = await store.get(DELIVERIES, { scope: agreement.id, seq: k });
    if (earlier !== undefined && earlier.terms.requestDigest !== requestDigest(request))
      throw new DeliveryError("delivery.number-used", { k });
    if (earlier === undefined) await this.requireOpen(agreement.id, k);
    const contents = await this.build({ agreement, request, head, earlier });
    const delivery = earlier ?? (await this.sign({ agreement, request, signature, head }, contents));
    // What is not what was signed must not leave under that signature.
    if (contents.digest !== delivery.terms.packageDigest) throw new DeliveryError("delivery.number-used", { k });
    return deliveredEvidence({
      package: contents,
      terms: delivery.terms,
      provider: delivery.provider,
      grant: application.grant,
    });
  }

  /** Throws `delivery.unacknowledged-limit`, `delivery.settled`. */
  private async requireOpen(id: Hex, k: number): Promise<void> {
    const { records, store } = this.dependencies;
    if ((await this.unacknowledged.count(id)) >= MAXIMUM_UNACKNOWLEDGED) {
      throw new DeliveryError("delivery.unacknowledged-limit", { limit: MAXIMUM_UNACKNOWLEDGED });
    }
    const scope = deliveriesScope(id);
    await records.registerScope({
      scope,
      kind: "deliveries",
      agreement: id,
      recordKind: "delivery",
      hash: "keccak256",
    });
    const floor = (await store.get(DELIVERY_FLOORS, id)) ?? 0;
    if ((await records.count(scope)) > k || floor > k) throw new DeliveryError("delivery.settled", { k });
  }

  private async build({ agreement: { id, resource }, request, head, earlier }: Building): Promise<Package> {
    const { records, sealed } = this.dependencies;
    const { k, keys, fields } = request;
    const contents = earlier && (JSON.parse(await sealed.open(placeOf(id, k), earlier.sealed)) as StoredContents); // Written by `sign`.
    const wanted = {
      scope: resourceScope(resource),
      keys,
      patterns: fields.map(parsePattern),
      ...(contents && { seqs: contents.seqs }),
    };
    return buildPackage(wanted, { records, head });
  }

  private async sign({ agreement, request, signature, head }: Serving, contents: Package): Promise<StoredDelivery> {
    const { packages, open, ownKey, sealed, connection } = this.dependencies;
    const { id } = agreement;
    const { k, purpose } = request;
    const terms: DeliveryTerms = {
      ledger: connection.ledger,
      agreement: id,
      k,
      consumer: agreement.consumer,
      purpose,
      requestDigest: requestDigest(request),
      packageDigest: contents.digest,
      at: head.now,
    };
    const { text, key } = sealed.seal(
      placeOf(id, k),
      JSON.stringify({ request, seqs: contents.seqs } satisfies StoredContents),
    );
    const delivery: StoredDelivery = {
      terms,
      provider: await ownKey.sign(deliveryBytes(terms)),
      request: signature,
      records: contents.items.length,
      sealed: text,
    };
    // Crash before this line: nothing left the node, the number is unused. After it: the same request gives the same package.
    await packages.delivered({ scope: deliveriesScope(id), seq: k }, contents.evidences.map(packageItem), [
      key,
      put(DELIVERIES, { scope: id, seq: k }, delivery),
      open.add(`provide/${id}`),
    ]);
    this.unacknowledged.add(id, k);
    open.wake();
    return delivery;
  }

  /**
   * Takes the consumer's signature under the terms of a delivery. Repeating it is harmless; after the number is settled it
   * still counts against the limit. Throws `delivery.unknown`, `delivery.not-party`, `delivery.receipt-invalid`.
   */
  async acknowledge(
    caller: Caller,
    place: { readonly agreement: Hex; readonly k: number },
    receipt: { readonly packageDigest: Hex; readonly consumer: KeySignature },
  ): Promise<void> {
    await this.serials.run(place.agreement, async () => {
      const { store, open } = this.dependencies;
      const key = { scope: place.agreement, seq: place.k };
      const delivery = await store.get(DELIVERIES, key);
      if (delivery === undefined) throw new DeliveryError("delivery.unknown");
      const { terms } = delivery;
      if (terms.consumer !== caller.department) throw new DeliveryError("delivery.not-party");
      if (receipt.packageDigest !== terms.packageDigest)
        throw new DeliveryError("delivery.receipt-invalid", { part: "packageDigest" });
      const head = await readHead(this.dependencies);
      const signed = {
        signature: receipt.consumer,
        bytes: deliveryBytes(terms),
        department: terms.consumer,
        at: terms.at,
      };
      if (!(await unavailable(() => isSignedBy(signed, head))))
        throw new DeliveryError("delivery.receipt-invalid", { part: "signature" });
      if (delivery.consumer !== undefined) return;
      await store.write([
        put(DELIVERIES, key, { ...delivery, consumer: receipt.consumer }),
        open.add(`provide/${place.agreement}`),
      ]);
      this.unacknowledged.remove(place.agreement, place.k);
      open.wake();
    });
  }
}

interface Serving {
  readonly agreement: Agreement;
  readonly request: DeliveryRequest;
  readonly signature: KeySignature;
  readonly head: Head;
}

interface Building {
  readonly agreement: Agreement;
  readonly request: DeliveryRequest;
  readonly head: Head;
  readonly earlier: StoredDelivery | undefined;
}

/** What was asked and which records answered: kept sealed, because business keys name persons and firms. */
interface StoredContents {
  readonly request: DeliveryRequest;
  readonly seqs: readonly number[];
}

const placeOf = (agreement: Hex, k: number): string => `deliveries/${agreement}/${k}`;
