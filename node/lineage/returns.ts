import { getBlock } from "../../sdk/chain/blocks.ts";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { decodeEvent, eventTopic } from "../../sdk/chain/contracts.ts";
import { STATES_PER_WORD } from "../../sdk/chain/statuses.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { FollowerListener } from "../chain/follower.ts";
import type { Log } from "../ports.ts";
import type { EventFeed } from "../records/events.ts";
import { uintOf } from "../storage/codecs.ts";
import { LINEAGE_LINKS, LINEAGE_STATE, POSITION, type StoredEvent } from "../storage/keyspaces.ts";
import { put, type Store } from "../storage/store.ts";
import { FreshReceptions } from "./fresh-receptions.ts";
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
 * and all the rest, from the block on at which the record was examined. Read from the chain, so the provider cannot keep it
 * back; of records that it did not receive nothing is told.
 */
export function watchReceived(dependencies: ReturnsDependencies): FollowerListener {
  let seen: number | undefined;
  return {
    onFinal: async ({ number, hash }) => {
      const { store, log } = dependencies;
      try {
        const written = (await store.get(POSITION, PLACE))?.number ?? -1;
        const after = seen ?? written;
        const fresh = await FreshReceptions.read(store);
        if (number < after || (number === after && fresh.isEmpty)) return;
        await read({ after, fresh, written, until: number, hash }, dependencies);
        seen = number;
      } catch (error) {
        const name = error instanceof Error ? error.name : "unknown";
        log.warn({ error: name }, "changes to received records could not be read; the next block tries again");
      }
    },
  };
}

interface Known {
  /** Read already. */
  readonly after: number;
  /** What was received while it was read, or since. */
  readonly fresh: FreshReceptions;
}

interface Blocks extends Known {
  /** Known to be read after a restart. */
  readonly written: number;
  readonly until: number;
  readonly hash: Hex;
}

async function read(blocks: Blocks, { store, feed, connection }: ReturnsDependencies): Promise<void> {
  const { after, fresh, written, until, hash } = blocks;
  const view = await connection.view("final");
  const topics = [eventTopic("RecordStatus", "StatusChanged")];
  const fromBlock = Math.min(after, fresh.earliest) + 1;
  const found = await view.events("RecordStatus", { topics, fromBlock });
  const events: StoredEvent[] = [];
  for (const { log } of found) {
    const event = decodeEvent("RecordStatus", log);
    if (event?.name !== "StatusChanged" || log.block > until) continue;
    const { scope, word, mask, state, reason, effectiveFrom } = event.args;
    const changed = { scope, first: Number(word) * STATES_PER_WORD, mask, block: log.block };
    const seqs = await toldOf(changed, blocks, store);
    if (seqs.length === 0) continue;
    const { time: at } = await getBlock(connection.rpc, log.block);
    const detail = { state, reason, effectiveFrom, transaction: log.transaction, block: log.block };
    for (const { first, count } of runs(seqs)) events.push({ scope, first, count, change: "upstream", at, detail });
  }
  if (events.length === 0 && fresh.isEmpty && until - written < BLOCKS_A_WRITE) return;
  // Crash before this line: the same changes are read again, and were not told. After it: told once.
  await feed.commit([put(POSITION, PLACE, { number: until, hash }), ...fresh.done()], events);
}

interface Changed {
  readonly scope: Hex;
  /** The number of the lowest bit. */
  readonly first: number;
  readonly mask: bigint;
  readonly block: number;
}

/** The changed numbers of which the department is told now, ascending: they came with a delivery. */
async function toldOf({ scope, first, mask, block }: Changed, known: Known, store: Store): Promise<readonly number[]> {
  if ((await store.get(LINEAGE_STATE, markKey("packaged", scope))) === undefined) return [];
  const seqs = Array.from({ length: STATES_PER_WORD }, (_, i) => i)
    .filter((i) => ((mask >> BigInt(i)) & 1n) === 1n)
    .map((i) => first + i);
  const keys = seqs.map((seq) => pieceKey(placeBytes({ scope, seq }), LANES.deliveries, 0));
  const pieces = await store.getMany(LINEAGE_LINKS, keys);
  const told: number[] = [];
  for (const [i, seq] of seqs.entries()) {
    const open = pieces[i];
    if (open !== undefined && (await isTold(open, block, known))) told.push(seq);
  }
  return told;
}

/**
 * **Each change is told once to whom it concerns.** Of a block that is read now, every record counts that came with one of the
 * deliveries before; of a block that was read, only what came with none but fresh ones, examined before that block.
 */
async function isTold(open: Uint8Array, block: number, { after, fresh }: Known): Promise<boolean> {
  const receipts = [...readLinks(open.subarray(COUNT_BYTES))].flatMap(({ kind, to }) =>
    kind === "received" ? [to] : [],
  );
  // Earlier receptions were moved into closed pieces.
  let settled = receipts.length > 0 && uintOf(open.subarray(0, COUNT_BYTES)) > 0;
  let isOwed = false;
  for (const receipt of receipts) {
    const examined = fresh.blockOf(receipt);
    if (examined !== undefined) isOwed ||= examined < block;
    else settled ||= !(await fresh.isLater(receipt));
  }
  return block > after
    ? settled || receipts.some((receipt) => fresh.blockOf(receipt) !== undefined)
    : isOwed && !settled;
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
