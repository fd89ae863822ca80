/** The statements of W3C PROV-DM and their formal attributes, in the order of PROV-N. A document may leave any of them out. */
export const PROV_STATEMENTS = {
  entity: [],
  activity: ["prov:startTime", "prov:endTime"],
  agent: [],
  wasGeneratedBy: ["prov:entity", "prov:activity", "prov:time"],
  used: ["prov:activity", "prov:entity", "prov:time"],
  wasInformedBy: ["prov:informed", "prov:informant"],
  wasStartedBy: ["prov:activity", "prov:trigger", "prov:starter", "prov:time"],
  wasEndedBy: ["prov:activity", "prov:trigger", "prov:ender", "prov:time"],
  wasInvalidatedBy: ["prov:entity", "prov:activity", "prov:time"],
  wasDerivedFrom: ["prov:generatedEntity", "prov:usedEntity", "prov:activity", "prov:generation", "prov:usage"],
  wasAttributedTo: ["prov:entity", "prov:agent"],
  wasAssociatedWith: ["prov:activity", "prov:agent", "prov:plan"],
  actedOnBehalfOf: ["prov:delegate", "prov:responsible", "prov:activity"],
  wasInfluencedBy: ["prov:influencee", "prov:influencer"],
  specializationOf: ["prov:specificEntity", "prov:generalEntity"],
  alternateOf: ["prov:alternate1", "prov:alternate2"],
  hadMember: ["prov:collection", "prov:entity"],
  mentionOf: ["prov:specificEntity", "prov:generalEntity", "prov:bundle"],
} as const satisfies Record<string, readonly string[]>;

export type ProvKind = keyof typeof PROV_STATEMENTS;
export const PROV_KINDS = Object.keys(PROV_STATEMENTS) as readonly ProvKind[]; // The keys of a constant.
export const isProvKind = (name: string): name is ProvKind => Object.hasOwn(PROV_STATEMENTS, name);

export const PROV_TIMES: ReadonlySet<string> = new Set(["prov:time", "prov:startTime", "prov:endTime"]);
/** Prefixes that every document knows without declaring them. */
export const KNOWN_PREFIXES: ReadonlySet<string> = new Set(["prov", "xsd", "rdf", "_"]);

/** Statements by which one thing depends on another: [dependent, source], as attribute names. */
export const PROV_DEPENDENCIES: Partial<Record<ProvKind, readonly [string, string]>> = {
  wasGeneratedBy: ["prov:entity", "prov:activity"],
  used: ["prov:activity", "prov:entity"],
  wasInformedBy: ["prov:informed", "prov:informant"],
  wasDerivedFrom: ["prov:generatedEntity", "prov:usedEntity"],
  wasInfluencedBy: ["prov:influencee", "prov:influencer"],
};
