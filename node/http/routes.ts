import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { describeNode, isAlive, isReady, readMetrics } from "../../sdk/client/routes/node.ts";
import { isCodedError } from "../../sdk/protocol/errors.ts";
import { readHead, unavailable } from "../exchange/head.ts";
import type { Clock } from "../ports.ts";
import { WithStatus } from "./answers.ts";
import { bind, type Binding } from "./bind.ts";
import type { Metrics } from "./metrics.ts";

/** A probe must answer before whoever probes gives up. */
const PROBE_MS = 5000;

/** A part of the node that can be unready by itself. Resolves with why not. */
export interface Readiness {
  readonly part: string;
  readonly check: () => Promise<string | undefined>;
}

export interface NodeRouteOptions {
  readonly department: string;
  readonly evaluation: boolean;
  readonly version: string;
}

export interface NodeRouteDependencies {
  readonly connection: LedgerConnection;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly readiness: readonly Readiness[];
  readonly health: { readonly parts: () => Promise<readonly { readonly part: string; readonly reason?: string }[]> };
}

export interface NodeIdentity {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly status: string;
}

/** The node's department as the registry has it; a department that is not admitted yet has no name. */
export async function readIdentity(
  department: string,
  dependencies: Pick<NodeRouteDependencies, "connection" | "clock">,
): Promise<NodeIdentity> {
  const { view } = await readHead(dependencies);
  const found = await unavailable(() => view.department(department));
  return { id: department, name: found?.name ?? "", role: found?.role ?? "none", status: found?.status ?? "none" };
}

export function nodeRoutes(options: NodeRouteOptions, dependencies: NodeRouteDependencies): Binding[] {
  const { department, evaluation, version } = options;
  const { connection, metrics, readiness, health } = dependencies;
  const { ledger: id, chainId, genesis, directory } = connection;
  return [
    bind(describeNode, async () => ({
      department: await readIdentity(department, dependencies),
      ledger: { id, chainId, genesis, directory },
      evaluation,
      version,
    })),
    bind(isAlive, async () => {
      const parts = (await health.parts()).map(({ part, reason }) => ({
        part,
        healthy: reason === undefined,
        ...(reason !== undefined && { reason }),
      }));
      return { alive: true, healthy: parts.every(({ healthy }) => healthy), parts } as const;
    }),
    bind(isReady, async () => {
      const parts = await Promise.all(readiness.map(probe));
      const ready = parts.every((part) => part.ready);
      return new WithStatus(ready ? 200 : 503, { ready, parts });
    }),
    bind(readMetrics, () => metrics.registry.metrics()),
  ];
}

async function probe({ part, check }: Readiness) {
  const reason = await withinTime(check).catch((error: unknown) => (isCodedError(error) ? error.code : "internal"));
  return { part, ready: reason === undefined, ...(reason !== undefined && { reason }) };
}

function withinTime(check: () => Promise<string | undefined>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve("timeout"), PROBE_MS);
  });
  return Promise.race([check(), late]).finally(() => clearTimeout(timer));
}
