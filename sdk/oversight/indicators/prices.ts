import type { JsonObject } from "../../protocol/json.ts";
import {
  decided,
  idsIn,
  listAt,
  methodDetailsMatch,
  onlyId,
  onlyWinner,
  priceOf,
  stringAt,
  submittedBids,
  withStatus,
} from "./release.ts";
import type { Indicator, IndicatorContext } from "./run.ts";
import { lowerFence, quartiles, upperFence } from "./statistics.ts";

/** Whether prices of this procedure can be compared at all, by its method details. */
const comparesPrices = ({ settings }: IndicatorContext, release: JsonObject): boolean =>
  methodDetailsMatch(release, { include: settings.priceComparisonMethods, exclude: settings.noPriceComparisonMethods });

interface Margin {
  /** (lowest other valid bid − winning bid) ÷ winning bid. */
  readonly ratio: number;
  readonly winner: string;
  readonly runnerUp: string;
}

interface Lowest {
  readonly id: string;
  readonly amount: number;
}

function marginOf(context: IndicatorContext, release: JsonObject): Margin | undefined {
  const outcome = decided(release);
  const supplier = outcome && onlyWinner(outcome);
  if (outcome === undefined || supplier === undefined) return undefined;
  let winner: Lowest | undefined;
  let runnerUp: Lowest | undefined;
  for (const bid of withStatus(outcome.bids, "valid")) {
    const id = onlyId(listAt(bid, "tenderers"));
    const price = priceOf(bid);
    if (id === undefined || price === undefined || !context.isMainCurrency(price.currency)) continue;
    const { amount } = price;
    if (id === supplier) winner = winner !== undefined && winner.amount <= amount ? winner : { id, amount };
    else runnerUp = runnerUp !== undefined && runnerUp.amount <= amount ? runnerUp : { id, amount };
  }
  // Where the lowest bid did not win, price was not the only criterion.
  if (winner === undefined || runnerUp === undefined || runnerUp.amount < winner.amount) return undefined;
  return { ratio: (runnerUp.amount - winner.amount) / winner.amount, winner: winner.id, runnerUp: runnerUp.id };
}

/** R024 Price close to winning bid and R058 Heavily discounted bid: the margin is a low or a high outlier. */
export function winningMargins(context: IndicatorContext): Indicator {
  const { settings, results } = context;
  const margins = new Map<string, Margin>();
  const flagClose = () => {
    let { threshold: fence } = settings.R024;
    if (fence === undefined) {
      const four = quartiles([...margins.values()].map(({ ratio }) => ratio));
      results.meta("R024", "q1", four.q1);
      results.meta("R024", "q3", four.q3);
      fence = lowerFence(four);
      results.meta("R024", "lower_fence", fence);
      // Where a quarter has no margin at all, three quarters would be flagged.
      if (!(four.q1 > 0)) return;
    } else results.meta("R024", "lower_fence", fence);
    if (!(fence > 0)) return;
    for (const [ocid, { ratio, winner, runnerUp }] of margins) {
      if (!(ratio <= fence)) continue;
      results.set("OCID", ocid, { code: "R024", value: ratio });
      for (const id of [winner, runnerUp]) {
        results.set("Tenderer", id, { code: "R024", value: 0 });
        results.mapTenderer("ocid_tenderer_r024", ocid, id);
      }
    }
  };
  const flagDiscounted = () => {
    let { threshold: fence } = settings.R058;
    if (fence === undefined) {
      const four = quartiles([...margins.values()].map(({ ratio }) => ratio));
      results.meta("R058", "q1", four.q1);
      results.meta("R058", "q3", four.q3);
      fence = upperFence(four);
    }
    results.meta("R058", "upper_fence", fence);
    if (!(fence > 0)) return;
    for (const [ocid, { ratio, winner }] of margins) {
      if (!(ratio >= fence)) continue;
      results.set("OCID", ocid, { code: "R058", value: ratio });
      results.set("Tenderer", winner, { code: "R058", value: 0 });
      results.mapTenderer("ocid_tenderer_r058", ocid, winner);
    }
  };
  return {
    codes: ["R024", "R058"],
    fold(release, ocid) {
      const margin = comparesPrices(context, release) ? marginOf(context, release) : undefined;
      if (margin !== undefined) margins.set(ocid, margin);
    },
    finish() {
      if (settings.enabled.has("R024")) flagClose();
      if (settings.enabled.has("R058")) flagDiscounted();
    },
  };
}

/** R028 Identical bid prices: different tenderers submitted bids of one price. */
export const identicalPrices = (context: IndicatorContext): Indicator => ({
  codes: ["R028"],
  fold(release, ocid) {
    if (!comparesPrices(context, release)) return;
    const prices = new Map<string, ReadonlySet<string>>();
    for (const bid of submittedBids(release)) {
      const price = priceOf(bid);
      const ids = new Set(idsIn(listAt(bid, "tenderers")));
      if (price === undefined || ids.size === 0) continue;
      const key = `${price.amount} ${price.currency}`;
      const others = prices.get(key);
      prices.set(key, ids);
      // One tenderer may submit the same price twice.
      if (others === undefined || isSame(ids, others)) continue;
      context.results.set("OCID", ocid, { code: "R028", value: 1 });
      for (const id of new Set([...ids, ...others])) {
        context.results.set("Tenderer", id, { code: "R028", value: 1 });
        context.results.mapTenderer("ocid_tenderer_r028", ocid, id);
      }
    }
  },
});

export const isSame = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((id) => b.has(id));

/** R036 Lowest bid disqualified: there is an active award and a valid price, and the lowest price was disqualified. */
export const lowestDisqualified = (context: IndicatorContext): Indicator => ({
  codes: ["R036"],
  fold(release, ocid) {
    if (!comparesPrices(context, release)) return;
    if (withStatus(listAt(release, "awards") ?? [], "active").length === 0) return;
    let lowest: { readonly amount: number; readonly disqualified: boolean } | undefined;
    let hasValid = false;
    for (const bid of submittedBids(release)) {
      const price = priceOf(bid);
      if (price === undefined || !context.isMainCurrency(price.currency)) continue;
      const status = stringAt(bid, "status");
      if (lowest === undefined || price.amount < lowest.amount)
        lowest = { amount: price.amount, disqualified: status === "disqualified" };
      hasValid ||= status === "valid";
    }
    if (hasValid && lowest?.disqualified === true) context.results.set("OCID", ocid, { code: "R036", value: 1 });
  },
});
