import { expect } from "chai";
import type { Json, JsonObject } from "../../../sdk/protocol/json.ts";
import { OversightError } from "../../../sdk/oversight/errors.ts";
import { IndicatorRun } from "../../../sdk/oversight/indicators/run.ts";
import {
  DEFAULT_SETTINGS,
  INDICATORS,
  parseSettings,
  type IndicatorSettings,
} from "../../../sdk/oversight/indicators/settings.ts";
import { lowerFence, quantile, quartiles, upperFence } from "../../../sdk/oversight/indicators/statistics.ts";
import { published, skipUnless } from "./published.ts";

const FOLDER = "cardinal/indicators";

function results(releases: Iterable<Json>, settings: IndicatorSettings) {
  const run = new IndicatorRun(settings);
  for (const release of releases) run.add(release);
  return run.finish();
}
const flags = (releases: Iterable<Json>, settings: string): JsonObject =>
  results(releases, parseSettings(settings)).groupsJson();
const lines = (text: string): Json[] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Json);

/** The fixtures' own harness leaves out method details NPC and EXC, and has the rest in their names: `R003-procurement_method_details-x-5-y-10` is R003 with x = 5 and y = 10 in that section; `+` stands for `|`. */
const GLOBAL = "no_price_comparison_procurement_methods = NPC\n[exclusions]\nprocurement_method_details = EXC\n";

function settingsOf(name: string): string {
  return GLOBAL + ownSettings(name);
}

function ownSettings(name: string): string {
  const [code = "", ...rest] = name.split("-");
  if (rest[0] === "procurement_method_details") {
    const pairs = rest.slice(1).flatMap((key, i, all) => (i % 2 === 0 ? [`${key} = ${all[i + 1]}`] : []));
    return [`[${code}]`, `[${code}.procurement_method_details]`, ...pairs].join("\n");
  }
  const [property, value] = rest;
  return property === undefined ? `[${code}]` : `[${code}]\n${property} = ${value?.replaceAll("+", "|")}`;
}

describe("red flags: published fixtures", () => {
  const names = published.list(FOLDER).flatMap((name) => (name.endsWith(".jsonl") ? [name.slice(0, -6)] : []));
  it("there are fixtures", function () {
    skipUnless(this, FOLDER);
    expect(names.length).to.be.greaterThan(0);
  });
  for (const name of names)
    it(name, () => {
      const input = lines(published.text(`${FOLDER}/${name}.jsonl`));
      const expected = JSON.parse(published.text(`${FOLDER}/${name}.expected`)) as JsonObject;
      expect(flags(input, settingsOf(name))).to.deep.equal(expected);
    });

  const examples: Record<string, [settings: string, expected: JsonObject]> = {
    "003": ["[R003]", { OCID: { F: { R003: 1 } } }],
    "018": ["[R018]", { OCID: { F: { R018: 1 } } }],
    "024": ["[R024]", { OCID: { F: { R024: 1 } }, Tenderer: { W: { R024: 0 }, L: { R024: 0 } } }],
    "025": ["[R025]", { Tenderer: { F: { R025: 1 / 6 } } }],
    "028": ["[R028]", { OCID: { F: { R028: 1 } }, Tenderer: { D: { R028: 1 }, V: { R028: 1 } } }],
    "030": ["[R030]", { OCID: { F: { R030: 1 } }, Tenderer: { W: { R030: 1 } } }],
    "035": ["[R035]", { OCID: { F: { R035: 1 } }, Tenderer: { V: { R035: 0 } } }],
    "036": ["[R036]", { OCID: { F: { R036: 1 } } }],
    "038": ["[R038]", { Buyer: { B: { R038: 0.5 } } }],
    "048": ["[R048]\nminimum_contracting_processes = 1", { Tenderer: { F: { R048: 2 } } }],
    "058": ["[R058]", { OCID: { F: { R058: 99 } }, Tenderer: { W: { R058: 0 } } }],
  };
  for (const [name, [settings, expected]] of Object.entries(examples))
    it(`the example of the documentation of R${name}`, function () {
      skipUnless(this, "cardinal/examples");
      expect(flags(lines(published.text(`cardinal/examples/${name}.jsonl`)), settings)).to.deep.equal(expected);
    });
});

const bid = (id: string, amount: number, status = "valid") => ({
  status,
  tenderers: [{ id }],
  value: { amount, currency: "CNY" },
});
const won = (ocid: string, details: Json[], winner = "W"): JsonObject => ({
  ocid,
  bids: { details },
  awards: [{ status: "active", suppliers: [{ id: winner }] }],
});

