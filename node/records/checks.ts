import { fromHex, utf8, type Hex } from "../../sdk/protocol/bytes.ts";
import { flatten } from "../../sdk/protocol/claims.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { isProtocolKind, PROTOCOL_KINDS } from "../../sdk/protocol/kinds.ts";
import type { Parent } from "../../sdk/protocol/parents.ts";
import { ProtocolError } from "../../sdk/protocol/protocol-error.ts";
import { claimConforms, type RecordSchema } from "../../sdk/protocol/schema.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import { RecordError } from "./errors.ts";
import type { Finding, RecordInput, RecordRefusal, ScopeInfo } from "./model.ts";
import { payloadBytes } from "./payload.ts";
import { isKindOf } from "./scopes.ts";
import { SchemaFinding, type SchemaRegistry } from "./schemas.ts";

/** An input that may become a record: checked as far as that goes without its number. */
export interface PreparedRecord {
  readonly kind: string;
  readonly schema: RecordSchema;
  readonly document: JsonObject;
  readonly parents: readonly Parent[];
  /** Canonical bytes of document and parents. */
  readonly plaintext: Uint8Array;
  /** Keyed digest of the content; undefined for kinds of which equal ones are different records. */
  readonly content: Uint8Array;
  readonly idempotency?: Uint8Array;
  readonly subject?: Hex;
}

const IDEMPOTENCY_FORM = /^[\x21-\x7e]{1,128}$/;

export const refusal = (error: RecordError, findings: readonly Finding[] = []): RecordRefusal => ({ error, findings });

/** Checks one input against kind, schema and family. Returns a refusal; throws only for programming mistakes. */
export function prepare(
  { info, input }: { readonly info: ScopeInfo; readonly input: RecordInput },
  { keys, schemas }: { readonly keys: KeyRing; readonly schemas: SchemaRegistry },
): PreparedRecord | RecordRefusal {
  const { document, parents = [], idempotencyKey, kind = info.recordKind } = input;
  if (!isKindOf(info, kind)) return refusal(new RecordError("record.kind", { kind: kind.slice(0, 32) }));
  const schema = schemaOf(info, kind);
  if (idempotencyKey !== undefined && !IDEMPOTENCY_FORM.test(idempotencyKey)) {
    return refusal(new RecordError("record.idempotency-key"));
  }
  try {
    const refused = checkContent({ info, kind, schema, document, schemas });
    if (refused !== undefined) return refused;
    const subject = subjectOf({ info, document, keys });
    if (subject instanceof RecordError) return refusal(subject);
    const plaintext = payloadBytes({ document, parents });
    const scope = fromHex(info.scope);
    return {
      ...{ kind, schema, document, parents, plaintext },
      content: keys.contentDigest("content", scope, utf8(`${kind}\n`), plaintext),
      ...(idempotencyKey !== undefined && {
        idempotency: keys.contentDigest("idempotency", scope, utf8(idempotencyKey)),
      }),
      ...(subject !== undefined && { subject }),
    };
  } catch (error) {
    if (error instanceof ProtocolError) return refusal(new RecordError("record.protocol", { code: error.code }, error));
    throw error;
  }
}

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
  readonly schemas: SchemaRegistry;
}

function checkContent({ info, kind, schema, document, schemas }: Content): RecordRefusal | undefined {
  const leaves = flatten(document);
  const violations = schemas.findings(schema, document);
  if (violations.length > 0) {
    // A family explains its own schema better than the schema does.
    const explained = info.validate?.(document) ?? [];
    return refusal(new RecordError("record.schema"), explained.length > 0 ? explained : violations);
  }
  // The verifier judges claim by claim: what would not pass there is not accepted here.
  const alien = leaves.find(({ path, value }) => !claimConforms(schema, path, value));
  if (alien !== undefined) return refusal(new RecordError("record.schema"), [new SchemaFinding(alien.path, "claim")]);
  const findings = info.validate?.(document) ?? [];
  if (findings.length > 0) return refusal(new RecordError("record.findings"), findings);
  if (kind !== "void" && info.agreement !== undefined && document.agreement !== info.agreement) {
    return refusal(new RecordError("record.schema"), [new SchemaFinding(["agreement"], "const")]);
  }
  return undefined;
}

function subjectOf({
  info: { businessKey, resource },
  document,
  keys,
}: {
  readonly info: ScopeInfo;
  readonly document: JsonObject;
  readonly keys: KeyRing;
}): Hex | RecordError | undefined {
  if (businessKey === undefined || resource === undefined) return undefined;
  const key = businessKey(document);
  return key === undefined || key === "" ? new RecordError("subject.missing") : keys.subject(resource, key);
}
