import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { DisclosedClaim, Path } from "../../sdk/protocol/claims.ts";
import { parsePattern } from "../../sdk/protocol/delivery.ts";
import { findDisclosureFault } from "../../sdk/protocol/disclosure.ts";
import { grantJson, parseGrant, type Grant } from "../../sdk/protocol/evidence.ts";
import { recordId } from "../../sdk/protocol/header.ts";
import { fromHex } from "../../sdk/protocol/bytes.ts";
import { isJsonObject, parseJson, type Json, type JsonObject } from "../../sdk/protocol/json.ts";
import { PROTOCOL_KINDS } from "../../sdk/protocol/kinds.ts";
import { documentFaults } from "../../sdk/protocol/schema.ts";
import { applicationTerms, type ApplicationTerms } from "../../sdk/client/routes/agreements.ts";
import type { Sealed } from "../keys/sealed.ts";
import { APPLICATIONS } from "../storage/keyspaces.ts";
import { put, type Operation, type Store } from "../storage/store.ts";
import { AgreementError } from "./errors.ts";

/** An application document that proves its own id. */
export interface Application {
  readonly document: Hex;
  readonly grant: Grant;
  readonly resource: Hex;
  readonly consumer: string;
  readonly terms: ApplicationTerms;
  /** What is granted beside the required claims. */
  readonly patterns: readonly Path[];
}

/**
 * Reads an application from its header and claims: every claim disclosed and proved under the header's root, the content
 * conforming to the protocol's schema. Throws AgreementError `application.mismatch`, ProtocolError `shape.*`.
 */
export function readApplication(value: JsonObject): Application {
  const grant = parseGrant(value);
  const { header, claims } = grant;
  const schema = PROTOCOL_KINDS.application;
  if (header.kind !== "application" || header.schema !== schema.digest) throw mismatch("kind");
  const { hash, claimsRoot, claimCount: count } = header;
  const { disclosed, proof } = claims;
  const { required } = schema;
  if (findDisclosureFault({ hash, disclosed, proof, root: fromHex(claimsRoot), count, required }) !== undefined)
    throw mismatch("claims");
  const document = documentOf(disclosed);
  if (documentFaults(schema, document).length > 0) throw mismatch("schema");
  const { resource, consumer, ...rest } = document;
  const terms = applicationTerms.safeParse({ fields: [], ...rest });
  if (!terms.success || consumer !== header.issuer) throw mismatch("claims");
  return {
    document: toHex(recordId(header)),
    grant,
    resource: resource as Hex, // The schema has checked its form.
    consumer,
    terms: terms.data,
    patterns: terms.data.fields.map(parsePattern),
  };
}

const mismatch = (part: string): AgreementError => new AgreementError("application.mismatch", { part });

/** The document of a flat kind whose only container is `fields`. */
function documentOf(disclosed: readonly DisclosedClaim[]): Record<string, Json> {
  const document: Record<string, Json> = {};
  const fields: Json[] = [];
  for (const { path, value } of disclosed) {
    const [name, position] = path;
    if (typeof name !== "string") throw mismatch("claims");
    if (name === "fields" && position !== undefined) {
      // Every position, in order: a field that is not disclosed is not granted, and a hole would shift the others.
      if (path.length !== 2 || typeof position !== "number") throw mismatch("claims");
      fields[position] = value; // A claim's value is JSON.
    } else if (path.length === 1)
      document[name] = value; // As above.
    else throw mismatch("claims");
  }
  if (fields.length > 0 && fields.length !== Object.keys(fields).length) throw mismatch("claims");
  return fields.length > 0 ? { ...document, fields } : document;
}

/** Application documents, ours and those handed to us, sealed at rest. */
export class Applications {
  private readonly store: Store;
  private readonly sealed: Sealed;

  constructor({ store, sealed }: { readonly store: Store; readonly sealed: Sealed }) {
    this.store = store;
    this.sealed = sealed;
  }

  /** The writes that keep a document; it is durable when the caller's batch is. */
  keep(agreement: Hex, application: Application): readonly Operation[] {
    const { document, grant, resource } = application;
    const { text: sealed, key } = this.sealed.seal(placeOf(document), JSON.stringify(grantJson(grant)));
    return [key, put(APPLICATIONS, document, { agreement, resource, sealed })];
  }

  /** Undefined when this node does not hold it. Throws AgreementError `application.damaged` when what is stored is another document. */
  async find(document: Hex): Promise<Application | undefined> {
    const stored = await this.store.get(APPLICATIONS, document);
    if (stored === undefined) return undefined;
    const value = parseJson(await this.sealed.open(placeOf(document), stored.sealed));
    if (!isJsonObject(value)) throw new AgreementError("application.damaged");
    const application = readApplication(value);
    if (application.document !== document) throw new AgreementError("application.damaged");
    return application;
  }
}

const placeOf = (document: Hex): string => `applications/${document}`;
