import type { ResourceTerms } from "../../sdk/chain/catalogue.ts";
import { ZERO_HASH } from "../../sdk/chain/contracts.ts";
import type { BodyOf } from "../../sdk/client/route.ts";
import type { proposeResource } from "../../sdk/client/routes/catalogue.ts";
import { findSubschema, type FamilySchema } from "../../sdk/families/schema.ts";
import { resourceId } from "../../sdk/protocol/anchor.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { named, type NamedDocument } from "./documents.ts";
import { CatalogueError } from "./errors.ts";
import { requireFamily, type KnownFamily } from "./families.ts";

export type Proposal = BodyOf<typeof proposeResource>;

/** A proposal as the chain and the document store will have it. */
export interface PreparedProposal {
  readonly id: Hex;
  readonly code: string;
  readonly name: string;
  readonly terms: ResourceTerms;
  readonly documents: readonly NamedDocument[];
}

/** Throws CatalogueError `family.unknown`, `metadata.mismatch`, `metadata.item-unknown`. */
export function prepareProposal(proposal: Proposal, { department }: { readonly department: string }): PreparedProposal {
  const { code, name, shareClass, level, personal, updateCycleDays, retentionDays } = proposal;
  const known = requireFamily(proposal.family);
  requireMetadata(proposal, { department, known });
  const schema = named(known.schema.json);
  const metadata = named(proposal.metadata);
  const legalBasis = proposal.legalBasis && named(proposal.legalBasis);
  return {
    id: resourceId(department, code),
    code,
    name,
    terms: {
      shareClass,
      level,
      personal,
      schema: schema.digest,
      metadata: metadata.digest,
      legalBasis: legalBasis?.digest ?? ZERO_HASH,
      updateCycleDays,
      retentionDays,
    },
    documents: [schema, metadata, ...(legalBasis ? [legalBasis] : [])],
  };
}

/** What the metadata says twice it says the same, and what it lists exists: reviewers read it, verifiers read the chain. */
function requireMetadata(
  { metadata, name, shareClass }: Proposal,
  { department, known }: { readonly department: string; readonly known: KnownFamily },
): void {
  const expected = { name, providerCode: department, shareClass } as const;
  for (const member of ["name", "providerCode", "shareClass"] as const) {
    if (metadata[member] !== expected[member]) throw new CatalogueError("metadata.mismatch", { member });
  }
  const unknown = metadata.items.findIndex(({ path }) => !isMember(known, path));
  if (unknown >= 0) throw new CatalogueError("metadata.item-unknown", { number: unknown + 1 });
}

/** Names with dots between them; a list is passed through to its items. */
function isMember({ family }: KnownFamily, path: string): boolean {
  let current: FamilySchema | undefined = family.schema;
  for (const name of path.split(".")) {
    if (current !== undefined) current = findSubschema(current.items ?? current, [name]);
  }
  return current !== undefined;
}
