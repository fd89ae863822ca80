import { Command, type CommanderError } from "commander";
import { Context, type World } from "./context.ts";
import { asCoded, CliError, EXIT, exitCodeOf, type ExitCode } from "./errors.ts";
import { helpConfiguration } from "./help.ts";

/** Adds one command, or one group of commands, to the program. */
export type Register = (program: Command, context: Context) => void;

export interface CommandLine {
  /** Without the runtime and the script. */
  readonly args: readonly string[];
  readonly version: string;
  readonly commands: readonly Register[];
}

/** Runs one command and resolves with its exit code. Every error ends here: coded, with a remedy, in the person's language. */
export async function runCommandLine({ args, version, commands }: CommandLine, world: World): Promise<ExitCode> {
  const context = new Context({ args }, world);
  const program = createProgram(version, context);
  for (const register of commands) register(program, context);
  withFaults(program);
  try {
    await program.parseAsync(args, { from: "user" });
    return context.exitCode;
  } catch (error) {
    return reported(error, context);
  } finally {
    context.output.progressEnd();
  }
}

function createProgram(version: string, context: Context): Command {
  const { stdout, stderr } = context.world;
  return new Command("suyuan")
    .description(
      context.say({
        zh: "溯源:可信数据共享账本的命令行工具",
        en: "Suyuan: the command line of the trusted data-sharing ledger",
      }),
    )
    .configureHelp(helpConfiguration(context))
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void (context.json || stderr.write(text)),
      outputError: () => undefined,
    })
    .version(version, "-V, --version", context.say({ zh: "显示版本", en: "Show the version" }))
    .helpOption("-h, --help", context.say({ zh: "显示用法", en: "Show how it is used" }))
    .helpCommand("help [command]", context.say({ zh: "显示某个命令的用法", en: "Show how a command is used" }))
    .option(
      "--lang <zh|en>",
      context.say({
        zh: "语言;默认看 LC_ALL、LC_MESSAGES、LANG,以 en 开头为英文,否则为中文",
        en: "Language; by default LC_ALL, LC_MESSAGES or LANG: English if it begins with en, otherwise Chinese",
      }),
      (text) => {
        if (text !== "zh" && text !== "en") throw new CliError("usage.value", { name: "--lang", expected: "zh | en" });
        return text;
      },
    )
    .option(
      "--json",
      context.say({
        zh: "标准输出为一个 JSON 文档;错误以 {code, values, message, remedy} 写到标准错误",
        en: "One JSON document on standard output; errors as {code, values, message, remedy} on standard error",
      }),
    )
    .addHelpText(
      "after",
      context.say({
        zh: "\n退出码:0 完成 · 1 结果为否或被拒绝 · 2 无法确定(连不上、未就绪) · 64 用法或输入有误 · 70 程序内部错误\n用 suyuan <命令> --help 查看每个命令的示例。",
        en: "\nExit codes: 0 done · 1 negative or refused · 2 could not be determined (unreachable, not ready) · 64 wrong usage or input · 70 fault of the program\nsuyuan <command> --help shows examples of each command.",
      }),
    );
}

/** What commander says, with the command that it says it about. */
class UsageFault extends Error {
  readonly fault: CommanderError;
  readonly command: Command;

  constructor(fault: CommanderError, command: Command) {
    super(fault.code);
    this.fault = fault;
    this.command = command;
  }
}

function withFaults(command: Command): void {
  command.exitOverride((fault) => {
    throw new UsageFault(fault, command);
  });
  command.commands.forEach(withFaults);
}

function reported(error: unknown, context: Context): ExitCode {
  const usage = error instanceof UsageFault ? usageError(error) : undefined;
  if (usage === "shown") return EXIT.ok;
  const coded = asCoded(usage ?? error);
  // Commander has shown the help instead; a machine is told in its own form.
  if (coded.code !== "usage.no-command" || context.json) context.output.error(coded);
  if (context.env["SUYUAN_DEBUG"]) context.output.trace(error);
  return exitCodeOf(coded);
}

const USAGE_CODES: Readonly<Record<string, keyof typeof CliError.texts>> = {
  "commander.unknownCommand": "usage.unknown-command",
  "commander.unknownOption": "usage.unknown-option",
  "commander.missingArgument": "usage.argument-missing",
  "commander.excessArguments": "usage.argument-excess",
  "commander.missingMandatoryOptionValue": "usage.option-missing",
  "commander.optionMissingArgument": "usage.option-value-missing",
  "commander.conflictingOption": "usage.option-conflict",
  "commander.help": "usage.no-command",
};
/** What may be repeated: a word or an option with its form, never an identifier that stands in the wrong place. */
const HARMLESS = /^(?:-{0,2}[a-z][a-z-]{0,40})(?: <[^>]{1,20}>)?$/i;

function usageError({ fault, command }: UsageFault): CliError | "shown" {
  const { code, message, exitCode } = fault;
  if (exitCode === 0) return "shown";
  const [name = "", other = ""] = [...message.matchAll(/'([^']*)'/g)].map(([, quoted = ""]) => quoted);
  const nearest = /Did you mean (?:one of )?([^?]+)\?/.exec(message)?.[1];
  const shown = (text: string) => (HARMLESS.test(text) ? text : "…");
  return new CliError(USAGE_CODES[code] ?? "usage.other", {
    name: shown(name),
    ...(other !== "" && { other: shown(other) }),
    try: nearest ?? `${pathOf(command)} --help`,
  });
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
