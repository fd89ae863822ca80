import { answerAgreement, applyForAgreement } from "../../../sdk/client/routes/agreements.ts";
import {
  acknowledgeDelivery,
  askForDelivery,
  getReceivedEvidence,
  listDeliveries,
  serveDelivery,
  type DeliveryView,
} from "../../../sdk/client/routes/deliveries.ts";
import { toBase64Url, type Hex } from "../../../sdk/protocol/bytes.ts";
import {
  deliveryBytes,
  requestBytes,
  type DeliveryRequest,
  type KeySignature,
} from "../../../sdk/protocol/delivery.ts";
import { parseEvidence } from "../../../sdk/protocol/evidence.ts";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { isRefusal } from "../../../node/records/service.ts";
import { startLedger, type TestDepartment, type TestLedger } from "../../support/ledger.ts";
import { certificate, certificateSchema, resourceInfo } from "../support/core.ts";
import { signerOf, startTestNode, type TestNode } from "../support/nodes.ts";

export const PURPOSE = "bid-review";
export const SCOPE_FIELD = '["scope"]';
const DAY = 86_400;

export interface Pair {
  readonly ledger: TestLedger;
  readonly provider: TestNode;
  readonly consumer: TestNode;
  readonly resource: Hex;
  readonly scope: Hex;
  stop(): Promise<void>;
}

/** A provider's node that publishes a resource, and a consumer's. */
export async function startPair(
  options: {
    readonly provider?: Partial<Parameters<typeof startTestNode>[0]>;
    readonly consumer?: Partial<Parameters<typeof startTestNode>[0]>;
  } = {},
): Promise<Pair> {
  const ledger = await startLedger();
  const { resource, scope } = await ledger.publish({
    provider: ledger.provider,
    code: "licence",
    schema: certificateSchema,
    personal: true,
  });
  const provider = await startTestNode({ ledger, department: ledger.provider, ...options.provider });
  const consumer = await startTestNode({ ledger, department: ledger.consumer, ...options.consumer });
  await provider.node.core.records.registerScope(resourceInfo({ resource, scope }));
  return {
    ledger,
    provider,
    consumer,
    resource,
    scope,
    stop: async () => {
      await consumer.stop();
      await provider.stop();
      await ledger.stop();
    },
  };
}

/** A new process of the provider. The test's resource has no family, so the test registers it. */
export async function restartProvider({ provider, resource, scope }: Pair): Promise<void> {
  await provider.restart();
  await provider.node.core.records.registerScope(resourceInfo({ resource, scope }));
}

/** Certificates of these numbers, final. Returns their record numbers. */
export async function addCertificates({ provider, scope }: Pair, numbers: readonly string[]): Promise<number[]> {
  const { records } = provider.node.core;
  const inputs = numbers.map((number) => ({ document: certificate(number, { note: `内部备注 ${number}` }) }));
  const results = await records.accept(scope, inputs);
  const seqs = results.map((result) => {
    if (isRefusal(result)) throw result.error;
    return result.seq;
  });
  for (const seq of seqs) await records.waitFor(scope, seq, "final", { timeoutMs: 30_000 });
  return seqs;
}

let applications = 0;

/** An agreement in force for one optional field. */
export async function agree(
  { ledger, provider, consumer, resource }: Pair,
  more: { readonly fields?: string[]; readonly maximumUses?: number; readonly validUntil?: number } = {},
): Promise<Hex> {
  const body = {
    resource,
    purpose: PURPOSE,
    fields: [SCOPE_FIELD],
    matter: `事项 ${applications++}`,
    validFrom: ledger.now,
    validUntil: ledger.now + 3000 * DAY,
    maximumUses: 100,
    ...more,
  };
  const { agreement } = await consumer.client().call(applyForAgreement, { body });
  await provider.client().call(answerAgreement, { params: { id: agreement }, body: { decision: "agree" } });
  return agreement;
}

export const obtain = (
  { consumer }: Pair,
  id: Hex,
  keys: readonly string[],
  more: { fields?: string[]; purpose?: string; idempotencyKey?: string } = {},
) =>
  consumer.client().call(askForDelivery, {
    params: { id },
    body: { keys: [...keys], fields: [SCOPE_FIELD], purpose: PURPOSE, ...more },
  });

export const received = async ({ consumer }: Pair, id: Hex, k: number, index = 0) =>
  parseEvidence(await consumer.client().call(getReceivedEvidence, { params: { id, k, index } }));

export const deliveriesOf = async (node: TestNode, id: Hex): Promise<DeliveryView[]> =>
  (await node.client().call(listDeliveries, { params: { id } })).deliveries;

/** Lets both sides settle what they can, and waits until what they wrote is final. */
export async function settle(
  { provider, consumer }: Pair,
  id: Hex,
): Promise<{ provided: (string | undefined)[]; consumed: (string | undefined)[] }> {
  const outcomes = async (node: TestNode) => {
    await node.node.exchange.settler.settled();
    const deliveries = await deliveriesOf(node, id);
    return deliveries.map(({ settled }) => settled?.outcome);
  };
  return { provided: await outcomes(provider), consumed: await outcomes(consumer) };
}

export interface DirectRequest {
  readonly as?: TestDepartment;
  readonly signedBy?: TestDepartment;
  readonly request: Partial<DeliveryRequest> & Pick<DeliveryRequest, "agreement">;
}

/** A request to the provider's node that the consumer's own node would never send. */
export async function ask(
  { ledger, provider }: Pair,
  { as = ledger.consumer, signedBy = as, request }: DirectRequest,
): Promise<JsonObject[]> {
  const whole: DeliveryRequest = {
    ledger: ledger.ledger,
    k: 0,
    purpose: PURPOSE,
    fields: [],
    keys: ["A-1"],
    nonce: toBase64Url(crypto.getRandomValues(new Uint8Array(16))),
    ...request,
  };
  return askExactly(provider, { as, request: whole, signature: await signRequest(signedBy, whole) });
}

export async function signRequest(department: TestDepartment, request: DeliveryRequest): Promise<KeySignature> {
  const { keyId, sign } = signerOf(department);
  return { key: keyId, signature: toBase64Url(await sign(requestBytes(request))) };
}

export const askExactly = async (
  provider: TestNode,
  { as, request, signature }: { as: TestDepartment; request: DeliveryRequest; signature: KeySignature },
): Promise<JsonObject[]> =>
  (await provider.client(as).call(serveDelivery, { body: { request: { ...request }, signature } })).evidences;

/** Countersigns a delivery as the consumer's node would. */
export async function acknowledge({ ledger, provider }: Pair, evidence: JsonObject): Promise<void> {
  const { terms } = parseEvidence(evidence).delivery ?? {};
  if (terms === undefined) throw new Error("no delivery");
  const { agreement, k, packageDigest } = terms;
  const { keyId: key, sign } = signerOf(ledger.consumer);
  const consumer = { key, signature: toBase64Url(await sign(deliveryBytes(terms))) };
  await provider
    .client(ledger.consumer)
    .call(acknowledgeDelivery, { params: { agreement, k }, body: { packageDigest, consumer } });
}
