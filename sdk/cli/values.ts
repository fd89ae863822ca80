import { isHex, type Hex } from "../protocol/bytes.ts";
import { canonicalize } from "../protocol/canonical.ts";
import { parsePattern, PURPOSE_FORM } from "../protocol/delivery.ts";
import { USCC_FORM } from "../protocol/header.ts";
import { parseJson } from "../protocol/json.ts";
import { CliError } from "./errors.ts";

/** Readers of option values. Each throws CliError `usage.value`, and never repeats the value: it may be personal. */

const wrong = (name: string, expected: string): CliError => new CliError("usage.value", { name, expected });

export const integerValue =
  (name: string, { minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: { minimum?: number; maximum?: number } = {}) =>
  (text: string): number => {
    const value = /^(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw wrong(name, `${minimum}…${maximum === Number.MAX_SAFE_INTEGER ? "" : maximum}`);
  };

export const hashValue =
  (name: string) =>
  (text: string): Hex => {
    const lower = text.toLowerCase();
    if (isHex(lower, 32)) return lower;
    throw wrong(name, "0x + 64 hex");
  };

export const usccValue =
  (name: string) =>
  (text: string): string => {
    if (USCC_FORM.test(text)) return text;
    throw wrong(name, "USCC (18)");
  };

export const purposeValue =
  (name: string) =>
  (text: string): string => {
    if (PURPOSE_FORM.test(text)) return text;
    throw wrong(name, PURPOSE_FORM.source);
  };

/** An http(s) address. */
export const urlValue =
  (name: string) =>
  (text: string): string => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol === "http:" || url?.protocol === "https:") return url.href;
    throw wrong(name, "http(s)://…");
  };

const LOCAL_TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?$/;
const ZONED_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * Seconds since 1970: the number itself, a time with its zone (RFC 3339), or a day or time without one, which is read
 * as Beijing time.
 */
export const timeValue =
  (name: string) =>
  (text: string): number => {
    if (/^(?:0|[1-9]\d{0,10})$/.test(text)) return Number(text);
    const local = LOCAL_TIME.exec(text);
    const zoned = local
      ? `${local[1]}T${local[2] ?? "00:00"}+08:00`
      : ZONED_TIME.test(text)
        ? text.replace(" ", "T")
        : "";
    const ms = Date.parse(zoned);
    // Date.parse takes the 31st of every month.
    const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
    if (Number.isNaN(ms) || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(text.slice(0, 10)) || ms < 0)
      throw wrong(name, "2026-03-02T09:00:00+08:00 | 2026-03-02 | 1772413200");
    return Math.floor(ms / 1000);
  };

/** Scheme, host and port of a node, and nothing after them. */
export const nodeValue =
  (name: string) =>
  (text: string): string => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const web = url?.protocol === "http:" || url?.protocol === "https:";
    if (url && web && url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "")
      return url.origin;
    throw wrong(name, "http(s)://host:port");
  };

export const choiceValue =
  <const Choice extends string>(name: string, choices: readonly Choice[]) =>
  (text: string): Choice => {
    const choice = choices.find((one) => one === text);
    if (choice !== undefined) return choice;
    throw wrong(name, choices.join(" | "));
  };

/** A field pattern: its JCS form, or names and positions with dots between, `*` for any position. Gives the JCS form. */
export const fieldValue =
  (name: string) =>
  (text: string): string => {
    try {
      const pattern = canonicalize(text.startsWith("[") ? parseJson(text) : dotted(text));
      parsePattern(pattern);
      return pattern;
    } catch {
      throw wrong(name, 'holder.name | ["holder","name"] | items.*.amount');
    }
  };

function dotted(text: string): (string | number)[] {
  if (!/^[^.]+(?:\.[^.]+)*$/.test(text)) throw new TypeError("an empty name");
  return text.split(".").map((step) => (/^(?:0|[1-9]\d{0,8})$/.test(step) ? Number(step) : step));
}

/** A coded reason, as the ledger stores it. */
export const reasonValue = (name: string) => integerValue(name, { minimum: 1, maximum: 65_534 });

/** Collects a repeated option. */
export const collect =
  <T>(read: (text: string) => T) =>
  (text: string, previous: readonly T[] = []): readonly T[] => [...previous, read(text)];
