/** Characters that take two columns of a terminal (Unicode East Asian Wide and Fullwidth, the blocks in use here). */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

/** Columns that a text takes on a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}

const padded = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - displayWidth(text)));

/** Rows as lines with aligned columns, two spaces between; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, displayWidth(cell));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : padded(cell, widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

/** Text in lines of at most `width` columns; breaks at spaces, and beside wide characters, which are written without them. */
export function wrapped(text: string, width: number): string {
  return text
    .split("\n")
    .map((line) => wrappedLine(line, width).join("\n"))
    .join("\n");
}

function wrappedLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let held = "";
  for (const [piece] of line.matchAll(/ *(?:[\u2000-\u{10ffff}][,。;:、)」…]*|[!-\u1fff]+)/gu)) {
    if (held !== "" && displayWidth(held + piece) > width) {
      lines.push(held);
      held = piece.trimStart();
    } else held += piece;
  }
  return [...lines, held];
}

// eslint-disable-next-line no-control-regex -- Those are what must not reach the terminal.
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text of others without what a terminal would obey (control characters, direction marks). Line breaks stay. */
export const printable = (text: string): string => text.replace(OBEYED, "\ufffd");

/** JSON text in which what a terminal would obey is escaped: the same value. */
export const escaped = (json: string): string =>
  json.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
