import type { Hex } from "../protocol/bytes.ts";
import type { Json, JsonObject } from "../protocol/json.ts";
import type { Parent, Relation } from "../protocol/parents.ts";
import { LineageError } from "./errors.ts";

export const ACTIVITY_STATES = ["start", "running", "complete", "abort", "fail", "other"] as const;
export type ActivityState = (typeof ACTIVITY_STATES)[number];

/** The relations of an activity's parents: what it used, and what it generated, which it does not vouch for. */
export const USED = "derivedFrom" satisfies Relation;
export const GENERATED = "quotes" satisfies Relation;

/** A record by its place. */
export interface RecordPlace {
  readonly scope: Hex;
  readonly seq: number;
}

export interface NamedRecord extends RecordPlace {
  readonly ledger: Hex;
  readonly record: Hex;
}

/** A data set that is no record of a ledger. */
export interface Dataset {
  readonly namespace: string;
  readonly name: string;
  readonly version?: string | undefined;
}

/** A field of an input or output; `of` counts the records first, then the data sets. */
export interface FieldOf {
  readonly of: number;
  readonly path: string;
}

/** Which output field came from which input fields. */
export interface FieldEdge {
  readonly output: FieldOf;
  readonly inputs: readonly FieldOf[];
  readonly how?: string | undefined;
}

export interface CodeVersion {
  readonly repository?: string | undefined;
  readonly version?: string | undefined;
  readonly digest?: Hex | undefined;
}

/** What was done with data, by whom, with which code. Times in seconds. */
export interface Activity<Named = NamedRecord> {
  /** Its name in the system that ran it: a run id. */
  readonly activity: string;
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly state: ActivityState;
  readonly at?: number | undefined;
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  readonly actor?: string | undefined;
  readonly code?: CodeVersion | undefined;
  readonly used: readonly Named[];
  readonly generated: readonly Named[];
  readonly inputs: readonly Dataset[];
  readonly outputs: readonly Dataset[];
  readonly fields: readonly FieldEdge[];
  /** The event from which it was read, as it came. */
  readonly event?: JsonObject | undefined;
}

const nameOf = ({ scope, seq }: RecordPlace): string => `${scope}/${seq}`;

/** Throws LineageError `activity.*`: what is wrong with an activity before anything is known of its records. */
function requireActivity<Named extends RecordPlace>(activity: Activity<Named>): void {
  const { startedAt, endedAt, used, generated, inputs, outputs, fields, state } = activity;
  if (startedAt !== undefined && endedAt !== undefined && endedAt < startedAt) throw new LineageError("activity.time");
  const sides = [used, generated].map((records) => records.map(nameOf));
  for (const names of sides) {
    const repeated = names.find((name, i) => names.indexOf(name) !== i);
    if (repeated !== undefined) throw new LineageError("activity.repeated", { record: repeated });
  }
  const both = sides[0]?.find((name) => sides[1]?.includes(name));
  if (both !== undefined) throw new LineageError("activity.both-sides", { record: both });
  // A job that only reports its progress may say nothing of data.
  const isSilent = used.length + generated.length + inputs.length + outputs.length === 0;
  if (isSilent && activity.event === undefined && state === "other") throw new LineageError("activity.empty");
  for (const [index, { output, inputs: sources }] of fields.entries()) {
    if (output.of >= generated.length + outputs.length) throw new LineageError("activity.field-output", { index });
    const input = sources.findIndex(({ of }) => of >= used.length + inputs.length);
    if (input >= 0) throw new LineageError("activity.field-input", { index, input });
  }
}

/** The parents of an activity's record: what it used, then what it generated. */
export const activityParents = ({ used, generated }: Activity): readonly Parent[] => [
  ...used.map((record): Parent => ({ ...record, relation: USED })),
  ...generated.map((record): Parent => ({ ...record, relation: GENERATED })),
];

/** The document of an activity's record; the records it names are its parents (SPEC §14.1). Throws as `requireActivity`. */
export function activityDocument<Named extends RecordPlace>(activity: Activity<Named>): JsonObject {
  requireActivity(activity);
  const { used, generated, inputs, outputs, fields, ...rest } = activity;
  const plain = given({ ...rest, inputs: inputs.map(given), outputs: outputs.map(given), fields: fields.map(given) });
  const document: Record<string, Json> = { ...plain, used: used.length, generated: generated.length };
  for (const name of ["inputs", "outputs", "fields"] as const)
    if ((document[name] as readonly Json[]).length === 0) delete document[name]; // Made from arrays above.
  return document;
}

/** Without the members that are undefined, at every level. */
function given(value: object): JsonObject {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]: [string, unknown]) => [
        name,
        typeof member === "object" && member !== null && !Array.isArray(member) ? given(member) : (member as Json), // Members of Activity are JSON.
      ]),
  );
}
