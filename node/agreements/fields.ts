import { getSchema } from "../../sdk/client/routes/catalogue.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { Path } from "../../sdk/protocol/claims.ts";
import { parsePattern } from "../../sdk/protocol/delivery.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { schemaDigest, subschemaAt } from "../../sdk/protocol/schema.ts";
import { readHead, type HeadDependencies } from "../exchange/head.ts";
import type { Peers } from "../exchange/peers.ts";
import type { Log } from "../ports.ts";

export interface FieldDependencies extends HeadDependencies {
  readonly peers: Peers;
  readonly log: Log;
}

/**
 * The first field that a resource's schema does not have. Asks the provider's node for the schema; a courtesy to the
 * applicant, so undefined too when it cannot be had now.
 */
export const unknownField =
  (dependencies: FieldDependencies) =>
  async (resource: Hex, fields: readonly string[]): Promise<number | undefined> => {
    if (fields.length === 0) return undefined;
    const schema = await fetchSchema(resource, dependencies);
    if (schema === undefined) return undefined;
    const index = fields.findIndex((field) => subschemaAt(schema, anyPosition(parsePattern(field))) === undefined);
    return index < 0 ? undefined : index;
  };

const anyPosition = (pattern: Path): Path => pattern.map((part) => (part === "*" ? 0 : part));

async function fetchSchema(resource: Hex, dependencies: FieldDependencies): Promise<JsonObject | undefined> {
  const { peers, log } = dependencies;
  try {
    const { view } = await readHead(dependencies);
    const found = await view.resource(resource);
    const terms = found && (await view.terms(resource, found.version));
    if (found === undefined || terms === undefined) return undefined;
    const schema = await peers.call(found.provider, getSchema, { params: { digest: terms.schema } });
    return schemaDigest(schema) === terms.schema ? schema : undefined;
  } catch (error) {
    log.warn(
      { resource, error: error instanceof Error ? error.name : "unknown" },
      "the fields of an application were not compared with the schema",
    );
    return undefined;
  }
}
