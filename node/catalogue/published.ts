import type { LedgerView } from "../../sdk/chain/view.ts";
import { resourceScope } from "../../sdk/protocol/anchor.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { readHead, unavailable, type HeadDependencies } from "../exchange/head.ts";
import { onceAView } from "../exchange/once-a-view.ts";
import { HttpError } from "../http/errors.ts";
import type { Log } from "../ports.ts";
import type { RecordService, ScopeInfo } from "../records/service.ts";
import { RESOURCES } from "../storage/keyspaces.ts";
import { KeyedSerial } from "../storage/serial.ts";
import { put, type Store } from "../storage/store.ts";
import type { StoredInForce } from "../storage/stored-exchange.ts";
import { CatalogueError } from "./errors.ts";
import { findFamilyOf, resourceInfo, type KnownFamily } from "./families.ts";
import { ResourceGate } from "./gate.ts";

const HASH = "keccak256";
const DAY_MS = 86_400_000;
/** UTC+8. */
const OFFSET_MS = 8 * 3_600_000;

/** A resource of this department whose records the node takes or took. */
export interface OpenResource extends StoredInForce {
  readonly id: Hex;
  readonly scope: Hex;
  readonly known: KnownFamily;
}

export interface PublishedDependencies extends HeadDependencies {
  readonly store: Store;
  readonly records: RecordService;
  readonly log: Log;
}

/**
 * What this department has published, as the chain says it: each resource's scope is registered with the family of the
 * schema in force. The store remembers the last reading, so that intake goes on while the chain cannot be read.
 */
export class PublishedResources {
  private readonly department: string;
  private readonly dependencies: PublishedDependencies;
  private readonly open = new Map<Hex, OpenResource>();
  private readonly gate = new ResourceGate();
  /** The newest block at which each was read. */
  private readonly readAt = new Map<Hex, LedgerView>();
  private readonly turns = new KeyedSerial();
  private readonly once = onceAView<StoredInForce | undefined>();

  constructor({ department }: { readonly department: string }, dependencies: PublishedDependencies) {
    this.department = department;
    this.dependencies = dependencies;
  }

  /** Registers what is stored, then what the chain says: a publication that a crash kept from being registered is found here. */
  async start(): Promise<void> {
    const { store, log } = this.dependencies;
    const ids: Hex[] = [];
    for await (const [id, { inForce }] of store.iterate(RESOURCES)) {
      ids.push(id);
      if (inForce !== undefined) await this.register(id, inForce);
    }
    try {
      for (const id of ids) await this.refresh(id);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      log.warn({ code: error.code }, "the catalogue cannot be read; intake goes on with what was published before");
    }
  }

  /** The resource as it was last read; undefined when it was never published, or not by this department. */
  find(id: Hex): OpenResource | undefined {
    return this.open.get(id);
  }

  /** Scopes of a kind of record, withdrawn ones too. */
  scopesOf(kind: string): readonly Hex[] {
    return [...this.open.values()].filter(({ known }) => known.family.kind === kind).map(({ scope }) => scope);
  }

  /** Reads the chain, at its head or at a block that is known to be, and registers what it says. Throws HttpError `chain.unavailable`. */
  async refresh(id: Hex, at?: LedgerView): Promise<OpenResource | undefined> {
    const view = at ?? (await readHead(this.dependencies)).view;
    const inForce = await this.read(id, view);
    return this.turns.run(id, () => this.adopt(id, view, inForce));
  }

  /** A resource that takes records now, or at the block at which it was read last, when that is `at`. Throws CatalogueError `resource.*`; HttpError `chain.unavailable` when neither chain nor store knows it. */
  async requireOpen(id: Hex, at?: LedgerView): Promise<OpenResource> {
    const isRead = at !== undefined && this.readAt.get(id) === at;
    const found = isRead
      ? this.open.get(id)
      : await this.refresh(id, at).catch((error: unknown) => this.lastKnown(id, error));
    if (found === undefined) throw await this.whyNot(id);
    if (found.withdrawn) throw new CatalogueError("resource.not-published", { state: "withdrawn" });
    return found;
  }

