import { ecertificate } from "../../sdk/families/ecertificate.ts";
import { equalBytes, fromHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { Parent, Relation } from "../../sdk/protocol/parents.ts";
import { saltSeed } from "../keys/derive.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import { CERTIFICATE_KEYS, CERTIFICATES, SUBJECTS } from "../storage/keyspaces.ts";
import { put, type Operation, type Store } from "../storage/store.ts";
import { certificateDigest, type NamedCertificates } from "./certificates.ts";
import { contentDigestOf, type PreparedRecord } from "./checks.ts";
import { commitLineage } from "./commitment.ts";
import { RecordError } from "./errors.ts";
import type { ScopeInfo } from "./model.ts";
import { payloadBytes, payloadWithParents } from "./payload.ts";
import type { AcceptedRecord, RecordService } from "./service.ts";

export interface LineageDependencies {
  readonly ledger: Hex;
  readonly store: Store;
  readonly keys: KeyRing;
  readonly records: RecordService;
  /** Scopes of this node that hold a kind of record. */
  readonly scopesOf: (kind: string) => readonly Hex[];
}

type Names = Pick<NamedCertificates, "predecessor" | "quoted">;

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

  /** A record, prepared without parents, with those that it names. Throws RecordError `parent.predecessor-unknown`. */
  async withParents(info: ScopeInfo, prepared: PreparedRecord, names: Names): Promise<PreparedRecord> {
    const parents = (await this.acceptedParents(info, prepared)) ?? (await this.namedParents(info, names));
    if (parents.length === 0) return prepared;
    const { scope, hash } = info;
    const { kind, dataKey, commitment } = prepared;
    const plaintext = payloadWithParents(prepared.plaintext, parents);
    const lineage = commitLineage({ parents, seed: saltSeed(dataKey), hash });
    return {
      ...{ ...prepared, parents, plaintext, parentSalts: lineage.parentSalts },
      content: contentDigestOf({ scope, kind, plaintext }, this.dependencies.keys),
      commitment: { ...commitment, ...lineage.commitment },
    };
  }

  /** The index entries of a new record: part of the write that makes it durable. */
  entriesOf({ scope, seq }: AcceptedRecord, digest: Uint8Array): readonly Operation[] {
    return [put(CERTIFICATES, { scope, digest }, seq), put(CERTIFICATE_KEYS, { scope, seq }, digest)];
  }

  /** A quoted certificate that this node does not hold is left out. */
  private async namedParents(info: ScopeInfo, { predecessor, quoted }: Names): Promise<readonly Parent[]> {
    const parents: Parent[] = [];
    if (predecessor !== undefined) {
      const seq = await this.find(info.scope, predecessor);
      if (seq === undefined) throw new RecordError("parent.predecessor-unknown");
      parents.push(await this.parent(info.scope, seq, "supersedes"));
    }
    for (const identifier of quoted) {
      for (const scope of this.dependencies.scopesOf(ecertificate.kind)) {
        const seq = await this.find(scope, identifier);
        if (seq !== undefined) parents.push(await this.parent(scope, seq, "quotes"));
      }
    }
    return parents;
  }

  /**
   * The parents under which this very document is the active record of its business key: sent again it is the same record,
   * whatever has become known since.
   */
  private async acceptedParents(
    { scope }: ScopeInfo,
    { subject, plaintext }: PreparedRecord,
  ): Promise<readonly Parent[] | undefined> {
    const { records, store } = this.dependencies;
    const seq = subject === undefined ? undefined : await store.get(SUBJECTS, { scope, digest: fromHex(subject) });
    if (seq === undefined) return undefined;
    try {
      const { document, parents } = await records.reader.open({ scope, seq });
      return equalBytes(payloadBytes({ document, parents: [] }), plaintext) ? parents : undefined;
    } catch (error) {
      // Destroyed or damaged: intake decides what that means for the newcomer.
      if (error instanceof RecordError) return undefined;
      throw error;
    }
  }

  private find(scope: Hex, identifier: string): Promise<number | undefined> {
    const { store, keys } = this.dependencies;
    return store.get(CERTIFICATES, { scope, digest: certificateDigest({ scope, identifier }, keys) });
  }

  private async parent(scope: Hex, seq: number, relation: Relation): Promise<Parent> {
    const { ledger, records } = this.dependencies;
    return { ledger, scope, seq, record: (await records.view(scope, seq)).record, relation };
  }
}
