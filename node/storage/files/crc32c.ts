import { createCRC32 } from "hash-wasm";

/** Castagnoli's polynomial, reflected (RFC 3720 appendix B.4). */
const POLYNOMIAL = 0x82f63b78;
/** LevelDB stores checksums masked, so that a checksum of data with checksums in it stays one (util/crc32c.h). */
const MASK_DELTA = 0xa282ead8;

// Used synchronously, so calls cannot interleave.
const hasher = await createCRC32(POLYNOMIAL);

/** CRC-32C of several pieces as if they were one. */
export function crc32c(...pieces: readonly Uint8Array[]): number {
  hasher.init();
  for (const bytes of pieces) hasher.update(bytes);
  return Number.parseInt(hasher.digest(), 16);
}

export const masked = (crc: number): number => (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
