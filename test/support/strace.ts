import { spawn, spawnSync, type ChildProcess } from "node:child_process";

/** Why strace cannot be used here, or undefined. */
export function straceMissing(): string | undefined {
  const probe = spawnSync("strace", ["-o", "/dev/null", "true"]);
  if (probe.error !== undefined) return "strace is not installed";
  return probe.status === 0 ? undefined : "strace may not trace here";
}

/** For `before`: skips a suite with the reason where system calls cannot be traced. */
export function needsStrace(this: Mocha.Context): void {
  const reason = straceMissing();
  if (reason === undefined) return;
  console.log(`      skipped: ${reason}`);
  this.skip();
}

/** Options that kill the process at the k-th call of one kind, before the call does anything. */
export const killAt = (call: string, k: number): readonly string[] => [
  ...["-o", "/dev/null", "-e", `trace=${call}`],
  ...["-e", `inject=${call}:signal=KILL:when=${k}`],
];

/** Runs a script of this repository under strace. One thread for file work, so that `when=` counts the calls of the whole process. */
export const traced = (strace: readonly string[], script: string, ...args: readonly string[]): ChildProcess =>
  spawn("strace", ["-f", "-qq", ...strace, process.execPath, script, ...args], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, UV_THREADPOOL_SIZE: "1" },
  });
