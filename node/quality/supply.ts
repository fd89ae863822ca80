import type { z } from "zod";
import { RECORD_STATES } from "../../sdk/chain/statuses.ts";
import type { showSupply } from "../../sdk/client/routes/quality.ts";
import { resourceScope } from "../../sdk/protocol/anchor.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { CatalogueError } from "../catalogue/errors.ts";
import { readHead, unavailable, type HeadDependencies } from "../exchange/head.ts";
import { monthOf, type ScopeSums, type ScopeSumsReader } from "./scope-sums.ts";

type Supply = z.output<(typeof showSupply)["response"]["schema"]>;

const MONTHS = 12;
const DAY_SECONDS = 86_400;

export interface SupplyDependencies extends HeadDependencies {
  readonly sums: ScopeSumsReader;
}

/** How a resource is supplied: nothing that a provider says of itself. Throws CatalogueError `resource.unknown`, HttpError `chain.unavailable`. */
export async function supplyOf(id: Hex, dependencies: SupplyDependencies): Promise<Supply> {
  const { view, now } = await readHead(dependencies);
  return unavailable(async () => {
    const resource = await view.resource(id);
    if (resource === undefined) throw new CatalogueError("resource.unknown");
    const scope = resourceScope(id);
    const [head, sums, agreements, terms] = await Promise.all([
      view.head(scope),
      dependencies.sums.read(scope, view),
      view.agreements(),
      view.terms(id, Math.max(1, resource.version)),
    ]);
    const shared = agreements.filter((agreement) => agreement.resource === id);
    const inForce = await Promise.all(shared.map((agreement) => view.isInForceAt(agreement.id, now)));
    const promisedDays = terms?.updateCycleDays ?? 0;
    const { batches, firstAt, lastAt } = sums;
    return {
      asOf: now,
      records: head?.next ?? 0,
      batches,
      ...(firstAt !== undefined && { firstAt }),
      ...(lastAt !== undefined && { lastAt }),
      promisedDays,
      isLate: promisedDays > 0 && lastAt !== undefined && now - lastAt > promisedDays * DAY_SECONDS,
      months: monthsOf(sums, now),
      states: statesOf(sums),
      agreements: {
        total: shared.length,
        inForce: inForce.filter(Boolean).length,
        deliveries: shared.reduce((sum, { reserved }) => sum + reserved, 0),
      },
    };
  });
}

/** Counted by state. */
function statesOf({ states }: ScopeSums): Supply["states"] {
  const counts = new Map<string, number>();
  for (const state of states.values()) {
    const name = RECORD_STATES[state] ?? "other";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([state, records]) => ({ state, records }));
}

function monthsOf({ months }: ScopeSums, now: number): Supply["months"] {
  const [year = 0, month = 0] = monthOf(now).split("-").map(Number);
  return Array.from({ length: MONTHS }, (_, i) => {
    const name = monthOf(Date.UTC(year, month - MONTHS + i, 2) / 1000);
    return { month: name, records: months.get(name) ?? 0 };
  });
}
