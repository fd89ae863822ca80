import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RUNTIME_FLAGS } from "../../node/config.ts";
import type { Party } from "./parties.ts";

const MAIN = fileURLToPath(new URL("../../node/main.ts", import.meta.url));
/** Beside the runtime's flags: glibc would give every thread an arena, and each thread that finds nothing compiled keeps a compiler of 25 MB. */
const RUNTIME_ENVIRONMENT = {
  MALLOC_ARENA_MAX: "2",
  NODE_COMPILE_CACHE: fileURLToPath(new URL("../../node_modules/.cache/suyuan", import.meta.url)),
};
const READY_MS = 60_000;
const PROBE_MS = 100;
const STOP_MS = 30_000;

export interface RunningNode {
  readonly party: Party;
  readonly pid: number;
  readonly exited: Promise<unknown>;
  stop(): Promise<void>;
}

export interface NodeOptions {
  readonly party: Party;
  readonly rpcUrl: string;
  readonly trustPath: string;
  /** Called before it is ready, with what ends it. */
  readonly onSpawn?: (stop: () => Promise<void>) => void;
}

/** The configuration of a department's node. */
export const nodeEnvironment = ({ party, rpcUrl, trustPath }: NodeOptions): Readonly<Record<string, string>> => ({
  SUYUAN_DATA: party.folder,
  SUYUAN_PORT: String(party.port),
  SUYUAN_HOST: "127.0.0.1",
  SUYUAN_RPC_URL: rpcUrl,
  SUYUAN_TRUST: trustPath,
  SUYUAN_DEPARTMENT: party.department.uscc,
  SUYUAN_KEYSTORE: party.keystorePath,
  SUYUAN_KEYSTORE_PASSWORD_FILE: party.passwordPath,
  SUYUAN_ALLOW_LOOPBACK: "true",
});

/** Starts a department's node in its own process, its log in its folder, and waits until it says it is ready. It ends when this process does. */
export async function startNode({ party, rpcUrl, trustPath, onSpawn }: NodeOptions): Promise<RunningNode> {
  const log = openSync(join(party.folder, "node.log"), "a", 0o600);
  const child = spawn(process.execPath, [...RUNTIME_FLAGS, MAIN], {
    // Its own group: an interrupt typed in the terminal reaches this process alone, which stops the nodes in order.
    detached: true,
    stdio: ["pipe", log, log],
    env: {
      ...process.env,
      ...RUNTIME_ENVIRONMENT,
      ...nodeEnvironment({ party, rpcUrl, trustPath }),
      SUYUAN_STOP_WITH_PARENT: "true",
    },
  });
  closeSync(log);
  onSpawn?.(() => stop(child));
  const exited = once(child, "exit");
  await untilReady(child, { party, exited });
  return { party, pid: child.pid ?? 0, exited, stop: () => stop(child) };
}

async function untilReady(
  child: ChildProcess,
  { party, exited }: { readonly party: Party; readonly exited: Promise<unknown> },
): Promise<void> {
  const deadline = performance.now() + READY_MS;
  for (;;) {
    const ended = await Promise.race([
      exited.then(() => true),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), PROBE_MS)),
    ]);
    if (ended || performance.now() > deadline) {
      if (!ended) child.kill("SIGKILL");
      throw new StartError(party, join(party.folder, "node.log"));
    }
    const ready = await fetch(`${party.endpoint}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
  }
}

/** A department's node did not come up; its log says why. */
export class StartError extends Error {
  constructor(party: Party, logPath: string) {
    super(
      `${party.department.nameZh}的节点未能启动(端口 ${party.port}),原因见 ${logPath}\n` +
        `The node of ${party.department.nameEn} did not start on port ${party.port}; ${logPath} says why`,
    );
    this.name = "StartError";
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await exited;
  clearTimeout(timer);
}
