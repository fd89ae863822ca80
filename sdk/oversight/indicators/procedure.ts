import { findInstant, wholeDays } from "../time.ts";
import { idsIn, listAt, methodMatches, numberAt, objectAt, stringAt, withStatus } from "./release.ts";
import type { Indicator, IndicatorContext } from "./run.ts";

/** R003 Short submission period: fewer whole days than the threshold from start to end of the tender period. */
export const shortPeriod = ({ settings, results }: IndicatorContext): Indicator => ({
  codes: ["R003"],
  fold(release, ocid) {
    const tender = objectAt(release, "tender");
    if (tender === undefined || !methodMatches(tender, settings.R003.procurementMethods)) return;
    const period = objectAt(tender, "tenderPeriod");
    const start = period && findInstant(stringAt(period, "startDate") ?? "");
    const end = period && findInstant(stringAt(period, "endDate") ?? "");
    if (start === undefined || end === undefined) return;
    const details = stringAt(tender, "procurementMethodDetails");
    const own = details === undefined ? undefined : settings.R003.procurementMethodDetails.get(details);
    if (wholeDays(start, end) < (own ?? settings.R003.threshold)) results.set("OCID", ocid, { code: "R003", value: 1 });
  },
});

/** R018 Single bid received: one tenderer in a competitive procedure. */
export const singleBid = ({ settings, results }: IndicatorContext): Indicator => ({
  codes: ["R018"],
  fold(release, ocid) {
    const tender = objectAt(release, "tender");
    if (tender === undefined || !methodMatches(tender, settings.R018.procurementMethods)) return;
    if (numberAt(tender, "numberOfTenderers") === 1) results.set("OCID", ocid, { code: "R018", value: 1 });
  },
});

/** R030 Late bid won: a valid bid dated after the end of the tender period, of a supplier of an active award. */
export const lateBid = ({ results }: IndicatorContext): Indicator => ({
  codes: ["R030"],
  fold(release, ocid) {
    const tender = objectAt(release, "tender");
    const period = tender && objectAt(tender, "tenderPeriod");
    const deadline = period && stringAt(period, "endDate");
    const bids = objectAt(release, "bids");
    const details = bids && listAt(bids, "details");
    if (deadline === undefined || details === undefined) return;
    const suppliers = new Set(
      withStatus(listAt(release, "awards") ?? [], "active").flatMap((award) => idsIn(listAt(award, "suppliers"))),
    );
    for (const bid of withStatus(details, "valid")) {
      // As text: that is how the indicator is defined.
      if (!((stringAt(bid, "date") ?? "") > deadline)) continue;
      for (const id of idsIn(listAt(bid, "tenderers"))) {
        if (!suppliers.has(id)) continue;
        results.set("OCID", ocid, { code: "R030", value: 1 });
        results.set("Tenderer", id, { code: "R030", value: 1 });
        results.mapTenderer("ocid_tenderer_r030", ocid, id);
      }
    }
  },
});
