import type { z } from "zod";
import type { AnchoredBatch } from "../../sdk/chain/anchors.ts";
import { eventTopic } from "../../sdk/chain/contracts.ts";
import { RECORD_STATES, STATES_PER_WORD } from "../../sdk/chain/statuses.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import type { showSupply } from "../../sdk/client/routes/quality.ts";
import { resourceScope } from "../../sdk/protocol/anchor.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { CatalogueError } from "../catalogue/errors.ts";
import { readHead, unavailable, type HeadDependencies } from "../exchange/head.ts";

type Supply = z.output<(typeof showSupply)["response"]["schema"]>;

const MONTHS = 12;
const DAY_SECONDS = 86_400;
const ZONE_SECONDS = 8 * 3600;

/** How a resource is supplied: nothing that a provider says of itself. Throws CatalogueError `resource.unknown`, HttpError `chain.unavailable`. */
export async function supplyOf(id: Hex, dependencies: HeadDependencies): Promise<Supply> {
  const { view, now } = await readHead(dependencies);
  return unavailable(async () => {
    const resource = await view.resource(id);
    if (resource === undefined) throw new CatalogueError("resource.unknown");
    const scope = resourceScope(id);
    const [head, batches, states, agreements, terms] = await Promise.all([
      view.head(scope),
      view.batches(scope),
      statesOf(scope, view),
      view.agreements(),
      view.terms(id, Math.max(1, resource.version)),
    ]);
    const shared = agreements.filter((agreement) => agreement.resource === id);
    const inForce = await Promise.all(shared.map((agreement) => view.isInForceAt(agreement.id, now)));
    const promisedDays = terms?.updateCycleDays ?? 0;
    const lastAt = batches.at(-1)?.time;
    const firstAt = batches[0]?.time;
    return {
      asOf: now,
      records: head?.next ?? 0,
      batches: batches.length,
      ...(firstAt !== undefined && { firstAt }),
      ...(lastAt !== undefined && { lastAt }),
      promisedDays,
      isLate: promisedDays > 0 && lastAt !== undefined && now - lastAt > promisedDays * DAY_SECONDS,
      months: monthsOf(batches, now),
      states,
      agreements: {
        total: shared.length,
        inForce: inForce.filter(Boolean).length,
        deliveries: shared.reduce((sum, { reserved }) => sum + reserved, 0),
      },
    };
  });
}

/** The newest state of every record that was ever changed, counted. */
async function statesOf(scope: Hex, view: LedgerView): Promise<Supply["states"]> {
  const topics = [eventTopic("RecordStatus", "StatusChanged"), scope];
  const newest = new Map<number, number>();
  for (const { event } of await view.events("RecordStatus", { topics })) {
    if (event.name !== "StatusChanged") continue;
    const { word, mask, state } = event.args;
    for (let bit = 0; bit < STATES_PER_WORD; bit++)
      if (((BigInt(mask) >> BigInt(bit)) & 1n) === 1n) newest.set(Number(word) * STATES_PER_WORD + bit, state);
  }
  const counts = new Map<string, number>();
  for (const state of newest.values()) {
    const name = RECORD_STATES[state] ?? "other";
    if (name !== "active") counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([state, records]) => ({ state, records }));
}

function monthsOf(batches: readonly AnchoredBatch[], now: number): Supply["months"] {
  const nameOf = (seconds: number) => new Date((seconds + ZONE_SECONDS) * 1000).toISOString().slice(0, 7);
  const [year = 0, month = 0] = nameOf(now).split("-").map(Number);
  const counts = new Map<string, number>();
  for (let back = MONTHS - 1; back >= 0; back--) counts.set(nameOf(Date.UTC(year, month - 1 - back, 2) / 1000), 0);
  for (const { time, count } of batches) {
    const before = counts.get(nameOf(time));
    if (before !== undefined) counts.set(nameOf(time), before + count);
  }
  return [...counts].map(([name, records]) => ({ month: name, records }));
}
