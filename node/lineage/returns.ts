import { getBlock } from "../../sdk/chain/blocks.ts";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { decodeEvent, eventTopic } from "../../sdk/chain/contracts.ts";
import { STATES_PER_WORD } from "../../sdk/chain/statuses.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { FollowerListener } from "../chain/follower.ts";
import type { Log } from "../ports.ts";
import type { EventFeed } from "../records/events.ts";
import { LINEAGE_LINKS, LINEAGE_STATE, POSITION, type StoredEvent } from "../storage/keyspaces.ts";
import { put, type Store } from "../storage/store.ts";
import { COUNT_BYTES, LANES, markKey, pieceKey, placeBytes, readLinks } from "./links.ts";

export interface ReturnsDependencies {
  readonly store: Store;
  readonly feed: EventFeed;
  readonly connection: LedgerConnection;
  readonly log: Log;
}

/** How far changes to received records were read. */
const PLACE = "received-status";
/** Blocks that may be read again after a restart: the position is not written with every one. */
const BLOCKS_A_WRITE = 1000;

/**
 * Tells the department's feed of every final change on chain to a record that it received: suspended, revoked, superseded
 * and all the rest. Read from the chain, so the provider cannot keep it back; of records that it did not receive nothing is told.
 */
export function watchReceived(dependencies: ReturnsDependencies): FollowerListener {
  let seen: number | undefined;
  return {
    onFinal: async ({ number, hash }) => {
      try {
        const written = (await dependencies.store.get(POSITION, PLACE))?.number ?? -1;
        if (number <= (seen ?? written)) return;
        await read({ after: seen ?? written, written, until: number, hash }, dependencies);
        seen = number;
      } catch (error) {
        const name = error instanceof Error ? error.name : "unknown";
        dependencies.log.warn(
          { error: name },
          "changes to received records could not be read; the next block tries again",
        );
      }
    },
  };
}

interface Blocks {
  /** Read already, and known to be after a restart. */
  readonly after: number;
  readonly written: number;
  readonly until: number;
  readonly hash: Hex;
}

async function read(
  { after, written, until, hash }: Blocks,
  { store, feed, connection }: ReturnsDependencies,
): Promise<void> {
  const view = await connection.view("final");
  const topics = [eventTopic("RecordStatus", "StatusChanged")];
  const found = await view.events("RecordStatus", { topics, fromBlock: after + 1 });
  const events: StoredEvent[] = [];
  for (const { log } of found) {
    const event = decodeEvent("RecordStatus", log);
    if (event?.name !== "StatusChanged" || log.block > until) continue;
    const { scope, word, mask, state, reason, effectiveFrom } = event.args;
    const seqs = await receivedOf({ scope, first: Number(word) * STATES_PER_WORD, mask }, store);
    if (seqs.length === 0) continue;
    const { time: at } = await getBlock(connection.rpc, log.block);
    const detail = { state, reason, effectiveFrom, transaction: log.transaction, block: log.block };
    for (const { first, count } of runs(seqs)) events.push({ scope, first, count, change: "upstream", at, detail });
  }
  if (events.length === 0 && until - written < BLOCKS_A_WRITE) return;
  // Crash before this line: the same changes are read again, and were not told. After it: told once.
  await feed.commit([put(POSITION, PLACE, { number: until, hash })], events);
}

interface Changed {
  readonly scope: Hex;
  /** The number of the lowest bit. */
  readonly first: number;
  readonly mask: bigint;
}

/** The changed numbers that came to this department with a delivery, ascending. */
async function receivedOf({ scope, first, mask }: Changed, store: Store): Promise<readonly number[]> {
  if ((await store.get(LINEAGE_STATE, markKey("packaged", scope))) === undefined) return [];
  const seqs = Array.from({ length: STATES_PER_WORD }, (_, i) => i)
    .filter((i) => ((mask >> BigInt(i)) & 1n) === 1n)
    .map((i) => first + i);
  const keys = seqs.map((seq) => pieceKey(placeBytes({ scope, seq }), LANES.deliveries, 0));
  const open = await store.getMany(LINEAGE_LINKS, keys);
  // The newest links are in the open piece, and all links of one department about a record are of one kind.
  return seqs.filter((_, i) => {
    const [link] = readLinks((open[i] ?? new Uint8Array()).subarray(COUNT_BYTES));
    return link?.kind === "received";
  });
}

/** Neighbouring numbers together. */
function runs(seqs: readonly number[]): readonly { readonly first: number; readonly count: number }[] {
  const found: { first: number; count: number }[] = [];
  for (const seq of seqs) {
    const last = found.at(-1);
    if (last !== undefined && last.first + last.count === seq) last.count++;
    else found.push({ first: seq, count: 1 });
  }
  return found;
}
