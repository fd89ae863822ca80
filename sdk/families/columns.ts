import { isCalendarDate } from "../protocol/identifiers/calendar-date.ts";
import { FamilyFinding } from "./finding.ts";
import type { FindingCode } from "./finding.ts";
import { findFen, wanFromFen } from "./money.ts";
import { nearestName } from "./nearest.ts";

/**
 * How a cell is read: `amount` is 万元 in the table and 分 in the document; `openDate` is a date whose 2099/12/31 means
 * without end, null in the document; `timestamp` is Beijing time in the table.
 */
export type CellKind = "text" | "date" | "openDate" | "amount" | "timestamp";

export interface Column {
  /** The published column name, with plain brackets. */
  readonly column: string;
  readonly property: string;
  readonly kind: CellKind;
}

export type Row = Readonly<Record<string, string | number | null>>;

export interface RowReading {
  /** A document to validate; empty cells are null, an empty end date and columns that the table lacks are left out. */
  readonly document: Readonly<Record<string, string | number | null>>;
  readonly findings: readonly FamilyFinding[];
}

const OPEN_END = "2099-12-31";
const plainBrackets = (name: string): string => name.trim().replaceAll("（", "(").replaceAll("）", ")");

/** Reads one row of a published table. What cannot be read is a finding, and missing from the document. */
export function readRow(row: Row, columns: readonly Column[]): RowReading {
  const findings: FamilyFinding[] = [];
  const cells = new Map<string, string | number | null>();
  for (const [index, [name, cell]] of Object.entries(row).entries()) {
    const plain = plainBrackets(name);
    const known = columns.find(({ column }) => column === plain);
    if (!known) {
      const nearest = nearestName(
        plain,
        columns.map(({ column }) => column),
      );
      findings.push(new FamilyFinding({ code: "column.unknown", path: [], values: { ordinal: index + 1, nearest } }));
    } else if (cells.has(known.property)) findings.push(columnFinding("column.duplicate", known));
    else cells.set(known.property, cell);
  }
  const document: Record<string, string | number | null> = {};
  for (const column of columns) {
    const cell = cells.get(column.property);
    if (cell === undefined) continue;
    const value = readCell(cell, column.kind);
    // An empty end is not an open end: it stays missing, and validation asks for it.
    if (value === null && column.kind === "openDate" && isEmptyCell(cell)) continue;
    if (value instanceof Unreadable) findings.push(columnFinding(value.code, column));
    else document[column.property] = value;
  }
  return { document, findings };
}

const columnFinding = (code: FindingCode, { column, property }: Column): FamilyFinding =>
  new FamilyFinding({ code, path: [property], values: { title: column } });

class Unreadable {
  readonly code: FindingCode;
  constructor(code: FindingCode) {
    this.code = code;
  }
}

const isEmptyCell = (cell: string | number | null): boolean => cell === null || String(cell).trim() === "";

function readCell(cell: string | number | null, kind: CellKind): string | number | null | Unreadable {
  if (isEmptyCell(cell)) return null;
  const text = String(cell).trim();
  switch (kind) {
    case "text":
      return typeof cell === "string" ? text : cell;
    case "amount":
      return findFen(text) ?? new Unreadable("column.amount");
    case "date":
      return readDate(text);
    case "openDate": {
      const day = readDate(text);
      return day === OPEN_END ? null : day;
    }
    case "timestamp":
      return readTimestamp(text);
  }
}

function readDate(text: string): string | Unreadable {
  const day = text.replaceAll("/", "-");
  return isCalendarDate(day) ? day : new Unreadable("column.date");
}

function readTimestamp(text: string): string | Unreadable {
  const local = /^(\d{4}[-/]\d{2}[-/]\d{2}) (\d{2}:\d{2}:\d{2})$/.exec(text);
  const instant = local ? `${local[1]?.replaceAll("/", "-")}T${local[2]}+08:00` : text;
  const zoned = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/.exec(instant);
  if (!zoned || !isCalendarDate(zoned[1] ?? "") || Number.isNaN(Date.parse(instant))) {
    return new Unreadable("column.timestamp");
  }
  return instant;
}

/** Writes a valid document as a row of the published table: every column, empty cells as empty text. */
export function writeRow(document: unknown, columns: readonly Column[]): Readonly<Record<string, string>> {
  const fields = new Map<string, unknown>(Object.entries(document ?? {}));
  return Object.fromEntries(
    columns.map(({ column, property, kind }) => [column, writeCell(fields.get(property), kind)]),
  );
}

function writeCell(value: unknown, kind: CellKind): string {
  if (kind === "openDate" && value === null) return OPEN_END.replaceAll("-", "/");
  if (kind === "amount" && typeof value === "number") return wanFromFen(value);
  if (typeof value !== "string") return "";
  switch (kind) {
    case "date":
    case "openDate":
      return value.replaceAll("-", "/");
    case "timestamp": {
      const beijing = new Date(Date.parse(value) + 8 * 60 * 60 * 1000).toISOString();
      return `${beijing.slice(0, 10)} ${beijing.slice(11, 19)}`;
    }
    default:
      return value;
  }
}
