import type { Agreement } from "../../sdk/chain/agreements.ts";
import { isRevert } from "../../sdk/chain/errors.ts";
import { deliveriesScope, receiptsScope } from "../../sdk/protocol/anchor.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { readHead, unavailable, type Head, type HeadDependencies } from "../exchange/head.ts";
import type { OpenExchanges } from "../exchange/open-exchanges.ts";
import { isRefusal, type ScopeInfo } from "../records/model.ts";
import type { RecordService } from "../records/service.ts";
import { MAXIMUM_SEQ } from "../storage/codecs.ts";
import { DELIVERIES, RECEPTIONS } from "../storage/keyspaces.ts";
import type { Space, Store } from "../storage/store.ts";
import type { StoredDelivery, StoredReception } from "../storage/stored-exchange.ts";
import type { ScopeSeq } from "../storage/codecs.ts";

/** Before a settlement period ends, this long is kept for anchoring. */
const ANCHORING_RESERVE_SECONDS = 86_400;

export interface SettlementOptions {
  /** How long a number may stay open once something later is done, or once it waits for the other side. */
  readonly waitSeconds: number;
}

export interface SettlementDependencies extends HeadDependencies {
  readonly store: Store;
  readonly records: RecordService;
  readonly open: OpenExchanges;
}

/** How one side settles: its stream, and what it says of a number now. */
interface Side<Stored> {
  readonly name: "provide" | "consume";
  readonly info: (agreement: Hex) => ScopeInfo;
  readonly space: Space<ScopeSeq, Stored>;
  readonly atOf: (stored: Stored) => number;
  /** Whether the other side may still give the number another outcome. */
  readonly isPending: (stored: Stored) => boolean;
  /** Whether a pending number is closed after the wait although the agreement goes on. */
  readonly closesEarly: boolean;
  /** The document of number k; undefined while it has to wait. `over` is true when waiting is over. */
  readonly settle: (
    stored: Stored | undefined,
    place: { readonly agreement: Hex; readonly k: number },
    over: boolean,
  ) => JsonObject | undefined;
}

/** Writes the provider's stream: one record for each reserved number, in order (DESIGN §4.2). */
export const providerSide: Side<StoredDelivery> = {
  name: "provide",
  info: (agreement) => ({
    scope: deliveriesScope(agreement),
    kind: "deliveries",
    agreement,
    recordKind: "delivery",
    hash: "keccak256",
  }),
  space: DELIVERIES,
  atOf: ({ terms }) => terms.at,
  isPending: () => true,
  closesEarly: true,
  settle: (stored, place, over) => {
    if (stored?.consumer !== undefined) return document(place, "delivered", stored, [stored.provider, stored.consumer]);
    if (!over) return undefined;
    return stored === undefined
      ? { ...place, outcome: "void" }
      : document(place, "unacknowledged", stored, [stored.request]);
  },
};

/** Writes the consumer's stream. */
export const consumerSide: Side<StoredReception> = {
  name: "consume",
  info: (agreement) => ({
    scope: receiptsScope(agreement),
    kind: "receipts",
    agreement,
    recordKind: "receipt",
    hash: "keccak256",
  }),
  space: RECEPTIONS,
  atOf: ({ at }) => at,
  // A freed number is asked under again; an open question is repeated for as long as the agreement lasts.
  isPending: ({ state }) => state === "asked",
  closesEarly: false,
  settle: (stored, place, over) => {
    const { state, terms, consumer, provider } = stored ?? {};
    if (state === "received" && terms && consumer && provider) {
      return {
        ...place,
        outcome: "received",
        at: terms.at,
        packageDigest: terms.packageDigest,
        signatures: [{ ...provider }, { ...consumer }],
      };
    }
    if (state === "disputed") {
      return {
        ...place,
        outcome: "disputed",
        ...(terms && { at: terms.at, packageDigest: terms.packageDigest }),
        ...(provider && { signatures: [{ ...provider }] }),
      };
    }
    return over || state === "closed" ? { ...place, outcome: "nothing-received" } : undefined;
  },
};

