import { fromHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { flatten } from "../../sdk/protocol/claims.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { isProtocolKind, PROTOCOL_KINDS } from "../../sdk/protocol/kinds.ts";
import type { Parent } from "../../sdk/protocol/parents.ts";
import { ProtocolError } from "../../sdk/protocol/protocol-error.ts";
import { claimConforms, claimsConform, type RecordSchema } from "../../sdk/protocol/schema.ts";
import { saltSeed } from "../keys/derive.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import { commitContent, type Committed } from "./commitment.ts";
import { RecordError } from "./errors.ts";
import type { Finding, RecordInput, RecordRefusal, ScopeInfo } from "./model.ts";
import { payloadBytes } from "./payload.ts";
import { isKindOf } from "./scopes.ts";
import { schemaFindings, SchemaFinding } from "./schemas.ts";

/** An input that may become a record: checked and committed as far as that goes without its number. */
export interface PreparedRecord extends Committed {
  readonly kind: string;
  /** Digest of its schema. */
  readonly schema: Hex;
  readonly parents: readonly Parent[];
  /** Canonical bytes of document and parents. */
  readonly plaintext: Uint8Array;
  /** The key of this payload alone; the salts of the commitment come from it. */
  readonly dataKey: Uint8Array;
  /** Keyed digest of the content. */
  readonly content: Uint8Array;
  readonly idempotency?: Uint8Array;
  readonly subject?: Hex;
  /** What a stream's record says its number is. */
  readonly k?: unknown;
}

/** Keyed digests for the indexes: those of a KeyRing. */
export type Digests = Pick<KeyRing, "contentDigest" | "subject">;

const IDEMPOTENCY_FORM = /^[\x21-\x7e]{1,128}$/;

export const refusal = (error: RecordError, findings: readonly Finding[] = []): RecordRefusal => ({ error, findings });

export interface Preparation {
  readonly info: ScopeInfo;
  readonly input: RecordInput;
  /** 32 fresh random bytes. */
  readonly dataKey: Uint8Array;
}

/** Checks one input against kind, schema and family, and commits it. Returns a refusal; throws only for programming mistakes. */
export function prepare({ info, input, dataKey }: Preparation, digests: Digests): PreparedRecord | RecordRefusal {
  const { document, parents = [], idempotencyKey, kind = info.recordKind } = input;
  if (!isKindOf(info, kind)) return refusal(new RecordError("record.kind", { kind: kind.slice(0, 32) }));
  const schema = schemaOf(info, kind);
  if (idempotencyKey !== undefined && !IDEMPOTENCY_FORM.test(idempotencyKey)) {
    return refusal(new RecordError("record.idempotency-key"));
  }
  try {
    const refused = checkContent({ info, kind, schema, document });
    if (refused !== undefined) return refused;
    const subject = subjectOf({ info, document }, digests);
    if (subject instanceof RecordError) return refusal(subject);
    const plaintext = payloadBytes({ document, parents });
    const { hash, scope } = info;
    const committed = commitContent({ document, parents, schema, seed: saltSeed(dataKey), hash });
    return {
      ...{ kind, schema: schema.digest, parents, plaintext, dataKey, ...committed, k: document.k },
      content: contentDigestOf({ scope, kind, plaintext }, digests),
      ...(idempotencyKey !== undefined && {
        idempotency: digests.contentDigest("idempotency", fromHex(scope), idempotencyKey),
      }),
      ...(subject !== undefined && { subject }),
    };
  } catch (error) {
    if (error instanceof ProtocolError) return refusal(new RecordError("record.protocol", { code: error.code }, error));
    throw error;
  }
}

/** Equal contents of a kind have equal digests within a scope. */
export const contentDigestOf = (
  { scope, kind, plaintext }: { readonly scope: Hex; readonly kind: string; readonly plaintext: Uint8Array },
  digests: Digests,
): Uint8Array => digests.contentDigest("content", fromHex(scope), `${kind}\n`, plaintext);

function schemaOf(info: ScopeInfo, kind: string): RecordSchema {
  if (info.kind !== "resource" && isProtocolKind(kind)) return PROTOCOL_KINDS[kind];
  if (info.schema === undefined) throw new RecordError("scope.schema-missing");
  return info.schema;
}

interface Content {
  readonly info: ScopeInfo;
  readonly kind: string;
  readonly schema: RecordSchema;
  readonly document: JsonObject;
}

function checkContent({ info, kind, schema, document }: Content): RecordRefusal | undefined {
  // The verifier judges claim by claim: what would not pass there is not accepted here.
  const isConforming = claimsConform(schema, document);
  const violations = schemaFindings(schema, document);
  if (violations.length > 0) {
    // A family explains its own schema better than the schema does.
    const explained = info.validate?.(document) ?? [];
    return refusal(new RecordError("record.schema"), explained.length > 0 ? explained : violations);
  }
  if (!isConforming) {
    const alien = flatten(document).find(({ path, value }) => !claimConforms(schema, path, value));
    return refusal(new RecordError("record.schema"), [new SchemaFinding(alien?.path ?? [], "claim")]);
  }
  const findings = (info.review ?? info.validate)?.(document) ?? [];
  if (findings.length > 0) return refusal(new RecordError("record.findings"), findings);
  if (kind !== "void" && info.agreement !== undefined && document.agreement !== info.agreement) {
    return refusal(new RecordError("record.schema"), [new SchemaFinding(["agreement"], "const")]);
  }
  return undefined;
}

function subjectOf(
  { info: { businessKey, resource }, document }: Pick<Content, "info" | "document">,
  digests: Digests,
): Hex | RecordError | undefined {
  if (businessKey === undefined || resource === undefined) return undefined;
  const key = businessKey(document);
  return key === undefined || key === "" ? new RecordError("subject.missing") : digests.subject(resource, key);
}
