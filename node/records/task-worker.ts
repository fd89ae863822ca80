// What a worker thread of the node can be asked to do.
import { yieldToMainThread } from "../workers/priority.ts";

export { examineProofs } from "../../sdk/lineage/trace/examine.ts";
export { proofreadPage } from "../anchoring/proofread-page.ts";
export { prepareInputs } from "./prepare-inputs.ts";
export { prepareLines } from "./prepare-lines.ts";

yieldToMainThread();
