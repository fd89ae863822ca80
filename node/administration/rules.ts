import type { z } from "zod";
import { eventTopic } from "../../sdk/chain/contracts.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import type { showRules } from "../../sdk/client/routes/administration.ts";
import { readHead, unavailable, type HeadDependencies } from "../exchange/head.ts";

type Rules = z.output<(typeof showRules)["response"]["schema"]>;

const DAY_MS = 86_400_000;
/** Local time of the calendars (UTC+8). */
const ZONE_MS = 8 * 3600 * 1000;
const LOW_BITS = 256;
const EVERY_RESOURCE = `0x${"00".repeat(32)}`;

/** The rules that the ledger holds for everybody, read at one block. Throws HttpError `chain.unavailable`. */
export async function ledgerRules(dependencies: HeadDependencies): Promise<Rules> {
  const { view, now } = await readHead(dependencies);
  const thisYear = new Date(now * 1000 + ZONE_MS).getUTCFullYear();
  return unavailable(async () => {
    const [calendars, profiles, entries] = await Promise.all([
      Promise.all([thisYear - 1, thisYear, thisYear + 1].map((year) => calendar(year, view))),
      deadlines(view, now),
      listEntries(view, now),
    ]);
    return { calendars, profiles, entries };
  });
}

async function calendar(year: number, view: LedgerView): Promise<Rules["calendars"][number]> {
  const found = await view.workingDays(year);
  if (found === undefined) return { year, known: false, workingDays: 0, exceptions: [] };
  const exceptions: Rules["calendars"][number]["exceptions"] = [];
  let workingDays = 0;
  const first = Date.UTC(year, 0, 1);
  const length = (Date.UTC(year + 1, 0, 1) - first) / DAY_MS;
  for (let i = 0; i < length; i++) {
    const word = i < LOW_BITS ? found.low >> BigInt(i) : found.high >> BigInt(i - LOW_BITS);
    const works = (word & 1n) === 1n;
    if (works) workingDays++;
    const date = new Date(first + i * DAY_MS);
    const isWeekday = date.getUTCDay() % 6 !== 0;
    if (works !== isWeekday) exceptions.push({ day: date.toISOString().slice(0, 10), works });
  }
  return { year, known: true, workingDays, source: found.source, exceptions };
}

async function deadlines(view: LedgerView, now: number): Promise<Rules["profiles"]> {
  const count = await view.profileCount();
  const all = await Promise.all(Array.from({ length: count }, (_, i) => view.profile(i + 1)));
  const current = all.findLastIndex(({ effectiveFrom }) => effectiveFrom <= now);
  return all.map((profile, i) => ({ version: i + 1, ...profile, inForce: i === current }));
}

/** What the lists say now of each department and resource that an entry was ever made for. */
async function listEntries(view: LedgerView, now: number): Promise<Rules["entries"]> {
  const found = await view.events("DepartmentRegistry", { topics: [eventTopic("DepartmentRegistry", "ListEntrySet")] });
  const named = new Map(
    found.flatMap(({ event }) =>
      event.name === "ListEntrySet" ? [[`${event.args.subject} ${event.args.scope}`, event.args] as const] : [],
    ),
  );
  const entries = await Promise.all(
    [...named.values()].map(async ({ subject, scope }): Promise<Rules["entries"]> => {
      const entry = await view.listEntryAt(subject, now, scope);
      if (entry === undefined) return [];
      const { kind, reason, until } = entry;
      return [
        {
          ...{ department: subject, kind, reason },
          ...(scope !== EVERY_RESOURCE && { resource: scope }),
          ...(until !== undefined && { until }),
          inForce: until === undefined || until > now,
        },
      ];
    }),
  );
  return entries.flat();
}
