import { disclosedLeafHashes, requiredPosition } from "./claim-leaves.ts";
import type { DisclosedClaim } from "./claims.ts";
import { HASH_BYTES, type HashName } from "./hash.ts";
import { parentData, type DisclosedParent } from "./parents.ts";
import type { Path } from "./path.ts";
import { leafHash, rootFromMultiproof } from "./tree.ts";
import { equalBytes } from "./bytes.ts";

/** Why a disclosed set is not a truthful part of a record (SPEC §4.4). */
export type DisclosureFault =
  | "claims.order"
  | "claims.root"
  | "claims.path-repeated"
  | "claims.path-conflict"
  | "claims.required-withheld"
  | "claims.required-elsewhere";

export interface Disclosure {
  readonly hash: HashName;
  readonly disclosed: readonly DisclosedClaim[];
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
  readonly count: number;
  readonly required: readonly Path[];
}

/** Undefined when the disclosed claims are exactly what they say at exactly their positions; else the first fault. Never throws. */
export function findDisclosureFault({
  hash,
  disclosed,
  proof,
  root,
  count,
  required,
}: Disclosure): DisclosureFault | undefined {
  for (let i = 1; i < disclosed.length; i++) {
    if ((disclosed[i]?.at ?? 0) <= (disclosed[i - 1]?.at ?? 0)) return "claims.order";
  }
  const hashes = disclosedLeafHashes(hash, disclosed);
  const leaves = disclosed.map(({ at }, i) => ({
    position: at,
    hash: hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  }));
  const computed = rootFromMultiproof({ hash, leaves, count, proof });
  if (computed === undefined || !equalBytes(computed, root)) return "claims.root";
  return findPathFault(disclosed) ?? findRequiredFault(disclosed, required);
}

/** Why disclosed parents are not a truthful part of a record (SPEC §5.2). */
export type ParentsFault = "parents.order" | "parents.root";

export interface ParentsDisclosure {
  readonly hash: HashName;
  readonly disclosed: readonly DisclosedParent[];
  readonly proof: readonly Uint8Array[];
  /** The header's `parentsRoot`: absent in a record without parents, of which none can be disclosed. */
  readonly root: Uint8Array | undefined;
  readonly count: number;
}

/** Undefined when the disclosed parents stand at exactly their positions under the root; else the first fault. Never throws. */
export function findParentsFault({ hash, disclosed, proof, root, count }: ParentsDisclosure): ParentsFault | undefined {
  for (let i = 1; i < disclosed.length; i++) {
    if ((disclosed[i]?.at ?? 0) <= (disclosed[i - 1]?.at ?? 0)) return "parents.order";
  }
  const leaves = disclosed.map((parent) => ({
    position: parent.at,
    hash: leafHash(hash, parentData(parent.salt, parent)),
  }));
  const computed = rootFromMultiproof({ hash, leaves, count, proof });
  return computed !== undefined && root !== undefined && equalBytes(computed, root) ? undefined : "parents.root";
}

type Node = Map<string | number, Node>;

/** Why claims cannot be of one document: `claims.path-repeated` or `claims.path-conflict`. Never throws. */
export function findPathFault(disclosed: readonly Pick<DisclosedClaim, "path">[]): DisclosureFault | undefined {
  const root: Node = new Map<string | number, Node>();
  const ends = new Set<Node>();
  for (const { path } of disclosed) {
    let node = root;
    for (const part of path) {
      if (ends.has(node)) return "claims.path-conflict";
      const [member] = node.keys();
      // One container cannot be both an object and an array.
      if (member !== undefined && typeof member !== typeof part) return "claims.path-conflict";
      const child: Node = node.get(part) ?? new Map<string | number, Node>();
      node.set(part, child);
      node = child;
    }
    if (ends.has(node)) return "claims.path-repeated";
    // A document is an object: its first part is a key, and it is no claim itself.
    if (node.size > 0 || typeof path[0] !== "string") return "claims.path-conflict";
    ends.add(node);
  }
  return undefined;
}

function findRequiredFault(
  disclosed: readonly DisclosedClaim[],
  required: readonly Path[],
): DisclosureFault | undefined {
  for (const { at, path } of disclosed) {
    const position = requiredPosition(required, path);
    if (position < 0 ? at < required.length : position !== at) return "claims.required-elsewhere";
  }
  for (let i = 0; i < required.length; i++) {
    if (disclosed[i]?.at !== i) return "claims.required-withheld";
  }
  return undefined;
}