  /** A resource whose records this node has, whether it takes more or not. Throws as `requireOpen`. */
  async require(id: Hex): Promise<OpenResource> {
    const found = this.open.get(id) ?? (await this.refresh(id));
    if (found === undefined) throw await this.whyNot(id);
    return found;
  }

  /** Runs an action for which the schema in force must not change meanwhile. */
  use<T>(id: Hex, action: () => Promise<T>): Promise<T> {
    return this.gate.use(id, action);
  }

  /** Runs an action that may change the schema in force, while nothing else uses the resource. */
  change<T>(id: Hex, action: () => Promise<T>): Promise<T> {
    return this.gate.change(id, action);
  }

  /** YYYY-MM-DD: documents are judged by the local day. */
  today(): string {
    return localDay(this.dependencies.clock());
  }

  private async adopt(
    id: Hex,
    view: LedgerView,
    inForce: StoredInForce | undefined,
  ): Promise<OpenResource | undefined> {
    const known = this.readAt.get(id);
    // What was read of an older block must not overtake what was read of a newer one.
    if (known !== undefined && known.block.number > view.block.number) return this.open.get(id);
    const found = inForce && (this.isAsStored(id, inForce) ? this.open.get(id) : await this.take(id, inForce));
    if (found === undefined) this.readAt.delete(id);
    else this.readAt.set(id, view);
    return found;
  }

  /** Registers another state of a resource than was known. */
  private async take(id: Hex, inForce: StoredInForce): Promise<OpenResource | undefined> {
    const { log, store } = this.dependencies;
    if (findFamilyOf(inForce.schema) === undefined) {
      log.error({ resource: id, version: inForce.version }, "no intake: no family has the published schema");
      this.open.delete(id);
      return undefined;
    }
    const scope = resourceScope(id);
    // Crash before this line: the next start reads the chain again.
    await store.write([put(RESOURCES, id, { scope, inForce })]);
    return this.register(id, inForce);
  }

  private async read(id: Hex, view: LedgerView): Promise<StoredInForce | undefined> {
    return this.once(view, id, () =>
      unavailable(async () => {
        // The version is mostly the one that is known: its terms are asked for at the same time.
        const known = this.open.get(id)?.version;
        const early = known === undefined ? undefined : view.terms(id, known);
        early?.catch(() => undefined); // Awaited if it was the right one.
        const found = await view.resource(id);
        if (found?.provider !== this.department || found.version === 0) return undefined;
        const terms = await (found.version === known ? early : view.terms(id, found.version));
        if (terms === undefined) throw new TypeError("a published version has terms");
        return { version: found.version, schema: terms.schema, withdrawn: found.state === "withdrawn" };
      }),
    );
  }

  private isAsStored(id: Hex, { version, schema, withdrawn }: StoredInForce): boolean {
    const known = this.open.get(id);
    return known?.version === version && known.schema === schema && known.withdrawn === withdrawn;
  }

  private async register(id: Hex, inForce: StoredInForce): Promise<OpenResource | undefined> {
    const known = findFamilyOf(inForce.schema);
    if (known === undefined) return undefined;
    const resource = { ...inForce, id, scope: resourceScope(id), known };
    await this.dependencies.records.registerScope(this.scopeInfo(resource));
    this.open.set(id, resource);
    return resource;
  }

  private scopeInfo({ id, known }: OpenResource): ScopeInfo {
    return { hash: HASH, ...resourceInfo({ resource: id, known }, () => this.today()) };
  }

  private lastKnown(id: Hex, error: unknown): OpenResource {
    const known = this.open.get(id);
    if (known === undefined || !(error instanceof HttpError)) throw error;
    return known;
  }

  private async whyNot(id: Hex): Promise<CatalogueError> {
    const { view } = await readHead(this.dependencies);
    const found = await unavailable(() => view.resource(id));
    if (found?.provider !== this.department) return new CatalogueError("resource.unknown");
    if (found.version === 0) return new CatalogueError("resource.not-published", { state: found.state });
    return new CatalogueError("resource.no-family");
  }
}

/** YYYY-MM-DD */
const localDay = (ms: number): string =>
  new Date(Math.floor((ms + OFFSET_MS) / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
