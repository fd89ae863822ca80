// Loaded before a worker (`--import`): dies before or after the k-th synced write of its store, as KILL_AT says (`before:7`).
import { writeSync } from "node:fs";
import { Level } from "level";

type Batch = { _write: (options: unknown) => Promise<void> };

const [moment = "", step = ""] = (process.env["KILL_AT"] ?? "").split(":");
// What each write of the store ends in; not in its types.
const engine = Level.prototype as unknown as { _chainedBatch: () => Batch };
const chainedBatch = engine._chainedBatch;
let writes = 0;

const dieIf = async (isTime: boolean): Promise<void> => {
  if (!isTime) return;
  process.kill(process.pid, "SIGKILL");
  await new Promise(() => undefined);
};

engine._chainedBatch = function () {
  const batch = chainedBatch.call(this);
  const write = batch._write.bind(batch);
  batch._write = async (options) => {
    const isStep = ++writes === Number(step);
    await dieIf(isStep && moment === "before");
    await write(options);
    // On disk, and nobody knows it.
    await dieIf(isStep && moment === "after");
  };
  return batch;
};
process.on("exit", () => void writeSync(1, `writes ${writes}\n`));
