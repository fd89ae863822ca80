import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PORT_SPAN = 31;
/** `npm start` takes about a minute when nothing runs beside it. */
const LATEST_MS = 280_000;

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface StartOptions {
  readonly args?: readonly string[];
  readonly throughNpm?: boolean;
}

type Signals = (pid: number) => void;

/** What a person's shell has: the settings of the tests are none of a node's variables, which refuses what it does not know. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("SUYUAN_")));

/** `npm start` in a folder of its own, as a person would run it. */
export class Evaluation {
  readonly home: string;
  readonly port: number;
  output = "";
  private child: ChildProcess | undefined;

  private constructor(home: string, port: number) {
    this.home = home;
    this.port = port;
  }

  static async create(): Promise<Evaluation> {
    return new Evaluation(mkdtempSync(join(tmpdir(), "suyuan-e2e-")), await freeSpan());
  }

  get rpcUrl(): string {
    return `http://127.0.0.1:${this.port + 1}`;
  }

  path(...parts: string[]): string {
    return join(this.home, "data", ...parts);
  }

  readJson(...parts: string[]): unknown {
    return JSON.parse(readFileSync(this.path(...parts), "utf8"));
  }

  /** Starts, and resolves when a line with `text` was printed; rejects when it ends before. Signals go to npm, or to what npm runs. */
  async start(text: string, { args = [], throughNpm = false }: StartOptions = {}): Promise<void> {
    const start = throughNpm
      ? ["npm", "start", "--"]
      : ([process.execPath, join(ROOT, "scripts/start/main.ts")] as const);
    const [command, ...before] = start;
    const child = spawn(command, [...before, "--data", this.path(), "--port", String(this.port), ...args], {
      cwd: ROOT,
      env: { ...environment(), INIT_CWD: this.home },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.child = child;
    this.output = "";
    await new Promise<void>((resolve, reject) => {
      // Before the test gives up, so that it is known where it stands.
      const late = setTimeout(() => reject(new Error(`not ${text} after ${LATEST_MS} ms:\n${this.output}`)), LATEST_MS);
      const read = (chunk: Buffer) => {
        this.output += chunk.toString();
        if (!this.output.includes(text)) return;
        clearTimeout(late);
        resolve();
      };
      child.stdout?.on("data", read);
      child.stderr?.on("data", read);
      child.once("exit", (code) => {
        clearTimeout(late);
        reject(new Error(`npm start ended with ${code}:\n${this.output}`));
      });
    });
  }

  /** Asks it to stop; the status it ended with. */
  async stop(signals: Signals = (pid) => process.kill(pid, "SIGTERM")): Promise<number | null> {
    const { child } = this;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return null;
    const exited = once(child, "exit");
    signals(child.pid);
    const [code] = (await exited) as [number | null];
    return code;
  }

  /** Resolves when a line with `text` was printed since the start. */
  async untilPrinted(text: string): Promise<void> {
    const { child } = this;
    if (!child?.stdout) throw new Error("it was not started");
    while (!this.output.includes(text)) await once(child.stdout, "data");
  }

  /** The starter and every process it brought up. */
  pids(): number[] {
    const pid = this.child?.pid;
    return pid === undefined ? [] : [pid, ...descendants(pid)];
  }

  /** SIGKILL for the starter and every process it brought up, all at once. */
  async killAll(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    const pids = this.pids();
    const exited = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
    for (const pid of pids) kill(pid);
    await exited;
    for (const pid of pids) await gone(pid);
  }

  suyuan(...args: string[]): Outcome {
    return run([join(ROOT, "node/cli.ts"), ...args], this.home);
  }

  /** As whoever holds the keystore of a department, by the name of its folder. */
  suyuanOf(department: string, ...args: string[]): Outcome {
    const keystore = this.path(department, "keystore.json");
    const password = this.path(department, "keystore-password");
    const command = [join(ROOT, "node/cli.ts"), ...args, "--keystore", keystore];
    return run(command, this.home, { SUYUAN_KEYSTORE_PASSWORD_FILE: password });
  }

  node(...args: string[]): Outcome {
    return run(args, this.home);
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

export function run(args: readonly string[], cwd: string, more: NodeJS.ProcessEnv = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, INIT_CWD: cwd, ...more },
  });
  return { code: status, stdout, stderr };
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

async function gone(pid: number): Promise<void> {
  while (isRunning(pid)) await new Promise((resolve) => setImmediate(resolve));
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const state = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim();
  return state !== "" && !state.startsWith("Z");
}

function descendants(pid: number): number[] {
  const { stdout } = spawnSync("ps", ["-e", "-o", "pid=,ppid="], { encoding: "utf8" });
  const pairs = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.flatMap(([child = 0, of]) => (of === parent ? [child, ...below(child)] : []));
  return below(pid);
}

/** A port such that it and the others of the evaluation are free now. */
async function freeSpan(): Promise<number> {
  for (;;) {
    const base = await freePort();
    if (base + PORT_SPAN > 65_535) continue;
    const free = await Promise.all([base, base + 1, base + 10, base + 20, base + 30].map((port) => isFree(port)));
    if (free.every(Boolean)) return base;
  }
}

async function listen(port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

const freePort = (): Promise<number> => listen(0);
const isFree = (port: number): Promise<boolean> =>
  listen(port).then(
    () => true,
    () => false,
  );
