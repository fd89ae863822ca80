import type { ScopeSeq } from "../storage/codecs.ts";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { PLACE_BYTES } from "./links.ts";

const SEQ_SPAN = 2 ** 40;
const SCOPE_BYTES = 32;

/**
 * Places of one walk as numbers, which a set holds cheaply: the scope's position in this table times 2^40, plus the number.
 * A walk meets few scopes: 8,192 at most.
 */
export class Places {
  private readonly byName = new Map<string, number>();
  private readonly names: Uint8Array[] = [];
  private readonly hexes: Hex[] = [];
  private last = -1;

  /** Of a scope's bytes that begin at `at`. */
  scopeAt(bytes: Uint8Array, at: number): number {
    // Neighbouring places are mostly of one scope.
    if (this.isLast(bytes, at)) return this.last;
    const name = Buffer.from(bytes.buffer, bytes.byteOffset + at, SCOPE_BYTES).toString("latin1");
    const known = this.byName.get(name);
    if (known !== undefined) return (this.last = known);
    const index = this.names.length;
    const own = bytes.slice(at, at + SCOPE_BYTES);
    this.byName.set(name, index);
    this.names.push(own);
    this.hexes.push(toHex(own));
    return (this.last = index);
  }

  private isLast(bytes: Uint8Array, at: number): boolean {
    const name = this.names[this.last];
    if (name === undefined) return false;
    for (let i = 0; i < SCOPE_BYTES; i++) if (bytes[at + i] !== name[i]) return false;
    return true;
  }

  /** Of a place's bytes that begin at `at`. */
  at(bytes: Uint8Array, at: number): number {
    const seq = at + SCOPE_BYTES;
    const high = bytes[seq] ?? 0;
    const low =
      (bytes[seq + 1] ?? 0) * 0x1000000 +
      (((bytes[seq + 2] ?? 0) << 16) | ((bytes[seq + 3] ?? 0) << 8) | (bytes[seq + 4] ?? 0));
    return this.scopeAt(bytes, at) * SEQ_SPAN + high * 0x100000000 + low;
  }

  of({ scope, seq }: ScopeSeq): number {
    return this.scopeAt(Buffer.from(scope.slice(2), "hex"), 0) * SEQ_SPAN + seq;
  }

  scopeOf(id: number): number {
    return Math.floor(id / SEQ_SPAN);
  }

  seqOf(id: number): number {
    return id % SEQ_SPAN;
  }

  scopeHex(scope: number): Hex {
    const hex = this.hexes[scope];
    if (hex === undefined) throw new TypeError("a scope of another table");
    return hex;
  }

  place(id: number): ScopeSeq {
    return { scope: this.scopeHex(this.scopeOf(id)), seq: this.seqOf(id) };
  }

  /** A key that begins with the place and leaves room for `tail` bytes more. */
  key(id: number, tail = 0): Uint8Array {
    const name = this.names[this.scopeOf(id)];
    if (name === undefined) throw new TypeError("a scope of another table");
    const key = new Uint8Array(PLACE_BYTES + tail);
    key.set(name);
    const seq = this.seqOf(id);
    const low = seq % 0x100000000;
    key[SCOPE_BYTES] = Math.floor(seq / 0x100000000);
    key[SCOPE_BYTES + 1] = low >>> 24;
    key[SCOPE_BYTES + 2] = low >>> 16;
    key[SCOPE_BYTES + 3] = low >>> 8;
    key[SCOPE_BYTES + 4] = low;
    return key;
  }
}
