import { isJsonObject } from "../../protocol/json.ts";
import { decided, listAt, objectAt, onlyId, onlyWinner, stringAt, withStatus } from "./release.ts";
import type { Indicator, IndicatorContext } from "./run.ts";
import { lowerFence, quantile, quartiles, upperFence } from "./statistics.ts";

/** R025 Excessive unsuccessful bids: many valid bids, and the share of winning ones a low outlier. */
export function unsuccessfulBids({ settings, results }: IndicatorContext): Indicator {
  const counts = new Map<string, { won: number; valid: number }>();
  return {
    codes: ["R025"],
    fold(release) {
      const outcome = decided(release);
      const winner = outcome && onlyWinner(outcome);
      if (outcome === undefined || winner === undefined) return;
      const tenderers = new Set(
        withStatus(outcome.bids, "valid").flatMap((bid) => onlyId(listAt(bid, "tenderers")) ?? []),
      );
      for (const id of tenderers) {
        const count = counts.get(id) ?? { won: 0, valid: 0 };
        count.valid++;
        if (id === winner) count.won++;
        counts.set(id, count);
      }
    },
    finish() {
      const many = quantile(
        [...counts.values()].map(({ valid }) => valid),
        settings.R025.percentile / 100,
      );
      let { threshold: fence } = settings.R025;
      let mayFlag = true;
      if (fence === undefined) {
        const four = quartiles([...counts.values()].map(({ won, valid }) => won / valid));
        results.meta("R025", "q1", four.q1);
        results.meta("R025", "q3", four.q3);
        fence = lowerFence(four);
        // Where three quarters never win, most of the top tenderers would be flagged.
        mayFlag = four.q1 > 0;
      }
      results.meta("R025", "upper_fence", many);
      results.meta("R025", "lower_fence", fence);
      if (!mayFlag || !(fence > 0)) return;
      for (const [id, { won, valid }] of counts)
        if (valid >= many && won / valid <= fence) results.set("Tenderer", id, { code: "R025", value: won / valid });
    },
  };
}

/** R048 Heterogeneous supplier: the number of first levels among the classifications of what it supplies is a high outlier. */
export function heterogeneousSuppliers({ settings, results }: IndicatorContext): Indicator {
  const suppliers = new Map<string, { processes: number; levels: Set<string> }>();
  return {
    codes: ["R048"],
    fold(release) {
      const seen = new Set<string>();
      for (const award of withStatus(listAt(release, "awards") ?? [], "active")) {
        const id = onlyId(listAt(award, "suppliers"));
        if (id === undefined) continue;
        for (const level of firstLevels(listAt(award, "items") ?? [], settings.R048.digits)) {
          const supplied = suppliers.get(id) ?? { processes: 0, levels: new Set() };
          if (!seen.has(id)) supplied.processes++;
          seen.add(id);
          supplied.levels.add(level);
          suppliers.set(id, supplied);
        }
      }
    },
    finish() {
      const varieties = [...suppliers].flatMap(([id, { processes, levels }]) =>
        processes >= settings.R048.minimumContractingProcesses ? [[id, levels.size] as const] : [],
      );
      let { threshold: fence } = settings.R048;
      if (fence === undefined) {
        const four = quartiles(varieties.map(([, variety]) => variety));
        results.meta("R048", "q1", four.q1);
        results.meta("R048", "q3", four.q3);
        fence = upperFence(four);
      }
      results.meta("R048", "upper_fence", fence);
      for (const [id, value] of varieties) if (value >= fence) results.set("Tenderer", id, { code: "R048", value });
    },
  };
}

function firstLevels(items: NonNullable<ReturnType<typeof listAt>>, digits: number): string[] {
  return items.flatMap((item) => {
    const classification = isJsonObject(item) ? objectAt(item, "classification") : undefined;
    const id = classification && stringAt(classification, "id");
    return id === undefined ? [] : [[...id].slice(0, digits).join("")];
  });
}
