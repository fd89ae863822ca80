import type { OperatorRole, OperatorView } from "../../sdk/client/routes/operators.ts";
import type { Clock } from "../ports.ts";
import { OPERATORS } from "../storage/keyspaces.ts";
import { Serial } from "../storage/serial.ts";
import { put, type Store } from "../storage/store.ts";
import { AccountError } from "./errors.ts";
import type { Passwords } from "./passwords.ts";
import type { StoredOperator } from "./stored.ts";

const MAXIMUM_FAILURES = 5;
const LOCK_MINUTES = 15;

export interface OperatorsDependencies {
  readonly store: Store;
  readonly passwords: Passwords;
  readonly clock: Clock;
}

export interface NewOperator {
  readonly name: string;
  readonly displayName: string;
  readonly roles: readonly OperatorRole[];
  readonly password?: string | undefined;
  readonly oidcSubject?: string | undefined;
}

export interface OperatorChange {
  readonly displayName?: string | undefined;
  readonly roles?: readonly OperatorRole[] | undefined;
  readonly disabled?: boolean | undefined;
  readonly unlock?: true | undefined;
  readonly password?: string | undefined;
  readonly oidcSubject?: string | undefined;
}

/** The accounts of the people who act for the department on this node. */
export class Operators {
  private readonly dependencies: OperatorsDependencies;
  /** Counting a failure and changing an account are one step each. */
  private readonly serial = new Serial();

  constructor(dependencies: OperatorsDependencies) {
    this.dependencies = dependencies;
  }

  find(name: string): Promise<StoredOperator | undefined> {
    return this.dependencies.store.get(OPERATORS, name);
  }

  async list(): Promise<OperatorView[]> {
    const views: OperatorView[] = [];
    for await (const [name, operator] of this.dependencies.store.iterate(OPERATORS))
      views.push(this.view(name, operator));
    return views;
  }

  /** Throws AccountError `operator.exists`, `operator.password-weak`. */
  create({ name, displayName, roles, password, oidcSubject }: NewOperator): Promise<OperatorView> {
    return this.serial.run(async () => {
      if ((await this.find(name)) !== undefined) throw new AccountError("operator.exists", { name });
      const { passwords } = this.dependencies;
      const made: StoredOperator = {
        displayName,
        roles: [...new Set(roles)],
        disabled: false,
        ...(password !== undefined && { passwordHash: await passwords.hash(password, name) }),
        ...(oidcSubject !== undefined && { oidcSubject }),
        createdAt: this.now(),
        failures: 0,
        generation: 0,
      };
      return this.keep(name, made);
    });
  }

  /** Whatever an account may do changes for its open sessions at once: they end. Throws `operator.unknown`, `operator.last-administrator`. */
  update(name: string, change: OperatorChange): Promise<OperatorView> {
    return this.serial.run(async () => {
      const found = await this.require(name);
      const { displayName, roles, disabled, unlock, password, oidcSubject } = change;
      const { lockedUntil, ...rest } = found;
      const next: StoredOperator = {
        ...rest,
        ...(unlock === undefined && lockedUntil !== undefined && { lockedUntil }),
        ...(unlock === true && { failures: 0 }),
        ...(displayName !== undefined && { displayName }),
        ...(roles !== undefined && { roles: [...new Set(roles)] }),
        ...(disabled !== undefined && { disabled }),
        ...(oidcSubject !== undefined && { oidcSubject }),
        ...(password !== undefined && { passwordHash: await this.dependencies.passwords.hash(password, name) }),
        generation: found.generation + 1,
      };
      if (isAdministrator(found) && !isAdministrator(next)) await this.requireOtherAdministrator(name);
      return this.keep(name, next);
    });
  }

  /** Compares and counts. Throws AccountError `operator.credentials`, `operator.locked`. */
  async signIn(name: string, password: string): Promise<StoredOperator> {
    const matches = await this.dependencies.passwords.matches(password, (await this.find(name))?.passwordHash);
    return this.serial.run(async () => {
      const found = await this.find(name);
      const wrong = new AccountError("operator.credentials", { limit: MAXIMUM_FAILURES, minutes: LOCK_MINUTES });
      if (found === undefined || found.disabled) throw wrong;
      const { lockedUntil, ...rest } = found;
      const now = this.now();
      // A locked account says so whether or not the password was right: guessing goes on learning nothing.
      if (lockedUntil !== undefined && now < lockedUntil)
        throw new AccountError("operator.locked", { minutes: Math.ceil((lockedUntil - now) / 60) });
      if (!matches) {
        const failures = (lockedUntil === undefined ? found.failures : 0) + 1;
        const locked = failures >= MAXIMUM_FAILURES && { lockedUntil: now + LOCK_MINUTES * 60 };
        await this.keep(name, { ...rest, failures, ...locked });
        throw wrong;
      }
      if (found.failures > 0 || lockedUntil !== undefined) await this.keep(name, { ...rest, failures: 0 });
      return { ...rest, failures: 0 };
    });
  }

  /** Throws AccountError `operator.credentials`, `operator.locked`, `operator.password-weak`. */
  async changePassword(name: string, { old, fresh }: { readonly old: string; readonly fresh: string }): Promise<void> {
    await this.signIn(name, old);
    await this.update(name, { password: fresh });
  }

  async findByOidcSubject(subject: string): Promise<string | undefined> {
    for await (const [name, { oidcSubject, disabled }] of this.dependencies.store.iterate(OPERATORS))
      if (oidcSubject === subject && !disabled) return name;
    return undefined;
  }

  /** Throws AccountError `operator.unknown`. */
  async require(name: string): Promise<StoredOperator> {
    const found = await this.find(name);
    if (found === undefined) throw new AccountError("operator.unknown", { name });
    return found;
  }

  private async requireOtherAdministrator(name: string): Promise<void> {
    for await (const [other, operator] of this.dependencies.store.iterate(OPERATORS))
      if (other !== name && isAdministrator(operator)) return;
    throw new AccountError("operator.last-administrator");
  }

  private async keep(name: string, operator: StoredOperator): Promise<OperatorView> {
    await this.dependencies.store.write([put(OPERATORS, name, operator)]);
    return this.view(name, operator);
  }

  private view(name: string, operator: StoredOperator): OperatorView {
    const { displayName, roles, disabled, passwordHash, oidcSubject, lockedUntil, createdAt } = operator;
    const locked = lockedUntil !== undefined && lockedUntil > this.now();
    return {
      name,
      displayName,
      roles: [...roles],
      disabled,
      hasPassword: passwordHash !== undefined,
      ...(oidcSubject !== undefined && { oidcSubject }),
      ...(locked && { lockedUntil }),
      createdAt,
    };
  }

  private now(): number {
    return Math.floor(this.dependencies.clock() / 1000);
  }
}

const isAdministrator = ({ roles, disabled }: StoredOperator): boolean => !disabled && roles.includes("administrator");
