import { schemaDigest } from "../../sdk/protocol/schema.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { DOCUMENTS } from "../storage/keyspaces.ts";
import { put, type Store } from "../storage/store.ts";
import { CatalogueError } from "./errors.ts";

/** Documents that the chain names by the SHA-256 of their JCS: schemas, metadata, written reasons. */
export class Documents {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** Durable when it resolves. Returns the digest. */
  async keep(document: JsonObject): Promise<Hex> {
    const digest = schemaDigest(document);
    // Crash before this line: nothing names the document yet. After it: it is kept, whether the chain comes to name it or not.
    await this.store.write([put(DOCUMENTS, digest, document)]);
    return digest;
  }

  /** Throws CatalogueError `document.unknown`, `document.damaged`. */
  async get(digest: Hex): Promise<JsonObject> {
    const document = await this.store.get(DOCUMENTS, digest);
    if (document === undefined) throw new CatalogueError("document.unknown");
    if (schemaDigest(document) !== digest) throw new CatalogueError("document.damaged");
    return document;
  }
}
