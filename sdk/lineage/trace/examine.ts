import { fromHex } from "../../protocol/bytes.ts";
import type { ParentsFault } from "../../protocol/disclosure.ts";
import type { Evidence } from "../../protocol/evidence.ts";
import { checkInclusion, inclusionFinding } from "../../verify/checks/inclusion.ts";
import { keepParentsFault, parentsFault } from "../../verify/checks/record.ts";
import { readNode, type ProofLine, type ReadNode } from "./read-proof.ts";
import { MetBatches } from "./shared.ts";

/** What a proof says by itself: all that is not a question to the chain. */
export interface ExaminedProof {
  readonly included: boolean;
  readonly fault: ParentsFault | undefined;
}

/** Lines in the form in which `examineProofs` takes them. */
export interface ProofsTask {
  /** JSON of ProofLine[]: one text goes to another thread in one piece. */
  readonly text: string;
}

/** Examines proofs wherever there is time: one answer a line, undefined for a proof that is none of its place. */
export type ExamineProofs = (task: ProofsTask) => Promise<readonly (ExaminedProof | undefined)[]>;

/** Claims are checked by a schema, with the rest of the record. */
export const isExaminable = ({ proof }: ProofLine): boolean => proof !== undefined && proof["claims"] === undefined;

export const proofsTask = (lines: readonly ProofLine[]): ProofsTask => ({
  text: JSON.stringify(
    lines.map(({ proof, scope, seq, record, kind, issuer }) => ({ proof, scope, seq, record, kind, issuer })),
  ),
});

/** Reads proofs, hashes headers and parents, and climbs to the roots. Pure. */
export function examineProofs({ text }: ProofsTask): readonly (ExaminedProof | undefined)[] {
  const batches = new MetBatches();
  const lines = JSON.parse(text) as readonly ProofLine[]; // Written by `proofsTask`.
  return lines.map((line) => {
    const read = readNode(line);
    if (read === undefined) return undefined;
    const { tree } = batches.of(read.evidence);
    return { included: checkInclusion(read, tree).outcome === "pass", fault: parentsFault(read.evidence) };
  });
}

/** What `readNode` gives, of a line whose proof was examined: its JSON is of the evidence's form, so nothing is read again. */
export function examinedNode(line: ProofLine, examined: ExaminedProof | undefined): ReadNode | undefined {
  if (examined === undefined) return undefined;
  const { header, anchor, parents } = line.proof as unknown as Pick<Evidence, "header" | "anchor" | "parents">; // As examined.
  const evidence: Evidence = {
    ...{ header, anchor, schema: {}, claims: { disclosed: [], proof: [] }, inclusion: [] },
    ...(parents && { parents: { disclosed: parents.disclosed, proof: [] } }),
  };
  keepParentsFault(evidence, examined.fault);
  const inclusion = inclusionFinding(evidence, examined.included);
  return { evidence, record: fromHex(line.record), recordHex: line.record, inclusion };
}
