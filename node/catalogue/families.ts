import type { Family } from "../../sdk/families/family.ts";
import { families } from "../../sdk/families/registry.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { valueAt } from "../../sdk/protocol/claims.ts";
import { resourceScope } from "../../sdk/protocol/anchor.ts";
import type { HashName } from "../../sdk/protocol/hash.ts";
import { parseSchema, type RecordSchema } from "../../sdk/protocol/schema.ts";
import type { ScopeInfo } from "../records/model.ts";
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

/** What says how a resource's records are judged on a day. Survives structured cloning. */
export interface ResourceTerms {
  readonly resource: Hex;
  /** Digest of the published schema. */
  readonly schema: Hex;
  readonly hash: HashName;
  /** YYYY-MM-DD, in UTC+8. */
  readonly today: string;
}

/** The scope of a resource with the rules of its family. Throws CatalogueError `resource.no-family`. */
export function infoOfTerms({ resource, schema, hash, today }: ResourceTerms): ScopeInfo {
  const found = findFamilyOf(schema);
  if (found === undefined) throw new CatalogueError("resource.no-family");
  return { hash, ...resourceInfo({ resource, known: found }, () => today) };
}

/** `today` is asked for each document. */
export function resourceInfo(
  { resource, known: { family, schema } }: { readonly resource: Hex; readonly known: KnownFamily },
  today: () => string,
): Omit<ScopeInfo, "hash"> {
  return {
    scope: resourceScope(resource),
    kind: "resource",
    resource,
    schema,
    recordKind: family.kind,
    businessKey: (document) => {
      const key = valueAt(document, family.businessKeyPath);
      return typeof key === "string" ? key : undefined;
    },
    validate: (document) => family.validate(document, { asOf: today() }),
    review: (document) => family.review(document, { asOf: today() }),
  };
}
