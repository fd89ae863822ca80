import { constants, getPriority, setPriority } from "node:os";
import { isMainThread } from "node:worker_threads";

/** With so much more than another thread it gets a third of the core that both want. */
const NICER = 5;

/**
 * Lets the main thread, which everything waits for, go before this one. Only on Linux does a thread have a priority of its
 * own (setpriority(2), "C library/kernel differences").
 */
export function yieldToMainThread(): void {
  if (isMainThread || process.platform !== "linux") return;
  try {
    setPriority(Math.min(getPriority() + NICER, constants.priority.PRIORITY_LOW));
  } catch {
    // A sandbox may forbid the call: then all threads are equal, and nothing else is different.
  }
}
