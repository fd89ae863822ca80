import { argon2id, argon2Verify } from "hash-wasm";
import type { RandomBytes } from "../ports.ts";
import { HttpError } from "../http/errors.ts";
import { AccountError } from "./errors.ts";

const MINIMUM_CHARACTERS = 12;
/** RFC 9106 parameters in the size that OWASP recommends for servers: 19 MiB, two passes, one lane. */
const COST = { memorySize: 19_456, iterations: 2, parallelism: 1, hashLength: 32 } as const;
const SALT_BYTES = 16;
/** Each takes 19 MiB and some 50 ms: one at a time, and no more than these waiting. */
const MAXIMUM_WAITING = 16;

/** Hashes and compares passwords, one at a time. */
export class Passwords {
  private readonly random: RandomBytes;
  private waiting = 0;
  private last: Promise<unknown> = Promise.resolve();
  private decoy: Promise<string> | undefined;

  constructor({ random }: { readonly random: RandomBytes }) {
    this.random = random;
  }

  /** Throws AccountError `operator.password-weak`, HttpError `http.busy`. */
  async hash(password: string, name: string): Promise<string> {
    const characters = Array.from(password).length;
    if (characters < MINIMUM_CHARACTERS || password.toLowerCase().includes(name))
      throw new AccountError("operator.password-weak", { minimum: MINIMUM_CHARACTERS });
    return this.alone(() => this.derive(password));
  }

  /** Takes as long for an account that does not exist as for one that does. */
  async matches(password: string, hash: string | undefined): Promise<boolean> {
    return this.alone(async () => {
      this.decoy ??= this.derive("decoy");
      const same = await argon2Verify({ password, hash: hash ?? (await this.decoy) });
      return same && hash !== undefined;
    });
  }

  private derive(password: string): Promise<string> {
    return argon2id({ ...COST, password, salt: this.random(SALT_BYTES), outputType: "encoded" });
  }

  private async alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.waiting >= MAXIMUM_WAITING) throw new HttpError("http.busy");
    this.waiting++;
    const turn = this.last.then(work, work);
    this.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.waiting--;
    }
  }
}
