import type { Hex } from "../../sdk/protocol/bytes.ts";
import { isProtocolKind, KINDS_OF_SCOPE } from "../../sdk/protocol/kinds.ts";
import { SCOPES, type StoredScope } from "../storage/keyspaces.ts";
import { put, type Store } from "../storage/store.ts";
import { RecordError } from "./errors.ts";
import type { ScopeInfo } from "./model.ts";
import type { SchemaRegistry } from "./schemas.ts";

/**
 * Whether callers may put a record of this kind into the scope: a resource takes its own kind only, and no caller voids a
 * number of the journal.
 */
export function isKindOf(info: ScopeInfo, kind: string): boolean {
  if (info.kind === "resource") return kind === info.recordKind;
  if (info.kind === "journal" && kind === "void") return false;
  return isProtocolKind(kind) && KINDS_OF_SCOPE[info.kind].includes(kind);
}

/** The scopes that this node writes. */
export class ScopeRegistry {
  private readonly store: Store;
  private readonly schemas: SchemaRegistry;
  private readonly infos = new Map<Hex, ScopeInfo>();

  constructor(store: Store, schemas: SchemaRegistry) {
    this.store = store;
    this.schemas = schemas;
  }

  /** Throws RecordError `scope.conflict`, `scope.schema-missing`, `scope.schema-unsupported`. */
  async register(info: ScopeInfo): Promise<void> {
    if (info.kind === "resource" && (info.schema === undefined || info.resource === undefined)) {
      throw new RecordError("scope.schema-missing");
    }
    const settings = settingsOf(info);
    const known = await this.store.get(SCOPES, info.scope);
    if (known !== undefined && JSON.stringify(settingsOf(known)) !== JSON.stringify(settings)) {
      throw new RecordError("scope.conflict");
    }
    const operations = info.schema === undefined ? [] : [...this.schemas.add(info.schema)];
    if (known === undefined) operations.push(put(SCOPES, info.scope, settings));
    // Crash before this line: the scope is unknown, or its schema is; the caller registers at every start.
    if (operations.length > 0) await this.store.write(operations);
    this.infos.set(info.scope, info);
  }

  find(scope: Hex): ScopeInfo | undefined {
    return this.infos.get(scope);
  }

  /** Throws RecordError `scope.unknown`. */
  get(scope: Hex): ScopeInfo {
    const info = this.infos.get(scope);
    if (info === undefined) throw new RecordError("scope.unknown");
    return info;
  }

  /** Every scope that was ever registered, whether its functions were given again in this process or not. */
  async all(): Promise<readonly { readonly scope: Hex; readonly settings: StoredScope }[]> {
    const scopes = [];
    for await (const [scope, settings] of this.store.iterate(SCOPES)) scopes.push({ scope, settings });
    return scopes;
  }
}

const settingsOf = ({ kind, resource, agreement, hash }: StoredScope): StoredScope => ({
  kind,
  ...(resource !== undefined && { resource }),
  ...(agreement !== undefined && { agreement }),
  hash,
});
