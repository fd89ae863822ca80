import { ALPHANUMERIC, alphanumericValue } from "./checked.ts";

const MODULUS = 36;

/** ISO/IEC 7064 hybrid recursion: the state after the characters of `text`, starting from M = 36. */
function state(text: string): number {
  let product = MODULUS;
  for (const character of text) {
    const value = alphanumericValue(character);
    if (value < 0) throw new TypeError("MOD 37,36 is defined for 0–9 and A–Z only");
    const sum = (product + value) % MODULUS || MODULUS;
    product = (sum * 2) % (MODULUS + 1);
  }
  return product;
}

/**
 * The check character of ISO/IEC 7064 MOD 37,36 (GB/T 17710) for a text of 0–9 and A–Z.
 * Throws TypeError for any other character.
 */
export function computeMod37Check(text: string): string {
  return ALPHANUMERIC.charAt((MODULUS + 1 - state(text)) % MODULUS);
}

/**
 * Whether the last character of `text` is the MOD 37,36 check character of the rest. Every wrong character is caught;
 * of two neighbours exchanged, only a pair whose values differ by one (0 and Z included) can escape, in one state of 36.
 */
export function hasMod37Check(text: string): boolean {
  if (!/^[0-9A-Z]{2,}$/.test(text)) return false;
  return computeMod37Check(text.slice(0, -1)) === text.slice(-1);
}
