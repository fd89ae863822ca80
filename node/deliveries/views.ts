import type { DeliveryView } from "../../sdk/client/routes/deliveries.ts";
import { deliveriesScope, receiptsScope } from "../../sdk/protocol/anchor.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { RecordService } from "../records/service.ts";
import { MAXIMUM_SEQ } from "../storage/codecs.ts";
import { DELIVERIES, RECEPTIONS } from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";
import { consumerSide, providerSide } from "./settlement.ts";

const DEFAULT_LIMIT = 100;

export interface DeliveryListDependencies {
  readonly store: Store;
  readonly records: RecordService;
}

export interface DeliveryListOptions {
  readonly agreement: Hex;
  readonly side: "provider" | "consumer";
  readonly from?: number | undefined;
  readonly limit?: number | undefined;
}

/** The numbers of an agreement that were used or settled, as this side has them, in order. */
export async function listDeliveries(
  options: DeliveryListOptions,
  dependencies: DeliveryListDependencies,
): Promise<DeliveryView[]> {
  const { agreement, side, from = 0, limit = DEFAULT_LIMIT } = options;
  const { records } = dependencies;
  await records.registerScope((side === "provider" ? providerSide : consumerSide).info(agreement));
  const settled = await records.count(side === "provider" ? deliveriesScope(agreement) : receiptsScope(agreement));
  const used = side === "provider" ? await served(options, dependencies) : await asked(options, dependencies);
  const numbers = new Set(used.keys());
  for (let k = from; k < Math.min(settled, from + limit); k++) numbers.add(k);
  const ordered = [...numbers].sort((a, b) => a - b).slice(0, limit);
  return Promise.all(
    ordered.map(async (k) => ({
      ...(used.get(k) ?? { k, side, state: "unused", records: 0, acknowledged: false }),
      ...(k < settled && { settled: await settlementOf({ agreement, side, k }, records) }),
    })),
  );
}

const rangeOf = ({ agreement, from = 0, limit = DEFAULT_LIMIT }: DeliveryListOptions) => ({
  gte: { scope: agreement, seq: from },
  lte: { scope: agreement, seq: MAXIMUM_SEQ },
  limit,
});

async function served(
  options: DeliveryListOptions,
  { store }: DeliveryListDependencies,
): Promise<Map<number, DeliveryView>> {
  const entries = await store.page(DELIVERIES, rangeOf(options));
  return new Map(
    entries.map(([{ seq: k }, { terms, records, consumer }]) => {
      const { at, requestDigest, packageDigest } = terms;
      const acknowledged = consumer !== undefined;
      const state = acknowledged ? "acknowledged" : "served";
      return [k, { k, side: "provider", state, at, requestDigest, packageDigest, records, acknowledged }];
    }),
  );
}

async function asked(
  options: DeliveryListOptions,
  { store }: DeliveryListDependencies,
): Promise<Map<number, DeliveryView>> {
  const entries = await store.page(RECEPTIONS, rangeOf(options));
  return new Map(
    entries.map(([{ seq: k }, { state, at, requestDigest, terms, records, acknowledged }]) => [
      k,
      {
        k,
        side: "consumer",
        state,
        at: terms?.at ?? at,
        requestDigest,
        ...(terms && { packageDigest: terms.packageDigest }),
        records: records.length,
        acknowledged,
      },
    ]),
  );
}

async function settlementOf(
  { agreement, side, k }: { readonly agreement: Hex; readonly side: "provider" | "consumer"; readonly k: number },
  records: RecordService,
): Promise<NonNullable<DeliveryView["settled"]>> {
  const scope = side === "provider" ? deliveriesScope(agreement) : receiptsScope(agreement);
  const [{ outcome }, { record, state }] = await Promise.all([records.document(scope, k), records.view(scope, k)]);
  return { outcome: outcome as NonNullable<DeliveryView["settled"]>["outcome"], record, state }; // Conforms to the protocol's kind.
}
