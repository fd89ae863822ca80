import type { Family } from "../../sdk/families/family.ts";
import { families } from "../../sdk/families/registry.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { parseSchema, type RecordSchema } from "../../sdk/protocol/schema.ts";
import { CatalogueError } from "./errors.ts";

/** A family with its schema as records name it. */
export interface KnownFamily {
  readonly family: Family;
  readonly schema: RecordSchema;
}

const known: readonly KnownFamily[] = families.map((family) => ({ family, schema: parseSchema(family.schema) }));

/** Throws CatalogueError `family.unknown`. */
export function requireFamily(id: string): KnownFamily {
  const found = known.find(({ family }) => family.id === id);
  if (found) return found;
  throw new CatalogueError("family.unknown", { known: known.map(({ family }) => family.id).join(", ") });
}

/** The family whose documents a published schema describes: the digest on chain decides, not what the node remembers. */
export const findFamilyOf = (schema: Hex): KnownFamily | undefined =>
  known.find((candidate) => candidate.schema.digest === schema);
