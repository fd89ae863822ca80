/** 1 万元 is 1,000,000 分. */
const FRACTION_DIGITS = 6;
const AMOUNT = /^(?:0|[1-9][0-9]{0,15})(?:\.([0-9]{1,6}))?$/;

/**
 * The 分 in a decimal amount of 万元 such as `12.5`, exactly; undefined when the text is no such amount, has more than six
 * decimals, or exceeds 2^53 − 1 分.
 */
export function findFen(wan: string): number | undefined {
  const match = AMOUNT.exec(wan);
  if (!match) return undefined;
  const [whole = "0"] = wan.split(".");
  const fen = BigInt(whole + (match[1] ?? "").padEnd(FRACTION_DIGITS, "0"));
  return fen <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(fen) : undefined;
}

/** The amount in 万元 of a whole number of 分, without trailing zeros. Throws TypeError for any other number. */
export function wanFromFen(fen: number): string {
  if (!Number.isSafeInteger(fen) || fen < 0) throw new TypeError("fen must be an integer from 0 to 2^53 − 1");
  const digits = String(fen).padStart(FRACTION_DIGITS + 1, "0");
  const fraction = digits.slice(-FRACTION_DIGITS).replace(/0+$/, "");
  return digits.slice(0, -FRACTION_DIGITS) + (fraction === "" ? "" : `.${fraction}`);
}
