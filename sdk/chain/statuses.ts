import { toHex, type Hex } from "../protocol/bytes.ts";
import type { Log } from "./blocks.ts";
import { eventTopic, type EventOf } from "./contracts.ts";
import type { Asker } from "./directory.ts";
import { ChainError } from "./errors.ts";
import { enumName } from "./values.ts";

/** 52 four-bit states to a word. */
export const STATES_PER_WORD = 52;
export const RECORD_STATES = [
  "active",
  "suspended",
  "revoked",
  "cancelled",
  "lapsed",
  "transferred",
  "withdrawn",
  "superseded",
  "other",
] as const;
export type RecordState = (typeof RECORD_STATES)[number];

/** One change of one record. Times in seconds: when it took effect, and the block in which it was recorded. */
export interface StatusChange {
  readonly state: RecordState;
  readonly reason: number;
  readonly effectiveFrom: number;
  readonly recordedAt: number;
  readonly by: string;
  readonly block: number;
  readonly transaction: Hex;
}

export interface StatusReads {
  /** The state at this block, as recorded. */
  currentState(scope: Hex, seq: number): Promise<RecordState>;
  /** The newest version of the word that holds the record's state; 0 before the first change. */
  statusVersion(scope: Hex, seq: number): Promise<number>;
  /**
   * Every change of a record, oldest first; a record nobody changed has none. The words of all versions and the events
   * must explain one another completely. Throws `chain.status-incomplete` otherwise.
   */
  statusHistory(scope: Hex, seq: number): Promise<readonly StatusChange[]>;
  /** The same for all records whose states stand in one word with the record's. */
  statusWord(scope: Hex, seq: number): Promise<StatusWord>;
}

/** Every change of a record of the word, oldest first, by its number. */
export type StatusWord = (seq: number) => readonly StatusChange[];

const UNCHANGED: StatusWord = () => [];

type StatusChanged = Extract<EventOf<"RecordStatus">, { name: "StatusChanged" }>;

interface Word {
  readonly version: number;
  readonly time: number;
  readonly states: bigint;
}

/** Words that one view remembers; what is read at one block does not change. */
const MAXIMUM_WORDS = 4096;

const parseWord = (word: bigint): Word => ({
  version: Number(word >> 240n),
  time: Number((word >> 208n) & 0xffff_ffffn),
  states: word & ((1n << 208n) - 1n),
});

export function statusReads({ ask, events, reader }: Asker): StatusReads {
  const readWords = async (scope: Hex, index: number): Promise<readonly Word[]> => {
    const current = parseWord(await ask("RecordStatus", "word", [scope, index]));
    const earlier = Array.from({ length: Math.max(0, current.version - 1) }, (_, i) =>
      ask("RecordStatus", "wordVersion", [scope, index, i + 1]),
    );
    return [...(await Promise.all(earlier)).map(parseWord), ...(current.version > 0 ? [current] : [])];
  };

  const readEvents = async (scope: Hex, index: number): Promise<readonly { event: StatusChanged; log: Log }[]> => {
    const topics = [eventTopic("RecordStatus", "StatusChanged"), scope, wordTopic(index)];
    const found = await events("RecordStatus", { topics });
    return found.flatMap(({ event, log }) => (event.name === "StatusChanged" ? [{ event, log }] : []));
  };

  const readWord = async (scope: Hex, index: number): Promise<StatusWord> => {
    const [words, found] = await Promise.all([readWords(scope, index), readEvents(scope, index)]);
    if (words.length === 0 && found.length === 0) return UNCHANGED;
    if (found.length !== words.length) throw new ChainError("chain.status-incomplete", { version: words.length });
    const times = await Promise.all(found.map(({ log }) => blockTime(reader.blockAt(log.block), log)));
    const byVersion = new Map(
      found.map(({ event, log }, i) => [event.args.version, { args: event.args, log, time: times[i] ?? 0 }]),
    );
    let before: Word = { version: 0, time: 0, states: 0n };
    const changes = words.map((word, i) => {
      const version = i + 1;
      const change = byVersion.get(version);
      if (
        word.version !== version ||
        change === undefined ||
        change.time !== word.time ||
        !explains(change.args, before, word)
      ) {
        throw new ChainError("chain.status-incomplete", { version });
      }
      before = word;
      return change;
    });
    return (seq) =>
      changes
        .filter(({ args }) => ((args.mask >> BigInt(seq % STATES_PER_WORD)) & 1n) === 1n)
        .map(({ args: { state, reason, effectiveFrom, by }, log: { block, transaction }, time }) => ({
          state: enumName(RECORD_STATES, state),
          ...{ reason, effectiveFrom, recordedAt: time, by, block, transaction },
        }));
  };

  /** The records in a word, up to 52, are asked about one after another. */
  const known = new Map<string, Promise<StatusWord>>();
  const statusWord = (scope: Hex, seq: number): Promise<StatusWord> => {
    const index = Math.floor(seq / STATES_PER_WORD);
    const name = `${scope} ${index}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    if (known.size >= MAXIMUM_WORDS) known.clear();
    const asked = readWord(scope, index);
    known.set(name, asked);
    // What could not be read is asked for again.
    asked.catch(() => known.delete(name));
    return asked;
  };

  return {
    currentState: async (scope, seq) => enumName(RECORD_STATES, await ask("RecordStatus", "stateOf", [scope, seq])),
    statusVersion: async (scope, seq) =>
      parseWord(await ask("RecordStatus", "word", [scope, Math.floor(seq / STATES_PER_WORD)])).version,
    statusWord,
    statusHistory: async (scope, seq) => (await statusWord(scope, seq))(seq),
  };
}

/** Whether an event's mask and state are exactly the difference between two versions of a word. */
function explains({ mask, state, effectiveFrom }: StatusChanged["args"], before: Word, after: Word): boolean {
  if (mask === 0n || mask >> BigInt(STATES_PER_WORD) || after.time < before.time || effectiveFrom > after.time)
    return false;
  for (let position = 0; position < STATES_PER_WORD; position++) {
    const old = stateIn(before, position);
    const changed = ((mask >> BigInt(position)) & 1n) === 1n;
    if (changed ? old === state || stateIn(after, position) !== state : stateIn(after, position) !== old) return false;
  }
  return true;
}

const stateIn = ({ states }: Word, position: number): number => Number((states >> BigInt(4 * position)) & 0xfn);

async function blockTime(
  block: Promise<{ readonly hash: Hex; readonly time: number } | undefined>,
  log: Log,
): Promise<number> {
  const found = await block;
  if (found?.hash !== log.blockHash) throw new ChainError("chain.response-invalid", { method: "eth_getLogs" });
  return found.time;
}

function wordTopic(index: number): Hex {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setBigUint64(24, BigInt(index));
  return toHex(bytes);
}
