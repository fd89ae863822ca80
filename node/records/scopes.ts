import { deliveriesScope, journalScope, receiptsScope, resourceScope } from "../../sdk/protocol/anchor.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { isProtocolKind, KINDS_OF_SCOPE } from "../../sdk/protocol/kinds.ts";
import { SCOPES, type StoredScope } from "../storage/keyspaces.ts";
import { StorageError } from "../storage/errors.ts";
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

export interface ScopeRegistryDependencies {
  readonly store: Store;
  readonly schemas: SchemaRegistry;
  /** USCC of the node's department. */
  readonly department: string;
}

/** The scopes that this node writes. */
export class ScopeRegistry {
  private readonly store: Store;
  private readonly schemas: SchemaRegistry;
  private readonly department: string;
  private readonly infos = new Map<Hex, ScopeInfo>();
  private named: Promise<void> | undefined;

  constructor({ store, schemas, department }: ScopeRegistryDependencies) {
    this.store = store;
    this.schemas = schemas;
    this.department = department;
  }

  /** Throws RecordError `scope.conflict`, `scope.schema-missing`, `scope.schema-unsupported`, StorageError `storage.unreadable`. */
  async register(info: ScopeInfo): Promise<void> {
    await (this.named ??= this.requireNames());
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

  /**
   * Every stored scope has the name that its settings give. Neighbouring keys share their beginnings on the disk: one
   * rotted bit renames a scope with all that is in it, and then its records would be missing and their numbers be given again.
   */
  private async requireNames(): Promise<void> {
    for (const { scope, settings } of await this.all())
      if (!isNamed(scope, settings, this.department)) throw new StorageError("storage.unreadable");
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

function isNamed(scope: Hex, settings: StoredScope, department: string): boolean {
  try {
    return nameOf(settings, department) === scope;
  } catch {
    // What names the resource or the agreement is no hexadecimal any more.
    return false;
  }
}

function nameOf({ kind, resource, agreement }: StoredScope, department: string): Hex | undefined {
  switch (kind) {
    case "resource":
      return resource && resourceScope(resource);
    case "deliveries":
      return agreement && deliveriesScope(agreement);
    case "receipts":
      return agreement && receiptsScope(agreement);
    case "journal":
      return journalScope(department);
  }
}

const settingsOf = ({ kind, resource, agreement, hash }: StoredScope): StoredScope => ({
  kind,
  ...(resource !== undefined && { resource }),
  ...(agreement !== undefined && { agreement }),
  hash,
});