const document = (
  place: { readonly agreement: Hex; readonly k: number },
  outcome: string,
  { terms: { at, requestDigest, packageDigest } }: StoredDelivery,
  signatures: readonly { readonly key: string; readonly signature: string }[],
): JsonObject => ({
  ...place,
  outcome,
  at,
  requestDigest,
  packageDigest,
  signatures: signatures.map((signature) => ({ ...signature })),
});

/** Settles the numbers of an agreement from one side, as far as it can be done now. The caller keeps others from taking numbers meanwhile. */
export class Settlement<Stored> {
  private readonly side: Side<Stored>;
  private readonly options: SettlementOptions;
  private readonly dependencies: SettlementDependencies;

  constructor(side: Side<Stored>, options: SettlementOptions, dependencies: SettlementDependencies) {
    this.side = side;
    this.options = options;
    this.dependencies = dependencies;
  }

  /** True when nothing is left to settle, now or later. Crash at any line: what was accepted is counted, the rest comes again. */
  async advance(id: Hex): Promise<boolean> {
    const { records } = this.dependencies;
    const head = await readHead(this.dependencies);
    const agreement = await unavailable(() => head.view.agreement(id));
    if (agreement === undefined) return true;
    const info = this.side.info(id);
    await records.registerScope(info);
    const limit = await this.limitOf(agreement, head);
    if (limit.isPast) return true;
    for (let k = await records.count(info.scope); k < agreement.reserved; k++) {
      const stored = await this.dependencies.store.get(this.side.space, { scope: id, seq: k });
      const over = await this.isOver({ agreement, k, stored, head, limit });
      const settled = this.side.settle(stored, { agreement: id, k }, over);
      if (settled === undefined) return false;
      const [result] = await records.accept(info.scope, [{ document: settled }]);
      if (result === undefined || isRefusal(result)) throw result?.error ?? new TypeError("no result for an input");
    }
    return limit.hasEnded;
  }

  private async limitOf({ id, endedAt, validUntil }: Agreement, { view, now }: Head): Promise<Limit> {
    const hasEnded = endedAt !== undefined || now >= validUntil;
    try {
      const until = await unavailable(() => view.settlementUntil(id));
      return { hasEnded, until, isPast: until !== undefined && now >= until };
    } catch (error) {
      if (isRevert(error)) return { hasEnded, until: undefined, isPast: false }; // The calendar does not reach: the contract decides later.
      throw error;
    }
  }

  /** Whether number k need not wait any longer for what may still come. */
  private async isOver({ agreement, k, stored, head: { now }, limit }: Waiting<Stored>): Promise<boolean> {
    const { waitSeconds } = this.options;
    const { until, hasEnded } = limit;
    if (until !== undefined && now >= until - ANCHORING_RESERVE_SECONDS) return true;
    const waited = (one: Stored): boolean => now >= this.side.atOf(one) + waitSeconds;
    if (stored !== undefined && this.side.isPending(stored))
      return waited(stored) && (hasEnded || this.side.closesEarly);
    if (hasEnded) return true;
    const later = await this.firstLater(agreement.id, k);
    return later !== undefined && waited(later);
  }

  private async firstLater(id: Hex, k: number): Promise<Stored | undefined> {
    const range = { gt: { scope: id, seq: k }, lte: { scope: id, seq: MAXIMUM_SEQ }, limit: 1 };
    const [entry] = await this.dependencies.store.page(this.side.space, range);
    return entry?.[1];
  }
}

interface Limit {
  readonly hasEnded: boolean;
  readonly until: number | undefined;
  readonly isPast: boolean;
}

interface Waiting<Stored> {
  readonly agreement: Agreement;
  readonly k: number;
  readonly stored: Stored | undefined;
  readonly head: Head;
  readonly limit: Limit;
}
