import { fromBase64Url, fromHex, toBase64Url, toHex, type Hex } from "./bytes.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Which record a printed code stands for. It proves nothing by itself: the evidence does. */
export interface RecordCode {
  readonly ledger: Hex;
  readonly scope: Hex;
  readonly seq: number;
  readonly record: Hex;
}

const FORM = /^SUYUAN1 ([\w-]{43}) ([\w-]{43}) (0|[1-9]\d{0,12}) ([\w-]{43})$/;

/** The text of a QR code (SPEC §8): no URL, where to ask is in the registry. */
export const recordCode = ({ ledger, scope, seq, record }: RecordCode): string =>
  ["SUYUAN1", short(ledger), short(scope), String(seq), short(record)].join(" ");

/** Throws ProtocolError `shape.format`. */
export function parseRecordCode(text: string): RecordCode {
  const [, ledger, scope, seq, record] = FORM.exec(text.trim()) ?? [];
  const number = Number(seq);
  if (ledger === undefined || scope === undefined || record === undefined || number >= 2 ** 40) throw malformed();
  return { ledger: long(ledger), scope: long(scope), seq: number, record: long(record) };
}

const malformed = (cause?: unknown): ProtocolError =>
  new ProtocolError("shape.format", { at: "code", expected: "SUYUAN1 ledger scope seq record" }, cause);

const short = (hex: Hex): string => toBase64Url(fromHex(hex));

function long(text: string): Hex {
  try {
    return toHex(fromBase64Url(text));
  } catch (cause) {
    throw malformed(cause);
  }
}
