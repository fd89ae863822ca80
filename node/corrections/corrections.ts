import { deliverCorrection, type CorrectionView } from "../../sdk/client/routes/corrections.ts";
import { receiptsScope } from "../../sdk/protocol/anchor.ts";
import { fromHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { evidenceJson } from "../../sdk/protocol/evidence.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { Parent } from "../../sdk/protocol/parents.ts";
import type { OpenExchanges } from "../exchange/open-exchanges.ts";
import { refusalOf, type Peers } from "../exchange/peers.ts";
import type { Clock } from "../ports.ts";
import { writeInJournal, type JournalDependencies } from "../records/journal-entry.ts";
import { CORRECTIONS, RECEPTIONS, SUBJECTS, SUCCESSORS } from "../storage/keyspaces.ts";
import { KeyedSerial } from "../storage/serial.ts";
import { put, type Operation, type Store } from "../storage/store.ts";
import type { StoredCorrection, StoredName } from "../storage/stored-exchange.ts";
import type { Words, CorrectionWords } from "./words.ts";
import { CorrectionError } from "./errors.ts";

export interface CorrectionsDependencies extends JournalDependencies {
  readonly store: Store;
  readonly words: CorrectionWords;
  readonly peers: Peers;
  readonly open: OpenExchanges;
  readonly clock: Clock;
  readonly ledger: Hex;
  /** Throws AgreementError `agreement.unknown`. */
  readonly partiesOf: (agreement: Hex) => Promise<{ readonly provider: string }>;
}

interface Asked {
  readonly agreement: Hex;
  readonly k: number;
  readonly index: number;
  readonly fields: readonly string[];
  readonly text: string;
}

type Decision = { readonly decision: "corrected" } | { readonly decision: "refused"; readonly basis: string };

/** Kinds of the open exchanges that hand requests and answers over. */
const REQUEST = "correction";
const ANSWER = "correction-answer";

/** Requests for correction and their answers, each a record of whoever makes it, handed over until the other side has it. */
export class Corrections {
  private readonly dependencies: CorrectionsDependencies;
  private readonly serial = new KeyedSerial();

  constructor(dependencies: CorrectionsDependencies) {
    this.dependencies = dependencies;
    dependencies.open.finishes(REQUEST, (id) => this.sendRequest(id as Hex)); // Named so by `request`.
    dependencies.open.finishes(ANSWER, (id) => this.sendAnswer(id as Hex)); // Named so by `answer`.
  }

  /**
   * Asks the provider of a record that was received to correct it. Asking again while no answer has come gives the same
   * request. Throws CorrectionError `correction.not-received`, `correction.not-settled`; RecordError.
   */
  request({ agreement, k, index, fields, text }: Asked): Promise<CorrectionView> {
    return this.serial.run(`${agreement}/${k}/${index}`, async () => {
      const { store, words, clock, ledger, open, partiesOf } = this.dependencies;
      const reception = await store.get(RECEPTIONS, { scope: agreement, seq: k });
      const found = reception?.state === "received" ? reception.records[index] : undefined;
      if (found === undefined) throw new CorrectionError("correction.not-received");
      const about: StoredName = { scope: found.scope, seq: found.seq, record: found.record };
      const waiting = await this.waiting(agreement, k, about.record);
      if (waiting !== undefined) return waiting;
      const { provider: recipient } = await partiesOf(agreement);
      const parent: Parent = { ledger, ...(await this.receipt(agreement, k)), relation: "quotes" };
      const at = Math.floor(clock() / 1000);
      const document = { agreement, k, ...about, recipient, fields: [...fields], text, at };
      const made = await writeInJournal(
        this.dependencies,
        { kind: "correction-request", document, parents: [parent] },
        ({ record, seq }) => {
          const sealed = words.seal(record, { fields, text });
          const common = { side: "consumer", department: recipient, agreement, k, about, at } as const;
          const stored: StoredCorrection = { ...common, request: seq, delivered: false, sealed: sealed.text };
          return [sealed.key, put(CORRECTIONS, record, stored), open.add(`${REQUEST}/${record}`)];
        },
      );
      open.wake();
      return this.view(made.record, await this.require(made.record));
    });
  }

  /** Says what was done about a request. Throws CorrectionError `correction.unknown`, `correction.answered`, `correction.no-successor`. */
  answer(id: Hex, decision: Decision): Promise<CorrectionView> {
    return this.serial.run(id, async () => {
      const { words, clock, ledger, open } = this.dependencies;
      const stored = await this.require(id);
      if (stored.side !== "provider") throw new CorrectionError("correction.unknown");
      if (stored.answer !== undefined) throw new CorrectionError("correction.answered");
      const { decision: outcome } = decision;
      const successor = outcome === "corrected" ? await this.successorOf(stored.about) : undefined;
      const named = successor ?? stored.about;
      const basis = decision.decision === "refused" ? decision.basis : undefined;
      const at = Math.floor(clock() / 1000);
      const document: JsonObject = {
        ...{ request: id, recipient: stored.department, outcome, ...named, at },
        ...(basis !== undefined && { basis }),
      };
      const before = await words.open(id, stored.sealed);
      const sealed = words.seal(id, { ...before, ...(basis !== undefined && { basis }) });
      const parents: Parent[] = [{ ledger, ...named, relation: "quotes" }];
      await writeInJournal(this.dependencies, { kind: "correction-answer", document, parents }, ({ record, seq }) => {
        const answer = { record, seq, outcome, at, ...(successor && { successor }), delivered: false };
        return [
          sealed.key,
          put(CORRECTIONS, id, { ...stored, answer, sealed: sealed.text }),
          open.add(`${ANSWER}/${id}`),
        ];
      });
      open.wake();
      return this.view(id, await this.require(id));
    });
  }

  /** All of them, the newest first. */
  async list({ agreement }: { readonly agreement?: Hex | undefined }): Promise<CorrectionView[]> {
    const found: CorrectionView[] = [];
    for await (const [id, stored] of this.dependencies.store.iterate(CORRECTIONS))
      if (agreement === undefined || stored.agreement === agreement) found.push(await this.view(id, stored));
    return found.sort((a, b) => b.at - a.at);
  }

  /** What the other party handed over. Throws CorrectionError `correction.unknown`. */
  async evidence(id: Hex): Promise<JsonObject> {
    const { sealed } = await this.require(id);
    const { evidence } = await this.dependencies.words.open(id, sealed);
    if (evidence === undefined) throw new CorrectionError("correction.unknown");
    return evidence;
  }

  private async waiting(agreement: Hex, k: number, record: Hex): Promise<CorrectionView | undefined> {
    const all = await this.list({ agreement });
    return all.find(
      ({ side, state, about, ...one }) =>
        side === "consumer" &&
        one.k === k &&
        about.record === record &&
        (state === "waiting" || state === "undelivered"),
    );
  }

  /** Our receipt of a delivery: what names a record of another department. Throws CorrectionError `correction.not-settled`. */
  private async receipt(agreement: Hex, k: number): Promise<StoredName> {
    const { records } = this.dependencies;
    const scope = receiptsScope(agreement);
    if (k >= (await records.count(scope))) throw new CorrectionError("correction.not-settled");
    const { record } = await records.view(scope, k);
    return { scope, seq: k, record };
  }

  /** What stands in a record's place: its newest successor, or the newer record of the same matter. Throws CorrectionError `correction.no-successor`. */
  private async successorOf({ scope, seq }: StoredName): Promise<StoredName> {
    const { store, records } = this.dependencies;
    const { header } = await records.view(scope, seq);
    let newest = seq;
    for (
      let next: number | undefined = seq;
      next !== undefined;
      next = await store.get(SUCCESSORS, { scope, seq: next })
    )
      newest = next;
    if (newest === seq && header.subject !== undefined)
      newest = (await store.get(SUBJECTS, { scope, digest: fromHex(header.subject) })) ?? seq;
    if (newest <= seq) throw new CorrectionError("correction.no-successor");
    const { record } = await records.view(scope, newest);
    return { scope, seq: newest, record };
  }

  /** Hands a request over once it is final. Throws RecordError `record.not-final`, HttpError `peer.*`: tried again later. */
  private async sendRequest(id: Hex): Promise<void> {
    const stored = await this.require(id);
    await this.send(`${REQUEST}/${id}`, { to: stored.department, seq: stored.request ?? 0 }, (code) =>
      put(CORRECTIONS, id, { ...stored, delivered: true, ...(code !== undefined && { code }) }),
    );
  }

  private async sendAnswer(id: Hex): Promise<void> {
    const stored = await this.require(id);
    const { answer } = stored;
    if (answer === undefined) return this.dependencies.store.write([this.dependencies.open.remove(`${ANSWER}/${id}`)]);
    await this.send(`${ANSWER}/${id}`, { to: stored.department, seq: answer.seq ?? 0 }, (code) =>
      put(CORRECTIONS, id, {
        ...stored,
        ...(code !== undefined && { code }),
        answer: { ...answer, delivered: code === undefined },
      }),
    );
  }

  private async send(
    name: string,
    { to, seq }: { readonly to: string; readonly seq: number },
    done: (code: string | undefined) => Operation,
  ): Promise<void> {
    const { store, records, peers, open, journal } = this.dependencies;
    const { evidence } = await records.evidence(journal, seq);
    let code: string | undefined;
    try {
      await peers.call(to, deliverCorrection, { body: { evidence: evidenceJson(evidence) } });
    } catch (error) {
      code = refusalOf(error)?.code;
      // A refusal for a passing reason is no answer.
      if (code?.startsWith("correction.") !== true) throw error;
    }
    await store.write([done(code), open.remove(name)]);
  }

  private async require(id: Hex): Promise<StoredCorrection> {
    const stored = await this.dependencies.store.get(CORRECTIONS, id);
    if (stored === undefined) throw new CorrectionError("correction.unknown");
    return stored;
  }

  private async view(id: Hex, stored: StoredCorrection): Promise<CorrectionView> {
    const { side, department, agreement, k, about, at, code, answer } = stored;
    const { fields, text, basis }: Words = await this.dependencies.words.open(id, stored.sealed);
    return {
      ...{ id, side, department, agreement, k, about, at, fields: [...fields], text, state: stateOf(stored) },
      ...(code !== undefined && { code }),
      ...(answer && {
        answer: {
          ...{ record: answer.record, at: answer.at, delivered: answer.delivered },
          ...(basis !== undefined && { basis }),
          ...(answer.successor && { successor: answer.successor }),
        },
      }),
    };
  }
}

function stateOf({ answer, code, delivered }: StoredCorrection): CorrectionView["state"] {
  if (answer !== undefined) return answer.outcome;
  if (code !== undefined) return "invalid";
  return delivered ? "waiting" : "undelivered";
}
