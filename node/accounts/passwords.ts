import { extname } from "node:path";
import { HttpError } from "../http/errors.ts";
import type { RandomBytes } from "../ports.ts";
import { WorkerPool } from "../workers/pool.ts";
import { AccountError } from "./errors.ts";
import type * as hashing from "./hashing.ts";

const MINIMUM_CHARACTERS = 12;
const SALT_BYTES = 16;
/** Each takes 19 MiB and some 50 ms: one at a time, and no more than these waiting. */
const MAXIMUM_WAITING = 16;

/** Hashes and compares passwords, one at a time, in a thread that is started when it is first needed. */
export class Passwords {
  private readonly random: RandomBytes;
  private readonly thread: WorkerPool<typeof hashing>;
  private waiting = 0;
  private decoy: Promise<string> | undefined;

  constructor({ random }: { readonly random: RandomBytes }) {
    this.random = random;
    const module = new URL(`./hashing${extname(import.meta.url)}`, import.meta.url);
    this.thread = new WorkerPool({ module, threads: 1 });
  }

  /** Throws AccountError `operator.password-weak`, HttpError `http.busy`. */
  async hash(password: string, name: string): Promise<string> {
    const characters = Array.from(password).length;
    if (characters < MINIMUM_CHARACTERS || password.toLowerCase().includes(name))
      throw new AccountError("operator.password-weak", { minimum: MINIMUM_CHARACTERS });
    return this.inTurn(() => this.derive(password));
  }

  /** Takes as long for an account that does not exist as for one that does. */
  async matches(password: string, hash: string | undefined): Promise<boolean> {
    return this.inTurn(async () => {
      this.decoy ??= this.derive("decoy");
      const same = await this.thread.run("comparePassword", { password, hash: hash ?? (await this.decoy) });
      return same && hash !== undefined;
    });
  }

  close(): Promise<void> {
    return this.thread.close();
  }

  private derive(password: string): Promise<string> {
    return this.thread.run("hashPassword", { password, salt: this.random(SALT_BYTES) });
  }

  /** The thread takes them one after the other. */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.waiting >= MAXIMUM_WAITING) throw new HttpError("http.busy");
    this.waiting++;
    try {
      return await work();
    } finally {
      this.waiting--;
    }
  }
}
