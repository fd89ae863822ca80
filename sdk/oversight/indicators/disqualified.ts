import { isSame } from "./prices.ts";
import { decided, idsIn, listAt, objectAt, stringAt, submittedBids, withStatus } from "./release.ts";
import type { Group } from "./results.ts";
import type { Indicator, IndicatorContext } from "./run.ts";
import { quartiles, upperFence } from "./statistics.ts";

/** R035 All except winning bid disqualified: one tenderer qualified, won, and at least so many others were disqualified. */
export const singleQualified = ({ settings, results }: IndicatorContext): Indicator => ({
  codes: ["R035"],
  fold(release, ocid) {
    const outcome = decided(release);
    if (outcome === undefined) return;
    const tenderers = (status: string) =>
      new Set(withStatus(outcome.bids, status).flatMap((bid) => idsIn(listAt(bid, "tenderers"))));
    const suppliers = new Set(outcome.active.flatMap((award) => idsIn(listAt(award, "suppliers"))));
    const valid = tenderers("valid");
    const [winner] = valid;
    if (winner === undefined || valid.size !== 1 || !isSame(valid, suppliers)) return;
    const others = [...tenderers("disqualified")].filter((id) => id !== winner).length;
    if (others < settings.R035.threshold) return;
    results.set("OCID", ocid, { code: "R035", value: others });
    results.set("Tenderer", winner, { code: "R035", value: 0 });
    results.mapTenderer("ocid_tenderer_r035", ocid, winner);
  },
});

/** Disqualified of submitted bids. */
class Shares {
  private readonly counts = new Map<string, { disqualified: number; submitted: number }>();

  add(id: string, { disqualified, submitted }: { readonly disqualified: number; readonly submitted: number }): void {
    const count = this.counts.get(id) ?? { disqualified: 0, submitted: 0 };
    count.disqualified += disqualified;
    count.submitted += submitted;
    this.counts.set(id, count);
  }

  ratios(minimum: number): (readonly [id: string, ratio: number])[] {
    return [...this.counts].flatMap(([id, { disqualified, submitted }]) =>
      submitted >= minimum ? [[id, disqualified / submitted] as const] : [],
    );
  }
}

/** R038 Excessive disqualified bids: the share is a high outlier per buyer, procuring entity or tenderer. */
export function disqualification({ settings, results }: IndicatorContext): Indicator {
  const shares = { Buyer: new Shares(), ProcuringEntity: new Shares(), Tenderer: new Shares() };
  const flag = (group: keyof typeof shares & Group, minimum: number) => {
    const ratios = shares[group].ratios(minimum);
    if (ratios.length === 0) return;
    let { threshold: fence } = settings.R038;
    if (fence === undefined) {
      const four = quartiles(ratios.map(([, ratio]) => ratio));
      results.meta("R038", `${group}_q1`, four.q1);
      results.meta("R038", `${group}_q3`, four.q3);
      fence = upperFence(four);
    }
    results.meta("R038", `${group}_upper_fence`, fence);
    if (!(fence > 0)) return;
    for (const [id, value] of ratios) if (value >= fence) results.set(group, id, { code: "R038", value });
  };
  return {
    codes: ["R038"],
    fold(release, ocid) {
      const bids = submittedBids(release);
      if (bids.length === 0) return;
      for (const bid of bids) {
        const disqualified = stringAt(bid, "status") === "disqualified" ? 1 : 0;
        for (const id of idsIn(listAt(bid, "tenderers"))) shares.Tenderer.add(id, { disqualified, submitted: 1 });
      }
      const total = { disqualified: withStatus(bids, "disqualified").length, submitted: bids.length };
      const tender = objectAt(release, "tender");
      const owners = [
        { group: "Buyer", map: "ocid_buyer_r038", owner: objectAt(release, "buyer") },
        {
          group: "ProcuringEntity",
          map: "ocid_procuringentity_r038",
          owner: tender && objectAt(tender, "procuringEntity"),
        },
      ] as const;
      for (const { group, map, owner } of owners) {
        const id = owner && stringAt(owner, "id");
        if (id === undefined) continue;
        shares[group].add(id, total);
        if (total.disqualified > 0) results.mapOwner(map, ocid, id);
      }
    },
    finish() {
      // The minimum of processes is compared with numbers of bids: that is how the indicator is calculated.
      flag("Buyer", settings.R038.minimumContractingProcesses);
      flag("ProcuringEntity", settings.R038.minimumContractingProcesses);
      flag("Tenderer", settings.R038.minimumSubmittedBids);
    },
  };
}
