import * as routes from "../../sdk/client/routes/deliveries.ts";
import { isJsonObject, parseJson } from "../../sdk/protocol/json.ts";
import type { AgreementService } from "../agreements/service.ts";
import type { OwnKey } from "../exchange/own-key.ts";
import { bind, type Binding } from "../http/bind.ts";
import type { Log } from "../ports.ts";
import type { RecordService } from "../records/service.ts";
import type { Store } from "../storage/store.ts";
import type { Consumer } from "./consumer.ts";
import type { Provider } from "./provider.ts";
import type { Settler } from "./settler.ts";
import { DeliveryError } from "./errors.ts";
import { listDeliveries } from "./views.ts";

export interface DeliveryRouteDependencies {
  readonly provider: Provider;
  readonly consumer: Consumer;
  readonly settler: Settler;
  readonly agreements: AgreementService;
  readonly ownKey: OwnKey;
  readonly store: Store;
  readonly records: RecordService;
  readonly log: Log;
}

export function deliveryRoutes(dependencies: DeliveryRouteDependencies): Binding[] {
  const { provider, consumer, settler, agreements, ownKey, log } = dependencies;
  return [
    bind(routes.askForDelivery, async ({ params: { id }, body, idempotencyKey }) => {
      const reception = await consumer.obtain(id, { ...body, idempotencyKey: body.idempotencyKey ?? idempotencyKey });
      const { k, state, requestDigest, terms, records, faults, at } = reception;
      // A number that was disputed or closed without a package, and is asked for again by its idempotency key.
      if (state === "closed") throw new DeliveryError("delivery.settled", { k });
      if (state !== "received" && state !== "disputed") throw new TypeError("an outcome was awaited");
      let { acknowledged } = reception;
      if (state === "received" && !acknowledged) {
        try {
          await settler.sendReceipt(id, k);
          acknowledged = true;
        } catch {
          log.warn({ agreement: id, k }, "the receipt was not handed over yet");
        }
      }
      return {
        k,
        state,
        requestDigest,
        ...(terms && { packageDigest: terms.packageDigest }),
        at: terms?.at ?? at,
        records: records.map((record, index) => ({ ...record, index })),
        faults: [...faults],
        acknowledged,
      };
    }),
    bind(routes.listDeliveries, async ({ params: { id: agreement }, query }) => {
      const { provider: owner } = await agreements.agreement(agreement);
      const side = owner === ownKey.department ? "provider" : "consumer";
      return { deliveries: await listDeliveries({ agreement, side, ...query }, dependencies) };
    }),
    bind(routes.getReceivedEvidence, async ({ params: { id, k, index } }) => {
      const evidence = parseJson(await consumer.evidence(id, k, index));
      if (!isJsonObject(evidence)) throw new TypeError("evidence is an object");
      return evidence;
    }),
    bind(routes.serveDelivery, async ({ caller, body }) => ({ evidences: await provider.serve(caller, body) })),
    bind(routes.acknowledgeDelivery, async ({ caller, params, body }) => {
      await provider.acknowledge(caller, params, body);
      return { acknowledged: true } as const;
    }),
  ];
}
