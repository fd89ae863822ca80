import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Language } from "../protocol/errors.ts";
import { concat } from "../protocol/bytes.ts";
import { CliError, EXIT, type ExitCode } from "./errors.ts";
import { chooseLanguage, hasFlag, type Environment, type Words } from "./language.ts";
import { Output, type Sink } from "./output.ts";

/** Everything that a command takes from the world around it. */
export interface World {
  readonly env: Environment;
  /** Where the process runs; npm tells in INIT_CWD where the person stands. */
  readonly cwd: string;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly random: (lengthBytes: number) => Uint8Array;
  readonly sleep: (ms: number) => Promise<void>;
}

const MAXIMUM_INPUT_BYTES = 64 * 1024 * 1024;

/** What every command is given: language, output, files, and the world behind them. */
export class Context {
  readonly world: World;
  readonly language: Language;
  readonly json: boolean;
  readonly output: Output;
  /** What the last action ended with. */
  exitCode: ExitCode = EXIT.ok;

  constructor({ args }: { readonly args: readonly string[] }, world: World) {
    this.world = world;
    this.language = chooseLanguage(args, world.env);
    this.json = hasFlag(args, "--json");
    this.output = new Output({ language: this.language, json: this.json }, world);
  }

  get env(): Environment {
    return this.world.env;
  }

  /** Seconds since 1970. */
  now(): number {
    return Math.floor(this.world.clock() / 1000);
  }

  /** Bound: it may be taken out of the context. */
  readonly say = (words: Words): string => words[this.language];

  /** A commander action whose result is the exit code. */
  action<Args extends readonly unknown[]>(work: (...args: Args) => Promise<ExitCode> | ExitCode) {
    return async (...args: Args): Promise<void> => {
      this.exitCode = await work(...args);
    };
  }

  /** The folder that file arguments are relative to. */
  get folder(): string {
    return this.env["INIT_CWD"] ?? this.world.cwd;
  }

  resolvePath(path: string): string {
    return resolve(this.folder, path);
  }

  /** The bytes of a file, or of standard input for `-`. Throws CliError `input.missing`, `input.unreadable`, `input.too-large`. */
  async readInput(path: string, maximumBytes = MAXIMUM_INPUT_BYTES): Promise<Uint8Array> {
    if (path === "-") return this.readStandardInput(maximumBytes);
    const resolved = this.resolvePath(path);
    try {
      if ((await stat(resolved)).size > maximumBytes)
        throw new CliError("input.too-large", { path, limit: maximumBytes });
      return await readFile(resolved);
    } catch (cause) {
      throw inputError(path, cause);
    }
  }

  /**
   * As `readInput`, and of anything longer than `maximumBytes` no more than one byte beyond: enough for the reader to
   * refuse it. Throws CliError `input.missing`, `input.unreadable`.
   */
  async readBeginning(path: string, maximumBytes: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let left = maximumBytes + 1;
    const source = path === "-" ? this.world.stdin : createReadStream(this.resolvePath(path), { end: maximumBytes });
    try {
      for await (const part of source as AsyncIterable<Uint8Array>) {
        parts.push(part.subarray(0, left));
        left -= part.length;
        if (left <= 0) break;
      }
    } catch (cause) {
      throw inputError(path, cause);
    }
    return concat(...parts);
  }

  private async readStandardInput(maximumBytes: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of this.world.stdin) {
      length += part.length;
      if (length > maximumBytes) throw new CliError("input.too-large", { path: "-", limit: maximumBytes });
      parts.push(part);
    }
    return concat(...parts);
  }
}

/** A file error of the system as a coded one. */
export function inputError(path: string, cause: unknown): unknown {
  const reason = systemCode(cause);
  if (reason === undefined) return cause;
  if (reason === "ENOENT" || reason === "ENOTDIR") return new CliError("input.missing", { path }, cause);
  return new CliError("input.unreadable", { path, reason }, cause);
}

export function outputError(path: string, cause: unknown): unknown {
  const reason = systemCode(cause);
  return reason === undefined ? cause : new CliError("output.unwritable", { path, reason }, cause);
}

function systemCode(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !("syscall" in cause) || !("code" in cause)) return undefined;
  return typeof cause.code === "string" ? cause.code : undefined;
}
