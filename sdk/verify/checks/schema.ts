import type { LedgerView } from "../../chain/view.ts";
import { isSamePath, pathText, type Path } from "../../protocol/path.ts";
import type { Evidence } from "../../protocol/evidence.ts";
import { isProtocolKind, PROTOCOL_KINDS } from "../../protocol/kinds.ts";
import { ProtocolError } from "../../protocol/protocol-error.ts";
import { claimConforms, parseSchema, validityOf, type RecordSchema } from "../../protocol/schema.ts";
import { withChain, type Context } from "../context.ts";
import { fail, pass, type Finding } from "../report.ts";

/** The schema is the one named, was in force for the resource when the record was anchored, and is obeyed. */
export function checkSchema({ evidence, schema, chain }: Context): Finding | Promise<Finding> {
  const { header } = evidence;
  if (schema === undefined) return fail("schema.unreadable", schemaFault(evidence));
  if (schema.digest !== header.schema) return fail("schema.digest");
  if (isProtocolKind(header.kind)) {
    if (PROTOCOL_KINDS[header.kind].digest !== header.schema) return fail("schema.not-published");
    return findDisobedience(evidence, schema) ?? pass("schema.protocol");
  }
  // A stranger's schema is not run before the catalogue vouches for it: a pattern can be made to take for ever.
  return withChain(chain, async (view) => {
    const published = await checkPublished(view, evidence);
    return published.outcome === "pass" ? (findDisobedience(evidence, schema) ?? published) : published;
  });
}

async function checkPublished(view: LedgerView, { header, anchor }: Evidence): Promise<Finding> {
  if (header.resource === undefined) return fail("schema.not-published");
  const { state, version } = await view.publishedAt(header.resource, anchor.time);
  const terms = state === "published" ? await view.terms(header.resource, version, anchor.time) : undefined;
  return terms?.schema === header.schema ? pass("schema.published", { version }) : fail("schema.not-published");
}

function findDisobedience({ header, claims: { disclosed } }: Evidence, schema: RecordSchema): Finding | undefined {
  const stray = disclosed.find(({ path, value }) => !claimConforms(schema, path, value));
  if (stray) return fail("schema.value", { at: pathText(stray.path) });
  const valueOf = (wanted: Path) => disclosed.find(({ path }) => isSamePath(path, wanted))?.value;
  try {
    const { validFrom, validUntil } = validityOf(schema, valueOf);
    return validFrom === header.validFrom && validUntil === header.validUntil ? undefined : fail("schema.validity");
  } catch (error) {
    if (error instanceof ProtocolError) return fail("schema.validity");
    throw error;
  }
}

function schemaFault({ schema }: Evidence): Finding["values"] {
  try {
    parseSchema(schema);
    return {};
  } catch (error) {
    return error instanceof ProtocolError ? { ...error.values, rule: error.code } : {};
  }
}
