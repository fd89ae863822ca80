import type { NodeLine } from "../../client/routes/lineage-walk.ts";
import { toHex, type Hex } from "../../protocol/bytes.ts";
import { EVIDENCE_FORMAT, parseEvidence, type Evidence } from "../../protocol/evidence.ts";
import { recordId } from "../../protocol/header.ts";
import { ProtocolError } from "../../protocol/protocol-error.ts";
import type { Finding } from "../../verify/report.ts";

/** What is read of a line to make out its proof. */
export type ProofLine = Pick<NodeLine, "proof" | "scope" | "seq" | "record" | "kind" | "issuer">;

export interface ReadNode {
  readonly evidence: Evidence;
  readonly record: Uint8Array;
  readonly recordHex: Hex;
  /** Present when it was checked in reading; the evidence is then without the path. */
  readonly inclusion?: Finding;
}

/** The proof as an evidence that discloses no more than it has; undefined when it is none of this place. */
export const readProof = (line: ProofLine): Evidence | undefined => readNode(line)?.evidence;

/** As `readProof`, with the record id of its header. */
export function readNode({ proof, scope, seq, record, kind, issuer }: ProofLine): ReadNode | undefined {
  if (proof === undefined) return undefined;
  try {
    const evidence = parseEvidence({
      format: EVIDENCE_FORMAT,
      schema: {},
      claims: { disclosed: [], proof: [] },
      ...proof,
    });
    const { header } = evidence;
    if (header.scope !== scope || header.seq !== seq || header.kind !== kind || header.issuer !== issuer)
      return undefined;
    const id = recordId(header);
    const recordHex = toHex(id);
    return recordHex === record ? { evidence, record: id, recordHex } : undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
