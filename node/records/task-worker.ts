// What a worker thread of the node can be asked to do.
export { proofreadPage } from "../anchoring/proofread-page.ts";
export { prepareLines } from "./prepare-lines.ts";
