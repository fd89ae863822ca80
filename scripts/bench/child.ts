/** Runs one task in a process of its own and measures the process. `fork`ed by `runInChild`, which sends the task. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface ChildTask {
  /** URL of the module; `import.meta.url` of the suite, or of a file beside it. */
  readonly module: string;
  /** Name of an exported function. */
  readonly task: string;
  /** Its argument; survives JSON. */
  readonly input: unknown;
}

export interface ChildResult<T> {
  /** What the function returned; survived JSON. */
  readonly result: T;
  /** The most resident memory that the process ever had. */
  readonly peakBytes: number;
  /** Resident memory after loading the module, before the task. */
  readonly startBytes: number;
}

/** Calls `task` of `module` in a fresh process. Rejects with the child's message when it throws. */
export function runInChild<T>(task: ChildTask, { execArgv = [] }: { readonly execArgv?: readonly string[] } = {}) {
  return new Promise<ChildResult<T>>((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), {
      execArgv: [...execArgv],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`${task.task}: the child ended (${signal ?? code})`)));
    child.once("message", (message) => {
      const answer = message as { error: string } | ChildResult<T>; // Sent by `serve` below.
      if ("error" in answer) reject(new Error(`${task.task}: ${answer.error}`));
      else resolve(answer);
    });
    child.send(task);
  });
}

async function serve(task: ChildTask): Promise<void> {
  const exports = (await import(task.module)) as Record<string, (input: unknown) => unknown>; // The suite's own module.
  const startBytes = process.memoryUsage.rss();
  const result = await exports[task.task]?.(task.input);
  // maxRSS is in KiB.
  process.send?.({ result, peakBytes: process.resourceUsage().maxRSS * 1024, startBytes });
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once("message", (task) => {
    serve(task as ChildTask) // Sent by `runInChild`.
      .catch((error: unknown) =>
        process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      )
      .finally(() => process.disconnect());
  });
}
