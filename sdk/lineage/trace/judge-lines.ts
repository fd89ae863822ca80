import type { NodeLine } from "../../client/routes/lineage-walk.ts";
import { examinedNode, isExaminable, proofsTask, type ExamineProofs } from "./examine.ts";
import { judgeNode, type NodeJudgement } from "./node.ts";
import { readNode, type ReadNode } from "./read-proof.ts";
import type { SeenNode } from "./types.ts";

/** Fewer lines are read faster than they are sent to another thread. */
const WORTH_SENDING = 64;

/** Judges lines side by side; their proofs are read in this thread, or by `examine`. One answer a line, in order. */
export async function judgeLines(
  lines: readonly NodeLine[],
  judgement: NodeJudgement,
  examine?: ExamineProofs,
): Promise<readonly SeenNode[]> {
  const sent = examine === undefined || lines.length < WORTH_SENDING ? [] : lines.filter(isExaminable);
  const examined = sent.length > 0 ? await examine?.(proofsTask(sent)) : undefined;
  const read = new Map(examined && sent.map((line, i) => [line, examinedNode(line, examined[i])]));
  const proofOf = (line: NodeLine): ReadNode | undefined => (read.has(line) ? read.get(line) : readNode(line));
  return Promise.all(lines.map((line) => Promise.resolve(judgeNode(line, proofOf(line), judgement))));
}
