import type { ClaimValue } from "../../protocol/claims.ts";
import { evidenceJson, type Evidence } from "../../protocol/evidence.ts";
import { recordId } from "../../protocol/header.ts";
import { toHex } from "../../protocol/bytes.ts";
import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";
import type { Path } from "../../protocol/path.ts";
import { LineageError } from "../errors.ts";
import { provenEvent } from "./export.ts";

/**
 * The OpenLineage event from which an activity's record was made, as it came, with one facet more: the evidence that the
 * event was anchored, which anyone can verify by itself. Throws LineageError `openlineage.no-event`.
 */
export function anchoredEvent(evidence: Evidence): JsonObject {
  const claims = evidence.claims.disclosed.flatMap(({ path: [first, ...path], value }) =>
    first === "event" ? [{ path, value }] : [],
  );
  const event = evidence.header.kind === "activity" ? nested(claims) : undefined;
  if (!isJsonObject(event) || typeof event["eventTime"] !== "string") throw new LineageError("openlineage.no-event");
  return provenEvent(event, { record: toHex(recordId(evidence.header)), evidence: evidenceJson(evidence) });
}

interface PathValue {
  readonly path: Path;
  readonly value: ClaimValue;
}

/** The value that was flattened into these claims (SPEC §4.1), when all of them are here. */
function nested(claims: readonly PathValue[]): Json | undefined {
  const [only] = claims;
  if (only === undefined) return undefined;
  if (only.path.length === 0) return only.value;
  const parts = new Map<string | number, PathValue[]>();
  for (const {
    path: [step, ...path],
    value,
  } of claims) {
    if (step === undefined) return undefined;
    parts.set(step, [...(parts.get(step) ?? []), { path, value }]);
  }
  const entries = [...parts].map(([step, part]) => [step, nested(part) ?? null] as const);
  const isArray = entries.every(([step]) => typeof step === "number");
  return isArray
    ? entries.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value)
    : Object.fromEntries(entries);
}
