import { applyForCall, supplementCall } from "../../sdk/chain/agreement-calls.ts";
import type { Agreement } from "../../sdk/chain/agreements.ts";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import type { LedgerCall } from "../../sdk/chain/calls.ts";
import type { AgreementView, ApplicationTerms } from "../../sdk/client/routes/agreements.ts";
import { agreementId } from "../../sdk/protocol/anchor.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import { parsePattern } from "../../sdk/protocol/delivery.ts";
import { grantJson } from "../../sdk/protocol/evidence.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { readHead, unavailable, type Head, type HeadDependencies } from "../exchange/head.ts";
import { act, type Done, type LedgerActionDependencies } from "../exchange/ledger-actions.ts";
import type { OpenExchanges } from "../exchange/open-exchanges.ts";
import type { Caller } from "../http/signature.ts";
import { isRefusal } from "../records/model.ts";
import type { RecordService } from "../records/service.ts";
import type { Store } from "../storage/store.ts";
import { readApplication, type Application, type Applications } from "./applications.ts";
import { CatalogueError } from "../catalogue/errors.ts";
import { AgreementError } from "./errors.ts";
import { agreementViews } from "./views.ts";

/** How long an application may take to become final. */
const FINAL_WITHIN_MS = 120_000;

export interface AgreementServiceDependencies extends HeadDependencies, LedgerActionDependencies {
  readonly connection: LedgerConnection;
  readonly department: string;
  readonly store: Store;
  readonly records: RecordService;
  readonly applications: Applications;
  readonly open: OpenExchanges;
  /** Scope of the department's journal. */
  readonly journal: Hex;
  /** Opens it on chain unless it is open. */
  readonly openJournal: () => Promise<void>;
  /** Index of the first pattern that names nothing in the resource's schema. */
  readonly unknownField: (resource: Hex, fields: readonly string[]) => Promise<number | undefined>;
}

export interface Applied extends Done {
  readonly agreement: Hex;
  readonly document: { readonly scope: Hex; readonly seq: number; readonly record: Hex };
  readonly provider: string;
}

/** The agreements that concern this department, and what it does about them on chain. */
export class AgreementService {
  private readonly dependencies: AgreementServiceDependencies;

  constructor(dependencies: AgreementServiceDependencies) {
    this.dependencies = dependencies;
  }

  async list(filter: {
    side?: string | undefined;
    state?: string | undefined;
    resource?: string | undefined;
  }): Promise<AgreementView[]> {
    const head = await readHead(this.dependencies);
    return unavailable(async () => {
      const all = await head.view.agreements();
      const sides = await Promise.all(all.map((agreement) => this.sideOf(agreement, head)));
      const chosen = all.filter((agreement, i) => {
        const side = sides[i];
        const wanted = filter.side === undefined || filter.side === side;
        return side !== undefined && wanted && fits(agreement, filter);
      });
      return Promise.all(chosen.map(agreementViews(head, this.dependencies)));
    });
  }

  /** Throws AgreementError `agreement.unknown`. */
  async get(id: Hex): Promise<AgreementView> {
    const head = await readHead(this.dependencies);
    return unavailable(async () => agreementViews(head, this.dependencies)(await this.concerning(id, head)));
  }

  /** Does something to an agreement on chain. The contract decides whether this department may. */
  async act(id: Hex, name: string, call: LedgerCall, idempotencyKey: string | undefined): Promise<Done> {
    await this.agreement(id);
    return act({ name: `agreement/${id}/${name}`, call, idempotencyKey }, this.dependencies);
  }

  /** An agreement is agreed to on the ground of its document: without it nobody knows what is granted. */
  async requireDocument(id: Hex): Promise<Application> {
    const { document } = await this.agreement(id);
    const application = await this.dependencies.applications.find(document);
    if (application === undefined) throw new AgreementError("agreement.document-missing");
    return application;
  }

  /**
   * Applies: writes the document into the journal, waits until it is final, applies on chain under its record id, keeps it
   * and leaves it to be handed to the provider. Crash at any line: repeating the call with the same key continues.
   */
  async apply(
    { resource, ...terms }: ApplicationTerms & { readonly resource: Hex },
    idempotencyKey: string | undefined,
  ): Promise<Applied> {
    const { department } = this.dependencies;
    const provider = await this.providerOf(resource);
    await this.requireFields(resource, terms.fields);
    const { application, place } = await this.write({ resource, consumer: department, ...terms }, idempotencyKey);
    const { document } = application;
    const agreement = agreementId(department, resource, document);
    const { validFrom, validUntil, maximumUses } = terms;
    const call = applyForCall({ resource, document, validFrom, validUntil, maximumUses });
    const done = await act(
      { name: `agreement/${agreement}/apply`, call, idempotencyKey: "document" },
      this.dependencies,
    );
    await this.handOver(agreement, application);
    return { ...done, agreement, document: place, provider };
  }

