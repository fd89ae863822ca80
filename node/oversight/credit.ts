import { parseEvidence } from "../../sdk/protocol/evidence.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { isJsonObject, parseJson, type Json } from "../../sdk/protocol/json.ts";
import type { Consumer } from "../deliveries/consumer.ts";
import type { ProjectArchive } from "./archive.ts";
import { ProjectError } from "./errors.ts";
import { evidenceDigest, type ProjectFlags } from "./flags.ts";
import type { Founded } from "./founded.ts";

export interface CreditDependencies {
  readonly archive: ProjectArchive;
  readonly flags: ProjectFlags;
  readonly consumer: Pick<Consumer, "obtain" | "evidence">;
}

export interface CreditCheck {
  readonly contractor: string;
  readonly occasion: "bid" | "award" | "payment";
  /** Seconds: the day on which no penalty may be in force. */
  readonly at: number;
  readonly agreement: Hex;
  readonly keys: readonly string[];
  readonly fields: readonly string[];
  readonly purpose: string;
}

export interface CreditResult {
  readonly k: number;
  readonly penalties: readonly Founded[];
}

/** Days of UTC+8. */
const dayOf = (seconds: number): string => new Date((seconds + 8 * 3600) * 1000).toISOString().slice(0, 10);

/**
 * Obtains penalty records under an agreement and holds them against one day: a penalty of this contractor, decided by then
 * and in force or still published then, is flagged; the evidence that came is kept and named by its digest. Throws DeliveryError,
 * ProjectError `project.evidence-unusable`.
 */
export async function checkCredit(
  code: string,
  { contractor, occasion, at, agreement, keys, fields, purpose }: CreditCheck,
  { flags, consumer }: CreditDependencies,
): Promise<CreditResult> {
  const reception = await consumer.obtain(agreement, { keys, fields, purpose });
  if (reception.state !== "received") throw new ProjectError("project.evidence-unusable", { code: reception.state });
  const day = dayOf(at);
  const penalties: Founded[] = [];
  for (const [index, { record }] of reception.records.entries()) {
    const evidence = parseJson(await consumer.evidence(agreement, reception.k, index));
    const penalty = penaltyOf(evidence);
    if (penalty === undefined || penalty.counterpartyCode !== contractor) continue;
    const { decisionDate, lastDay } = penalty;
    if (decisionDate > day || (lastDay !== undefined && lastDay < day)) continue;
    const inputs = [
      { record: 0, path: `/${occasion}`, value: day },
      { record: 0, path: "/decisionDate", value: decisionDate },
      ...(lastDay === undefined ? [] : [{ record: 0, path: "/validUntil", value: lastDay }]),
    ];
    const proof = { agreement, k: reception.k, index, record, evidence: evidenceDigest(evidence) };
    penalties.push({ rule: "contractor-penalised", subject: `${occasion}/${contractor}`, inputs, records: [], proof });
  }
  await flags.record(code, penalties);
  return { k: reception.k, penalties };
}

interface Penalty {
  readonly counterpartyCode: string;
  readonly decisionDate: string;
  /** The last day on which it stands: in force, or still published; undefined for one without an end. */
  readonly lastDay: string | undefined;
}

/** What a penalty's evidence says of party and days; undefined for a record of another form. */
function penaltyOf(file: Json): Penalty | undefined {
  if (!isJsonObject(file)) return undefined;
  const { disclosed } = parseEvidence(file).claims;
  const claim = (name: string) => disclosed.find(({ path }) => path.length === 1 && path[0] === name)?.value;
  const [counterpartyCode, decisionDate] = [claim("counterpartyCode"), claim("decisionDate")];
  const [validUntil, publishedUntil] = [claim("validUntil"), claim("publishedUntil")];
  if (typeof counterpartyCode !== "string" || typeof decisionDate !== "string") return undefined;
  const ends = [validUntil, publishedUntil].filter((end) => typeof end === "string");
  const lastDay = typeof validUntil === "string" ? ends.reduce((a, b) => (a > b ? a : b), "") : undefined;
  return { counterpartyCode, decisionDate, lastDay };
}
