import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";
import { listAt, objectAt, stringAt } from "../indicators/release.ts";
import { pointer } from "../pointer.ts";
import { compareInstants, findInstant } from "../time.ts";
import {
  aboveLimit,
  findMoney,
  named,
  FLAG_SETTINGS,
  type FlagInput,
  type FlagSettings,
  type ProjectFlag,
} from "./flag.ts";

interface Numbered {
  readonly object: JsonObject;
  readonly i: number;
}

const objectsAt = (holder: JsonObject, key: string): Numbered[] =>
  (listAt(holder, key) ?? []).flatMap((object, i) => (isJsonObject(object) ? [{ object, i }] : []));

/** What the rules have to say of one contracting process, from its compiled release. */
export function processFlags(compiled: JsonObject): ProjectFlag[] {
  const awards = new Map(objectsAt(compiled, "awards").map((award) => [idOf(award.object), award]));
  return objectsAt(compiled, "contracts").flatMap((contract) => {
    const award = awards.get(contract.object["awardID"] ?? null);
    return [
      ...awardFlags(contract, award),
      ...(award === undefined ? [skipped(contract, compiled)] : orderFlags(contract, award)),
      ...paymentFlags(contract),
    ];
  });
}

const idOf = ({ id = null }: JsonObject): Json => id;
const subjectOf = ({ object }: Numbered): string => {
  const id = object["id"];
  return typeof id === "string" || typeof id === "number" ? String(id) : "";
};

/** The contract is not worth what was awarded. */
function awardFlags(contract: Numbered, award: Numbered | undefined): ProjectFlag[] {
  const actual = findMoney(contract.object, "value");
  const limit = award && findMoney(award.object, "value");
  if (award === undefined || actual === undefined || limit === undefined) return [];
  if (actual.currency === limit.currency && actual.fen === limit.fen) return [];
  const inputs = [
    { path: pointer("awards", award.i, "value", "amount"), value: limit.fen / 100 },
    { path: pointer("contracts", contract.i, "value", "amount"), value: actual.fen / 100 },
  ];
  const { currency } = limit;
  return [
    { rule: "contract-differs", subject: subjectOf(contract), actual: actual.fen, limit: limit.fen, currency, inputs },
  ];
}

/** A contract that no award stands behind. */
const skipped = (contract: Numbered, compiled: JsonObject): ProjectFlag => ({
  rule: "stage-skipped",
  subject: subjectOf(contract),
  inputs: [
    { path: pointer("contracts", contract.i, "awardID"), value: stringAt(contract.object, "awardID") ?? "" },
    { path: pointer("awards"), value: listAt(compiled, "awards")?.length ?? 0 },
  ],
});

/** A contract signed before it was awarded. */
function orderFlags(contract: Numbered, award: Numbered): ProjectFlag[] {
  const [signedText, awardedText] = [stringAt(contract.object, "dateSigned"), stringAt(award.object, "date")];
  const [signed, awarded] = [findInstant(signedText ?? ""), findInstant(awardedText ?? "")];
  if (signed === undefined || awarded === undefined || compareInstants(signed, awarded) >= 0) return [];
  const inputs: FlagInput[] = [
    { path: pointer("awards", award.i, "date"), value: awardedText ?? "" },
    { path: pointer("contracts", contract.i, "dateSigned"), value: signedText ?? "" },
  ];
  return [
    { rule: "stage-skipped", subject: subjectOf(contract), actual: signed.seconds, limit: awarded.seconds, inputs },
  ];
}

/** What was paid against the contract. */
function paymentFlags(contract: Numbered): ProjectFlag[] {
  const limit = findMoney(contract.object, "value");
  const implementation = objectAt(contract.object, "implementation");
  if (limit === undefined || implementation === undefined) return [];
  const payments = objectsAt(implementation, "transactions").flatMap(({ object, i }) => {
    const value = findMoney(object, "value");
    return value?.currency === limit.currency ? [{ fen: value.fen, i }] : [];
  });
  return aboveLimit({
    rule: "payment-above-contract",
    subject: subjectOf(contract),
    actual: { fen: payments.reduce((sum, { fen }) => sum + fen, 0), currency: limit.currency },
    limit,
    inputs: payments.map(({ fen, i }) => ({
      path: pointer("contracts", contract.i, "implementation", "transactions", i, "value", "amount"),
      value: fen / 100,
    })),
  });
}

/** The end of a contract's period against the one it had first. */
export function periodFlags(versioned: JsonObject): ProjectFlag[] {
  return objectsAt(versioned, "contracts").flatMap((contract) => {
    const period = objectAt(contract.object, "period");
    const versions = period === undefined ? [] : objectsAt(period, "endDate");
    const ends = versions.map(({ object }) => findInstant(stringAt(object, "value") ?? ""));
    const [due, end] = [ends[0], ends.at(-1)];
    if (due === undefined || end === undefined || compareInstants(end, due) <= 0) return [];
    const inputs = versions.map(({ object, i }) => ({
      path: pointer("contracts", contract.i, "period", "endDate", i),
      value: `${textOf(object["releaseID"])}: ${textOf(object["value"])}`,
      release: textOf(object["releaseID"]),
    }));
    return [{ rule: "time-overrun", subject: subjectOf(contract), actual: end.seconds, limit: due.seconds, inputs }];
  });
}

