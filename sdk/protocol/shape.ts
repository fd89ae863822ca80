import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { ProtocolError } from "./protocol-error.ts";
import { findHexBytes, fromHex, isHex, type Hex } from "./bytes.ts";

/** Largest integer of a protocol field: exact in a double. */
const MAXIMUM_INTEGER = Number.MAX_SAFE_INTEGER;

/** What an object is called: by itself, or by where it was found. Put into words only for an error. */
type Place = string | { readonly in: Shape; readonly name: string; readonly index?: number };

function placeText(place: Place): string {
  if (typeof place === "string") return place;
  const text = place.in.name(place.name);
  return place.index === undefined ? text : `${text}[${place.index}]`;
}

export interface IntegerRange {
  /** 0 unless told. */
  readonly minimum?: number;
  readonly maximum?: number;
}

/** An object that is read member by member, in the order in which its form writes them; `end` when all of them are read. */
export interface Members {
  any(name: string): Json;
  text(name: string, form?: RegExp): string;
  oneOf<T extends string>(name: string, allowed: readonly T[]): T;
  integer(name: string, range?: IntegerRange): number;
  hex(name: string, lengthBytes: number): Hex;
  /** To be read to its end before the next member. */
  object(name: string): Members;
  /** What `read` makes of each object of an array. */
  objects<T>(name: string, maximum: number, read: (item: Members) => T): T[];
  array(name: string, maximum: number): readonly Json[];
  /** An array of 32-byte hashes in hexadecimal. */
  hashes(name: string, maximum: number): Uint8Array[];
  /** The member read by `read`, or undefined when it is absent. */
  optional<T>(name: string, read: (name: string) => T): T | undefined;
  /** What a member is called in an error. */
  name(member: string): string;
  /** Refuses members nobody read. */
  end(): void;
}

/**
 * Reads one object member by member and then refuses whatever was not read (SPEC §1: an unknown member makes a value invalid).
 * Throws ProtocolError `shape.*` naming the member, never its content.
 */
export class Shape implements Members {
  private readonly members: JsonObject;
  private readonly at: Place;
  private readonly read: string[] = [];

  constructor(value: Json | undefined, at: Place) {
    this.at = at;
    if (!isJsonObject(value)) throw new ProtocolError("shape.type", { at: placeText(at), expected: "object" });
    this.members = value;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.members, name);
  }

  any(name: string): Json {
    this.read.push(name);
    if (!this.has(name)) throw new ProtocolError("shape.missing", { at: this.name(name) });
    return this.members[name] as Json; // An own member.
  }

  text(name: string, form?: RegExp): string {
    const value = this.any(name);
    if (typeof value !== "string") throw new ProtocolError("shape.type", { at: this.name(name), expected: "string" });
    if (form && !form.test(value))
      throw new ProtocolError("shape.format", { at: this.name(name), expected: form.source });
    return value;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.text(name);
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined)
      throw new ProtocolError("shape.format", { at: this.name(name), expected: allowed.join(" | ") });
    return found;
  }

  integer(name: string, { minimum = 0, maximum = MAXIMUM_INTEGER }: IntegerRange = {}): number {
    const value = this.any(name);
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < minimum || value > maximum) {
      throw new ProtocolError("shape.type", { at: this.name(name), expected: `integer ${minimum} … ${maximum}` });
    }
    return value;
  }

  hex(name: string, lengthBytes: number): Hex {
    const value = this.any(name);
    if (!isHex(value, lengthBytes))
      throw new ProtocolError("shape.format", { at: this.name(name), expected: `0x + ${lengthBytes} bytes` });
    return value;
  }

  bytes(name: string, lengthBytes: number): Uint8Array {
    return fromHex(this.hex(name, lengthBytes));
  }

  object(name: string): Shape {
    return new Shape(this.any(name), { in: this, name });
  }

  objects<T>(name: string, maximum: number, read: (item: Shape) => T): T[] {
    return this.array(name, maximum).map((value, index) => read(new Shape(value, { in: this, name, index })));
  }

  array(name: string, maximum: number): readonly Json[] {
    const value = this.any(name);
    if (!Array.isArray(value) || value.length > maximum) {
      throw new ProtocolError("shape.type", { at: this.name(name), expected: `array of at most ${maximum}` });
    }
    return value as readonly Json[]; // Array.isArray.
  }

  hashes(name: string, maximum: number): Uint8Array[] {
    return this.array(name, maximum).map((value, i) => {
      const bytes = findHexBytes(value, 32);
      if (bytes === undefined)
        throw new ProtocolError("shape.format", { at: `${this.name(name)}[${i}]`, expected: "0x + 32 bytes" });
      return bytes;
    });
  }

  optional<T>(name: string, read: (name: string) => T): T | undefined {
    return this.has(name) ? read(name) : undefined;
  }

  name(member: string): string {
    return `${placeText(this.at)}.${member}`;
  }

  /** Their names are not repeated: they are whatever a stranger wrote. */
  end(): void {
    for (const name of Object.keys(this.members)) {
      if (!this.read.includes(name)) throw new ProtocolError("shape.unknown", { at: placeText(this.at) });
    }
  }
}
