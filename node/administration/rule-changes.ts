import { appendProfileCall } from "../../sdk/chain/agreement-calls.ts";
import { setListEntryCall, setYearCall } from "../../sdk/chain/department-calls.ts";
import { isWeekend, yearBits } from "../../sdk/chain/year-bits.ts";
import * as routes from "../../sdk/client/routes/administration.ts";
import type { BodyOf } from "../../sdk/client/route.ts";
import { act, type LedgerActionDependencies } from "../exchange/ledger-actions.ts";
import { bind, type Binding } from "../http/bind.ts";
import { HttpError } from "../http/errors.ts";

/** The authority's changes of what holds for everybody. The contracts let no other account make them. */
export const ruleChangeRoutes = (dependencies: LedgerActionDependencies): Binding[] => [
  bind(routes.setListEntry, ({ body: { resource, until, ...entry }, idempotencyKey }) => {
    const ends = { ...(resource !== undefined && { resource }), ...(until !== undefined && { until }) };
    const name = `list/${entry.department}/${resource ?? "everything"}`;
    return act({ name, call: setListEntryCall({ ...entry, ...ends }), idempotencyKey }, dependencies);
  }),
  bind(routes.setCalendar, ({ body, idempotencyKey }) => {
    requireExceptions(body);
    const { year, source } = body;
    const bits = yearBits({ year, off: new Set(body.off), worked: new Set(body.worked) });
    return act(
      { name: `calendar/${year}`, call: setYearCall({ year, ...bits, source }), idempotencyKey },
      dependencies,
    );
  }),
  bind(routes.appendDeadlines, ({ body, idempotencyKey }) =>
    act({ name: "deadlines", call: appendProfileCall(body), idempotencyKey }, dependencies),
  ),
];

/** A date out of place would be a working day too many or too few, and nobody would see which. */
function requireExceptions(body: BodyOf<typeof routes.setCalendar>): void {
  const faults = (["off", "worked"] as const).flatMap((list) =>
    body[list].flatMap((date, i) => {
      const isPlaced = date.startsWith(`${body.year}-`) && isWeekend(date) === (list === "worked");
      return isPlaced
        ? []
        : [{ at: `/${list}/${i}`, rule: list === "off" ? "a weekday of the year" : "a weekend of the year" }];
    }),
  );
  if (faults.length > 0) throw new HttpError("http.request-invalid", { part: "body" }).withFaults(faults);
}
