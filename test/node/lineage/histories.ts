import { toHex, utf8, type Hex } from "../../../sdk/protocol/bytes.ts";
import { digest } from "../../../sdk/protocol/hash.ts";
import { RELATIONS, type Relation } from "../../../sdk/protocol/parents.ts";
import { FinalBatches } from "../../../node/lineage/final-batches.ts";
import { Walk, type WalkOptions } from "../../../node/lineage/walk.ts";
import { LineageWriter } from "../../../node/lineage/writer.ts";
import { Draft } from "../../../node/storage/draft.ts";
import { BATCHES, SCOPES } from "../../../node/storage/keyspaces.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { put, type Operation, type Store } from "../../../node/storage/store.ts";
import { removeFolder, temporaryFolder } from "../support/core.ts";

export const hash32 = (text: string): Hex => toHex(digest("sha256", utf8(text)));
export const LEDGER = hash32("ledger");
const SALT_BYTES = 16;

/** A record of a made history: it came from others of the same store. */
export interface Thing {
  readonly seq: number;
  readonly anchoredAt: number;
  readonly parents: readonly { readonly seq: number; readonly relation: Relation }[];
}

export interface History {
  readonly scope: Hex;
  readonly things: readonly Thing[];
}

export interface HistoryStore {
  readonly store: Store;
  readonly batches: FinalBatches;
  close(): Promise<void>;
}

export async function openHistoryStore(): Promise<HistoryStore> {
  const folder = await temporaryFolder();
  const store = await openStore({ dataDir: folder });
  return {
    store,
    batches: new FinalBatches({ store }),
    close: async () => {
      await store.close();
      await removeFolder(folder);
    },
  };
}

/** Writes the index and the anchors of a history, as a node would have. */
export async function writeHistory({ scope, things }: History, store: Store): Promise<void> {
  const writer = new LineageWriter({ ledger: LEDGER });
  const draft = new Draft(store);
  const anchors: Operation[] = [put(SCOPES, scope, { kind: "resource", resource: scope, hash: "keccak256" })];
  for (const { seq, anchoredAt, parents } of things) {
    const stored = parents.map(({ seq: parent, relation }) => ({
      ...{ ledger: LEDGER, scope, seq: parent, record: hash32(`${scope} ${parent}`), relation },
      generated: false,
    }));
    const salts = new Uint8Array(stored.length * SALT_BYTES);
    if (stored.length > 0) await writer.noteParents(draft, { place: { scope, seq }, parents: stored, salts });
    const anchor = { time: anchoredAt, block: 1, blockHash: LEDGER, transaction: LEDGER, department: "" };
    const batch = {
      count: 1,
      root: LEDGER,
      hash: "keccak256",
      state: "final",
      superseded: [],
      sealedAt: 0,
      anchor,
    } as const;
    anchors.push(put(BATCHES, { scope, seq }, batch));
  }
  await store.write([...anchors, ...draft.operations]);
}

/** The numbers that a walk visits, ascending. */
export async function visited(
  options: Omit<WalkOptions, "limit" | "depth"> & { readonly depth?: number },
  { store, batches }: HistoryStore,
): Promise<readonly number[]> {
  const walk = new Walk({ depth: 1000, limit: 100_000, ...options }, { store, batches });
  const seqs: number[] = [];
  for await (const { nodes } of walk.levels()) seqs.push(...nodes.map((id) => walk.places.place(id).seq));
  return seqs.sort((a, b) => a - b);
}

/** The same by hand: every link tried again and again until nothing is added. */
export function bruteForce(
  { things }: History,
  { start, direction, asOf }: { readonly start: number; readonly direction: "up" | "down"; readonly asOf?: number },
): readonly number[] {
  const exists = (seq: number): boolean => asOf === undefined || (things[seq]?.anchoredAt ?? Infinity) <= asOf;
  const found = new Set(exists(start) ? [start] : []);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { seq, parents } of things) {
      for (const { seq: parent } of parents) {
        const [here, there] = direction === "up" ? [seq, parent] : [parent, seq];
        if (found.has(here) && exists(there)) found.add(there);
      }
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** A history from a generator of numbers in [0, 1): parents come before their children, anchors in any order. */
export function randomHistory(name: string, random: () => number): History {
  const count = 2 + Math.floor(random() * 24);
  const pick = (n: number): number => Math.floor(random() * n);
  const things = Array.from({ length: count }, (_, seq): Thing => {
    const wanted = seq === 0 ? 0 : pick(4);
    const parents = [...new Set(Array.from({ length: wanted }, () => pick(seq)))];
    return {
      seq,
      anchoredAt: 1000 + pick(50),
      parents: parents.map((parent) => ({ seq: parent, relation: RELATIONS[pick(RELATIONS.length)] ?? "derivedFrom" })),
    };
  });
  return { scope: hash32(name), things };
}
