/** Milliseconds since 1970. Injected everywhere, so that a test owns time. */
export type Clock = () => number;

/** Cryptographically strong random bytes. */
export type RandomBytes = (lengthBytes: number) => Uint8Array;

/** The same randomness, drawn from its source in larger pieces; each byte is given once. */
export function inPieces(random: RandomBytes, pieceBytes: number): RandomBytes {
  let piece = new Uint8Array();
  let used = 0;
  return (lengthBytes) => {
    if (used + lengthBytes > piece.length) {
      piece = new Uint8Array(random(Math.max(pieceBytes, lengthBytes)));
      used = 0;
    }
    return piece.subarray(used, (used += lengthBytes));
  };
}

/** Structured log: fields first, a fixed sentence second. Fields never hold payload text, keys or personal data. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Runs `action` once after `delayMs`; the returned function calls it off. */
export type Timer = (delayMs: number, action: () => void) => () => void;

export const systemTimer: Timer = (delayMs, action) => {
  const handle = setTimeout(action, delayMs);
  return () => clearTimeout(handle);
};
