import type { NodeCore } from "./core.ts";
import { Approvals } from "./accounts/approvals.ts";
import { OperatorGate } from "./accounts/gate.ts";
import { Operators } from "./accounts/operators.ts";
import { Oidc, type OidcOptions } from "./accounts/oidc/oidc.ts";
import { oidcRoutes } from "./accounts/oidc/routes.ts";
import { Passwords } from "./accounts/passwords.ts";
import { accountBindings, signInRoutes, type AccountRouteDependencies } from "./accounts/routes.ts";
import { Sessions } from "./accounts/sessions.ts";
import type { Binding, OwnRequest } from "./http/bind.ts";
import type { NodeIdentity } from "./http/routes.ts";
import { Sealed } from "./keys/sealed.ts";
import type { Clock, RandomBytes } from "./ports.ts";

export interface AccountDependencies {
  readonly core: NodeCore;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly newId: () => string;
  readonly isOwnAuthority: (authority: string) => boolean | Promise<boolean>;
  readonly identity: () => Promise<NodeIdentity>;
  readonly beforeOwn: (request: OwnRequest) => Promise<void>;
  /** What serves a route, once the node is composed. */
  readonly bindingOf: (operation: string) => Binding | undefined;
}

export interface AccountOptions {
  readonly department: string;
  /** The OpenID provider where operators may sign in. */
  readonly oidc: OidcOptions | undefined;
}

/** The people who act for the department: accounts, sessions, and what two of them do together. */
export function createAccounts({ department, oidc: provider }: AccountOptions, dependencies: AccountDependencies) {
  const { core, clock, random, newId, isOwnAuthority, identity, beforeOwn, bindingOf } = dependencies;
  const { store, keys } = core;
  const passwords = new Passwords({ random });
  const operators = new Operators({ store, passwords, clock });
  const sessions = new Sessions({ store, operators, clock, random });
  const gate = new OperatorGate({ department }, { sessions, isOwnAuthority, identity });
  const sealed = new Sealed({ keys, random, store });
  const approvals = new Approvals({ store, sealed, clock, newId, beforeOwn, bindingOf });
  const hasOidc = provider !== undefined;
  const served: AccountRouteDependencies = { operators, sessions, approvals, gate, identity, hasOidc };
  const router = signInRoutes(served);
  if (provider !== undefined) router.use(oidcRoutes({ oidc: new Oidc(provider), operators, sessions, gate }));
  return { gate, bindings: accountBindings(served), router, close: () => passwords.close() };
}
