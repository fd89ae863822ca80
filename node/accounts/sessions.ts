import { createHash } from "node:crypto";
import { toBase64Url, toHex, utf8, type Hex } from "../../sdk/protocol/bytes.ts";
import type { Clock, RandomBytes } from "../ports.ts";
import { SESSIONS } from "../storage/keyspaces.ts";
import { del, put, type Store } from "../storage/store.ts";
import type { Operators } from "./operators.ts";
import type { StoredOperator, StoredSession } from "./stored.ts";

const TOKEN_BYTES = 32;
const IDLE_SECONDS = 30 * 60;
/** Whatever is done in it. */
export const LONGEST_SECONDS = 10 * 3600;
/** The last use is written down this often. */
const NOTE_EVERY_SECONDS = 60;

export interface SessionsDependencies {
  readonly store: Store;
  readonly operators: Operators;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** A session that holds now. */
export interface OpenSession {
  readonly name: string;
  readonly operator: StoredOperator;
  readonly csrf: string;
  readonly expiresAt: number;
}

/** Sessions of operators. The store holds digests of tokens: a copy of it opens no session. */
export class Sessions {
  private readonly dependencies: SessionsDependencies;

  constructor(dependencies: SessionsDependencies) {
    this.dependencies = dependencies;
  }

  /** Returns the token, which is kept nowhere. Sessions that are over are forgotten on the way. */
  async open(name: string, { generation }: StoredOperator): Promise<string> {
    const { store, random } = this.dependencies;
    const token = toBase64Url(random(TOKEN_BYTES));
    const now = this.now();
    const session: StoredSession = {
      operator: name,
      generation,
      csrf: toBase64Url(random(TOKEN_BYTES)),
      openedAt: now,
      seenAt: now,
    };
    const over = [];
    for await (const [key, stored] of store.iterate(SESSIONS)) if (isOver(stored, now)) over.push(del(SESSIONS, key));
    await store.write([...over, put(SESSIONS, digestOf(token), session)]);
    return token;
  }

  /** Undefined for a session that is unknown, over, or of an account that has changed since. */
  async find(token: string): Promise<OpenSession | undefined> {
    const { store, operators } = this.dependencies;
    const key = digestOf(token);
    const session = await store.get(SESSIONS, key);
    const now = this.now();
    if (session === undefined || isOver(session, now)) return undefined;
    const operator = await operators.find(session.operator);
    if (operator === undefined || operator.disabled || operator.generation !== session.generation) return undefined;
    if (now - session.seenAt >= NOTE_EVERY_SECONDS)
      await store.write([put(SESSIONS, key, { ...session, seenAt: now })]);
    return {
      name: session.operator,
      operator,
      csrf: session.csrf,
      expiresAt: session.openedAt + LONGEST_SECONDS,
    };
  }

  async end(token: string): Promise<void> {
    await this.dependencies.store.write([del(SESSIONS, digestOf(token))]);
  }

  private now(): number {
    return Math.floor(this.dependencies.clock() / 1000);
  }
}

const isOver = ({ openedAt, seenAt }: StoredSession, now: number): boolean =>
  now >= openedAt + LONGEST_SECONDS || now >= seenAt + IDLE_SECONDS;

const digestOf = (token: string): Hex => toHex(createHash("sha256").update(utf8(token)).digest());
