import { canonicalize } from "../../protocol/canonical.ts";
import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";
import { OversightError } from "../errors.ts";
import { PLAIN_RULE, type MergeRule } from "./rules.ts";

/** One value that a field had, and the release that said so. */
export interface Version {
  readonly release: number;
  readonly value: Json;
}

export interface ObjectNode {
  readonly kind: "object";
  readonly members: Map<string, Node>;
}
export interface ListNode {
  readonly kind: "list";
  readonly items: ListItem[];
  readonly byId: Map<string, ListItem>;
}
export interface ListItem {
  /** As the first release wrote it; undefined where the object has none. */
  readonly id: Json | undefined;
  readonly node: ObjectNode;
}
export interface LeafNode {
  readonly kind: "leaf";
  readonly versions: Version[];
}
export type Node = ObjectNode | ListNode | LeafNode;

/** Arrays whose objects are not matched by `id`, for data whose ids are known to be wrong. */
export type ListMatching = "append" | "position";

export interface MergeOptions {
  readonly rules: MergeRule;
  /** `history` keeps every value (versioned release); without it null removes a field (compiled release). */
  readonly history: boolean;
  /** By the names of the fields on the way, joined by `.`. */
  readonly matching?: ReadonlyMap<string, ListMatching>;
}

export const emptyObject = (): ObjectNode => ({ kind: "object", members: new Map() });

/** Merges releases one after another into one tree (OCDS merging specification, "Merge routine"). */
export class ReleaseTree {
  readonly root = emptyObject();
  private readonly options: MergeOptions;

  constructor(options: MergeOptions) {
    this.options = options;
  }

  add(document: JsonObject, release: number): void {
    this.mergeObject(this.root, document, { rule: this.options.rules, path: [], release });
  }

  /** Throws `ocds.kind-changed` when the document does not merge with what is here, in whichever order they come. Changes nothing. */
  requireKinds(document: JsonObject): void {
    this.requireMembers(this.root, document, { rule: this.options.rules, path: [], release: 0 });
  }

  private requireMembers(node: ObjectNode, input: JsonObject, at: Place): void {
    for (const [key, value] of Object.entries(input)) {
      const rule = at.rule.members.get(key) ?? PLAIN_RULE;
      const member = node.members.get(key);
      if (rule.strategy === "omit" || member === undefined || value === null) continue;
      this.requireKind(member, value, { rule, path: [...at.path, key], release: at.release });
    }
  }

  private requireKind(node: Node, input: Json, at: Place): void {
    const isList = isListOfObjects(input) && at.rule.strategy !== "whole";
    if (!isList && !isJsonObject(input)) {
      if (node.kind !== "leaf") throw changedKind(at);
    } else if (!hasLeaf(input, at.rule)) return;
    else if (isJsonObject(input)) {
      const found = this.usable(node, "object", at);
      if (found !== undefined) this.requireMembers(found, input, at);
    } else {
      const found = this.usable(node, "list", at);
      for (const [position, object] of input.entries()) {
        const item = found && findItem(found, { object, position, matching: this.matchingAt(at) });
        if (item !== undefined) this.requireMembers(item.node, object, at);
      }
    }
  }

  private mergeObject(node: ObjectNode, input: JsonObject, at: Place): void {
    for (const [key, value] of Object.entries(input)) {
      const rule = at.rule.members.get(key) ?? PLAIN_RULE;
      if (rule.strategy === "omit") continue;
      const merged = this.mergeValue(node.members.get(key), value, {
        rule,
        path: [...at.path, key],
        release: at.release,
      });
      if (merged === undefined) node.members.delete(key);
      else node.members.set(key, merged);
    }
  }

  private mergeValue(node: Node | undefined, input: Json, at: Place): Node | undefined {
    if (isJsonObject(input)) return this.mergeMember(node, input, at);
    if (isListOfObjects(input) && at.rule.strategy !== "whole") return this.mergeList(node, input, at);
    if (!this.options.history) return input === null ? undefined : leafOf({ release: at.release, value: input });
    if (node === undefined) return leafOf({ release: at.release, value: input });
    if (input === null && node.kind !== "leaf") return emptied(node, at.release);
    if (node.kind !== "leaf") throw changedKind(at);
    addVersion(node, { release: at.release, value: input });
    return node;
  }