  /** Answers the provider's one question with a new document. */
  async supplement(id: Hex, terms: ApplicationTerms, idempotencyKey: string | undefined): Promise<Done> {
    const { resource } = await this.agreement(id);
    await this.requireFields(resource, terms.fields);
    const { application } = await this.write(
      { resource, consumer: this.dependencies.department, ...terms },
      idempotencyKey,
    );
    const call = supplementCall({ agreement: id, document: application.document });
    const done = await act(
      { name: `agreement/${id}/supplement/${application.document}`, call, idempotencyKey: "document" },
      this.dependencies,
    );
    await this.handOver(id, application);
    return done;
  }

  /** Takes a document from the consumer's node when it is the one that the chain names. Throws `application.mismatch`, `agreement.not-party`. */
  async receive(
    caller: Caller,
    { agreement: id, header, claims }: { agreement: Hex; header: JsonObject; claims: JsonObject },
  ): Promise<void> {
    const { department, applications, store } = this.dependencies;
    const application = readApplication({ header, claims });
    const head = await readHead(this.dependencies);
    const agreement = await unavailable(() => head.view.agreement(id));
    if (agreement?.provider !== department || agreement.consumer !== caller.department)
      throw new AgreementError("agreement.not-party");
    if (application.document !== agreement.document) throw mismatch("document");
    if (application.resource !== agreement.resource) throw mismatch("resource");
    if (application.consumer !== agreement.consumer) throw mismatch("consumer");
    const { validFrom, validUntil, maximumUses } = application.terms;
    if (validFrom !== agreement.validFrom || validUntil !== agreement.validUntil) throw mismatch("period");
    if (maximumUses !== agreement.maximumUses) throw mismatch("maximumUses");
    await store.write(applications.keep(id, application));
  }

  /** Throws AgreementError `agreement.unknown`. */
  async agreement(id: Hex): Promise<Agreement> {
    const head = await readHead(this.dependencies);
    return unavailable(() => this.concerning(id, head));
  }

  /** Throws AgreementError `agreement.not-party` unless the caller is one side of an agreement of ours, or its authority. */
  async requireReader(id: Hex, caller: Caller): Promise<void> {
    const head = await readHead(this.dependencies);
    await unavailable(async () => {
      const found = await this.concerning(id, head);
      if ((await this.sideOf(found, head, caller.department)) === undefined)
        throw new AgreementError("agreement.not-party");
    });
  }

  private async concerning(id: Hex, head: Head): Promise<Agreement> {
    const found = await head.view.agreement(id);
    if (found === undefined || (await this.sideOf(found, head)) === undefined)
      throw new AgreementError("agreement.unknown");
    return found;
  }

  private async sideOf(
    { provider, consumer }: Agreement,
    { view }: Head,
    department = this.dependencies.department,
  ): Promise<"provider" | "consumer" | "authority" | undefined> {
    if (provider === department) return "provider";
    if (consumer === department) return "consumer";
    const [own, other] = await Promise.all([view.department(department), view.department(provider)]);
    const isAuthority = own?.role === "authority" && own.level === other?.level && own.region === other.region;
    return isAuthority ? "authority" : undefined;
  }

  private async providerOf(resource: Hex): Promise<string> {
    const { view } = await readHead(this.dependencies);
    const found = await unavailable(() => view.resource(resource));
    if (found === undefined) throw new CatalogueError("resource.unknown");
    return found.provider;
  }

  private async requireFields(resource: Hex, fields: readonly string[]): Promise<void> {
    for (const field of fields) parsePattern(field);
    const index = await this.dependencies.unknownField(resource, fields);
    if (index !== undefined) throw new AgreementError("application.field-unknown", { index });
  }

  private async write(
    document: ApplicationTerms & { resource: Hex; consumer: string },
    idempotencyKey: string | undefined,
  ) {
    const { records, journal, openJournal } = this.dependencies;
    const scope = journal;
    await unavailable(openJournal);
    const input = {
      kind: "application",
      document: plain(document),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    };
    const [result] = await records.accept(scope, [input]);
    if (result === undefined) throw new TypeError("no result for an input");
    if (isRefusal(result)) throw result.error;
    const { seq, record } = result;
    await records.waitFor(scope, seq, "final", { timeoutMs: FINAL_WITHIN_MS });
    const { evidence } = await records.evidence(scope, seq);
    const application = readApplication(grantJson({ header: evidence.header, claims: evidence.claims }));
    return { application, place: { scope, seq, record } };
  }

  private async handOver(agreement: Hex, application: Application): Promise<void> {
    const { store, applications, open } = this.dependencies;
    // Crash before this line: the application is on chain and not handed over; repeating the call comes here again.
    await store.write([
      ...applications.keep(agreement, application),
      open.add(`application/${agreement}/${application.document}`),
    ]);
    open.wake();
  }
}

const mismatch = (part: string): AgreementError => new AgreementError("application.mismatch", { part });

const fits = (
  agreement: Agreement,
  { state, resource }: { state?: string | undefined; resource?: string | undefined },
): boolean =>
  (state === undefined || agreement.state === state) && (resource === undefined || agreement.resource === resource);

/** Without members that are absent: what JSON would leave out anyway. */
const plain = (document: object): JsonObject =>
  JSON.parse(canonicalize(JSON.parse(JSON.stringify(document)) as JsonObject)) as JsonObject; // An object goes in.
