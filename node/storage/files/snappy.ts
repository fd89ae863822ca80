/** Decodes a Snappy block (format_description.txt of google/snappy). Undefined when it is not one. */
export function decodeSnappy(bytes: Uint8Array): Uint8Array | undefined {
  const head = readVarint(bytes, 0);
  if (head === undefined || head.value > 2 ** 30) return undefined;
  const output = new Uint8Array(head.value);
  let from = head.next;
  let to = 0;
  while (from < bytes.length) {
    const tag = bytes[from++] ?? 0;
    const kind = tag & 3;
    let length: number;
    if (kind === 0) {
      length = tag >>> 2;
      const extra = length < 60 ? 0 : length - 59;
      if (extra > 0) length = little(bytes, from, extra);
      length++;
      from += extra;
      if (from + length > bytes.length || to + length > output.length) return undefined;
      output.set(bytes.subarray(from, from + length), to);
      from += length;
    } else {
      const width = kind === 3 ? 4 : kind;
      length = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
      const low = little(bytes, from, width);
      const offset = kind === 1 ? ((tag >>> 5) << 8) | low : low;
      from += width;
      if (offset === 0 || offset > to || to + length > output.length) return undefined;
      // A copy may reach into what it is writing itself.
      for (let i = 0; i < length; i++) output[to + i] = output[to + i - offset] ?? 0;
    }
    to += length;
  }
  return to === output.length ? output : undefined;
}

function little(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = width - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

/** An unsigned varint, seven bits a byte, low first. */
export function readVarint(
  bytes: Uint8Array,
  at: number,
): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  return undefined;
}