/** The values that a contract's amount had, from a versioned release: overruns and changes that were split. */
export function historyFlags(versioned: JsonObject, settings: FlagSettings = FLAG_SETTINGS): ProjectFlag[] {
  return objectsAt(versioned, "contracts").flatMap((contract) => {
    const value = objectAt(contract.object, "value");
    const versions = value === undefined ? [] : objectsAt(value, "amount");
    const amounts = versions.flatMap(({ object }) => (typeof object["value"] === "number" ? [object["value"]] : []));
    const [first, last] = [amounts[0], amounts.at(-1)];
    const currencies = new Set(
      (value === undefined ? [] : objectsAt(value, "currency")).map(({ object }) => textOf(object["value"])),
    );
    // Amounts in several currencies say nothing of one another.
    if (currencies.size > 1) return [];
    const [currency = ""] = currencies;
    if (first === undefined || last === undefined || amounts.length < 2) return [];
    const inputs = versions.map(({ object, i }) => ({
      path: pointer("contracts", contract.i, "value", "amount", i),
      value: `${textOf(object["releaseID"])}: ${textOf(object["value"])}`,
      release: textOf(object["releaseID"]),
    }));
    const money = (amount: number) => ({ fen: Math.round(amount * 100), currency });
    const subject = subjectOf(contract);
    const overrun = aboveLimit({ rule: "cost-overrun", subject, actual: money(last), limit: money(first), inputs });
    const limit = Math.floor((money(first).fen * settings.changeThreshold) / 10_000);
    const steps = amounts.slice(1).map((amount, i) => money(amount).fen - money(amounts[i] ?? 0).fen);
    const small = steps.filter((step) => step > 0 && step < limit);
    const total = small.reduce((sum, step) => sum + step, 0);
    const split = small.length > 1 && total >= limit;
    return [
      ...overrun,
      ...(split ? [{ rule: "change-splitting", subject, actual: total, limit, ...named(currency), inputs }] : []),
    ];
  });
}

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : JSON.stringify(value ?? null));

const SECTIONS: Readonly<Record<string, string>> = {
  planning: "planning",
  tender: "tender",
  awards: "award",
  contracts: "contract",
};
const MARKS = ["Amendment", "Update", "Cancellation", "Termination"];

/**
 * Values of planning, tender, awards and contracts that a later release changed although none of its tags says that this
 * section is amended, updated or ended: one flag for each such release, with every value it changed. A value that was
 * not there before is no rewriting.
 */
export function rewritingFlags(versioned: JsonObject): ProjectFlag[] {
  const flags = new Map<string, FlagInput[]>();
  for (const [section, tag] of Object.entries(SECTIONS)) {
    const value = versioned[section];
    if (value === undefined) continue;
    for (const { release, inputs } of rewritten(value, { steps: [section], tag }))
      flags.set(release, [...(flags.get(release) ?? []), ...inputs]);
  }
  return [...flags].map(([subject, inputs]) => ({ rule: "silent-rewriting", subject, inputs }));
}

interface Walk {
  readonly steps: readonly (string | number)[];
  readonly tag: string;
}

interface Rewritten {
  readonly release: string;
  readonly inputs: readonly FlagInput[];
}

function* rewritten(value: Json, { steps, tag }: Walk): Generator<Rewritten> {
  if (isHistory(value)) {
    for (const [i, version] of value.entries()) {
      const before = value[i - 1];
      if (before === undefined || before.value === null || isMarked(version.releaseTag, { tag, steps })) continue;
      const said = (one: History) => {
        const by = textOf(one.releaseID);
        return { value: `${by}: ${JSON.stringify(one.value)}`, release: by };
      };
      yield {
        release: textOf(version.releaseID),
        inputs: [
          { path: pointer(...steps, i - 1), ...said(before) },
          { path: pointer(...steps, i), ...said(version) },
        ],
      };
    }
  } else if (Array.isArray(value)) {
    for (const [i, item] of (value as readonly Json[]).entries()) yield* rewritten(item, { steps: [...steps, i], tag });
  } else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) yield* rewritten(member, { steps: [...steps, key], tag });
  }
}

interface History {
  readonly releaseID: Json;
  readonly releaseTag: Json;
  readonly value: Json;
}

function isHistory(value: Json): value is readonly (History & JsonObject)[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  return (value as readonly Json[]).every((item) => isJsonObject(item) && "releaseID" in item && "value" in item);
}

/** Implementation is reported under a contract, with tags of its own. */
function isMarked(releaseTag: Json, { tag, steps }: Walk): boolean {
  const tags = Array.isArray(releaseTag) ? (releaseTag as readonly Json[]) : [];
  const inImplementation = steps.includes("implementation");
  return tags.some(
    (one) =>
      MARKS.some((mark) => one === `${tag}${mark}`) ||
      (inImplementation && typeof one === "string" && one.startsWith("implementation")),
  );
}
