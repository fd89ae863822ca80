import { extname } from "node:path";
import { examineProofs, type ExaminedProof, type ProofsTask } from "../../sdk/lineage/trace/examine.ts";
import { proofreadPage, type PageTask, type ReadPage } from "../anchoring/proofread-page.ts";
import { WorkerPool } from "../workers/pool.ts";
import type { Texts } from "./lines.ts";
import { prepareInputs, type InputsTask, type PreparedInputs } from "./prepare-inputs.ts";
import { prepareLines, type LinesTask, type PreparedLines } from "./prepare-lines.ts";
import type * as worker from "./task-worker.ts";

/** The heavy, pure parts of intake, proof-reading and tracing, wherever they run. */
export interface Tasks {
  prepareLines(task: LinesTask): Promise<PreparedLines>;
  prepareInputs(task: InputsTask): Promise<PreparedInputs>;
  proofreadPage(task: PageTask): Promise<ReadPage>;
  examineProofs(task: ProofsTask): Promise<readonly (ExaminedProof | undefined)[]>;
  close(): Promise<void>;
}

/** Up to so many lines or records are done by the caller's thread: handing them over takes it longer, and they would queue behind large tasks. */
export const SMALL_TASK = 8;
/** In so many bytes: more would hold the event loop. */
export const SMALL_TASK_BYTES = 16 * 1024;

/** In the calling thread. */
export const inlineTasks: Tasks = {
  prepareLines: (task) => Promise.resolve(prepareLines(task)),
  prepareInputs: (task) => Promise.resolve(prepareInputs(task)),
  proofreadPage: (task) => Promise.resolve(proofreadPage(task)),
  examineProofs: (task) => Promise.resolve(examineProofs(task)),
  close: () => Promise.resolve(),
};

const isSmall = (...texts: readonly Texts[]): boolean =>
  texts.every(({ ends }) => ends.length <= SMALL_TASK) &&
  texts.reduce((sum, { bytes }) => sum + bytes.length, 0) <= SMALL_TASK_BYTES;

/** Large tasks in threads of their own; proof-reading first, so that a flood of new records does not keep those before it from being anchored. */
export function threadedTasks(): Tasks {
  const module = new URL(`./task-worker${extname(import.meta.url)}`, import.meta.url);
  const pool = new WorkerPool<typeof worker>({ module });
  return {
    prepareLines: (task) => (isSmall(task.lines) ? inlineTasks.prepareLines(task) : pool.run("prepareLines", task)),
    prepareInputs: (task) => pool.run("prepareInputs", task),
    proofreadPage: (task) =>
      isSmall(task.headers, task.payloads)
        ? inlineTasks.proofreadPage(task)
        : pool.run("proofreadPage", task, { isUrgent: true }),
    examineProofs: (task) => pool.run("examineProofs", task),
    close: () => pool.close(),
  };
}
