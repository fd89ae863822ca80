import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SDK_COMMANDS } from "../../../sdk/cli/commands.ts";
import type { World } from "../../../sdk/cli/context.ts";
import type { Sink } from "../../../sdk/cli/output.ts";
import { runCommandLine, type Register } from "../../../sdk/cli/program.ts";
import { utf8 } from "../../../sdk/protocol/bytes.ts";

export const PROGRAM = fileURLToPath(new URL("../../../node/cli.ts", import.meta.url));
/** 2026-03-02 09:00:00 +08:00. */
export const NOW_MS = 1_772_413_200_000;

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly clock?: () => number;
  readonly isTerminal?: boolean;
  readonly commands?: readonly Register[];
  /** Lines that the reader of standard output takes before it leaves. */
  readonly readerTakes?: number;
}

interface Recorded extends Sink {
  text: string;
}

function recorder(isTerminal: boolean, takes: number): Recorded {
  let writes = 0;
  return {
    text: "",
    write(text) {
      if (writes++ < takes) this.text += text;
      return true;
    },
    drained: () => Promise.resolve(),
    get closed() {
      return writes >= takes;
    },
    isTerminal,
  };
}

async function* oneChunk(input: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield typeof input === "string" ? utf8(input) : input;
}

/** Runs one command line in this process, with everything around it in the test's hands. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { stdin = "", env = {}, cwd = "/", clock = () => NOW_MS, isTerminal = false } = options;
  const { commands = SDK_COMMANDS, readerTakes = Number.POSITIVE_INFINITY } = options;
  const stdout = recorder(isTerminal, readerTakes);
  const stderr = recorder(isTerminal, Number.POSITIVE_INFINITY);
  const world: World = {
    env,
    cwd,
    stdin: typeof stdin === "string" || stdin instanceof Uint8Array ? oneChunk(stdin) : stdin,
    stdout,
    stderr,
    clock,
    random: (lengthBytes) => crypto.getRandomValues(new Uint8Array(lengthBytes)),
    sleep: () => Promise.resolve(),
  };
  const code = await runCommandLine({ args, version: "0.0.0-test", commands }, world);
  return { code, out: stdout.text, err: stderr.text };
}

export interface Told {
  readonly code: string;
  readonly values: Readonly<Record<string, string | number>>;
  readonly message: string;
  readonly remedy: string;
}

/** The exit code and the JSON that a program is told: the result, or the error. */
export async function runJson(args: readonly string[], options: RunOptions = {}) {
  const { code, out, err } = await run([...args, "--json"], options);
  return {
    code,
    result: (out === "" ? undefined : JSON.parse(out)) as Record<string, unknown> | undefined, // Each test looks at what it asked for.
    error: (err === "" ? undefined : JSON.parse(err)) as Told | undefined, // The shape is a test of its own.
  };
}

/** The program as a process of its own. `input` is written to it; `lines` of output are read before its output is closed. */
export async function spawned(
  args: readonly string[],
  { input, env = {}, cwd, lines }: { input?: string; env?: Record<string, string>; cwd?: string; lines?: number } = {},
): Promise<Run> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    ...(cwd !== undefined && { cwd }),
    stdio: ["pipe", "pipe", "pipe"],
  });
  const written = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    written.out += text;
    if (lines !== undefined && written.out.split("\n").length > lines) child.stdout.destroy();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (written.err += text));
  child.stdin.end(input ?? "");
  const [code] = (await once(child, "close")) as [number | null]; // The event's first argument.
  return { code: code ?? -1, ...written };
}

export async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "suyuan-cli-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
