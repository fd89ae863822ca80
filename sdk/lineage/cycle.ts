/** A thing and the source it depends on, by name. */
export interface Dependency {
  readonly from: string;
  readonly to: string;
}

/**
 * A cycle among dependencies, as the names on it in order; undefined when there is none. Records cannot form one, their
 * parents being part of their hash; imported graphs can. Takes time in proportion to the graph, and no stack.
 */
export function findCycle(dependencies: Iterable<Dependency>): readonly string[] | undefined {
  const sources = new Map<string, string[]>();
  for (const { from, to } of dependencies) {
    const known = sources.get(from);
    if (known === undefined) sources.set(from, [to]);
    else known.push(to);
  }
  const done = new Set<string>();
  for (const start of sources.keys()) {
    if (done.has(start)) continue;
    const path: { readonly name: string; next: number }[] = [{ name: start, next: 0 }];
    const onPath = new Set([start]);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const source = sources.get(top.name)?.[top.next++];
      if (source === undefined) {
        done.add(top.name);
        onPath.delete(top.name);
        path.pop();
      } else if (onPath.has(source)) {
        const names = path.map(({ name }) => name);
        return names.slice(names.indexOf(source));
      } else if (!done.has(source)) {
        path.push({ name: source, next: 0 });
        onPath.add(source);
      }
    }
  }
  return undefined;
}
