import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { PROTOCOL_SCHEMAS } from "../../sdk/protocol/kinds.ts";
import { schemaDigest } from "../../sdk/protocol/schema.ts";
import { DOCUMENTS, SCHEMAS } from "../storage/keyspaces.ts";
import { put, type Operation, type Store } from "../storage/store.ts";
import { CatalogueError } from "./errors.ts";

/** A document and its name: the SHA-256 of its JCS, as the catalogue stores it. */
export interface NamedDocument {
  readonly digest: Hex;
  readonly json: JsonObject;
}

export const named = (json: JsonObject): NamedDocument => ({ digest: schemaDigest(json), json });

/** Documents that the chain names by digest: schemas, metadata, legal bases, reasons of a review. Public, all of them. */
export class Documents {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** Makes a document durable with the batch that the operation joins. */
  keep({ digest, json }: NamedDocument): Operation {
    return put(DOCUMENTS, digest, json);
  }

  /** Throws CatalogueError `document.unknown`, `document.damaged`. */
  async get(digest: Hex): Promise<JsonObject> {
    return intact(digest, await this.store.get(DOCUMENTS, digest));
  }

  /** Undefined when this node does not have it, or has it damaged. */
  async find(digest: Hex): Promise<JsonObject | undefined> {
    const json = await this.store.get(DOCUMENTS, digest);
    return json !== undefined && schemaDigest(json) === digest ? json : undefined;
  }

  /** A schema that this node published, made records with, or has from the protocol. Throws as `get`. */
  async schema(digest: Hex): Promise<JsonObject> {
    const protocol = PROTOCOL_SCHEMAS.get(digest);
    if (protocol !== undefined) return protocol.json;
    return intact(digest, (await this.store.get(SCHEMAS, digest)) ?? (await this.store.get(DOCUMENTS, digest)));
  }
}

/** Throws CatalogueError `document.unknown`, `document.damaged`: whoever asked by digest gets what has this digest, or nothing. */
export function intact(digest: Hex, json: JsonObject | undefined): JsonObject {
  if (json === undefined) throw new CatalogueError("document.unknown");
  if (schemaDigest(json) !== digest) throw new CatalogueError("document.damaged");
  return json;
}