  private mergeMember(node: Node | undefined, input: JsonObject, at: Place): Node | undefined {
    if (!hasLeaf(input, at.rule)) return node;
    const target = this.usable(node, "object", at) ?? emptyObject();
    this.mergeObject(target, input, at);
    return target;
  }

  private mergeList(node: Node | undefined, input: readonly JsonObject[], at: Place): Node | undefined {
    if (!input.some((object) => hasLeaf(object, at.rule))) return node;
    const matching = this.matchingAt(at);
    const target: ListNode = this.usable(node, "list", at) ?? { kind: "list", items: [], byId: new Map() };
    for (const [position, object] of input.entries()) {
      if (!hasLeaf(object, at.rule)) continue;
      this.mergeObject(itemFor(target, { object, position, matching }).node, object, at);
    }
    return target;
  }

  private matchingAt({ path }: Place): ListMatching | undefined {
    return this.options.matching?.get(path.join("."));
  }

  /** The node when it has the wanted kind. A leaf that is null gives way; so does any other value in a compiled release. */
  private usable<Kind extends "object" | "list">(node: Node | undefined, kind: Kind, at: Place) {
    if (node === undefined) return undefined;
    if (node.kind === kind) return node as Extract<Node, { kind: Kind }>; // Just compared.
    if (node.kind === "leaf" && node.versions.every(({ value }) => value === null)) return undefined;
    throw changedKind(at);
  }
}

interface Place {
  readonly rule: MergeRule;
  /** The names of the fields, without positions in arrays. */
  readonly path: readonly string[];
  readonly release: number;
}

const changedKind = ({ path }: Place) => new OversightError("ocds.kind-changed", { path: `/${path.join("/")}` });

const leafOf = (version: Version): LeafNode => ({ kind: "leaf", versions: [version] });

/** One release says one thing of a field: of objects with one id in one release the last counts. */
function addVersion({ versions }: LeafNode, version: Version): void {
  if (versions.at(-1)?.release === version.release) versions.pop();
  const last = versions.at(-1);
  if (last === undefined || !isSame(last.value, version.value)) versions.push(version);
}

/** The same JSON value, in whatever order its members stand. */
function isSame(a: Json, b: Json): boolean {
  const isScalar = typeof a !== "object" || typeof b !== "object" || a === null || b === null;
  return isScalar ? a === b : canonicalize(a) === canonicalize(b);
}

/** Null in the place of a container: everything in it was removed by that release. */
function emptied(node: Node, release: number): Node {
  if (node.kind === "leaf") addVersion(node, { release, value: null });
  else if (node.kind === "object") for (const member of node.members.values()) emptied(member, release);
  else for (const { node: item } of node.items) emptied(item, release);
  return node;
}

function isListOfObjects(value: Json): value is readonly JsonObject[] {
  return Array.isArray(value) && (value as readonly Json[]).every((item) => isJsonObject(item)); // See above: no narrowing.
}

/** Objects in which nothing stands leave no trace in a merged release. */
function hasLeaf(value: Json, rule: MergeRule): boolean {
  if (isJsonObject(value))
    return Object.entries(value).some(([key, member]) => {
      const inner = rule.members.get(key) ?? PLAIN_RULE;
      return inner.strategy !== "omit" && hasLeaf(member, inner);
    });
  if (isListOfObjects(value) && rule.strategy !== "whole") return value.some((item) => hasLeaf(item, rule));
  return true;
}

interface Wanted {
  readonly object: JsonObject;
  readonly position: number;
  readonly matching: ListMatching | undefined;
}

function idOf({ id }: JsonObject): Json | undefined {
  return isJsonObject(id) || Array.isArray(id) ? undefined : id;
}

/** By what an object is known in its list; undefined: by nothing, it is always a new one. */
function keyOf({ object, position, matching }: Wanted): string | undefined {
  if (matching === "position") return String(position);
  const id = idOf(object);
  return id === undefined || matching === "append" ? undefined : canonicalize(id);
}

function findItem(list: ListNode, wanted: Wanted): ListItem | undefined {
  const key = keyOf(wanted);
  return key === undefined ? undefined : list.byId.get(key);
}

function itemFor(list: ListNode, wanted: Wanted): ListItem {
  const known = findItem(list, wanted);
  if (known !== undefined) return known;
  const [key, id] = [keyOf(wanted), idOf(wanted.object)];
  const item = { id, node: emptyObject() };
  list.items.push(item);
  if (key !== undefined) list.byId.set(key, item);
  return item;
}
