import { fromHex } from "../../protocol/bytes.ts";
import type { Evidence } from "../../protocol/evidence.ts";
import { ProvenTree } from "../../protocol/proven-tree.ts";
import type { Finding } from "../../verify/report.ts";

/** A finding, or one that is being made. */
export type SharedFinding = Finding | Promise<Finding>;

/** What the records of one batch have in common: found out once, whichever of them comes first. */
export class SharedFindings {
  readonly anchor: Evidence["anchor"];
  readonly tree: ProvenTree;
  private readonly found = new Map<string, SharedFinding>();

  constructor({ header: { hash }, anchor }: Evidence) {
    this.anchor = anchor;
    this.tree = new ProvenTree({ hash, count: anchor.count, root: fromHex(anchor.root) });
  }

  /** `make` never rejects. */
  once(name: string, make: () => SharedFinding): SharedFinding {
    const known = this.found.get(name);
    if (known !== undefined) return known;
    const made = make();
    this.found.set(name, made);
    if (made instanceof Promise) void made.then((finding) => this.found.set(name, finding));
    return made;
  }
}

/** The batches that a trace met, by everything that evidences say of them: two that say different things share nothing. */
export class MetBatches {
  private readonly met = new Map<string, SharedFindings>();

  of(evidence: Evidence): SharedFindings {
    const { scope, hash, issuer, resource } = evidence.header;
    const { first, count, time, root, department, block, transaction } = evidence.anchor;
    const name = `${scope} ${first} ${count} ${time} ${root} ${department} ${block} ${transaction} ${hash} ${issuer} ${resource ?? ""}`;
    const known = this.met.get(name);
    if (known !== undefined) return known;
    const made = new SharedFindings(evidence);
    this.met.set(name, made);
    return made;
  }
}
