import { isJsonObject, type Json } from "../../sdk/protocol/json.ts";

/** One change to a JSON value: the member or item at `path` gets `value`, or goes when there is none. */
export interface Change {
  readonly path: readonly (string | number)[];
  readonly value?: Json;
}

/** A copy of `json` with the change made; a member or item that is not there is added. */
export function mutate(json: Json, { path, value }: Change): Json {
  const [part, ...rest] = path;
  if (part === undefined) throw new TypeError("a change needs a place");
  const inner = (child: Json | undefined): Json | undefined =>
    rest.length === 0 ? value : mutate(child ?? null, { path: rest, ...(value !== undefined && { value }) });
  if (Array.isArray(json) && typeof part === "number") {
    const items = json as readonly Json[]; // Array.isArray.
    const changed = inner(items[part]);
    return [...items.slice(0, part), ...(changed === undefined ? [] : [changed]), ...items.slice(part + 1)];
  }
  if (!isJsonObject(json) || typeof part !== "string") throw new TypeError(`no place ${path.join()}`);
  const kept = Object.entries(json).filter(([name]) => name !== part);
  const changed = inner(Object.hasOwn(json, part) ? json[part] : undefined);
  // Object.fromEntries makes an own member of any name, "__proto__" included.
  return Object.fromEntries(changed === undefined ? kept : [...kept, [part, changed]]);
}
