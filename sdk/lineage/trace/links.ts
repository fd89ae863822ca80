import { deliveriesScope } from "../../protocol/anchor.ts";
import { isHex } from "../../protocol/bytes.ts";
import type { ClaimValue } from "../../protocol/claims.ts";
import { packageDigest, packageTree } from "../../protocol/delivery.ts";
import { HASH_BYTES } from "../../protocol/hash.ts";
import type { DisclosedParent, Relation } from "../../protocol/parents.ts";
import { GENERATED, type RecordPlace } from "../activity.ts";
import type { LinkRelation } from "../relations.ts";
import {
  placeName,
  type LinkOutcome,
  type SeenEvidence,
  type SeenNode,
  type TracedLink,
  type TraceFinding,
} from "./types.ts";

export interface LinkEnds {
  readonly relation: LinkRelation;
  readonly from: RecordPlace;
  readonly to: RecordPlace;
}

/** What is known of the two ends when a link is judged; undefined: not seen. */
export interface SeenEnds {
  readonly from: SeenNode | undefined;
  readonly to: SeenNode | undefined;
}

/** The end that commits to a link: the record for its parents and package, the activity for what it generated. */
const committingEnd = ({ relation }: LinkEnds): "from" | "to" => (relation === "generated" ? "to" : "from");

/** Whether a link can be judged now: its committing end was seen, and so was the other unless nobody will tell of it. */
export const isDecided = (link: LinkEnds, seen: SeenEnds): boolean =>
  seen.from !== undefined && seen.to !== undefined && seen[committingEnd(link)]?.evidence !== undefined;

/** Judges one link by what its ends commit to (SPEC §14.4, §14.5). */
export function judgeLink(link: LinkEnds, seen: SeenEnds): TracedLink {
  const outcome = outcomeOf(link, seen);
  const findings = outcome === "link.proven" ? findingsOf(link, seen) : [];
  return { type: "link", ...link, outcome, findings };
}

function outcomeOf(link: LinkEnds, seen: SeenEnds): LinkOutcome {
  const end = committingEnd(link);
  const node = seen[end];
  const other = end === "from" ? link.to : link.from;
  const otherNode = seen[end === "from" ? "to" : "from"];
  // What a rejected record says, nobody said.
  if (node?.evidence === undefined || node.node.verdict === "rejected") return "link.unproven";
  switch (link.relation) {
    case "delivered":
    case "received":
      return packaged(node, other, otherNode);
    case "receiptOf":
      return isReceiptOf(node.evidence, other) ? "link.proven" : "link.contradicted";
    default: {
      const relation: Relation = link.relation === "generated" ? GENERATED : link.relation;
      return parented({ evidence: node.evidence, relation }, other, otherNode);
    }
  }
}

function parented(
  { evidence, relation }: { readonly evidence: SeenEvidence; readonly relation: Relation },
  parent: RecordPlace,
  parentNode: SeenNode | undefined,
): LinkOutcome {
  const disclosed = evidence.parents?.disclosed ?? [];
  const named = disclosed.find((one) => isAt(one, parent) && one.relation === relation);
  if (named === undefined)
    return disclosed.length < evidence.header.parentCount ? "link.unproven" : "link.contradicted";
  return parentNode !== undefined && parentNode.node.record !== named.record ? "link.mismatch" : "link.proven";
}

const isAt = ({ scope, seq }: DisclosedParent | RecordPlace, place: RecordPlace): boolean =>
  scope === place.scope && seq === place.seq;

/** The items shown give the digest that the delivery or receipt committed to, and the record is one of them. */
function packaged(
  { evidence, node: { line } }: SeenNode,
  record: RecordPlace,
  seen: SeenNode | undefined,
): LinkOutcome {
  const items = line.package;
  const digest = evidence && claimOf(evidence, "packageDigest");
  if (items === undefined || digest === undefined) return "link.unproven";
  if (items.length === 0 || packageDigest(items.length, packageTree(items).root) !== digest) return "link.contradicted";
  const item = items.find((one) => isAt(one, record));
  if (item === undefined) return "link.contradicted";
  return seen !== undefined && seen.node.record !== item.record ? "link.mismatch" : "link.proven";
}

/** Both stand in the streams of one agreement at one number; their own claims say so (SPEC §10), which `scope` has checked. */
function isReceiptOf(receipt: SeenEvidence, delivery: RecordPlace): boolean {
  const agreement = claimOf(receipt, "agreement");
  if (!isHex(agreement, HASH_BYTES)) return false;
  return deliveriesScope(agreement) === delivery.scope && receipt.header.seq === delivery.seq;
}

function claimOf({ claims }: SeenEvidence, name: string): ClaimValue | undefined {
  return claims.disclosed.find(({ path }) => path.length === 1 && path[0] === name)?.value;
}

function findingsOf({ relation, from, to }: LinkEnds, seen: SeenEnds): readonly TraceFinding[] {
  const child = seen.from?.evidence;
  const parent = seen.to?.evidence;
  if (child === undefined || parent === undefined) return [];
  const findings: TraceFinding[] = [];
  const isParent =
    relation !== "delivered" && relation !== "received" && relation !== "receiptOf" && relation !== "generated";
  if (isParent && parent.anchor.time > child.anchor.time)
    findings.push({ code: "link.parent-late", values: { seconds: parent.anchor.time - child.anchor.time } });
  if (isParent && !isReceived(child, parent))
    findings.push({ code: "link.parent-not-received", values: { parent: placeName(to), child: placeName(from) } });
  if (relation !== "supersedes") return findings;
  if (child.header.issuer !== parent.header.issuer)
    findings.push({ code: "link.supersedes-issuer", values: { from: child.header.issuer, to: parent.header.issuer } });
  if (child.header.subject !== parent.header.subject)
    findings.push({ code: "link.supersedes-subject", values: { child: placeName(from), parent: placeName(to) } });
  return findings;
}

/** A record of another department is named through the delivery by which it came (SPEC §5.2). */
function isReceived(child: SeenEvidence, parent: SeenEvidence): boolean {
  const { kind, issuer } = parent.header;
  if (issuer === child.header.issuer) return kind !== "receipt" || claimOf(parent, "outcome") === "received";
  return kind === "delivery" && claimOf(parent, "outcome") === "delivered";
}
