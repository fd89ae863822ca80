// Loaded before a worker (`--import`): dies before or after the k-th synced write of its store, as KILL_AT says (`before:7`).
import { writeSync } from "node:fs";
import { Level } from "level";

type Batch = (this: unknown, ...args: unknown[]) => Promise<void>;

const [moment = "", step = ""] = (process.env["KILL_AT"] ?? "").split(":");
const engine = Level.prototype as unknown as { _batch: Batch }; // What each write of the store ends in; not in its types.
const batch = engine._batch;
let writes = 0;

const dieIf = async (isTime: boolean): Promise<void> => {
  if (!isTime) return;
  process.kill(process.pid, "SIGKILL");
  await new Promise(() => undefined);
};

engine._batch = async function (...args) {
  const isStep = ++writes === Number(step);
  await dieIf(isStep && moment === "before");
  await batch.apply(this, args);
  // On disk, and nobody knows it.
  await dieIf(isStep && moment === "after");
};
process.on("exit", () => void writeSync(1, `writes ${writes}\n`));
