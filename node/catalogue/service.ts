import {
  proposeResourceCall,
  publishResourceCall,
  reviewResourceCall,
  withdrawResourceCall,
  type LedgerCall,
} from "../../sdk/chain/calls.ts";
import type { Resource, ResourceTerms } from "../../sdk/chain/catalogue.ts";
import { eventTopic } from "../../sdk/chain/contracts.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import type { ResourceView } from "../../sdk/client/routes/catalogue.ts";
import { resourceScope } from "../../sdk/protocol/anchor.ts";
import { utf8, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import { digest } from "../../sdk/protocol/hash.ts";
import type { Anchoring } from "../anchoring/service.ts";
import { readHead, unavailable, type HeadDependencies } from "../exchange/head.ts";
import { act, type Done, type LedgerActionDependencies } from "../exchange/ledger-actions.ts";
import type { Timer } from "../ports.ts";
import { RecordError } from "../records/errors.ts";
import type { RecordService } from "../records/service.ts";
import { RESOURCES } from "../storage/keyspaces.ts";
import { KeyedSerial } from "../storage/serial.ts";
import { put, type Store } from "../storage/store.ts";
import { named, type Documents } from "./documents.ts";
import { CatalogueError } from "./errors.ts";
import { findFamilyOf } from "./families.ts";
import { prepareProposal, type PreparedProposal, type Proposal } from "./proposal.ts";
import type { OpenResource, PublishedResources } from "./published.ts";

/** How long records that were taken under the schema in force may take to be anchored before another comes in force. */
export const DRAIN_MS = 60_000;

export interface CatalogueDependencies extends HeadDependencies, LedgerActionDependencies {
  readonly store: Store;
  readonly records: RecordService;
  readonly anchoring: Pick<Anchoring, "hurry">;
  readonly documents: Documents;
  readonly published: PublishedResources;
  readonly timer: Timer;
}

interface Proposed extends Done {
  readonly version: number;
}

/** The catalogue as this department acts on it. What the contract decides is left to it. */
export class CatalogueService {
  private readonly department: string;
  private readonly dependencies: CatalogueDependencies;
  private readonly proposals = new KeyedSerial();

  constructor({ department }: { readonly department: string }, dependencies: CatalogueDependencies) {
    this.department = department;
    this.dependencies = dependencies;
  }

  async list(filter: {
    readonly provider?: string | undefined;
    readonly state?: string | undefined;
    readonly search?: string | undefined;
  }): Promise<ResourceView[]> {
    const { view } = await readHead(this.dependencies);
    const all = await unavailable(() => view.resources());
    const some = all
      .filter(({ provider }) => filter.provider === undefined || filter.provider === provider)
      .filter(({ state }) => filter.state === undefined || filter.state === state);
    if (filter.search === undefined) return some.map(resourceView);
    const words = filter.search.toLowerCase().split(/\s+/u);
    const names = new Map((await unavailable(() => view.departments())).map(({ id, name }) => [id, name]));
    const texts = await Promise.all(some.map((one) => this.textOf(one, { view, names })));
    return some.filter((_, i) => words.every((word) => texts[i]?.includes(word))).map(resourceView);
  }

  /** What a resource is found by: what the chain says of it, and its description if that is here. */
  private async textOf(
    { id, name, code, provider, version }: Resource,
    { view, names }: { readonly view: LedgerView; readonly names: ReadonlyMap<string, string> },
  ): Promise<string> {
    const terms = await unavailable(() => view.terms(id, Math.max(1, version)));
    const described = terms && (await this.dependencies.documents.find(terms.metadata));
    return [name, code, id, provider, names.get(provider), described && JSON.stringify(described)]
      .join(" ")
      .toLowerCase();
  }

  /** Throws CatalogueError `resource.unknown`. */
  async get(id: Hex) {
    const { view } = await readHead(this.dependencies);
    return unavailable(async () => {
      const found = await view.resource(id);
      if (found === undefined) throw new CatalogueError("resource.unknown");
      const numbers = Array.from({ length: found.latest }, (_, i) => i + 1);
      return {
        ...resourceView(found),
        versions: await Promise.all(numbers.map((version) => versionOf(view, id, version))),
      };
    });
  }

  /**
   * Proposes a resource or its next version; the documents are durable before the chain names them. The same proposal
   * again, while it is under review, is the same version. Throws CatalogueError `family.unknown`, `metadata.*`,
   * `resource.key-used`; ChainError `chain.revert`; HttpError `chain.unavailable`.
   */
  async propose(proposal: Proposal, idempotencyKey: string | undefined) {
    const prepared = prepareProposal(proposal, { department: this.department });
    const { id, terms } = prepared;
    const done = await this.proposals.run(id, () => this.proposeOne(prepared, idempotencyKey));
    return { ...done, id, scope: resourceScope(id), schema: terms.schema, metadata: terms.metadata };
  }

  /** A reason is kept as a document; the chain has its digest. */
  async review({
    id,
    version,
    approve,
    reason,
  }: {
    id: Hex;
    version: number;
    approve: boolean;
    reason?: string | undefined;
  }): Promise<Done> {
    const { store, documents } = this.dependencies;
    const resource = id;
    const written =
      reason === undefined ? undefined : named({ format: "suyuan/review/1", resource, version, approve, reason });
    if (written !== undefined) await store.write([documents.keep(written)]);
    const call = reviewResourceCall({ resource, version, approve, ...(written && { reason: written.digest }) });
    return this.once(`resource/${id}/review/${version}/${approve ? "approve" : "reject"}`, call);
  }

  /**
   * Publishes an approved version and takes its records. When it brings another schema, what was taken under the old one
   * is anchored first: a record proves itself by the schema in force at its anchor. Throws CatalogueError
   * `resource.no-family`, RecordError `record.timeout`, ChainError `chain.revert`.
   */
  async publish({ id, version }: { id: Hex; version: number }): Promise<Done & { scope: Hex }> {
    const { published } = this.dependencies;
    const { view } = await readHead(this.dependencies);
    const [found, terms] = await unavailable(() => Promise.all([view.resource(id), view.terms(id, version)]));
    if (found?.provider === this.department && terms !== undefined && findFamilyOf(terms.schema) === undefined)
      throw new CatalogueError("resource.no-family");
    return published.change(id, async () => {
      const current = published.find(id);
      if (current !== undefined && version > current.version && terms?.schema !== current.schema)
        await this.drain(current);
      const done = await this.once(`resource/${id}/publish/${version}`, publishResourceCall({ resource: id, version }));
      // Crash before this line: the next start finds the publication on the chain.
      await published.refresh(id);
      return { ...done, scope: resourceScope(id) };
    });
  }

  /** Ends the sharing of a resource after what was taken is anchored; a record anchored later would not stand. */
  withdraw({ id, reason }: { id: Hex; reason: number }): Promise<Done> {
    const { published } = this.dependencies;
    return published.change(id, async () => {
      const current = published.find(id);
      if (current !== undefined && !current.withdrawn) await this.drain(current);
      const done = await this.once(`resource/${id}/withdraw/${reason}`, withdrawResourceCall({ resource: id, reason }));
      await published.refresh(id);
      return done;
    });
  }

  private async proposeOne(prepared: PreparedProposal, idempotencyKey: string | undefined): Promise<Proposed> {
    const { id, code, name, terms } = prepared;
    const { view } = await readHead(this.dependencies);
    const found = await unavailable(() => view.resource(id));
    const waiting = await unavailable(() => this.underReview(prepared, found, view));
    if (waiting !== undefined && idempotencyKey === undefined) return waiting;
    await this.keep(prepared);
    const call = proposeResourceCall({ code, name, terms });
    // The next number and the content name the proposal: after a crash the same transaction is found again.
    const key = idempotencyKey ?? `${(found?.latest ?? 0) + 1}/${toHex(digest("sha256", utf8(call.data)))}`;
    const done = await act({ name: `resource/${id}/propose`, call, idempotencyKey: key }, this.dependencies);
    const proposed = await this.readProposal(id, done.transaction);
    if (!isSameProposal(prepared, proposed)) throw new CatalogueError("resource.key-used");
    return { ...done, version: proposed.version };
  }

  /** Crash before this write: nothing is known of the proposal. After it, before the chain has it: documents that nobody names. */
  private async keep({ id, documents }: PreparedProposal): Promise<void> {
    const { store, documents: kept } = this.dependencies;
    const known = await store.get(RESOURCES, id);
    const resource = known === undefined ? [put(RESOURCES, id, { scope: resourceScope(id) })] : [];
    await store.write([...documents.map((document) => kept.keep(document)), ...resource]);
  }

  /** The newest version when it waits for its review and says exactly this. */
  private async underReview(
    prepared: PreparedProposal,
    found: Resource | undefined,
    view: LedgerView,
  ): Promise<Proposed | undefined> {
    const { id } = prepared;
    const version = found?.latest ?? 0;
    if (version === 0 || (await view.versionState(id, version)) !== "proposed") return undefined;
    const terms = await view.terms(id, version);
    if (terms === undefined || !areSameTerms(terms, prepared.terms)) return undefined;
    const events = await view.events("ResourceCatalogue", {
      topics: [eventTopic("ResourceCatalogue", "ResourceProposed"), id],
    });
    for (const { event, log } of events) {
      if (event.name !== "ResourceProposed" || event.args.version !== version) continue;
      return event.args.name === prepared.name
        ? { version, transaction: log.transaction, block: log.block }
        : undefined;
    }
    return undefined;
  }

  private async readProposal(id: Hex, transaction: Hex) {
    const { view } = await readHead(this.dependencies);
    return unavailable(async () => {
      const events = await view.events("ResourceCatalogue", {
        topics: [eventTopic("ResourceCatalogue", "ResourceProposed"), id],
      });
      for (const { event, log } of events) {
        if (event.name !== "ResourceProposed" || log.transaction !== transaction) continue;
        const { version, name } = event.args;
        return { version, name, terms: await view.terms(id, version) };
      }
      throw new TypeError("a proposal that took effect has its event");
    });
  }

  /**
   * Waits until everything taken so far is in a block, and that block's second is over: what changes within the second of
   * an anchor holds for that anchor already.
   */
  private async drain({ scope }: OpenResource): Promise<void> {
    const { records, anchoring, clock } = this.dependencies;
    const count = await records.count(scope);
    if (count === 0) return;
    const seq = count - 1;
    anchoring.hurry(scope);
    const { batch } = await records.waitFor(scope, seq, "anchored", { timeoutMs: DRAIN_MS });
    for (let waits = 0; Math.floor(clock() / 1000) <= (batch?.time ?? 0); waits++) {
      if (waits * 1000 >= DRAIN_MS) throw new RecordError("record.timeout", { seq, state: "anchored" });
      await this.untilNextSecond();
    }
  }

  private untilNextSecond(): Promise<void> {
    const { clock, timer } = this.dependencies;
    return new Promise((resolve) => void timer(1000 - (clock() % 1000), resolve));
  }

  /** What can take effect only once: repeating it gives the first transaction. */
  private once(name: string, call: LedgerCall): Promise<Done> {
    return act({ name, call, idempotencyKey: "once" }, this.dependencies);
  }
}

async function versionOf(view: LedgerView, id: Hex, version: number) {
  const [state, terms] = await Promise.all([view.versionState(id, version), view.terms(id, version)]);
  if (terms === undefined) throw new TypeError("a version has terms");
  return { version, state, ...terms };
}

const areSameTerms = (a: ResourceTerms, b: ResourceTerms): boolean => canonicalize({ ...a }) === canonicalize({ ...b });

const isSameProposal = (
  { name, terms }: PreparedProposal,
  found: { readonly name: string; readonly terms: ResourceTerms | undefined },
): boolean => found.name === name && found.terms !== undefined && areSameTerms(found.terms, terms);

const resourceView = ({ id, provider, code, name, state, version, latest }: Resource): ResourceView => ({
  id,
  scope: resourceScope(id),
  provider,
  code,
  name,
  state,
  version,
  latest,
});
