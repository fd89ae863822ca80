import { OversightError } from "../errors.ts";
import { parseIni, type IniSections } from "./ini.ts";

/** Cardinal's indicators that are calculated here, in its order. */
export const INDICATORS = [
  "R003",
  "R018",
  "R024",
  "R025",
  "R028",
  "R030",
  "R035",
  "R036",
  "R038",
  "R048",
  "R058",
] as const;
export type IndicatorCode = (typeof INDICATORS)[number];

/** Settings of a run, with Cardinal's names for what they mean and its defaults for what is left out. */
export interface IndicatorSettings {
  readonly enabled: ReadonlySet<IndicatorCode>;
  /** The main currency; the first one seen unless told. */
  readonly currency?: string;
  readonly noPriceComparisonMethods: ReadonlySet<string>;
  readonly priceComparisonMethods: ReadonlySet<string>;
  readonly excludedMethodDetails: ReadonlySet<string>;
  readonly R003: {
    readonly threshold: number;
    readonly procurementMethods: ReadonlySet<string>;
    readonly procurementMethodDetails: ReadonlyMap<string, number>;
  };
  readonly R018: { readonly procurementMethods: ReadonlySet<string> };
  readonly R024: { readonly threshold?: number };
  readonly R025: { readonly percentile: number; readonly threshold?: number };
  readonly R035: { readonly threshold: number };
  readonly R038: {
    readonly threshold?: number;
    readonly minimumSubmittedBids: number;
    readonly minimumContractingProcesses: number;
  };
  readonly R048: {
    readonly digits: number;
    readonly threshold?: number;
    readonly minimumContractingProcesses: number;
  };
  readonly R058: { readonly threshold?: number };
}

type Kind = "text" | "list" | "integer" | "natural" | "decimal";

/** Every property of a Cardinal settings file that says something to the indicators. */
const PROPERTIES: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  "": {
    currency: "text",
    no_price_comparison_procurement_methods: "list",
    price_comparison_procurement_methods: "list",
  },
  exclusions: { procurement_method_details: "list" },
  R003: { threshold: "integer", procurement_methods: "list" },
  R018: { procurement_methods: "list" },
  R024: { threshold: "decimal" },
  R025: { percentile: "natural", threshold: "decimal" },
  R028: {},
  R030: {},
  R035: { threshold: "natural" },
  R036: {},
  R038: { threshold: "decimal", minimum_submitted_bids: "natural", minimum_contracting_processes: "natural" },
  R048: { digits: "natural", threshold: "natural", minimum_contracting_processes: "natural" },
  R058: { threshold: "decimal" },
};
const METHOD_DETAILS = "R003.procurement_method_details";
/** Sections of a Cardinal settings file for other commands and for indicators that are not calculated here. */
const ELSEWHERE =
  /^(?:defaults|redactions|corrections|modifications|codelists\.(?:bid_status|award_status)|R044|R055)$/;

/**
 * Reads a settings file of Cardinal: an indicator is calculated when its section is there. Throws OversightError
 * `settings.syntax`, `settings.unknown`, `settings.value`.
 */
export const parseSettings = (text: string): IndicatorSettings => settingsFrom(parseIni(text));

function settingsFrom(sections: IniSections): IndicatorSettings {
  checkNames(sections);
  const read = new Reader(sections);
  const currency = read.text("", "currency");
  const details = [...(sections.get(METHOD_DETAILS) ?? [])].map(
    ([name, value]) => [name, parsed(value, { kind: "integer", name: `${METHOD_DETAILS}.${name}` })] as const,
  );
  return {
    enabled: new Set(INDICATORS.filter((code) => sections.has(code) || (code === "R003" && details.length > 0))),
    ...(currency !== undefined && { currency }),
    noPriceComparisonMethods: read.list("", "no_price_comparison_procurement_methods"),
    priceComparisonMethods: read.list("", "price_comparison_procurement_methods"),
    excludedMethodDetails: read.list("exclusions", "procurement_method_details"),
    R003: {
      threshold: read.number("R003", "threshold") ?? 15,
      procurementMethods: read.list("R003", "procurement_methods"),
      procurementMethodDetails: new Map(details),
    },
    R018: { procurementMethods: read.list("R018", "procurement_methods", "open|selective") },
    R024: read.threshold("R024"),
    R025: { percentile: read.number("R025", "percentile") ?? 75, ...read.threshold("R025") },
    R035: { threshold: Math.max(read.number("R035", "threshold") ?? 1, 1) },
    R038: {
      ...read.threshold("R038"),
      minimumSubmittedBids: read.number("R038", "minimum_submitted_bids") ?? 2,
      minimumContractingProcesses: read.number("R038", "minimum_contracting_processes") ?? 2,
    },
    R048: {
      digits: read.number("R048", "digits") ?? 2,
      ...read.threshold("R048"),
      minimumContractingProcesses: read.number("R048", "minimum_contracting_processes") ?? 20,
    },
    R058: read.threshold("R058"),
  };
}

function checkNames(sections: IniSections): void {
  for (const [section, properties] of sections) {
    if (ELSEWHERE.test(section) || section === METHOD_DETAILS) continue;
    const known = Object.hasOwn(PROPERTIES, section) ? PROPERTIES[section] : undefined;
    if (known === undefined) throw new OversightError("settings.unknown", { name: `[${section}]` });
    for (const name of properties.keys())
      if (!Object.hasOwn(known, name)) throw new OversightError("settings.unknown", { name: named(section, name) });
  }
}

const named = (section: string, name: string): string => (section === "" ? name : `${section}.${name}`);

class Reader {
  private readonly sections: IniSections;

  constructor(sections: IniSections) {
    this.sections = sections;
  }

  text(section: string, name: string): string | undefined {
    return this.sections.get(section)?.get(name);
  }

  /** Values between `|`; one at the end adds none. */
  list(section: string, name: string, unlessTold = ""): ReadonlySet<string> {
    const text = this.text(section, name) ?? unlessTold;
    const parts = text.split("|");
    if (parts.at(-1) === "") parts.pop();
    return new Set(parts);
  }

  number(section: string, name: string): number | undefined {
    const value = this.text(section, name);
    const kind = PROPERTIES[section]?.[name] ?? "text";
    return value === undefined ? undefined : parsed(value, { kind, name: named(section, name) });
  }

  threshold(section: string): { readonly threshold?: number } {
    const threshold = this.number(section, "threshold");
    return threshold === undefined ? {} : { threshold };
  }
}

const FORMS: Readonly<Record<Kind, RegExp>> = {
  text: /^/,
  list: /^/,
  integer: /^[+-]?\d{1,15}$/,
  natural: /^\+?\d{1,15}$/,
  decimal: /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/,
};

function parsed(value: string, { kind, name }: { readonly kind: Kind; readonly name: string }): number {
  if (!FORMS[kind].test(value)) throw new OversightError("settings.value", { name });
  return Number(value);
}

/** All indicators with their defaults, as for a settings file that names each of them. */
export const DEFAULT_SETTINGS = settingsFrom(new Map(INDICATORS.map((code) => [code, new Map()])));
