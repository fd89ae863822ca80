import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import type { World } from "./context.ts";
import type { Sink } from "./output.ts";
import { runCommandLine, type Register } from "./program.ts";

/** Runs the command line of this process. The exit code is set, not forced: output that is under way is still written. */
export async function runProcess({
  version,
  commands,
}: {
  readonly version: string;
  readonly commands: readonly Register[];
}): Promise<void> {
  process.exitCode = await runCommandLine({ args: process.argv.slice(2), version, commands }, processWorld());
}

const processWorld = (): World => ({
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: sinkOf(process.stdout),
  stderr: sinkOf(process.stderr),
  clock: Date.now,
  random: (lengthBytes) => randomBytes(lengthBytes),
  sleep: (ms) => setTimeout(ms),
});

function sinkOf(stream: NodeJS.WriteStream): Sink {
  let closed = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    closed = true;
  });
  return {
    write: (text) => closed || stream.write(text),
    drained: async () => {
      // A reader that leaves makes `error`, and `drain` never comes.
      if (!closed) await once(stream, "drain").catch(() => undefined);
    },
    get closed() {
      return closed;
    },
    isTerminal: stream.isTTY,
  };
}
