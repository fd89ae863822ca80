import type { Hex } from "../protocol/bytes.ts";
import type { HashName } from "../protocol/hash.ts";
import { parseJson, type Json, type JsonObject } from "../protocol/json.ts";
import { ProtocolError } from "../protocol/protocol-error.ts";
import { Shape } from "../protocol/shape.ts";

const MIRROR_FORMAT = "suyuan/mirror/1";
const MAXIMUM_ENTRIES = 1_000_000;

/** A block that was final when it was seen. */
export interface SeenBlock {
  readonly number: number;
  readonly hash: Hex;
  readonly time: number;
}

/** How far one scope is followed. */
export interface ScopeState {
  /** The next number of the scope on chain, as far as the batches were compared. */
  readonly anchored: number;
  /** The next number whose header is still to be copied. */
  readonly copied: number;
  /** Length of the copy; what is beyond was not proven when the mirror stopped. */
  readonly copiedBytes: number;
}

/** An anchored batch whose headers are not copied yet. */
export interface WaitingBatch {
  readonly scope: Hex;
  readonly first: number;
  readonly count: number;
  readonly root: Hex;
  readonly hash: HashName;
  readonly department: string;
  /** Time of its block, seconds. */
  readonly time: number;
}

export interface MirrorState {
  readonly ledger: Hex;
  /** The last final block. The chain that is read must still hold it. */
  readonly seen?: SeenBlock;
  readonly scopes: ReadonlyMap<Hex, ScopeState>;
  readonly waiting: readonly WaitingBatch[];
}

export const NOTHING_COPIED: ScopeState = { anchored: 0, copied: 0, copiedBytes: 0 };

export const stateJson = ({ ledger, seen, scopes, waiting }: MirrorState): JsonObject => ({
  format: MIRROR_FORMAT,
  ledger,
  ...(seen && { seen: { ...seen } }),
  scopes: [...scopes].map(([scope, state]) => ({ scope, ...state })),
  waiting: waiting.map((batch) => ({ ...batch })),
});

/** Throws ProtocolError `json.*`, `shape.*`, `version.unknown`. */
export function parseState(text: string): MirrorState {
  const s = new Shape(parseJson(text), "mirror");
  if (s.text("format") !== MIRROR_FORMAT) throw new ProtocolError("version.unknown");
  const seen = s.optional("seen", (name) => parseSeen(s.object(name)));
  const state: MirrorState = {
    ledger: s.hex("ledger", 32),
    ...(seen && { seen }),
    scopes: new Map(s.array("scopes", MAXIMUM_ENTRIES).map(parseScope)),
    waiting: s.array("waiting", MAXIMUM_ENTRIES).map(parseWaiting),
  };
  s.end();
  return state;
}

function parseSeen(s: Shape): SeenBlock {
  const seen = { number: s.integer("number"), hash: s.hex("hash", 32), time: s.integer("time") };
  s.end();
  return seen;
}

function parseScope(value: Json, i: number): [Hex, ScopeState] {
  const s = new Shape(value, `mirror.scopes[${i}]`);
  const entry: [Hex, ScopeState] = [
    s.hex("scope", 32),
    { anchored: s.integer("anchored"), copied: s.integer("copied"), copiedBytes: s.integer("copiedBytes") },
  ];
  s.end();
  return entry;
}

function parseWaiting(value: Json, i: number): WaitingBatch {
  const s = new Shape(value, `mirror.waiting[${i}]`);
  const batch: WaitingBatch = {
    scope: s.hex("scope", 32),
    first: s.integer("first"),
    count: s.integer("count", { minimum: 1 }),
    root: s.hex("root", 32),
    hash: s.oneOf("hash", ["keccak256", "sha256", "sm3"]),
    department: s.text("department"),
    time: s.integer("time"),
  };
  s.end();
  return batch;
}
