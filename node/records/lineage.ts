import { ecertificate } from "../../sdk/families/ecertificate.ts";
import { errorClass } from "../../sdk/protocol/errors.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { Parent, Relation } from "../../sdk/protocol/parents.ts";
import type { RecordService } from "./service.ts";

export const lineageErrorTexts = {
  "parent.predecessor-unknown": {
    zh: "没有找到该证照的前一版本",
    en: "The certificate's predecessor is not known here",
    remedy: {
      zh: "前一版本须是本资源中同一证照编号的有效记录;请先登记它。",
      en: "The predecessor must be the active record of the same certificate number in this resource; submit it first.",
    },
  },
} as const;

export class LineageError extends errorClass<keyof typeof lineageErrorTexts>("LineageError", lineageErrorTexts) {}

export interface LineageDependencies {
  readonly ledger: Hex;
  readonly records: RecordService;
}

/** The parents that a document names by its own numbers: a certificate supersedes its predecessor. */
export function documentParents({ ledger, records }: LineageDependencies) {
  const parent = async (scope: Hex, seq: number, relation: Relation): Promise<Parent> => {
    const { record } = await records.view(scope, seq);
    return { ledger, scope, seq, record, relation };
  };

  const predecessorOf = async (scope: Hex, document: JsonObject): Promise<Parent[]> => {
    const { predecessor, certificateNumber } = document;
    if (predecessor === undefined || typeof certificateNumber !== "string") return [];
    const seq = await records.findByKey(scope, certificateNumber);
    if (seq === undefined) throw new LineageError("parent.predecessor-unknown");
    const before = await records.document(scope, seq);
    // Sent again: it is the active record already, and intake finds its content.
    if (before.certificateIdentifier === document.certificateIdentifier) return [];
    if (before.certificateIdentifier !== predecessor) throw new LineageError("parent.predecessor-unknown");
    return [await parent(scope, seq, "supersedes")];
  };

  return async (scope: Hex, document: JsonObject): Promise<readonly Parent[]> => {
    return records.scopeInfo(scope)?.recordKind === ecertificate.kind ? predecessorOf(scope, document) : [];
  };
}
