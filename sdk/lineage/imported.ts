import { fromUtf8 } from "../protocol/bytes.ts";
import { isJsonObject, parseJson, parseJsonBytes, type Json } from "../protocol/json.ts";
import { ProtocolError } from "../protocol/protocol-error.ts";
import { findCycle, type Dependency } from "./cycle.ts";
import type { GRAPH_CODES, GRAPH_FORMATS } from "./graph-words.ts";
import { eventDependencies } from "./openlineage/graph.ts";
import { parseEvent, type OpenLineageEvent } from "./openlineage/validate.ts";
import { parseProv, type ProvDocument } from "./prov/document.ts";
import { provDependencies } from "./prov/graph.ts";

/** A graph that came from elsewhere. */
export type ImportedGraph =
  | { readonly format: "prov-json"; readonly document: ProvDocument }
  | { readonly format: "openlineage"; readonly events: readonly OpenLineageEvent[] };

/** What a graph from elsewhere says of itself. */
export interface GraphCheck {
  readonly format: (typeof GRAPH_FORMATS)[number];
  /** Statements of PROV, or events. */
  readonly statements: number;
  readonly dependencies: number;
  readonly code: (typeof GRAPH_CODES)[number];
  /** The names on the cycle, in order. */
  readonly cycle?: readonly string[];
}

/**
 * Reads a PROV-JSON document, or OpenLineage events: one, a list, or one a line. Throws ProtocolError `json.*`,
 * LineageError `prov.*`, `openlineage.*`.
 */
export function readGraph(bytes: Uint8Array): ImportedGraph {
  const values = valuesOf(bytes);
  const [first] = values;
  const isProv = values.length === 1 && first !== undefined && !isEvent(first);
  return isProv
    ? { format: "prov-json", document: parseProv(first) }
    : { format: "openlineage", events: values.map((value) => parseEvent(value)) };
}

const isEvent = (value: Json): boolean => isJsonObject(value) && typeof value["eventTime"] === "string";

function valuesOf(bytes: Uint8Array): readonly Json[] {
  try {
    const value = parseJsonBytes(bytes);
    return Array.isArray(value) ? (value as readonly Json[]) : [value];
  } catch (error) {
    const lines = isSyntax(error)
      ? fromUtf8(bytes)
          .split("\n")
          .filter((line) => line.trim() !== "")
      : [];
    if (lines.length < 2) throw error;
    return lines.map((line) => parseJson(line));
  }
}

const isSyntax = (error: unknown): boolean => error instanceof ProtocolError && error.code === "json.syntax";

/** Whether an imported graph has a cycle: then something in it would be its own source. */
export function checkGraph(graph: ImportedGraph): GraphCheck {
  const isProv = graph.format === "prov-json";
  const dependencies: readonly Dependency[] = [
    ...(isProv ? provDependencies(graph.document) : eventDependencies(graph.events)),
  ];
  const cycle = findCycle(dependencies);
  return {
    format: graph.format,
    statements: isProv ? statementsOf(graph.document) : graph.events.length,
    dependencies: dependencies.length,
    code: cycle === undefined ? "lineage.acyclic" : "lineage.cycle",
    ...(cycle && { cycle }),
  };
}

const statementsOf = ({ statements, bundles }: ProvDocument): number =>
  [...(bundles?.values() ?? [])].reduce((sum, bundle) => sum + bundle.statements.length, statements.length);
