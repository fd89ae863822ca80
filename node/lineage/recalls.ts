import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { deliverNotice, type RecallView } from "../../sdk/client/routes/lineage-recalls.ts";
import type { AcceptedReceipt } from "../../sdk/client/routes/records.ts";
import { LineageError } from "../../sdk/lineage/errors.ts";
import { recallListOf, type RecallList, type RecallRecipient } from "../../sdk/lineage/recall.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { evidenceJson } from "../../sdk/protocol/evidence.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { Trust } from "../../sdk/verify/trust.ts";
import { handedOver } from "../exchange/handed-over.ts";
import { readHead, unavailable } from "../exchange/head.ts";
import type { OpenExchanges } from "../exchange/open-exchanges.ts";
import type { OwnKey } from "../exchange/own-key.ts";
import { refusalOf, type Peers } from "../exchange/peers.ts";
import type { Caller } from "../http/signature.ts";
import type { Clock } from "../ports.ts";
import type { RecordService } from "../records/service.ts";
import type { ScopeSeq } from "../storage/codecs.ts";
import { LINEAGE_NOTICES, LINEAGE_RECALLS } from "../storage/keyspaces.ts";
import { put, type Store } from "../storage/store.ts";
import type { StoredNotice, StoredRecall, StoredRecallReceipt } from "../storage/stored-lineage.ts";
import { receiptOf } from "./receipts.ts";
import type { LineageService } from "./service.ts";
import type { Tracing } from "./tracing.ts";

export interface RecallDependencies {
  readonly department: string;
  readonly store: Store;
  readonly records: RecordService;
  readonly service: LineageService;
  readonly tracing: Tracing;
  readonly peers: Peers;
  readonly open: OpenExchanges;
  readonly ownKey: OwnKey;
  readonly connection: LedgerConnection;
  readonly trust: Trust;
  readonly clock: Clock;
  readonly ledger: Hex;
  readonly journal: Hex;
}

/** Kind of the open exchange that hands a notice over. */
const OPEN_KIND = "recall";
const DELIVERIES_A_NOTICE = 1000;

/** Notices of recall: written, handed over until they are acknowledged, received and answered. */
export class Recalls {
  private readonly dependencies: RecallDependencies;

  constructor(dependencies: RecallDependencies) {
    this.dependencies = dependencies;
    dependencies.open.finishes(OPEN_KIND, (seq) => this.send(Number(seq)));
  }

  /** Everyone who received a record or something made from it, as far as this department may see. */
  list(root: ScopeSeq, asOf?: number): Promise<RecallList> {
    const { tracing } = this.dependencies;
    const events = tracing.trace({ start: root, direction: "down", ...(asOf !== undefined && { asOf }) });
    return recallListOf(events, { root, consumerOf: (agreement) => this.consumerOf(agreement) });
  }

  /**
   * Writes one notice for each department that received the record from this one, and hands it over when it is final.
   * Recipients of recipients are told by those: only they know them. Throws LineageError `recall.not-affected`; RecordError.
   */
  async announce(
    root: ScopeSeq,
    { reason, instruction }: { readonly reason: string; readonly instruction?: string | undefined },
  ): Promise<readonly RecallView[]> {
    const { records, department, open } = this.dependencies;
    const { record } = await records.view(root.scope, root.seq);
    const { recipients } = await this.list(root);
    const others = recipients.filter((recipient) => recipient.department !== department);
    if (others.length === 0) throw new LineageError("recall.not-affected");
    const made: RecallView[] = [];
    for (const recipient of others)
      made.push(await this.write({ ...root, record }, recipient, { reason, instruction }));
    open.wake();
    return made;
  }

  async sent(): Promise<readonly RecallView[]> {
    const found: RecallView[] = [];
    for await (const [seq, { receipt, code, ...recall }] of this.dependencies.store.iterate(LINEAGE_RECALLS))
      found.push({ seq, ...recall, ...(code !== undefined && { code }), ...(receipt && { receipt: { ...receipt } }) });
    return found;
  }

  async received(): Promise<readonly (Omit<StoredNotice, "receipt"> & { readonly notice: Hex })[]> {
    const found: (Omit<StoredNotice, "receipt"> & { readonly notice: Hex })[] = [];
    for await (const [notice, { receipt: _receipt, ...stored }] of this.dependencies.store.iterate(LINEAGE_NOTICES))
      found.push({ notice, ...stored });
    return found;
  }

