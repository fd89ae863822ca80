import type { Language } from "../protocol/errors.ts";

/** Words in the two languages of every user-visible text. */
export interface Words {
  readonly zh: string;
  readonly en: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** `--lang` first; then the first locale variable that is set (POSIX order): English if it begins so, otherwise Chinese. */
export function chooseLanguage(args: readonly string[], env: Environment): Language {
  const asked = askedLanguage(args);
  if (asked === "zh" || asked === "en") return asked;
  const locale = [env["LC_ALL"], env["LC_MESSAGES"], env["LANG"]].find((value) => value !== undefined && value !== "");
  return locale !== undefined && /^en/i.test(locale) ? "en" : "zh";
}

function askedLanguage(args: readonly string[]): string | undefined {
  for (const [i, arg] of args.entries()) {
    if (arg === "--") return undefined;
    if (arg === "--lang") return args[i + 1];
    if (arg.startsWith("--lang=")) return arg.slice("--lang=".length);
  }
  return undefined;
}

/** Whether a flag without a value is among the options. */
export function hasFlag(args: readonly string[], flag: string): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).includes(flag);
}
