import type { OperatorRole } from "../../sdk/client/routes/operators.ts";

export interface StoredOperator {
  readonly displayName: string;
  readonly roles: readonly OperatorRole[];
  readonly disabled: boolean;
  /** argon2id in its encoded form. */
  readonly passwordHash?: string;
  readonly oidcSubject?: string;
  readonly createdAt: number;
  /** Wrong passwords since the last right one. */
  readonly failures: number;
  readonly lockedUntil?: number;
  /** Grows when sessions opened before are no longer to be believed. */
  readonly generation: number;
}

export interface StoredSession {
  readonly operator: string;
  readonly generation: number;
  readonly csrf: string;
  readonly openedAt: number;
  readonly seenAt: number;
}
