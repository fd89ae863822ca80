import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import type { LinkRelation } from "../../sdk/lineage/relations.ts";
import { resourceScope } from "../../sdk/protocol/anchor.ts";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { readHead, unavailable } from "../exchange/head.ts";
import type { Clock } from "../ports.ts";
import type { RecordService } from "../records/service.ts";
import { rawBytes, scopeSeq, type ScopeSeq } from "../storage/codecs.ts";
import { LINEAGE_LINKS, SCOPES } from "../storage/keyspaces.ts";
import type { Space, Store } from "../storage/store.ts";
import { COUNT_BYTES, PLACE_BYTES, readLinks, type LinkKind } from "./links.ts";
import { readHeader } from "../records/reader.ts";
import { HEADERS } from "../storage/keyspaces.ts";

const DAY = 86_400;
/** Dependants that are listed; more are counted as there being more. */
const MAXIMUM_DEPENDANTS = 1000;

export interface Dependant extends ScopeSeq {
  readonly record: Hex;
  readonly kind: string;
  readonly relation: LinkRelation;
}

export interface Impact {
  readonly resource: Hex;
  readonly records: number;
  readonly agreementsInForce: readonly { readonly agreement: Hex; readonly consumer: string }[];
  readonly deliveries: number;
  readonly recipients: readonly string[];
  readonly dependants: readonly Dependant[];
  /** Seconds: when the retention of its newest record ends. */
  readonly keepUntil?: number;
  readonly truncated: boolean;
}

export interface ImpactDependencies {
  readonly store: Store;
  readonly records: RecordService;
  readonly connection: LedgerConnection;
  readonly clock: Clock;
}

const RAW: Space<Uint8Array, Uint8Array> = { ...LINEAGE_LINKS, key: rawBytes, value: rawBytes };
/** Relations within the resource are its own affair, and so is which activity made it. */
const OUTWARD: ReadonlySet<LinkKind> = new Set<LinkKind>([
  "derivedFrom",
  "aggregates",
  "quotes",
  "attests",
  "corrects",
]);

/** What withdrawing a resource would touch: agreements in force, who received of it, and what of this node was made from it. Reads the whole resource. */
export async function impactOf(resource: Hex, dependencies: ImpactDependencies): Promise<Impact> {
  const { store, records } = dependencies;
  const scope = resourceScope(resource);
  const count = await records.count(scope);
  const head = await readHead(dependencies);
  const agreements = (await unavailable(() => head.view.agreements())).filter((one) => one.resource === resource);
  const inForce = await Promise.all(
    agreements.map(async ({ id }) => unavailable(() => head.view.isInForceAt(id, head.now))),
  );
  const consumers = new Map(agreements.map(({ id, consumer }) => [id, consumer]));
  const dependants = new Map<string, ScopeSeq & { readonly relation: LinkRelation }>();
  const delivered = new Map<string, ScopeSeq>();
  const first = new Uint8Array(PLACE_BYTES);
  first.set(Buffer.from(scope.slice(2), "hex"));
  const last = first.slice().fill(0xff, PLACE_BYTES - 5);
  for await (const [key, bytes] of store.iterate(RAW, { gte: first, lt: new Uint8Array([...last, 0xff]) })) {
    const isOpen = key.subarray(PLACE_BYTES + 1).every((byte) => byte === 0);
    for (const { kind, to } of readLinks(isOpen ? bytes.subarray(COUNT_BYTES) : bytes)) {
      const name = toHex(scopeSeq.encode(to));
      if (kind === "delivered") delivered.set(name, to);
      else if (OUTWARD.has(kind) && to.scope !== scope) dependants.set(name, { ...to, relation: kind as LinkRelation }); // OUTWARD holds relations only.
    }
  }
  const recipients = new Set<string>();
  for (const { scope: stream } of delivered.values()) {
    const agreement = (await store.get(SCOPES, stream))?.agreement;
    const consumer = agreement && consumers.get(agreement);
    if (consumer !== undefined) recipients.add(consumer);
  }
  const listed = [...dependants.values()].slice(0, MAXIMUM_DEPENDANTS);
  return {
    resource,
    records: count,
    agreementsInForce: agreements
      .filter((_, i) => inForce[i] === true)
      .map(({ id: agreement, consumer }) => ({ agreement, consumer })),
    deliveries: delivered.size,
    recipients: [...recipients].sort(),
    dependants: await named(listed, store),
    ...(await keepUntil({ resource, newest: { scope, seq: count - 1 } }, { view: head.view, store })),
    truncated: dependants.size > listed.length,
  };
}

/** As it is answered, and as its digest covers it. */
export const impactJson = ({ agreementsInForce, recipients, dependants, ...impact }: Impact) => ({
  ...impact,
  agreementsInForce: agreementsInForce.map((one) => ({ ...one })),
  recipients: [...recipients],
  dependants: dependants.map((one) => ({ ...one })),
});

/** By the terms in force: records are kept for so long after they were issued. */
async function keepUntil(
  { resource, newest }: { readonly resource: Hex; readonly newest: ScopeSeq },
  { view, store }: { readonly view: LedgerView; readonly store: Store },
): Promise<Pick<Impact, "keepUntil">> {
  const bytes = newest.seq < 0 ? undefined : await store.get(HEADERS, newest);
  const issuedAt = bytes && readHeader(bytes, newest)?.header.issuedAt;
  const terms = await unavailable(async () => {
    const found = await view.resource(resource);
    return found && view.terms(resource, found.version);
  });
  return issuedAt === undefined || terms === undefined ? {} : { keepUntil: issuedAt + terms.retentionDays * DAY };
}

async function named(
  places: readonly (ScopeSeq & { readonly relation: LinkRelation })[],
  store: Store,
): Promise<readonly Dependant[]> {
  const headers = await store.getMany(HEADERS, places);
  return places.flatMap((place, i) => {
    const bytes = headers[i];
    const stored = bytes && readHeader(bytes, place);
    return stored ? [{ ...place, record: toHex(stored.id), kind: stored.header.kind }] : [];
  });
}
