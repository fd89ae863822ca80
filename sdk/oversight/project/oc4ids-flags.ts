import { isJsonObject, type JsonObject } from "../../protocol/json.ts";
import { listAt, objectAt, stringAt } from "../indicators/release.ts";
import { pointer } from "../pointer.ts";
import { compareInstants, findInstant } from "../time.ts";
import { aboveLimit, findMoney, FLAG_SETTINGS, type FlagInput, type FlagSettings, type ProjectFlag } from "./flag.ts";

type Steps = readonly (string | number)[];

/** What the rules have to say of an OC4IDS project: overruns of cost and time, payments, split changes. */
export function projectFlags(project: JsonObject, settings: FlagSettings = FLAG_SETTINGS): ProjectFlag[] {
  const processes = listAt(project, "contractingProcesses") ?? [];
  return [
    ...totalFlags(project),
    ...processes.flatMap((process, i) => {
      const summary = isJsonObject(process) ? objectAt(process, "summary") : undefined;
      return summary === undefined
        ? []
        : processFlags(summary, { at: ["contractingProcesses", i, "summary"], settings });
    }),
  ];
}

/** The final value against the budget. */
function totalFlags(project: JsonObject): ProjectFlag[] {
  const actual = findMoney(objectAt(project, "completion"), "finalValue");
  const limit = findMoney(objectAt(project, "budget"), "amount");
  return aboveLimit({
    rule: "cost-overrun",
    subject: "",
    actual,
    limit,
    inputs: [amountInput(["completion", "finalValue"], actual?.fen), amountInput(["budget", "amount"], limit?.fen)],
  });
}

const amountInput = (steps: Steps, fen = 0): FlagInput => ({ path: pointer(...steps, "amount"), value: fen / 100 });

interface Place {
  readonly at: Steps;
  readonly settings: FlagSettings;
}

function processFlags(summary: JsonObject, place: Place): ProjectFlag[] {
  return [
    ...costFlags(summary, place),
    ...timeFlags(summary, place),
    ...splittingFlags(summary, place),
    ...paymentFlags(summary, place),
  ];
}

const subjectOf = (summary: JsonObject): string => stringAt(summary, "ocid") ?? "";

/** The contract's value now against the one it was signed at. */
function costFlags(summary: JsonObject, { at }: Place): ProjectFlag[] {
  const limit = findMoney(summary, "contractValue");
  const changes = modifications(summary).flatMap(({ modification, i }) => {
    const value = findMoney(modification, "newContractValue");
    return value === undefined ? [] : [{ value, steps: [...at, "modifications", i, "newContractValue"] }];
  });
  const final = findMoney(summary, "finalValue");
  const last = changes.at(-1);
  const actual = final ?? last?.value;
  return aboveLimit({
    rule: "cost-overrun",
    subject: subjectOf(summary),
    actual,
    limit,
    inputs: [
      amountInput([...at, "contractValue"], limit?.fen),
      ...changes.map(({ value, steps }) => amountInput(steps, value.fen)),
      ...(final === undefined ? [] : [amountInput([...at, "finalValue"], final.fen)]),
    ],
  });
}

/** Every change of the period that moves the end. */
function timeFlags(summary: JsonObject, { at }: Place): ProjectFlag[] {
  const planned = endOf(objectAt(summary, "contractPeriod"));
  return modifications(summary).flatMap(({ modification, i }) => {
    const before = endOf(objectAt(modification, "oldContractPeriod")) ?? planned;
    const after = endOf(objectAt(modification, "newContractPeriod"));
    if (before === undefined || after === undefined) return [];
    const [due, end] = [findInstant(before), findInstant(after)];
    if (due === undefined || end === undefined || compareInstants(end, due) <= 0) return [];
    const steps = [...at, "modifications", i];
    const inputs = [
      { path: pointer(...at, "contractPeriod", "endDate"), value: before },
      { path: pointer(...steps, "newContractPeriod", "endDate"), value: after },
    ];
    return [{ rule: "time-overrun", subject: subjectOf(summary), actual: end.seconds, limit: due.seconds, inputs }];
  });
}

const endOf = (period: JsonObject | undefined): string | undefined => period && stringAt(period, "endDate");

/** Several increases, each under the share that sends a change to the approver, together at or above it. */
function splittingFlags(summary: JsonObject, { at, settings }: Place): ProjectFlag[] {
  const contract = findMoney(summary, "contractValue");
  if (contract === undefined) return [];
  const limit = Math.floor((contract.fen * settings.changeThreshold) / 10_000);
  const increases = modifications(summary).flatMap(({ modification, i }) => {
    const before = findMoney(modification, "oldContractValue");
    const after = findMoney(modification, "newContractValue");
    if (before?.currency !== contract.currency || after?.currency !== contract.currency) return [];
    const fen = after.fen - before.fen;
    return fen > 0 && fen < limit ? [{ fen, steps: [...at, "modifications", i, "newContractValue"] }] : [];
  });
  const total = increases.reduce((sum, { fen }) => sum + fen, 0);
  if (increases.length < 2 || total < limit) return [];
  const inputs = increases.map(({ fen, steps }) => ({ path: pointer(...steps), value: fen / 100 }));
  return [
    {
      rule: "change-splitting",
      subject: subjectOf(summary),
      actual: total,
      limit,
      currency: contract.currency,
      inputs,
    },
  ];
}

function paymentFlags(summary: JsonObject, { at }: Place): ProjectFlag[] {
  const limit = findMoney(summary, "finalValue") ?? findMoney(summary, "contractValue");
  const payments = (listAt(summary, "transactions") ?? []).flatMap((transaction, i) => {
    const value = isJsonObject(transaction) ? findMoney(transaction, "value") : undefined;
    return value?.currency === limit?.currency && value !== undefined ? [{ value, i }] : [];
  });
  const fen = payments.reduce((sum, { value }) => sum + value.fen, 0);
  return aboveLimit({
    rule: "payment-above-contract",
    subject: subjectOf(summary),
    actual: limit && { fen, currency: limit.currency },
    limit,
    inputs: payments.map(({ value, i }) => amountInput([...at, "transactions", i, "value"], value.fen)),
  });
}

const modifications = (summary: JsonObject): { readonly modification: JsonObject; readonly i: number }[] =>
  (listAt(summary, "modifications") ?? []).flatMap((modification, i) =>
    isJsonObject(modification) ? [{ modification, i }] : [],
  );