describe("red flags: what the definitions say at their edges", () => {
  it("R003: whole days; an exact threshold is enough; the zone counts; days that do not exist are none", () => {
    const period = (startDate: string, endDate: string) => ({
      ocid: "o",
      tender: { tenderPeriod: { startDate, endDate } },
    });
    const flagged = (start: string, end: string) => "OCID" in flags([period(start, end)], "[R003]\nthreshold = 15");
    expect(flagged("2020-01-01T00:00:00Z", "2020-01-16T00:00:00Z")).to.equal(false);
    expect(flagged("2020-01-01T00:00:00Z", "2020-01-15T23:59:59.999Z")).to.equal(true);
    expect(flagged("2020-01-01T00:00:00Z", "2020-01-16T07:59:59+08:00")).to.equal(true);
    expect(flagged("2020-02-30T00:00:00Z", "2020-03-01T00:00:00Z")).to.equal(false);
    expect(flagged("2020-03-01T00:00:00Z", "2020-01-01T00:00:00Z")).to.equal(true);
  });

  it("R024: nobody is flagged where a quarter of the margins is nothing", () => {
    const close = [1, 2, 3, 4, 5].map((n) => won(String(n), [bid("W", 100), bid("L", n < 3 ? 100 : 200)]));
    expect(flags(close, "[R024]")).to.deep.equal({});
    expect(flags(close, "[R024]\nthreshold = 0.05")).to.have.nested.property("OCID.1.R024", 0);
  });

  it("R024, R036: another currency than the first, or than the named one, is passed over", () => {
    const dollars = { status: "disqualified", tenderers: [{ id: "D" }], value: { amount: 1, currency: "USD" } };
    const release = won("o", [bid("W", 5), dollars]);
    expect(flags([release], "[R036]")).to.deep.equal({});
    expect(flags([release], "currency = USD\n[R036]")).to.deep.equal({});
    expect(flags([won("o", [bid("W", 5), bid("D", 1, "disqualified")])], "[R036]")).to.deep.equal({
      OCID: { o: { R036: 1 } },
    });
  });

  it("R028: one tenderer may repeat its price; a joint bid is another tenderer", () => {
    expect(flags([won("o", [bid("A", 1), bid("A", 1)])], "[R028]")).to.deep.equal({});
    const joint = { status: "pending", tenderers: [{ id: "A" }, { id: "B" }], value: { amount: 1, currency: "CNY" } };
    expect(flags([won("o", [bid("A", 1), joint])], "[R028]")).to.have.nested.property("Tenderer.B.R028", 1);
  });

  it("R035: counts other tenderers only, and needs the awarded and the qualified one to be the same", () => {
    const disqualified = [bid("W", 1, "disqualified"), bid("D", 2, "disqualified"), bid("D", 3, "disqualified")];
    expect(flags([won("o", [bid("W", 9), ...disqualified])], "[R035]")).to.have.nested.property("OCID.o.R035", 1);
    expect(flags([won("o", [bid("W", 9), ...disqualified])], "[R035]\nthreshold = 2")).to.deep.equal({});
    expect(flags([won("o", [bid("W", 9), ...disqualified], "X")], "[R035]")).to.deep.equal({});
  });

  it("R038: flags buyers, procuring entities and tenderers; a minimum leaves the small ones out", () => {
    const release = {
      ocid: "o",
      buyer: { id: "B" },
      tender: { procuringEntity: { id: "P" } },
      bids: { details: [bid("T", 1, "disqualified"), bid("T", 1, "disqualified"), bid("U", 1)] },
    };
    expect(flags([release], "[R038]\nthreshold = 0.6")).to.deep.equal({
      Buyer: { B: { R038: 2 / 3 } },
      ProcuringEntity: { P: { R038: 2 / 3 } },
      Tenderer: { T: { R038: 1 } },
    });
    expect(
      flags([release], "[R038]\nthreshold = 0.6\nminimum_submitted_bids = 3\nminimum_contracting_processes = 4"),
    ).to.deep.equal({});
  });

  it("R048: one supplier per award, so many first digits, so many processes", () => {
    const items = (...ids: string[]) => ids.map((id) => ({ classification: { id } }));
    const award = (...ids: string[]) => ({
      ocid: "o",
      awards: [{ status: "active", suppliers: [{ id: "S" }], items: items(...ids) }],
    });
    const settings = "[R048]\nminimum_contracting_processes = 2\nthreshold = 2\n";
    expect(flags([award("1100"), award("1200")], settings)).to.deep.equal({ Tenderer: { S: { R048: 2 } } });
    expect(flags([award("1100"), award("1200")], `${settings}digits = 1`)).to.deep.equal({});
    expect(flags([award("1100", "1200")], settings)).to.deep.equal({});
  });

  it("releases that are cancelled, excluded, or have no ocid are not looked at", () => {
    const single = { ocid: "o", tender: { procurementMethod: "open", numberOfTenderers: 1 } };
    const cancelled = { ...single, tender: { ...single.tender, status: "cancelled" } };
    const excluded = { ...single, tender: { ...single.tender, procurementMethodDetails: "Lottery" } };
    expect(flags([single], "[R018]")).to.deep.equal({ OCID: { o: { R018: 1 } } });
    expect(flags([cancelled, { ...single, ocid: 1 }, "text", null], "[R018]")).to.deep.equal({});
    expect(flags([excluded], "[exclusions]\nprocurement_method_details = Lottery\n[R018]")).to.deep.equal({});
    expect(flags([excluded], "price_comparison_procurement_methods = Auction\n[R018]")).to.have.property("OCID");
  });

  it("gives quartiles, fences and maps when asked", () => {
    const run = results(
      [1, 2, 3, 4].map((n) => won(String(n), [bid("W", 100), bid("L", 100 + n)])),
      DEFAULT_SETTINGS,
    );
    expect(run.metaJson()).to.have.nested.property("R024.q1", 0.0142);
    expect(run.mapsJson()["ocid_tenderer"]).to.deep.include({ "1": ["W", "L"] });
    expect(new IndicatorRun(DEFAULT_SETTINGS).finish().metaJson()).to.have.nested.property("R058.q3", null);
  });
});

