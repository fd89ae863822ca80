/** What a person chose on this machine. Nothing secret: any page of this origin can read it. */
type Setting = "language" | "theme" | "trust" | "endpoints";

const keyOf = (setting: Setting): string => `suyuan.${setting}`;

/** Undefined when it was never chosen, or when the browser keeps nothing for this site. */
export function readSetting(setting: Setting): string | undefined {
  try {
    return localStorage.getItem(keyOf(setting)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** False when the browser keeps nothing for this site: the choice then lasts as long as the page. */
export function writeSetting(setting: Setting, value: string | undefined): boolean {
  try {
    if (value === undefined) localStorage.removeItem(keyOf(setting));
    else localStorage.setItem(keyOf(setting), value);
    return true;
  } catch {
    return false;
  }
}
