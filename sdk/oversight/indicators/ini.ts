import { OversightError } from "../errors.ts";

/** Sections by name, properties by name; those before the first section stand under the empty name. */
export type IniSections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads a settings file as Cardinal's are written: `[section]`, `name = value`, whole-line comments after `;` or `#`, and
 * comments at the end of a line after white space. A section or property that comes again adds to or replaces the first.
 * Throws OversightError `settings.syntax` with the line.
 */
export function parseIni(text: string): IniSections {
  const sections = new Map<string, Map<string, string>>([["", new Map()]]);
  let current = "";
  for (const [i, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|[\r\n]/)
    .entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith(";") || line.startsWith("#")) continue;
    const section = /^\[([^\]]*)\]\s*(?:[;#].*)?$/.exec(line);
    if (section !== null) {
      current = (section[1] ?? "").trim();
      if (!sections.has(current)) sections.set(current, new Map());
      continue;
    }
    const property = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line);
    if (property === null) throw new OversightError("settings.syntax", { line: i + 1 });
    sections.get(current)?.set(property[1] ?? "", valueOf(property[2] ?? ""));
  }
  return sections;
}

function valueOf(text: string): string {
  const quoted = /^(["'])(.*?)\1\s*(?:[;#].*)?$/.exec(text);
  if (quoted !== null) return quoted[2] ?? "";
  return text.replace(/(?:^|\s)[;#].*$/, "").trim();
}