describe("red flags: settings", () => {
  it("takes comments, quotes, sections that come again, and Cardinal's other sections", () => {
    const settings = parseSettings(
      "; comment\n# other\ncurrency = CNY ; main\n[R003]\nthreshold = 15 # default\nprocurement_methods = 'open|'\n[defaults]\ncurrency = X\n[R003]\nthreshold=7\r\n[R003.procurement_method_details]\n公开 招标 = 20\n",
    );
    expect(settings.currency).to.equal("CNY");
    expect(settings.R003.threshold).to.equal(7);
    expect([...settings.R003.procurementMethods]).to.deep.equal(["open"]);
    expect(settings.R003.procurementMethodDetails.get("公开 招标")).to.equal(20);
    expect([...settings.enabled]).to.deep.equal(["R003"]);
    expect([...DEFAULT_SETTINGS.enabled]).to.deep.equal([...INDICATORS]);
  });

  const bad: [string, string, object][] = [
    ["[R003]\nthreshold", "settings.syntax", { line: 2 }],
    ["[R999]", "settings.unknown", { name: "[R999]" }],
    ["[R028]\nthreshold = 1", "settings.unknown", { name: "R028.threshold" }],
    ["[R024]\ntreshold = 1", "settings.unknown", { name: "R024.treshold" }],
    ["[R024]\nthreshold = high", "settings.value", { name: "R024.threshold" }],
    ["[R035]\nthreshold = -1", "settings.value", { name: "R035.threshold" }],
    ["[R003.procurement_method_details]\nx = 1.5", "settings.value", { name: "R003.procurement_method_details.x" }],
  ];
  for (const [text, code, values] of bad)
    it(`refuses ${JSON.stringify(text)}`, () => {
      let caught: unknown;
      try {
        parseSettings(text);
      } catch (error) {
        caught = error;
      }
      expect(caught).to.be.instanceOf(OversightError);
      expect(caught).to.deep.include({ code, values });
    });
});

/** The matchers of the contract tests, in the same process, take whole numbers only. */
const isClose = (a: number, b: number, within: number): boolean => Math.abs(a - b) <= within;

describe("red flags: statistics", () => {
  it("quantiles are median-unbiased", () => {
    expect(quantile([], 0.5)).to.be.NaN;
    expect(quantile([7], 0.25)).to.equal(7);
    expect(quantile([4, 1, 3, 2], 0.5)).to.equal(2.5);
    expect(isClose(quantile([1, 2, 3, 4, 5, 6, 7, 8, 9], 0.25), 2 + 2 / 3, 1e-12)).to.equal(true);
    expect(quantile([1, 2, 3], 1)).to.equal(3);
  });

  it("fences are rounded once", () => {
    expect(isClose(lowerFence({ q1: 0.1, q3: 0.3 }), -0.2, 1e-15)).to.equal(true);
    expect(upperFence({ q1: 1, q3: 2 })).to.equal(3.5);
    expect(upperFence(quartiles([]))).to.be.NaN;
    // 1 + 2^-52 and 1.5·2^-52: the exact sum is halfway to the next double but one, and is rounded to even.
    const ulp = 2 ** -52;
    expect(upperFence({ q1: 1, q3: 1 + ulp })).to.equal(1 + 2 * ulp);
    expect(lowerFence({ q1: 2 ** -1074, q3: 2 ** -1073 })).to.equal(0);
    for (const [q1, q3] of [
      [0.07, 0.91],
      [1e-300, 5e-324],
      [1e300, 2e300],
    ] as const)
      expect(isClose(upperFence({ q1, q3 }), q3 + 1.5 * (q3 - q1), Math.abs(q3) * 1e-15)).to.equal(true);
  });
});
