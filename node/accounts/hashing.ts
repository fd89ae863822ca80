import { argon2id, argon2Verify } from "hash-wasm";

// Run in a thread of its own: one hash takes tens of milliseconds of nothing but computing.

/** RFC 9106 parameters in the size that OWASP recommends for servers: 19 MiB, two passes, one lane. */
const COST = { memorySize: 19_456, iterations: 2, parallelism: 1, hashLength: 32 } as const;

export interface HashTask {
  readonly password: string;
  readonly salt: Uint8Array;
}

/** argon2id in its encoded form. */
export const hashPassword = (task: HashTask): Promise<string> => argon2id({ ...COST, ...task, outputType: "encoded" });

export interface CompareTask {
  readonly password: string;
  /** In its encoded form. */
  readonly hash: string;
}

export const comparePassword = (task: CompareTask): Promise<boolean> => argon2Verify(task);
