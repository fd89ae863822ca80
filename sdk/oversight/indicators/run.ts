import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";
import { disqualification, singleQualified } from "./disqualified.ts";
import { lateBid, shortPeriod, singleBid } from "./procedure.ts";
import { identicalPrices, lowestDisqualified, winningMargins } from "./prices.ts";
import { isCancelled, methodDetailsMatch, idsIn, listAt, stringAt, submittedBids } from "./release.ts";
import { IndicatorResults } from "./results.ts";
import type { IndicatorCode, IndicatorSettings } from "./settings.ts";
import { heterogeneousSuppliers, unsuccessfulBids } from "./tenderers.ts";

/** One indicator, or several that share what they gather. */
export interface Indicator {
  readonly codes: readonly IndicatorCode[];
  fold(release: JsonObject, ocid: string): void;
  finish?(): void;
}

export interface IndicatorContext {
  readonly settings: IndicatorSettings;
  readonly results: IndicatorResults;
  /** True for the main currency; the first one asked about becomes it unless the settings name one. */
  readonly isMainCurrency: (currency: string) => boolean;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Cardinal's indicators over compiled releases, one after another; a release of another form is passed over. Source:
 * the documentation of open-contracting/cardinal-rs.
 */
export class IndicatorRun {
  readonly results = new IndicatorResults();
  private readonly settings: IndicatorSettings;
  private readonly indicators: readonly Indicator[];
  private mainCurrency: string | undefined;

  constructor(settings: IndicatorSettings) {
    this.settings = settings;
    this.mainCurrency = settings.currency;
    const context: IndicatorContext = {
      settings,
      results: this.results,
      isMainCurrency: (currency) => (this.mainCurrency ??= currency) === currency,
    };
    this.indicators = [
      winningMargins(context),
      shortPeriod(context),
      singleBid(context),
      unsuccessfulBids(context),
      identicalPrices(context),
      lateBid(context),
      singleQualified(context),
      lowestDisqualified(context),
      disqualification(context),
      heterogeneousSuppliers(context),
    ].filter(({ codes }) => codes.some((code) => settings.enabled.has(code)));
  }

  add(release: Json): void {
    if (!isJsonObject(release)) return;
    const ocid = stringAt(release, "ocid");
    if (ocid === undefined || isCancelled(release)) return;
    if (!methodDetailsMatch(release, { include: NONE, exclude: this.settings.excludedMethodDetails })) return;
    this.mapTenderers(release, ocid);
    for (const indicator of this.indicators) indicator.fold(release, ocid);
  }

  /** To be called once, after the last release. */
  finish(): IndicatorResults {
    for (const indicator of this.indicators) indicator.finish?.();
    return this.results;
  }

  private mapTenderers(release: JsonObject, ocid: string): void {
    if (!(["R025", "R038", "R048"] as const).some((code) => this.settings.enabled.has(code))) return;
    for (const bid of submittedBids(release))
      for (const id of idsIn(listAt(bid, "tenderers"))) this.results.mapTenderer("ocid_tenderer", ocid, id);
  }
}
