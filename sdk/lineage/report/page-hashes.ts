/** Digests of bytes, by the names of SPEC §3.1. */
export type PageHashes = Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>>;

/**
 * The hash functions of the report's own script. Its source text is put into the report, so it uses nothing but what a
 * browser has: no import, nothing around it. Tests hold it against the libraries.
 */
export function pageHashes(): PageHashes {
  const padded = (bytes: Uint8Array, lengthLast: boolean): DataView => {
    const length = Math.ceil((bytes.length + 9) / 64) * 64;
    const block = new Uint8Array(length);
    block.set(bytes);
    block[bytes.length] = 0x80;
    const view = new DataView(block.buffer);
    if (lengthLast) {
      view.setUint32(length - 8, Math.floor(bytes.length / 0x20000000));
      view.setUint32(length - 4, (bytes.length << 3) >>> 0);
    }
    return view;
  };
  const words = (state: Uint32Array): Uint8Array => {
    const out = new DataView(new ArrayBuffer(state.length * 4));
    state.forEach((word, i) => out.setUint32(4 * i, word));
    return new Uint8Array(out.buffer);
  };
  const right = (x: number, n: number): number => (x >>> n) | (x << (32 - n));
  const left = (x: number, n: number): number => (n === 0 ? x : (x << n) | (x >>> (32 - n)));

  // FIPS 180-4: the constants are fractions of roots of the first primes.
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 0x100000000) >>> 0;
  const K = Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
  const sha256 = (bytes: Uint8Array): Uint8Array => {
    const state = Uint32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
    const view = padded(bytes, true);
    const w = new Uint32Array(64);
    for (let at = 0; at < view.byteLength; at += 64) {
      for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + 4 * i);
      for (let i = 16; i < 64; i++) {
        const a = w[i - 15] as number;
        const b = w[i - 2] as number;
        const s0 = right(a, 7) ^ right(a, 18) ^ (a >>> 3);
        const s1 = right(b, 17) ^ right(b, 19) ^ (b >>> 10);
        w[i] = ((w[i - 16] as number) + s0 + (w[i - 7] as number) + s1) | 0;
      }
      let [a, b, c, d, e, f, g, h] = state as unknown as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      for (let i = 0; i < 64; i++) {
        const t1 =
          (h +
            (right(e, 6) ^ right(e, 11) ^ right(e, 25)) +
            ((e & f) ^ (~e & g)) +
            (K[i] as number) +
            (w[i] as number)) |
          0;
        const t2 = ((right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
      }
      [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i] as number) + word));
    }
    return words(state);
  };

  // GB/T 32905.
  const sm3 = (bytes: Uint8Array): Uint8Array => {
    const state = Uint32Array.of(
      0x7380166f,
      0x4914b2b9,
      0x172442d7,
      0xda8a0600,
      0xa96f30bc,
      0x163138aa,
      0xe38dee4d,
      0xb0fb0e4e,
    );
    const view = padded(bytes, true);
    const w = new Uint32Array(68);
    for (let at = 0; at < view.byteLength; at += 64) {
      for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + 4 * i);
      for (let i = 16; i < 68; i++) {
        const x = (w[i - 16] as number) ^ (w[i - 9] as number) ^ left(w[i - 3] as number, 15);
        w[i] = x ^ left(x, 15) ^ left(x, 23) ^ left(w[i - 13] as number, 7) ^ (w[i - 6] as number);
      }
      let [a, b, c, d, e, f, g, h] = state as unknown as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      for (let i = 0; i < 64; i++) {
        const t = i < 16 ? 0x79cc4519 : 0x7a879d8a;
        const s1 = left((left(a, 12) + e + left(t, i % 32)) | 0, 7);
        const s2 = s1 ^ left(a, 12);
        const ff = i < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
        const gg = i < 16 ? e ^ f ^ g : (e & f) | (~e & g);
        const t1 = (ff + d + s2 + ((w[i] as number) ^ (w[i + 4] as number))) | 0;
        const t2 = (gg + h + s1 + (w[i] as number)) | 0;
        [d, c, b, a] = [c, left(b, 9), a, t1];
        [h, g, f, e] = [g, left(f, 19), e, t2 ^ left(t2, 9) ^ left(t2, 17)];
      }
      [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i] as number) ^ word));
    }
    return words(state);
  };

  // FIPS 202, Keccak-f[1600] on halves of 32 bits; Keccak's own padding, not that of SHA-3.
  const rounds: [number, number][] = [];
  for (let round = 0, lfsr = 1; round < 24; round++) {
    let low = 0;
    let high = 0;
    for (let j = 0; j < 7; j++) {
      const bit = 2 ** j - 1;
      if ((lfsr & 1) === 1) {
        if (bit < 32) low |= 1 << bit;
        else high |= 1 << (bit - 32);
      }
      lfsr = (lfsr << 1) ^ ((lfsr >> 7) * 0x171);
    }
    rounds.push([low, high]);
  }
  const keccak256 = (bytes: Uint8Array): Uint8Array => {
    const rate = 136;
    const block = new Uint8Array((Math.floor(bytes.length / rate) + 1) * rate);
    block.set(bytes);
    block[bytes.length] = 0x01;
    block[block.length - 1] = (block[block.length - 1] as number) | 0x80;
    const view = new DataView(block.buffer);
    const low = new Int32Array(25);
    const high = new Int32Array(25);
    const c = new Int32Array(10);
    for (let at = 0; at < block.length; at += rate) {
      for (let i = 0; i < rate / 8; i++) {
        low[i] = (low[i] as number) ^ view.getInt32(at + 8 * i, true);
        high[i] = (high[i] as number) ^ view.getInt32(at + 8 * i + 4, true);
      }
      for (const [roundLow, roundHigh] of rounds) {
        for (let x = 0; x < 5; x++) {
          c[x] =
            (low[x] as number) ^
            (low[x + 5] as number) ^
            (low[x + 10] as number) ^
            (low[x + 15] as number) ^
            (low[x + 20] as number);
          c[x + 5] =
            (high[x] as number) ^
            (high[x + 5] as number) ^
            (high[x + 10] as number) ^
            (high[x + 15] as number) ^
            (high[x + 20] as number);
        }
        for (let x = 0; x < 5; x++) {
          const [l, h] = [c[(x + 1) % 5] as number, c[((x + 1) % 5) + 5] as number];
          const dl = (c[(x + 4) % 5] as number) ^ ((l << 1) | (h >>> 31));
          const dh = (c[((x + 4) % 5) + 5] as number) ^ ((h << 1) | (l >>> 31));
          for (let y = x; y < 25; y += 5) {
            low[y] = (low[y] as number) ^ dl;
            high[y] = (high[y] as number) ^ dh;
          }
        }
        // ρ and π: one lane after another along the cycle of π.
        let [x, y] = [1, 0];
        let [heldLow, heldHigh] = [low[1] as number, high[1] as number];
        for (let t = 0; t < 24; t++) {
          [x, y] = [y, (2 * x + 3 * y) % 5];
          const n = (((t + 1) * (t + 2)) / 2) % 64;
          const [a, b] = n < 32 ? [heldLow, heldHigh] : [heldHigh, heldLow];
          const m = n % 32;
          const lane = x + 5 * y;
          const [nextLow, nextHigh] = [low[lane] as number, high[lane] as number];
          low[lane] = m === 0 ? a : (a << m) | (b >>> (32 - m));
          high[lane] = m === 0 ? b : (b << m) | (a >>> (32 - m));
          [heldLow, heldHigh] = [nextLow, nextHigh];
        }
        for (let row = 0; row < 25; row += 5) {
          for (const half of [low, high]) {
            const lanes = half.slice(row, row + 5);
            for (let i = 0; i < 5; i++)
              half[row + i] = (lanes[i] as number) ^ (~(lanes[(i + 1) % 5] as number) & (lanes[(i + 2) % 5] as number));
          }
        }
        low[0] = (low[0] as number) ^ roundLow;
        high[0] = (high[0] as number) ^ roundHigh;
      }
    }
    const out = new DataView(new ArrayBuffer(32));
    for (let i = 0; i < 4; i++) {
      out.setInt32(8 * i, low[i] as number, true);
      out.setInt32(8 * i + 4, high[i] as number, true);
    }
    return new Uint8Array(out.buffer);
  };

  return { sha256, sm3, keccak256 };
}
