import { type Dependency, findCycle } from "../cycle.ts";
import { valuesOf, type ProvBundle, type ProvDocument, type ProvStatement } from "./document.ts";
import { PROV_DEPENDENCIES } from "./terms.ts";

/** What depends on what in a document and its bundles. */
export function* provDependencies(document: ProvDocument): Generator<Dependency> {
  const bundles: readonly ProvBundle[] = [document, ...(document.bundles?.values() ?? [])];
  for (const { statements } of bundles) for (const statement of statements) yield* dependenciesOf(statement);
}

function* dependenciesOf(statement: ProvStatement): Generator<Dependency> {
  const names = PROV_DEPENDENCIES[statement.kind];
  if (names === undefined) return;
  for (const from of valuesOf(statement, names[0])) {
    for (const to of valuesOf(statement, names[1])) {
      if (typeof from === "string" && typeof to === "string") yield { from, to };
    }
  }
}

/** A cycle of dependencies in an imported document; undefined when there is none. */
export const findProvCycle = (document: ProvDocument): readonly string[] | undefined =>
  findCycle(provDependencies(document));
