import { affectedCertificates, creditPenalty } from "../../sdk/families/credit-penalty.ts";
import { ecertificate } from "../../sdk/families/ecertificate.ts";
import { utf8, type Hex } from "../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { Parent, Relation } from "../../sdk/protocol/parents.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import { CERTIFICATE_KEYS, CERTIFICATES } from "../storage/keyspaces.ts";
import { put, type Operation, type Store } from "../storage/store.ts";
import { RecordError } from "./errors.ts";
import type { AcceptedRecord, ScopeInfo } from "./model.ts";
import type { RecordService } from "./service.ts";

/** Certificates that a document is, replaces or is about, by their identifiers. */
export interface NamedCertificates {
  readonly own?: string;
  readonly predecessor?: string;
  readonly quoted: readonly string[];
}

const NONE: NamedCertificates = { quoted: [] };

/** What a document of a kind names; it may be of any shape. */
export function certificatesIn(kind: string, document: JsonObject): NamedCertificates {
  if (kind === creditPenalty.kind) return { quoted: affectedCertificates(document) };
  if (kind !== ecertificate.kind) return NONE;
  const { certificateIdentifier: own, predecessor } = document;
  return {
    quoted: [],
    ...(typeof own === "string" && { own }),
    ...(typeof predecessor === "string" && { predecessor }),
  };
}

export interface LineageDependencies {
  readonly ledger: Hex;
  readonly store: Store;
  readonly keys: KeyRing;
  readonly records: RecordService;
  /** Scopes of this node that hold a kind of record. */
  readonly scopesOf: (kind: string) => readonly Hex[];
}

/**
 * Finds the parents that a document names by certificate identifiers. A certificate supersedes its predecessor in the same
 * resource. A penalty quotes the certificates it suspends or withdraws: it neither vouches for them (`attests` would let it
 * die with them) nor is computed from them.
 */
export class Lineage {
  private readonly dependencies: LineageDependencies;

  constructor(dependencies: LineageDependencies) {
    this.dependencies = dependencies;
  }

  /** Throws RecordError `parent.predecessor-unknown`. A quoted certificate that this node does not hold is left out. */
  async parentsOf(info: ScopeInfo, document: JsonObject): Promise<readonly Parent[]> {
    const { predecessor, quoted } = certificatesIn(info.recordKind, document);
    if (predecessor === undefined && quoted.length === 0) return [];
    const known = await this.acceptedParents(info, document);
    if (known !== undefined) return known;
    const parents: Parent[] = [];
    if (predecessor !== undefined) {
      const seq = await this.find(info.scope, predecessor);
      if (seq !== undefined) parents.push(await this.parent(info.scope, seq, "supersedes"));
      // A document with other faults is told of those first.
      else if ((info.validate?.(document) ?? []).length === 0) throw new RecordError("parent.predecessor-unknown");
    }
    for (const identifier of quoted) {
      for (const scope of this.dependencies.scopesOf(ecertificate.kind)) {
        const seq = await this.find(scope, identifier);
        if (seq !== undefined) parents.push(await this.parent(scope, seq, "quotes"));
      }
    }
    return parents;
  }

  /** The index entries of a new record: part of the write that makes it durable. */
  entriesOf(info: ScopeInfo, document: JsonObject, { scope, seq }: AcceptedRecord): readonly Operation[] {
    const { own } = certificatesIn(info.recordKind, document);
    if (own === undefined) return [];
    const digest = this.digestOf(scope, own);
    return [put(CERTIFICATES, { scope, digest }, seq), put(CERTIFICATE_KEYS, { scope, seq }, digest)];
  }

  /**
   * The parents under which this very document is the active record of its business key: sent again it is the same record,
   * whatever has become known since.
   */
  private async acceptedParents(info: ScopeInfo, document: JsonObject): Promise<readonly Parent[] | undefined> {
    const { records } = this.dependencies;
    const key = info.businessKey?.(document);
    const seq = key === undefined ? undefined : await records.findByKey(info.scope, key);
    if (seq === undefined) return undefined;
    try {
      const known = await records.reader.open({ scope: info.scope, seq });
      return canonicalize(known.document) === canonicalize(document) ? known.parents : undefined;
    } catch (error) {
      // Destroyed or damaged: intake decides what that means for the newcomer.
      if (error instanceof RecordError) return undefined;
      throw error;
    }
  }

  private find(scope: Hex, identifier: string): Promise<number | undefined> {
    return this.dependencies.store.get(CERTIFICATES, { scope, digest: this.digestOf(scope, identifier) });
  }

  private async parent(scope: Hex, seq: number, relation: Relation): Promise<Parent> {
    const { ledger, records } = this.dependencies;
    return { ledger, scope, seq, record: (await records.view(scope, seq)).record, relation };
  }

  private digestOf(scope: Hex, identifier: string): Uint8Array {
    return this.dependencies.keys.contentDigest("certificate", utf8(`${scope}\n${identifier}`));
  }
}
