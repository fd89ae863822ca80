import type { z } from "zod";
import type { showNode } from "../../sdk/client/routes/administration.ts";
import type { NodeCore } from "../core.ts";
import { ExchangeError } from "../exchange/errors.ts";
import type { OwnKey } from "../exchange/own-key.ts";
import { HttpError } from "../http/errors.ts";
import type { Health } from "../operations/health.ts";
import type { Clock } from "../ports.ts";

export interface NodeStatusDependencies {
  readonly core: Pick<NodeCore, "records" | "follower">;
  readonly health: Health;
  readonly ownKey: OwnKey;
  readonly clock: Clock;
}

type NodeStatus = z.output<(typeof showNode)["response"]["schema"]>;

/** How the node runs, from what it knows already: nothing is asked of the chain but the name of the node's key. */
export async function nodeStatus({ core, health, ownKey, clock }: NodeStatusDependencies): Promise<NodeStatus> {
  const [{ scopes }, disk, parts, key] = await Promise.all([
    core.records.stats(),
    health.disk(),
    health.parts(),
    keyName(ownKey),
  ]);
  const sum = (of: (scope: (typeof scopes)[number]) => number) => scopes.reduce((total, scope) => total + of(scope), 0);
  const since = scopes.flatMap(({ waitingSince }) => waitingSince ?? []);
  const { sight, failedPolls } = core.follower;
  return {
    ...(sight && { chain: { latest: place(sight.latest), final: place(sight.final), failedPolls } }),
    backlog: {
      waiting: sum(({ accepted, anchored }) => accepted - anchored),
      ...(since.length > 0 && { waitingSince: Math.min(...since) }),
      notFinal: sum(({ anchored, final }) => anchored - final),
      final: sum(({ final }) => final),
    },
    disk,
    parts: [...parts],
    ...(key !== undefined && { key }),
    now: Math.floor(clock() / 1000),
  };
}

const place = ({ number, time }: { readonly number: number; readonly time: number }) => ({ number, time });

/** Undefined when the registry has no such key, or cannot be asked: the parts say which. */
async function keyName(ownKey: OwnKey): Promise<string | undefined> {
  try {
    return await ownKey.keyId();
  } catch (error) {
    if (error instanceof ExchangeError || error instanceof HttpError) return undefined;
    throw error;
  }
}