  /** Takes a notice of another department, writes the receipt and answers with it. Repeating it gives the same answer. Throws LineageError `recall.*`. */
  async take(caller: Caller, given: JsonObject): Promise<AcceptedReceipt> {
    const { store, department, clock, service, ownKey, ledger } = this.dependencies;
    const now = Math.floor(clock() / 1000);
    const { record: notice, kind, issuer, said, fault } = handedOver(given, this.dependencies);
    const known = await store.get(LINEAGE_NOTICES, notice);
    if (known !== undefined) return receiptOf({ ...known.receipt, duplicate: true }, { ownKey, ledger });
    if (kind !== "recall" || issuer !== caller.department)
      throw new LineageError("recall.invalid", { code: "scope.issuer" });
    const code = await fault();
    if (code !== undefined) throw new LineageError("recall.invalid", { code });
    if (said["recipient"] !== department) throw new LineageError("recall.not-recipient");
    const root = said as unknown as {
      readonly scope: Hex;
      readonly seq: number;
      readonly record: Hex;
      readonly reason: string;
    }; // The verified claims of a recall.
    const place = { scope: root.scope, seq: root.seq };
    const affected = await this.affected(place);
    const document = { notice, sender: issuer, outcome: "acknowledged", affected, at: now };
    const made = await service.write("recall-receipt", document, [], (accepted) => {
      const { scope, seq, record, at } = accepted;
      const receipt = { scope, seq, record, at };
      return [
        put(LINEAGE_NOTICES, notice, {
          sender: issuer,
          ...place,
          record: root.record,
          reason: root.reason,
          at: now,
          affected,
          receipt,
        }),
      ];
    });
    return receiptOf(made, { ownKey, ledger });
  }

  /** Own records that were made from a record of another department. */
  private async affected(root: ScopeSeq): Promise<number> {
    const { department } = this.dependencies;
    const { recipients, own } = await this.list(root);
    const mine = recipients.find((recipient) => recipient.department === department)?.derived ?? [];
    return new Set([...own, ...mine].filter(({ issuer }) => issuer === department).map(({ record }) => record)).size;
  }

  private async write(
    root: ScopeSeq & { readonly record: Hex },
    { department: recipient, deliveries }: RecallRecipient,
    { reason, instruction }: { readonly reason: string; readonly instruction?: string | undefined },
  ): Promise<RecallView> {
    const { service, clock, open, ledger } = this.dependencies;
    const document: JsonObject = {
      ...{ scope: root.scope, seq: root.seq, record: root.record, recipient, reason },
      at: Math.floor(clock() / 1000),
      deliveries: deliveries.slice(0, DELIVERIES_A_NOTICE).map(({ agreement, k }) => ({ agreement, k })),
      ...(instruction !== undefined && { instruction }),
    };
    const made = await service.write("recall", document, [{ ledger, ...root, relation: "quotes" }], (accepted) => {
      const stored: StoredRecall = { record: accepted.record, recipient, state: "pending" };
      return [put(LINEAGE_RECALLS, accepted.seq, stored), open.add(`${OPEN_KIND}/${accepted.seq}`)];
    });
    return { seq: made.seq, record: made.record, recipient, state: "pending" };
  }

  /** Hands a notice over once it is final. Throws RecordError `record.not-final`, HttpError `peer.*`: tried again later. */
  private async send(seq: number): Promise<void> {
    const { store, records, peers, open, journal } = this.dependencies;
    const stored = await store.get(LINEAGE_RECALLS, seq);
    const done = open.remove(`${OPEN_KIND}/${seq}`);
    if (stored?.state !== "pending") return store.write([done]);
    const { evidence } = await records.evidence(journal, seq);
    try {
      const answer = await peers.call(stored.recipient, deliverNotice, { body: { evidence: evidenceJson(evidence) } });
      const { scope, seq: number, record, at, key, signature } = answer;
      const receipt: StoredRecallReceipt = { scope, seq: number, record, at, key, signature };
      await store.write([put(LINEAGE_RECALLS, seq, { ...stored, state: "acknowledged", receipt }), done]);
    } catch (error) {
      const refusal = refusalOf(error)?.code;
      // A refusal for a passing reason is no answer to the notice.
      if (refusal?.startsWith("recall.") !== true) throw error;
      await store.write([put(LINEAGE_RECALLS, seq, { ...stored, state: "refused", code: refusal }), done]);
    }
  }

  private async consumerOf(agreement: Hex): Promise<string | undefined> {
    const { view } = await readHead(this.dependencies);
    return (await unavailable(() => view.agreement(agreement)))?.consumer;
  }
}
