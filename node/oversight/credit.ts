import { parseEvidence } from "../../sdk/protocol/evidence.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { isJsonObject, parseJson, type Json } from "../../sdk/protocol/json.ts";
import type { Consumer } from "../deliveries/consumer.ts";
import type { ProjectArchive } from "./archive.ts";
import { ProjectError } from "./errors.ts";
import { evidenceDigest, type Founded, type ProjectFlags } from "./flags.ts";

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
 * and published beyond then, is flagged; the evidence that came is kept and named by its digest. Throws DeliveryError,
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
    const { decisionDate, publishedUntil } = penalty;
    if (decisionDate > day || publishedUntil < day) continue;
    const inputs = [
      { record: 0, path: `/${occasion}`, value: day },
      { record: 0, path: "/decisionDate", value: decisionDate },
      { record: 0, path: "/publishedUntil", value: publishedUntil },
    ];
    const proof = { agreement, k: reception.k, index, record, evidence: evidenceDigest(evidence) };
    penalties.push({ rule: "contractor-penalised", subject: `${occasion}/${contractor}`, inputs, records: [], proof });
  }
  for (const penalty of penalties) await flags.record(code, penalty);
  return { k: reception.k, penalties };
}

interface Penalty {
  readonly counterpartyCode: string;
  readonly decisionDate: string;
  readonly publishedUntil: string;
}

/** The claims of a penalty's evidence that matter here; undefined when one of them is not disclosed. */
function penaltyOf(file: Json): Penalty | undefined {
  if (!isJsonObject(file)) return undefined;
  const evidence = parseEvidence(file);
  const claims = new Map(
    evidence.claims.disclosed.flatMap(({ path, value }): [string, string][] =>
      path.length === 1 && typeof value === "string" ? [[String(path[0]), value]] : [],
    ),
  );
  const [counterpartyCode, decisionDate, publishedUntil] = ["counterpartyCode", "decisionDate", "publishedUntil"].map(
    (name) => claims.get(name),
  );
  if (counterpartyCode === undefined || decisionDate === undefined || publishedUntil === undefined) return undefined;
  return { counterpartyCode, decisionDate, publishedUntil };
}
