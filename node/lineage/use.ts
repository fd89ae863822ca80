import { resourceScope } from "../../sdk/protocol/anchor.ts";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { Clock } from "../ports.ts";
import { readHeader } from "../records/reader.ts";
import type { RecordService } from "../records/service.ts";
import { uintOf, type ScopeSeq } from "../storage/codecs.ts";
import { HEADERS, LINEAGE_LINKS, TOMBSTONES } from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";
import type { FinalBatches } from "./final-batches.ts";
import {
  COUNT_BYTES,
  LANES,
  LINKS_A_PIECE,
  pieceKey,
  placeBytes,
  readLinks,
  type Lane,
  type LinkKind,
} from "./links.ts";

/** Records that one page looks at. */
const PAGE_RECORDS = 10_000;
const KEYS_AT_ONCE = 2048;

export interface UseOptions {
  readonly resource: Hex;
  /** Seconds: what was neither issued nor used since is cold. */
  readonly before: number;
  /** Uses that a cold record has at most. */
  readonly maximumUses: number;
  /** The first number to look at. */
  readonly from: number;
}

export interface UseDependencies {
  readonly store: Store;
  readonly records: RecordService;
  readonly batches: FinalBatches;
  readonly clock: Clock;
}

export interface ColdRecord {
  readonly seq: number;
  readonly record: Hex;
  readonly issuedAt: number;
  readonly deliveries: number;
  readonly derived: number;
  /** Seconds. */
  readonly lastUsedAt?: number;
}

export interface UsePage {
  readonly scope: Hex;
  readonly records: number;
  readonly kept: number;
  readonly used: number;
  readonly uses: number;
  readonly cold: readonly ColdRecord[];
  readonly next?: number;
}

interface Uses {
  readonly count: number;
  readonly last: ScopeSeq | undefined;
}

const NONE: Uses = { count: 0, last: undefined };

/**
 * How often the records of a resource were delivered or made something of, counted in the index of lineage: it is written
 * with each delivery and each record, so nothing else has to be kept. Looks at PAGE_RECORDS numbers from `from` on.
 */
export async function useOf({ resource, from, ...cold }: UseOptions, dependencies: UseDependencies): Promise<UsePage> {
  const scope = resourceScope(resource);
  const count = await dependencies.records.count(scope);
  const end = Math.min(count, from + PAGE_RECORDS);
  const page = { records: Math.max(0, end - from), kept: 0, used: 0, uses: 0, cold: [] as ColdRecord[] };
  for (let first = from; first < end; first += KEYS_AT_ONCE) {
    const places = Array.from({ length: Math.min(KEYS_AT_ONCE, end - first) }, (_, i) => ({ scope, seq: first + i }));
    for (const one of await usesOf(places, dependencies)) {
      const uses = one.deliveries + one.derived;
      page.kept++;
      page.uses += uses;
      if (uses > 0) page.used++;
      const since = Math.max(one.issuedAt, one.lastUsedAt ?? 0);
      if (since < cold.before && uses <= cold.maximumUses) page.cold.push(one);
    }
  }
  return { scope, ...page, ...(end < count && { next: end }) };
}

/** Of the places whose record still has its content. */
async function usesOf(places: readonly ScopeSeq[], dependencies: UseDependencies): Promise<readonly ColdRecord[]> {
  const { store } = dependencies;
  const lane = (one: Lane) =>
    store.getMany(
      LINEAGE_LINKS,
      places.map((place) => pieceKey(placeBytes(place), one, 0)),
    );
  const [headers, tombstones, delivered, derived] = await Promise.all([
    store.getMany(HEADERS, places),
    store.getMany(TOMBSTONES, places),
    lane(LANES.deliveries),
    lane(LANES.records),
  ]);
  const found: ColdRecord[] = [];
  for (const [i, place] of places.entries()) {
    const bytes = headers[i];
    const stored = bytes && readHeader(bytes, place);
    if (stored === undefined || tombstones[i] !== undefined || stored.header.kind === "void") continue;
    const lanes = [laneOf(delivered[i]), laneOf(derived[i])] as const;
    const times = await Promise.all(
      lanes.map(async ({ last }) => (last === undefined ? 0 : timeOf(last, dependencies))),
    );
    const lastUsedAt = Math.max(...times);
    found.push({
      ...{ seq: place.seq, record: toHex(stored.id), issuedAt: stored.header.issuedAt },
      ...{ deliveries: lanes[0].count, derived: lanes[1].count },
      ...(lastUsedAt > 0 && { lastUsedAt }),
    });
  }
  return found;
}

/** What counts as use: notices, corrections and steps of a life speak of a record, they make nothing of it. */
const USES: ReadonlySet<LinkKind> = new Set<LinkKind>(["delivered", "derivedFrom", "aggregates"]);

/** How many uses a lane has, and where the newest leads. Of a record with closed pieces every link in those counts: it is not cold. */
function laneOf(open: Uint8Array | undefined): Uses {
  if (open === undefined) return NONE;
  const uses = [...readLinks(open.subarray(COUNT_BYTES))].filter(({ kind }) => USES.has(kind));
  return { count: uintOf(open.subarray(0, COUNT_BYTES)) * LINKS_A_PIECE + uses.length, last: uses.at(-1)?.to };
}

/** When a delivery or a derived record was anchored; what is not final yet is being used now. */
async function timeOf({ scope, seq }: ScopeSeq, { batches, clock }: UseDependencies): Promise<number> {
  return (await batches.of(scope))(seq)?.batch.anchor.time ?? Math.floor(clock() / 1000);
}
