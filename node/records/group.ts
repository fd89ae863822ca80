import { equalBytes, fromHex, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { ProtocolError } from "../../sdk/protocol/protocol-error.ts";
import type { KeyRing, WrappedKey } from "../keys/key-ring.ts";
import { inPieces, type RandomBytes } from "../ports.ts";
import type { ScopeSeq } from "../storage/codecs.ts";
import { Draft } from "../storage/draft.ts";
import {
  CONTENTS,
  DATA_KEYS,
  HEADERS,
  IDEMPOTENCY,
  NEXT,
  PAYLOADS,
  PREDECESSORS,
  SCOPES,
  SUBJECTS,
  SUCCESSORS,
  TOMBSTONES,
  type StoredEvent,
} from "../storage/keyspaces.ts";
import type { Operation, Store } from "../storage/store.ts";
import { refusal, type PreparedRecord } from "./checks.ts";
import { stampHeader, type StampedHeader } from "./commitment.ts";
import { RecordError } from "./errors.ts";
import type { Identity } from "./ledger-gate.ts";
import type { LineageSink } from "./lineage-sink.ts";
import type { AcceptedRecord, RecordRefusal, ScopeInfo } from "./model.ts";
import { sealPayload } from "./payload.ts";
import { readHeader, type StoredHeader } from "./reader.ts";

/** Nonces of so many payloads are drawn at once. */
const RANDOM_PIECE_BYTES = 64 * 12;

/** A prepared input, and what becomes durable together with its record. */
export interface Candidate {
  readonly prepared: PreparedRecord;
  /** Further operations of the same synced write. Not asked for a duplicate, whose write was another. */
  readonly along?: (record: AcceptedRecord) => readonly Operation[];
}

export interface GroupItem extends Candidate {
  readonly info: ScopeInfo;
  /** An active record of the same subject that the chain says is over for good. */
  readonly endedPredecessor?: number;
}

export interface GroupDependencies {
  readonly store: Store;
  readonly keys: KeyRing;
  readonly identity: Identity;
  readonly random: RandomBytes;
  /** The index of lineage, written with the records. */
  readonly lineage: LineageSink;
}

/**
 * Numbers and commits one group of inputs. Holds nothing that outlives the group: every number and index is read from the
 * store, so that a failed write leaves nothing to correct.
 */
export class Group {
  private readonly draft: Draft;
  private readonly dependencies: GroupDependencies;
  /** Seconds; the issuedAt of every record of the group. */
  private readonly at: number;
  private readonly random: RandomBytes;
  private readonly ranges = new Map<Hex, { first: number; count: number }>();
  /** The data key of each input, wrapped with those of the others. */
  private readonly wrapped = new Map<PreparedRecord, WrappedKey>();

  /** `after` is a group that is being written: this one sees what it will write. */
  constructor(
    { at, after }: { readonly at: number; readonly after?: Group | undefined },
    dependencies: GroupDependencies,
  ) {
    this.at = at;
    this.dependencies = dependencies;
    this.random = inPieces(dependencies.random, RANDOM_PIECE_BYTES);
    this.draft = new Draft(dependencies.store, after?.draft);
  }

  get operations(): readonly Operation[] {
    return this.draft.operations;
  }

  get events(): readonly StoredEvent[] {
    return [...this.ranges].map(([scope, range]) => ({ scope, ...range, change: "accepted", at: this.at }));
  }

  /** The group before this one is durable: what it wrote is in the store. */
  detach(): void {
    this.draft.detach();
  }

  /** What `add` needs of these, asked for and made together. */
  async prefetch(items: readonly GroupItem[]): Promise<void> {
    const wrapped = this.dependencies.keys.wrapAll(items.map(({ prepared: { dataKey } }) => dataKey));
    wrapped.forEach((key, i) => items[i] && this.wrapped.set(items[i].prepared, key));
    const contents = items.map(({ info: { scope }, prepared }) => ({ scope, digest: prepared.content }));
    const keys = items.flatMap(({ info: { scope }, prepared: { idempotency } }) =>
      idempotency === undefined ? [] : [{ scope, digest: idempotency }],
    );
    const subjects = items.flatMap(({ info: { scope }, prepared: { subject } }) =>
      subject === undefined ? [] : [{ scope, digest: fromHex(subject) }],
    );
    const { ledger } = this.dependencies.identity;
    const parents = new Map<string, ScopeSeq>();
    for (const { prepared } of items)
      for (const { ledger: of, scope, seq } of prepared.parents)
        if (of === ledger) parents.set(`${scope}/${seq}`, { scope, seq });
    await Promise.all([
      this.draft.prefetch(HEADERS, [...parents.values()]),
      this.draft.prefetch(SCOPES, [...new Set([...parents.values()].map(({ scope }) => scope))]),
      this.draft.prefetch(NEXT, [...new Set(items.map(({ info: { scope } }) => scope))]),
      this.draft.prefetch(CONTENTS, contents),
      this.draft.prefetch(IDEMPOTENCY, keys),
      this.draft.prefetch(SUBJECTS, subjects),
      this.dependencies.lineage.prefetch(
        this.draft,
        items.map(({ prepared: { parents } }) => parents),
      ),
    ]);
  }

  async add(item: GroupItem): Promise<AcceptedRecord | RecordRefusal> {
    try {
      return await this.commitOne(item);
    } catch (error) {
      // Thrown before anything of this item is in the draft: one damaged record refuses the items that name it, not the group.
      if (error instanceof RecordError) return refusal(error);
      throw error;
    }
  }

  private async commitOne(item: GroupItem): Promise<AcceptedRecord | RecordRefusal> {
    const earlier = await this.findEarlier(item);
    if (earlier !== undefined) return earlier;
    const superseded = await this.checkParents(item);
    if (superseded instanceof RecordError) return refusal(superseded);
    const active = await this.findActive(item, superseded);
    if (active !== undefined) return refusal(new RecordError("subject.active", { seq: active }));
    const { info, prepared } = item;
    const seq = (await this.draft.get(NEXT, info.scope)) ?? 0;
    const isNumbered = (info.kind === "deliveries" || info.kind === "receipts") && prepared.kind !== "void";
    if (isNumbered && prepared.k !== seq) return refusal(new RecordError("record.stream-number", { seq }));
    const stamped = this.stamp(item, seq);
    if (stamped instanceof RecordError) return refusal(stamped);
    const accepted = this.store(item, stamped);
    await this.noteSuccession(item, { seq, superseded });
    const { kind, parents, parentSalts } = prepared;
    const place = { scope: info.scope, seq };
    await this.dependencies.lineage.note(this.draft, { place, id: stamped.id, kind, parents, parentSalts });
    if (item.along !== undefined) this.draft.add(item.along(accepted));
    return accepted;
  }

  /** The record that this input, or its idempotency key, already is. */
  private async findEarlier({ info, prepared }: GroupItem): Promise<AcceptedRecord | RecordRefusal | undefined> {
    const { scope } = info;
    const { idempotency, content, kind } = prepared;
    if (idempotency !== undefined) {
      const known = await this.draft.get(IDEMPOTENCY, { scope, digest: idempotency });
      if (known !== undefined) {
        if (equalBytes(known.content, content)) return this.duplicate(scope, known.seq);
        return refusal(new RecordError("record.idempotency-conflict", { seq: known.seq }));
      }
    }
    // Equal void records are different records: each fills its own number.
    const seq = kind === "void" ? undefined : await this.draft.get(CONTENTS, { scope, digest: content });
    return seq === undefined ? undefined : this.duplicate(scope, seq);
  }

  private async duplicate(scope: Hex, seq: number): Promise<AcceptedRecord> {
    const { header, id } = await this.header(scope, seq);
    return { scope, seq, record: toHex(id), at: header.issuedAt, duplicate: true };
  }

  private async header(scope: Hex, seq: number): Promise<StoredHeader> {
    const bytes = await this.draft.get(HEADERS, { scope, seq });
    const stored = bytes === undefined ? undefined : readHeader(bytes, { scope, seq });
    if (stored === undefined) throw new RecordError("record.damaged", { seq, part: "header" });
    return stored;
  }

  /** Parents in scopes of this node must exist. Returns the numbers of the same scope that the record supersedes. */
  private async checkParents({ info, prepared }: GroupItem): Promise<readonly number[] | RecordError> {
    const superseded: number[] = [];
    for (const { ledger, scope, seq, record, relation } of prepared.parents) {
      const isOwn = ledger === this.dependencies.identity.ledger && (await this.draft.get(SCOPES, scope)) !== undefined;
      if (!isOwn) continue;
      const bytes = await this.draft.get(HEADERS, { scope, seq });
      const stored = bytes === undefined ? undefined : readHeader(bytes, { scope, seq });
      if (stored === undefined || toHex(stored.id) !== record) return new RecordError("parent.unknown", { seq });
      if (relation !== "supersedes" || scope !== info.scope) continue;
      const by = await this.draft.get(SUCCESSORS, { scope, seq });
      if (by !== undefined) return new RecordError("subject.superseded", { seq, by });
      if ((await this.draft.get(TOMBSTONES, { scope, seq })) !== undefined) {
        return new RecordError("parent.destroyed", { seq });
      }
      if (!superseded.includes(seq)) superseded.push(seq);
    }
    return superseded;
  }

  /** At most one record of a subject is active: the one that a newcomer does not supersede stands in its way. */
  private async findActive(item: GroupItem, superseded: readonly number[]): Promise<number | undefined> {
    const { subject } = item.prepared;
    if (subject === undefined) return undefined;
    const active = await this.draft.get(SUBJECTS, { scope: item.info.scope, digest: fromHex(subject) });
    return active === undefined || superseded.includes(active) || active === item.endedPredecessor ? undefined : active;
  }

  private stamp({ info, prepared }: GroupItem, seq: number): StampedHeader | RecordError {
    const { kind, schema, commitment, subject } = prepared;
    const { ledger, department: issuer } = this.dependencies.identity;
    const { scope, hash } = info;
    const resource = info.kind === "resource" ? info.resource : undefined;
    try {
      const place = { kind, ledger, hash, scope, seq, issuer, issuedAt: this.at, schema, resource, subject };
      return stampHeader(place, commitment);
    } catch (error) {
      if (error instanceof ProtocolError) return new RecordError("record.protocol", { code: error.code }, error);
      throw error;
    }
  }

  private store({ info: { scope }, prepared }: GroupItem, { header, bytes, id }: StampedHeader): AcceptedRecord {
    const { keys } = this.dependencies;
    const { plaintext, dataKey, content, idempotency, subject, kind } = prepared;
    const { seq } = header;
    const place = { scope, seq };
    this.draft.put(HEADERS, place, bytes);
    this.draft.put(PAYLOADS, place, sealPayload({ plaintext, dataKey, id }, this.random));
    const wrapped = this.wrapped.get(prepared) ?? keys.wrap(dataKey);
    this.draft.put(DATA_KEYS, place, { ...wrapped, content, ...(idempotency && { idempotency }) });
    if (kind !== "void") this.draft.put(CONTENTS, { scope, digest: content }, seq);
    if (idempotency !== undefined) this.draft.put(IDEMPOTENCY, { scope, digest: idempotency }, { seq, content });
    if (subject !== undefined) this.draft.put(SUBJECTS, { scope, digest: fromHex(subject) }, seq);
    this.draft.put(NEXT, scope, seq + 1);
    const range = this.ranges.get(scope);
    if (range === undefined) this.ranges.set(scope, { first: seq, count: 1 });
    else range.count++;
    return { scope, seq, record: toHex(id), at: header.issuedAt, duplicate: false };
  }

  private async noteSuccession(
    { info: { scope }, prepared: { subject } }: GroupItem,
    { seq, superseded }: { readonly seq: number; readonly superseded: readonly number[] },
  ): Promise<void> {
    if (superseded.length === 0) return;
    this.draft.put(PREDECESSORS, { scope, seq }, superseded);
    for (const old of superseded) {
      this.draft.put(SUCCESSORS, { scope, seq: old }, seq);
      const { header } = await this.header(scope, old);
      if (header.subject === undefined || header.subject === subject) continue;
      // A successor under another business key leaves the old key without an active record.
      const key = { scope, digest: fromHex(header.subject) };
      if ((await this.draft.get(SUBJECTS, key)) === old) this.draft.del(SUBJECTS, key);
    }
  }
}
