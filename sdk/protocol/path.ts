/** Keys (strings) and positions (integers) from the root of the document. */
export type Path = readonly (string | number)[];

/** A path for people: `holder.code`, `items[2].amount`. Never parsed. */
export const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
    "",
  );

/** The value at `path`, or undefined. Inherited members do not count. */
export function valueAt(document: unknown, path: Path): unknown {
  let current = document;
  for (const segment of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, segment)) return undefined;
    // Object.hasOwn above makes the member exist; its type stays unknown.
    current = (current as Readonly<Record<string | number, unknown>>)[segment];
  }
  return current;
}

/** Equal part by part; a position is not a key of digits. */
export const isSamePath = (a: Path, b: Path): boolean => a.length === b.length && a.every((part, i) => part === b[i]);
