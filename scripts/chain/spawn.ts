import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { ChainError, type ChainErrorCode } from "./errors.ts";

const STOP_GRACE_MS = 15_000;

export interface EmbeddedChainOptions {
  readonly dataDir: string;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Origins of pages that may call the chain, for example the portal's. */
  readonly allowOrigins?: readonly string[];
  /** Stop the chain when this process ends, however it ends. Default true. */
  readonly dieWithParent?: boolean;
  /** Default 0. */
  readonly blockIntervalMs?: number;
  /** For a new data folder. */
  readonly chainId?: number;
  /** What the chain writes on standard error, line by line. Default: dropped. */
  readonly onNote?: (line: string) => void;
}

export interface EmbeddedChainProcess {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly genesisHash: string;
  readonly height: number;
  readonly replayedBlocks: number;
  readonly replayMs: number;
  readonly pid: number;
  /** Resolves when the process has ended, expected or not. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Asks it to stop (what is waiting is mined) and waits until it has ended. */
  stop(): Promise<void>;
  /** SIGKILL, and waits until it has ended. */
  kill(): Promise<void>;
}

const readySchema = z.object({
  ready: z.literal(true),
  rpcUrl: z.string(),
  chainId: z.number(),
  genesisHash: z.string(),
  height: z.number(),
  replayedBlocks: z.number(),
  replayMs: z.number(),
});
const refusedSchema = z.object({
  ready: z.literal(false),
  code: z.string().refine((code): code is ChainErrorCode => code in ChainError.texts),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
});

/**
 * Starts the embedded chain in its own process and resolves when it serves. It is its own process group: an interrupt
 * typed in a terminal reaches the caller only, which then stops the chain last. Errors: the `ChainError` the process
 * reports, `chain.start-failed` when it ends without a word.
 */
export async function startEmbeddedChain(options: EmbeddedChainOptions): Promise<EmbeddedChainProcess> {
  const dieWithParent = options.dieWithParent ?? true;
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      fileURLToPath(new URL("./main.ts", import.meta.url)),
      ...toArguments(options, dieWithParent),
    ],
    {
      stdio: [dieWithParent ? "pipe" : "ignore", "pipe", "pipe"],
      detached: true,
      windowsHide: true,
      env: { ...process.env, HARDHAT_DISABLE_TELEMETRY: "true" },
    },
  );
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", () => resolve({ code: null, signal: null }));
  });
  const notes = child.stderr === null ? undefined : createInterface({ input: child.stderr });
  notes?.on("line", (line) => options.onNote?.(line));

  const { ready: _ready, ...report } = await firstReport(child, exited);
  const stop = async () => {
    const deadline = setTimeout(() => child.kill("SIGKILL"), STOP_GRACE_MS);
    // On Windows a signal ends the process at once; there the closed pipe is the request to stop.
    if (process.platform === "win32" && dieWithParent) child.stdin?.end();
    else child.kill("SIGTERM");
    await exited;
    clearTimeout(deadline);
  };
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  return { ...report, pid: child.pid ?? -1, exited, stop, kill };
}

function toArguments(options: EmbeddedChainOptions, dieWithParent: boolean): string[] {
  const args = ["--data", options.dataDir, "--port", String(options.port ?? 0)];
  for (const origin of options.allowOrigins ?? []) args.push("--allow-origin", origin);
  if (options.blockIntervalMs !== undefined) args.push("--block-interval-ms", String(options.blockIntervalMs));
  if (options.chainId !== undefined) args.push("--chain-id", String(options.chainId));
  if (dieWithParent) args.push("--die-with-parent");
  return args;
}

async function firstReport(
  child: ChildProcess,
  exited: EmbeddedChainProcess["exited"],
): Promise<z.infer<typeof readySchema>> {
  let line: string | undefined;
  if (child.stdout !== null) {
    const lines = createInterface({ input: child.stdout });
    const first: unknown[] | undefined = await Promise.race([
      once(lines, "line"),
      once(lines, "close").then(() => undefined),
    ]);
    if (typeof first?.[0] === "string") line = first[0];
  }
  const value = line === undefined ? undefined : parseJson(line);
  const ready = readySchema.safeParse(value);
  if (ready.success) return ready.data;
  const { code, signal } = await exited;
  const refused = refusedSchema.safeParse(value);
  if (refused.success) throw new ChainError(refused.data.code, refused.data.values);
  throw new ChainError("chain.start-failed", { detail: signal ?? `exit ${String(code)}` });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
