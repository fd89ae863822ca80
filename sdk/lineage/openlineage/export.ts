import type { Json, JsonObject } from "../../protocol/json.ts";
import { isJsonObject } from "../../protocol/json.ts";

/** The one custom facet: the proof that what it hangs on is a record of a ledger. */
export const PROOF_FACET = "suyuan_proof";
const PRODUCER = "urn:suyuan:1";
const PROOF_SCHEMA = "urn:suyuan:facet:proof:1";

/** A facet that carries a proof; any run, job or data set can have it. */
export const proofFacet = (proof: JsonObject): JsonObject => ({
  [PROOF_FACET]: { _producer: PRODUCER, _schemaURL: PROOF_SCHEMA, ...proof },
});

/** An anchored event as it came, its run (else its job, else its data set) carrying the proof that it was anchored. */
export function provenEvent(event: JsonObject, proof: JsonObject): JsonObject {
  const holder = ["run", "job", "dataset"].find((name) => isJsonObject(event[name]));
  if (holder === undefined) throw new TypeError("an event has a run, a job or a data set");
  const held = event[holder] as JsonObject; // Found above.
  const facets: Json = isJsonObject(held["facets"]) ? held["facets"] : {};
  return { ...event, [holder]: { ...held, facets: { ...facets, ...proofFacet(proof) } } };
}

/** An event of a trace: how one record came from others. */
export interface MadeEvent {
  /** Of the run: any 32 hexadecimal digits, from which its id is made. */
  readonly id: string;
  readonly at: number;
  readonly namespace: string;
  readonly name: string;
  readonly inputs: readonly JsonObject[];
  readonly outputs: readonly JsonObject[];
}

/** A run event of OpenLineage 2-0-2. */
export const madeEvent = ({ id, at, namespace, name, inputs, outputs }: MadeEvent): JsonObject => ({
  eventType: "COMPLETE",
  eventTime: new Date(at * 1000).toISOString(),
  producer: PRODUCER,
  schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
  run: { runId: uuidFrom(id) },
  job: { namespace, name },
  inputs,
  outputs,
});

/** A UUID of version 8 (RFC 9562): its bits are the identifier's own. */
function uuidFrom(hex: string): string {
  const digits = hex.replace(/^0x/, "").slice(0, 32);
  const variant = ((Number.parseInt(digits.charAt(16), 16) & 3) | 8).toString(16);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join("-");
}
