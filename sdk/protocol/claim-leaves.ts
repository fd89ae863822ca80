import { ByteWriter } from "./byte-writer.ts";
import { writeBase64Url } from "./bytes.ts";
import type { DisclosedClaim } from "./claims.ts";
import { digestInto, digestMany, HASH_BYTES, type HashName } from "./hash.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { canonicalize } from "./canonical.ts";
import { sortedKeys } from "./keys.ts";
import { pathText, type Path } from "./path.ts";
import { ProtocolError } from "./protocol-error.ts";
import { LEAF_TAG } from "./engine.ts";

export const MAXIMUM_CLAIMS = 4096;
/** Claim trees are padded to a multiple of this, so a count betrays little. */
export const CLAIM_PADDING = 8;
export const SEED_BYTES = 32;
/** The memory for leaves is made for so many, and made larger when more are there. */
export const USUAL_CLAIMS = 64;
export const SALT_BYTES = 16;
const SALT_CHARACTERS = 22;
/** In a leaf's message: after the tag and `["`. */
const SALT_AT = 3;
const COUNTER_BYTES = 4;
const COMMA = 0x2c;
const QUOTE = 0x22;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/** One level of the required paths: the position of the path that ends here, and where the others go on. */
interface Step {
  position: number;
  readonly next: Map<string | number, Step>;
}

const stepsOf = new WeakMap<readonly Path[], Step>();

/** The required paths as a tree of steps, made once for a schema. */
function requiredSteps(required: readonly Path[]): Step {
  const known = stepsOf.get(required);
  if (known !== undefined) return known;
  const root: Step = { position: -1, next: new Map() };
  required.forEach((path, position) => {
    let step = root;
    for (const part of path) {
      const next: Step = step.next.get(part) ?? { position: -1, next: new Map() };
      step.next.set(part, next);
      step = next;
    }
    step.position = position;
  });
  stepsOf.set(required, root);
  return root;
}

/** The position of a required path, or −1. */
export function requiredPosition(required: readonly Path[], path: Path): number {
  let step: Step | undefined = requiredSteps(required);
  for (const part of path) {
    step = step.next.get(part);
    if (step === undefined) return -1;
  }
  return step.position;
}

/** The committed leaves of a document in the order of its canonical form, padding last. The next document's are written over them. */
export interface ClaimLeaves {
  /** Leaf hashes, from the beginning on. */
  readonly hashes: Uint8Array;
  /** Digests whose first 16 bytes are the salts, from the beginning on. */
  readonly salts: Uint8Array;
  /** Of each leaf its required position, or −1. */
  readonly positions: Int32Array;
  /** Leaves without the padding. */
  readonly count: number;
  /** Leaves with the padding. */
  readonly padded: number;
}

/** Writes the leaves of one document after another, each time into the same memory. */
class LeafWriter {
  private readonly messages = new ByteWriter();
  /** The JSON of the path so far, without its closing bracket. */
  private readonly path = new ByteWriter();
  private readonly ends = new Uint32Array(MAXIMUM_CLAIMS);
  private readonly positions = new Int32Array(MAXIMUM_CLAIMS);
  private hashes = new Uint8Array(USUAL_CLAIMS * HASH_BYTES);
  private salts = new Uint8Array(USUAL_CLAIMS * HASH_BYTES);
  private count = 0;
  private required: readonly Path[] = [];

  write({ document, required, seed, hash }: LeafOptions): ClaimLeaves {
    this.messages.restart();
    this.path.restart();
    this.path.byte(OPEN);
    this.count = 0;
    this.required = required;
    this.walk(document, requiredSteps(required));
    const { count, ends, positions } = this;
    const padded = Math.ceil(count / CLAIM_PADDING) * CLAIM_PADDING;
    while (this.count < padded) {
      this.begin();
      this.end(-1);
    }
    if (this.hashes.length < padded * HASH_BYTES) {
      this.hashes = new Uint8Array(padded * HASH_BYTES);
      this.salts = new Uint8Array(padded * HASH_BYTES);
    }
    const { hashes, salts } = this;
    saltDigests(seed, { hash, count: padded, target: salts });
    const { bytes } = this.messages;
    for (let i = 0, start = 0; i < padded; i++) {
      writeBase64Url(salts, { from: i * HASH_BYTES, count: SALT_BYTES, target: bytes, at: start + SALT_AT });
      start = ends[i] ?? 0;
    }
    digestInto(hash, { bytes, ends, count: padded }, hashes);
    return { hashes, salts, positions, count, padded };
  }

  private walk(value: Json, step: Step | undefined): void {
    if (Array.isArray(value) && value.length > 0) {
      for (let i = 0; i < value.length; i++) this.below(i, value[i] as Json, step?.next.get(i)); // A hole is undefined and is refused.
      return;
    }
    const keys = isJsonObject(value) ? sortedKeys(value) : [];
    if (keys.length === 0) this.leaf(value, step);
    else for (const key of keys) this.below(key, (value as JsonObject)[key] as Json, step?.next.get(key)); // Keys are an object's own.
  }

