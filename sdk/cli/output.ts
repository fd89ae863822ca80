import type { CodedError, Language } from "../protocol/errors.ts";
import { escaped, printable } from "./table.ts";

/** Where a command writes. */
export interface Sink {
  /** False when the caller should wait for `drained`. */
  write(text: string): boolean;
  drained(): Promise<void>;
  /** The reader is gone: what is written is dropped. */
  readonly closed: boolean;
  readonly isTerminal: boolean;
}

export interface OutputOptions {
  readonly language: Language;
  /** One JSON document instead of text for people. */
  readonly json: boolean;
}

export interface OutputDependencies {
  readonly stdout: Sink;
  readonly stderr: Sink;
}

/** Results go to standard output, everything else to standard error. */
export class Output {
  private readonly options: OutputOptions;
  private readonly sinks: OutputDependencies;

  constructor(options: OutputOptions, dependencies: OutputDependencies) {
    this.options = options;
    this.sinks = dependencies;
  }

  /** The command's result: lines for people, or one JSON document for machines. */
  result({ lines, json }: { readonly lines: () => readonly string[]; readonly json: unknown }): void {
    const text = this.options.json ? JSON.stringify(json, undefined, 2) : printable(lines().join("\n"));
    if (text !== "") this.sinks.stdout.write(`${text}\n`);
  }

  /** A result that is a document in any case: one JSON value, harmless to a terminal and exact. */
  document(json: unknown): void {
    this.sinks.stdout.write(`${escaped(JSON.stringify(json, undefined, 2))}\n`);
  }

  /** A result that is a document of its own form; for people it is made harmless to a terminal. */
  text(text: string, options: { readonly printable: boolean }): void {
    this.sinks.stdout.write(options.printable ? printable(text) : text);
  }

  /** One line of a result that is itself a stream (NDJSON). Waits for a slow reader; false once the reader is gone. */
  async stream(line: string): Promise<boolean> {
    const { stdout } = this.sinks;
    if (stdout.closed) return false;
    if (!stdout.write(`${line}\n`)) await stdout.drained();
    return !stdout.closed;
  }

  /** A remark to the person; machines are not told. */
  note(text: string): void {
    if (!this.options.json) this.sinks.stderr.write(`${printable(text)}\n`);
  }

  /** How far a long command is: one line, written over, only on a terminal. */
  progress(text: string): void {
    if (!this.options.json && this.sinks.stderr.isTerminal) this.sinks.stderr.write(`\r\u001b[2K${text}`);
  }

  progressEnd(): void {
    this.progress("");
  }

  /** Code, sentence and remedy; `{code, values, message, remedy}` for machines. */
  error(error: CodedError): void {
    const { language, json } = this.options;
    const [message, remedy] = [error.describe(language), error.remedy(language)];
    const { code, values } = error;
    if (json) this.sinks.stderr.write(`${JSON.stringify({ code, values, message, remedy })}\n`);
    else this.sinks.stderr.write(printable(`✗ ${code}: ${message}\n${remedy === "" ? "" : `  → ${remedy}\n`}`));
  }

  /** For whoever looks into a fault of the program. */
  trace(error: unknown): void {
    this.sinks.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    if (error instanceof Error && error.cause !== undefined) this.trace(error.cause);
  }
}
