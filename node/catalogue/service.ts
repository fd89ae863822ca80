import {
  proposeResourceCall,
  publishResourceCall,
  reviewResourceCall,
  withdrawResourceCall,
  type LedgerCall,
} from "../../sdk/chain/calls.ts";
import type { Resource } from "../../sdk/chain/catalogue.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import type { BodyOf } from "../../sdk/client/route.ts";
import type { proposeResource, ResourceView } from "../../sdk/client/routes/catalogue.ts";
import { families, findFamily } from "../../sdk/families/registry.ts";
import { resourceId, resourceScope } from "../../sdk/protocol/anchor.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { parseSchema } from "../../sdk/protocol/schema.ts";
import { readHead, unavailable, type HeadDependencies } from "../exchange/head.ts";
import { act, type Done, type LedgerActionDependencies } from "../exchange/ledger-actions.ts";
import type { Log } from "../ports.ts";
import type { RecordService } from "../records/service.ts";
import { RESOURCES } from "../storage/keyspaces.ts";
import { put, type Store } from "../storage/store.ts";
import type { Documents } from "./documents.ts";
import { CatalogueError } from "./errors.ts";

const HASH = "keccak256";
const ZERO_HASH: Hex = `0x${"00".repeat(32)}`;

export type Proposal = BodyOf<typeof proposeResource>;

export interface CatalogueDependencies extends HeadDependencies, LedgerActionDependencies {
  readonly store: Store;
  readonly records: RecordService;
  readonly documents: Documents;
  readonly log: Log;
}

/** The catalogue as this department acts on it: proposing, reviewing, publishing, and intake for what it publishes. */
export class CatalogueService {
  private readonly department: string;
  private readonly dependencies: CatalogueDependencies;

  constructor({ department }: { readonly department: string }, dependencies: CatalogueDependencies) {
    this.department = department;
    this.dependencies = dependencies;
  }

  /** Opens intake again for every resource of the department that the ledger has published. Call it before the core starts. */
  async start(): Promise<void> {
    const { store, connection, log } = this.dependencies;
    let view: LedgerView;
    try {
      view = await connection.view("latest");
    } catch (error) {
      // The stored families say what intake needs; the chain decides again at publication and at every anchor.
      log.warn({ code: codeOf(error) }, "the catalogue cannot be read; intake opens for what is stored");
      for await (const [id] of store.iterate(RESOURCES)) await this.register(id);
      return;
    }
    for await (const [id] of store.iterate(RESOURCES)) {
      if (((await view.resource(id))?.version ?? 0) > 0) await this.register(id);
    }
  }

  /** Throws CatalogueError `family.unknown`, `metadata.*`; ChainError `chain.revert`; HttpError `chain.unavailable`. */
  async propose(proposal: Proposal, idempotencyKey: string | undefined) {
    const { documents, store } = this.dependencies;
    const { code, name, shareClass, level, personal, updateCycleDays, retentionDays } = proposal;
    const family = findFamily(proposal.family);
    if (family === undefined) {
      throw new CatalogueError("family.unknown", {
        family: proposal.family,
        known: families.map(({ id }) => id).join(", "),
      });
    }
    this.checkMetadata(proposal);
    const id = resourceId(this.department, code);
    const schema = await documents.keep(family.schema);
    const metadata = await documents.keep(proposal.metadata);
    const legalBasis = proposal.legalBasis === undefined ? ZERO_HASH : await documents.keep(proposal.legalBasis);
    // Crash after this line and before the proposal is on chain: a family without a resource, which no start registers.
    await store.write([put(RESOURCES, id, { family: family.id, scope: resourceScope(id) })]);
    const terms = { shareClass, level, personal, schema, metadata, legalBasis, updateCycleDays, retentionDays };
    const done = await this.act(`resource/${id}/propose`, proposeResourceCall({ code, name, terms }), idempotencyKey);
    const version = (await this.require(id)).latest;
    return { ...done, id, scope: resourceScope(id), version, schema, metadata };
  }

  async review(
    { id, version, approve, reason }: { id: Hex; version: number; approve: boolean; reason?: string | undefined },
    idempotencyKey: string | undefined,
  ): Promise<Done> {
    const digest = reason === undefined ? {} : { reason: await this.dependencies.documents.keep({ reason }) };
    return this.act(
      `resource/${id}/review`,
      reviewResourceCall({ resource: id, version, approve, ...digest }),
      idempotencyKey,
    );
  }

  async publish(
    { id, version }: { id: Hex; version: number },
    idempotencyKey: string | undefined,
  ): Promise<Done & { scope: Hex }> {
    const done = await this.act(
      `resource/${id}/publish`,
      publishResourceCall({ resource: id, version }),
      idempotencyKey,
    );
    // Crash before this line: the next start finds the publication on chain and opens intake.
    await this.register(id);
    return { ...done, scope: resourceScope(id) };
  }

  withdraw({ id, reason }: { id: Hex; reason: number }, idempotencyKey: string | undefined): Promise<Done> {
    return this.act(`resource/${id}/withdraw`, withdrawResourceCall({ resource: id, reason }), idempotencyKey);
  }

  async list({
    provider,
    state,
  }: {
    provider?: string | undefined;
    state?: string | undefined;
  }): Promise<ResourceView[]> {
    const { view } = await readHead(this.dependencies);
    const found = await unavailable(() => view.resources());
    return found
      .filter(
        (one) => (provider === undefined || one.provider === provider) && (state === undefined || one.state === state),
      )
      .map(resourceView);
  }

  /** Throws CatalogueError `resource.unknown`. */
  async get(id: Hex) {
    const { view } = await readHead(this.dependencies);
    const found = await unavailable(() => view.resource(id));
    if (found === undefined) throw new CatalogueError("resource.unknown");
    const versions = [];
    for (let version = 1; version <= found.latest; version++) {
      const terms = await unavailable(() => view.terms(id, version));
      if (terms !== undefined)
        versions.push({ version, state: await unavailable(() => view.versionState(id, version)), ...terms });
    }
    return { ...resourceView(found), versions };
  }

  private async require(id: Hex): Promise<Resource> {
    const { view } = await readHead(this.dependencies);
    const found = await unavailable(() => view.resource(id));
    if (found === undefined) throw new CatalogueError("resource.unknown");
    return found;
  }

  private act(name: string, call: LedgerCall, idempotencyKey: string | undefined): Promise<Done> {
    return act({ name, call, idempotencyKey }, this.dependencies);
  }

  private async register(id: Hex): Promise<void> {
    const stored = await this.dependencies.store.get(RESOURCES, id);
    const family = stored === undefined ? undefined : findFamily(stored.family);
    if (family === undefined) {
      this.dependencies.log.error(
        { resource: id, family: stored?.family ?? "none" },
        "no intake: the family of this resource is not known here",
      );
      return;
    }
    await this.dependencies.records.registerScope({
      scope: resourceScope(id),
      kind: "resource",
      resource: id,
      schema: parseSchema(family.schema),
      recordKind: family.kind,
      hash: HASH,
      businessKey: (document) => family.businessKey(document),
      validate: (document) => family.validate(document),
    });
  }

  private checkMetadata({ metadata, shareClass, name, legalBasis }: Proposal): void {
    const mismatch = (member: string) => new CatalogueError("metadata.mismatch", { member });
    if (metadata.name !== name) throw mismatch("name");
    if (metadata.providerCode !== this.department) throw mismatch("providerCode");
    if (metadata.shareClass !== shareClass) throw mismatch("shareClass");
    if (shareClass === "not-shared" && legalBasis === undefined) throw new CatalogueError("metadata.legal-basis");
  }
}

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

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "unknown";