  private below(part: string | number, value: Json, step: Step | undefined): void {
    const { path } = this;
    const length = path.at;
    path.reserve(1);
    if (length > 1) path.byte(COMMA);
    if (typeof part === "number") path.ascii(String(part));
    else path.string(part);
    this.walk(value, step);
    path.at = length;
  }

  private leaf(value: Json, step: Step | undefined): void {
    if (this.count === MAXIMUM_CLAIMS) throw new ProtocolError("claims.too-many", { limit: MAXIMUM_CLAIMS });
    const position = step?.position ?? -1;
    if (position >= 0 && typeof value === "object" && value !== null)
      throw new ProtocolError("claims.required-not-scalar", { at: pathText(this.required[position] ?? []) });
    this.begin();
    const { messages } = this;
    messages.byte(COMMA);
    messages.copy(this.path);
    messages.reserve(2);
    messages.byte(CLOSE);
    messages.byte(COMMA);
    messages.value(value);
    this.end(position);
  }

  /** The tag and `["salt"`. */
  private begin(): void {
    const { messages } = this;
    messages.reserve(SALT_CHARACTERS + 8);
    messages.byte(LEAF_TAG);
    messages.byte(OPEN);
    messages.byte(QUOTE);
    // Filled in when the salts of all leaves are made.
    messages.hole(SALT_CHARACTERS);
    messages.byte(QUOTE);
  }

  private end(position: number): void {
    this.messages.reserve(1);
    this.messages.byte(CLOSE);
    this.ends[this.count] = this.messages.at;
    this.positions[this.count] = position;
    this.count++;
  }
}

export interface LeafOptions {
  readonly document: JsonObject;
  readonly required: readonly Path[];
  readonly seed: Uint8Array;
  readonly hash: HashName;
}

// One writer: it is used synchronously, so calls cannot interleave.
const writer = new LeafWriter();

/** The leaves of a document (SPEC §4.1). Throws ProtocolError `document.not-object`, `claims.required-not-scalar`, `claims.too-many`, `json.value`, `seed.length`. */
export function claimLeaves(options: LeafOptions): ClaimLeaves {
  if (!isJsonObject(options.document)) throw new ProtocolError("document.not-object");
  return writer.write(options);
}

const SALT_DOMAIN = 0x02;
const MESSAGE_BYTES = 1 + SEED_BYTES + COUNTER_BYTES;

const saltMessages = new ByteWriter();
const saltEnds = new Uint32Array(MAXIMUM_CLAIMS);
for (let i = 0; i < MAXIMUM_CLAIMS; i++) saltEnds[i] = (i + 1) * MESSAGE_BYTES;

interface SaltOptions {
  readonly hash: HashName;
  readonly count: number;
  readonly target: Uint8Array;
}

/** `H(0x02 ‖ seed ‖ uint32be(i))` for i from 0 (SPEC §4.2), one after another into `target`. */
function saltDigests(seed: Uint8Array, { hash, count, target }: SaltOptions): void {
  if (seed.length !== SEED_BYTES) throw new ProtocolError("seed.length");
  saltMessages.restart();
  saltMessages.reserve(count * MESSAGE_BYTES);
  const { bytes } = saltMessages;
  for (let i = 0, at = 0; i < count; i++) {
    bytes[at++] = SALT_DOMAIN;
    for (let j = 0; j < SEED_BYTES; j++) bytes[at++] = seed[j] ?? 0;
    // A record has fewer than 2^16 claims.
    bytes[at++] = 0;
    bytes[at++] = 0;
    bytes[at++] = i >> 8;
    bytes[at++] = i & 0xff;
  }
  digestInto(hash, { bytes, ends: saltEnds, count }, target);
  // The seed is a secret.
  bytes.fill(0, 0, count * MESSAGE_BYTES);
}

const disclosedMessages = new ByteWriter();

/** The leaf hashes of disclosed claims, one after another: `H(0x00 ‖ JCS([salt, path, value]))`. Throws ProtocolError `json.value`. */
export function disclosedLeafHashes(hash: HashName, disclosed: readonly DisclosedClaim[]): Uint8Array {
  const messages = disclosedMessages;
  messages.restart();
  const ends: number[] = [];
  for (const claim of disclosed) {
    messages.reserve(1);
    messages.byte(LEAF_TAG);
    messages.utf8(claimText(claim));
    ends.push(messages.at);
  }
  return digestMany(hash, { bytes: messages.bytes, ends, count: ends.length });
}

/** `JCS([salt, path, value])`. Throws ProtocolError `json.value`. */
export function claimText({ salt, path, value }: Omit<DisclosedClaim, "at">): string {
  const text = JSON.stringify([salt, path, value]);
  // Without members to sort JSON.stringify writes the canonical form; but it escapes lone surrogates, and writes null for what has no JSON form.
  const isPlain = typeof value !== "object" && !text.includes("\\ud") && !text.endsWith("null]");
  return isPlain ? text : canonicalize([salt, path, value]);
}
