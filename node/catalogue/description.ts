import { getDocument, getSchema } from "../../sdk/client/routes/catalogue.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { isCodedError } from "../../sdk/protocol/errors.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { readHead, unavailable, type HeadDependencies } from "../exchange/head.ts";
import type { Peers } from "../exchange/peers.ts";
import { intact, type Documents } from "./documents.ts";
import { CatalogueError } from "./errors.ts";

export interface DescriptionDependencies extends HeadDependencies {
  readonly documents: Documents;
  readonly peers: Peers;
}

/** The newest published words about a resource, from here or from its provider, and what they promise to be by digest. */
export async function description(
  resource: Hex,
  dependencies: DescriptionDependencies,
): Promise<{ readonly metadata: JsonObject; readonly schema: JsonObject }> {
  const { documents, peers } = dependencies;
  const { view } = await readHead(dependencies);
  const found = await unavailable(() => view.resource(resource));
  const terms = found && (await unavailable(() => view.terms(resource, Math.max(1, found.version))));
  if (found === undefined || terms === undefined) throw new CatalogueError("resource.unknown");
  const fromProvider = async (route: typeof getSchema | typeof getDocument, digest: Hex) =>
    intact(digest, await peers.call(found.provider, route, { params: { digest } }));
  const [metadata, schema] = await Promise.all([
    documents.get(terms.metadata).catch(unlessUnknown(() => fromProvider(getDocument, terms.metadata))),
    documents.schema(terms.schema).catch(unlessUnknown(() => fromProvider(getSchema, terms.schema))),
  ]);
  return { metadata, schema };
}

const unlessUnknown =
  <T>(elsewhere: () => Promise<T>) =>
  (error: unknown): Promise<T> => {
    if (isCodedError(error) && error.code === "document.unknown") return elsewhere();
    throw error;
  };
