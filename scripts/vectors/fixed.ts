import { createPrivateKey, createPublicKey, sign, type KeyObject } from "node:crypto";
import { toBase64Url, toHex, utf8, type Hex } from "../../sdk/protocol/bytes.ts";
import { digest, HASH_NUMBERS, type HashName } from "../../sdk/protocol/hash.ts";
import { ledgerId } from "../../sdk/protocol/header.ts";
import { ProtocolError } from "../../sdk/protocol/protocol-error.ts";

/** Codes of region 990100, which is assigned to no place. */
export const PROVIDER = "11990100990100018P";
export const CONSUMER = "11990100990100026J";

export const HASH_NAMES = Object.keys(HASH_NUMBERS) as HashName[]; // The keys of a constant.
export const SEED = Uint8Array.from({ length: 32 }, (_, i) => i);

/** 32 bytes that stand for something named. */
export const sample = (name: string): Uint8Array => digest("sha256", utf8(`suyuan vector: ${name}`));
export const sampleHex = (name: string): Hex => toHex(sample(name));

export const LEDGER_NAME = {
  chainId: 4701,
  genesis: sampleHex("genesis"),
  directory: "0x5fbdb2315678afecb367f032d93f642f64180aa3",
} as const;
export const LEDGER = ledgerId(LEDGER_NAME);

/** The code with which `attempt` is refused. Fails the generator when nothing, or anything but the protocol, refuses. */
export function codeOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  throw new Error("accepted what must be refused");
}

/** Fails the generator when the code does not do what the vector says. */
export function expectEqual(name: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${name}: expected ${String(expected)}, found ${String(actual)}`);
}

const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

export interface VectorKey {
  readonly id: string;
  readonly seed: Hex;
  /** 32 bytes. */
  readonly publicKey: Hex;
  readonly sign: (bytes: Uint8Array) => string;
}

function vectorKey(id: string, seed: Uint8Array): VectorKey {
  const secret: KeyObject = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, seed]),
    format: "der",
    type: "pkcs8",
  });
  const raw = createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-32);
  return {
    id,
    seed: toHex(seed),
    publicKey: toHex(raw),
    sign: (bytes) => toBase64Url(sign(null, bytes, secret)),
  };
}

/** Keys for vectors only: their secrets are published. */
export const PROVIDER_KEY = vectorKey(`${PROVIDER}/1`, sample("provider key"));
export const CONSUMER_KEY = vectorKey(`${CONSUMER}/1`, sample("consumer key"));
