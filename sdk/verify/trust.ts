import type { BlockTag } from "../chain/blocks.ts";
import { connectLedger, type LedgerConnection } from "../chain/connection.ts";
import type { RpcDependencies } from "../chain/rpc.ts";
import { ledgerId, type LedgerName } from "../protocol/header.ts";
import type { Hex } from "../protocol/bytes.ts";
import { parseJsonBytes, type Json } from "../protocol/json.ts";
import { ProtocolError } from "../protocol/protocol-error.ts";
import { Shape } from "../protocol/shape.ts";

export const TRUST_FORMAT = "suyuan/trust/1";
const MAXIMUM_TRUST_BYTES = 64 * 1024;
const MAXIMUM_ENDPOINTS = 16;
const FINALITY_TAGS = ["latest", "finalized", "safe"] as const satisfies readonly BlockTag[];

/** Which ledger a verifier believes, decided by the verifier: whoever can write this decides what is genuine. */
export interface Trust {
  readonly ledger: LedgerName;
  /** Chain endpoints to ask when none is named. */
  readonly rpc: readonly string[];
  /** The final block may be so old. Null: the chain makes blocks only when there is work, so its age says nothing. */
  readonly maximumLagSeconds: number | null;
  /** A ledger of one operator, for evaluation: a report says so. */
  readonly evaluation: boolean;
  readonly finality: { readonly tag: (typeof FINALITY_TAGS)[number] };
}

/** Reads a trust file. Throws ProtocolError `json.*`, `shape.*`, `version.unknown`. */
export const parseTrustBytes = (bytes: Uint8Array): Trust =>
  parseTrust(parseJsonBytes(bytes, { bytes: MAXIMUM_TRUST_BYTES }));

export function parseTrust(value: Json): Trust {
  const s = new Shape(value, "trust");
  if (s.text("format") !== TRUST_FORMAT) throw new ProtocolError("version.unknown");
  const l = s.object("ledger");
  const f = s.object("finality");
  const evaluation = s.any("evaluation");
  if (typeof evaluation !== "boolean")
    throw new ProtocolError("shape.type", { at: "trust.evaluation", expected: "boolean" });
  const trust: Trust = {
    ledger: {
      chainId: l.integer("chainId", { minimum: 1 }),
      genesis: l.hex("genesis", 32),
      directory: l.hex("directory", 20),
    },
    rpc: s.array("rpc", MAXIMUM_ENDPOINTS).map((url, i) => parseEndpoint(url, `trust.rpc[${i}]`)),
    maximumLagSeconds: s.any("maximumLagSeconds") === null ? null : s.integer("maximumLagSeconds", { minimum: 1 }),
    evaluation,
    finality: { tag: f.oneOf("tag", FINALITY_TAGS) },
  };
  l.end();
  f.end();
  s.end();
  return trust;
}

function parseEndpoint(value: Json, at: string): string {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw new ProtocolError("shape.format", { at, expected: "http(s) URL" });
  return url.href;
}

/** The JSON form of a trust file. */
export const trustJson = ({ ledger, rpc, maximumLagSeconds, evaluation, finality }: Trust): Json => ({
  format: TRUST_FORMAT,
  ledger: { ...ledger },
  rpc,
  maximumLagSeconds,
  evaluation,
  finality: { ...finality },
});

// A ledger's name does not change, and every file is compared with its id.
const ids = new WeakMap<LedgerName, Hex>();

/** The ledger id that headers of the trusted ledger carry. */
export function trustedLedger({ ledger }: Trust): Hex {
  const id = ids.get(ledger) ?? ledgerId(ledger);
  ids.set(ledger, id);
  return id;
}

/** A connection to each endpoint, those of the trust file unless others are named. Asks nothing yet. */
export const connectTrusted = (
  trust: Trust,
  rpcUrls: readonly string[] = trust.rpc,
  dependencies: RpcDependencies = {},
): LedgerConnection[] =>
  rpcUrls.map((rpcUrl) => connectLedger({ rpcUrl, ledger: trust.ledger, finality: trust.finality }, dependencies));
