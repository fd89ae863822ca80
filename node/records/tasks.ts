import { proofreadPage, type PageTask, type ReadPage } from "../anchoring/proofread-page.ts";
import { prepareLines, type LinesTask, type PreparedLines } from "./prepare-lines.ts";

/** The heavy, pure parts of intake and proof-reading, wherever they run. */
export interface Tasks {
  prepareLines(task: LinesTask): Promise<PreparedLines>;
  proofreadPage(task: PageTask): Promise<ReadPage>;
  close(): Promise<void>;
}

/** In the calling thread. */
export const inlineTasks: Tasks = {
  prepareLines: (task) => Promise.resolve(prepareLines(task)),
  proofreadPage: (task) => Promise.resolve(proofreadPage(task)),
  close: () => Promise.resolve(),
};
