import type { Hex } from "../../sdk/protocol/bytes.ts";
import { grantJson } from "../../sdk/protocol/evidence.ts";
import { headerJson } from "../../sdk/protocol/header.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { isJsonObject } from "../../sdk/protocol/json.ts";
import { HEADERS, SCOPES } from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";
import { RecordError } from "./errors.ts";
import { readHeader } from "./reader.ts";
import type { RecordService } from "./service.ts";

const PAGE = 100;
/** What oversight may read in full: records about sharing, made by the protocol, without personal data. */
const STREAM_KINDS: readonly string[] = ["deliveries", "receipts"];

export interface HeaderRange {
  readonly scope: Hex;
  readonly from: number;
  readonly limit: number;
}

interface HeaderLine {
  readonly header: JsonObject;
  readonly claims?: JsonObject;
}

/** The headers of a scope in order of their numbers, in groups. Throws RecordError `scope.unknown`, `record.damaged`. */
export async function* listHeaders(
  { scope, from, limit }: HeaderRange,
  { store, records }: { readonly store: Store; readonly records: RecordService },
): AsyncGenerator<readonly HeaderLine[]> {
  const stored = await store.get(SCOPES, scope);
  if (stored === undefined) throw new RecordError("scope.unknown");
  const withClaims = STREAM_KINDS.includes(stored.kind);
  for (let next = from; next < from + limit; next += PAGE) {
    const page = Math.min(PAGE, from + limit - next);
    const range = { gte: { scope, seq: next }, lte: { scope, seq: next + page - 1 }, limit: page };
    const entries = await store.page(HEADERS, range);
    if (entries.length === 0) return;
    const lines = entries.map(async ([place, bytes]): Promise<HeaderLine> => {
      const found = readHeader(bytes, place);
      if (found === undefined) throw new RecordError("record.damaged", { seq: place.seq, part: "header" });
      if (!withClaims) return { header: headerJson(found.header) };
      const { evidence } = await records.evidence(scope, place.seq);
      const { header, claims } = grantJson(evidence);
      if (!isJsonObject(header) || !isJsonObject(claims)) throw new TypeError("a record has a header and claims");
      return { header, claims };
    });
    yield await Promise.all(lines);
  }
}
