import { signatureHeaders } from "../../sdk/client/signature.ts";
import type { Transport } from "../../sdk/client/transport.ts";
import { utf8 } from "../../sdk/protocol/bytes.ts";
import type { Clock, RandomBytes } from "../ports.ts";
import type { OwnKey } from "./own-key.ts";

const WEBHOOK_TIMEOUT_MS = 10_000;

export interface PostDependencies {
  readonly ownKey: OwnKey;
  readonly transport: Transport;
  readonly random: RandomBytes;
  readonly clock: Clock;
  /** Aborted when the node ends. */
  readonly ending: AbortSignal;
}

/** The receiver answered with another status than success. */
class WebhookRefused extends Error {
  override readonly name = "WebhookRefused";
}

/** One POST to a webhook, signed with the node's key (SPEC §9.5). Throws unless the receiver took it. */
export async function postSigned(
  address: string,
  value: unknown,
  { ownKey, transport, random, clock, ending }: PostDependencies,
): Promise<void> {
  const url = new URL(address);
  const body = utf8(JSON.stringify(value));
  const signer = await ownKey.requestSigner();
  const signed = await signatureHeaders({ method: "POST", url, body }, { signer, clock, random });
  const signal = AbortSignal.any([ending, AbortSignal.timeout(WEBHOOK_TIMEOUT_MS)]);
  const headers = { ...signed, "content-type": "application/json" };
  const response = await transport({ method: "POST", url, headers, body, signal });
  for await (const _ of response.body) void _;
  if (response.status < 200 || response.status > 299) throw new WebhookRefused();
}
