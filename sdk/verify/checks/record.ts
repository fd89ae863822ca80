import { fromHex } from "../../protocol/bytes.ts";
import { findParentsFault, type ParentsFault } from "../../protocol/disclosure.ts";
import type { Evidence } from "../../protocol/evidence.ts";
import type { Context } from "../context.ts";
import { fail, pass, type Finding } from "../report.ts";

/** The record id is the header's, so it needs no comparison; the disclosed parents are the header's too (SPEC §5.2). */
export function checkRecord({ evidence, recordHex }: Context): Finding {
  const fault = parentsFault(evidence);
  if (fault !== undefined) return fail("record.parents", { fault });
  const disclosed = evidence.parents?.disclosed.length ?? 0;
  return pass("record.valid", { record: recordHex, disclosed, withheld: evidence.header.parentCount - disclosed });
}

// An evidence does not change: two checks ask the same of it.
const faults = new WeakMap<Evidence, { readonly fault: ParentsFault | undefined }>();

/** Why the disclosed parents are not those the header commits to; undefined when they are, or when there are none. */
export function parentsFault(evidence: Evidence): ParentsFault | undefined {
  const known = faults.get(evidence);
  if (known !== undefined) return known.fault;
  const fault = findFault(evidence);
  keepParentsFault(evidence, fault);
  return fault;
}

/** For whoever found it out elsewhere: it is not looked for again. */
export const keepParentsFault = (evidence: Evidence, fault: ParentsFault | undefined): void =>
  void faults.set(evidence, { fault });

function findFault({ header, parents }: Evidence): ParentsFault | undefined {
  if (parents === undefined) return undefined;
  const { hash, parentsRoot, parentCount: count } = header;
  const root = parentsRoot === undefined ? undefined : fromHex(parentsRoot);
  return findParentsFault({ hash, disclosed: parents.disclosed, proof: parents.proof, root, count });
}
