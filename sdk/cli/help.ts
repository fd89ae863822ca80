import type { Command, HelpConfiguration } from "commander";
import type { Context } from "./context.ts";
import type { Words } from "./language.ts";
import { displayWidth, table, wrapped } from "./table.ts";

const TITLES: Readonly<Record<string, string>> = {
  "Usage:": "用法:",
  "Arguments:": "参数:",
  "Options:": "选项:",
  "Global Options:": "通用选项:",
  "Commands:": "命令:",
};

/** Commander's help in the reader's language, aligned for wide characters. */
export const helpConfiguration = ({ language }: Context): HelpConfiguration => ({
  showGlobalOptions: true,
  displayWidth,
  boxWrap: wrapped,
  styleTitle: (title) => (language === "zh" ? (TITLES[title] ?? title) : title),
  optionDescription: ({ description }) => description,
  argumentDescription: ({ description }) => description,
});

export interface Example {
  /** What follows `suyuan `. */
  readonly line: string;
  readonly words: Words;
}

export interface Teaching {
  readonly examples: readonly Example[];
  /** What each exit code means here, when it is worth naming. */
  readonly exit?: readonly (readonly [code: number, words: Words])[];
  readonly notes?: readonly Words[];
}

/** Ends a command's help with examples, exit codes and remarks. */
export function teach(command: Command, context: Context, { examples, exit = [], notes = [] }: Teaching): Command {
  const title = (zh: string, en: string) => `\n${context.say({ zh, en })}`;
  const lines = [title("示例:", "Examples:")];
  for (const { line, words } of examples) lines.push(`  ${context.say(words)}`, `    suyuan ${line}`);
  if (exit.length > 0) {
    lines.push(title("退出码:", "Exit codes:"));
    lines.push(...table(exit.map(([code, words]) => [`  ${code}`, context.say(words)])));
  }
  if (notes.length > 0) lines.push("", ...notes.map((words) => context.say(words)));
  return command.addHelpText("after", lines.join("\n"));
}
