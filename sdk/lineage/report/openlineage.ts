import type { Hex } from "../../protocol/bytes.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { madeEvent, proofFacet } from "../openlineage/export.ts";
import { recordDataset } from "../openlineage/records.ts";
import type { TraceResult } from "../trace/collect.ts";
import { placeName, type TracedNode } from "../trace/types.ts";

/** A record as a data set, with the facet that carries its proof. */
const datasetOf = (node: TracedNode, ledger: Hex): JsonObject => ({
  ...recordDataset({ ledger, ...node }),
  facets: proofFacet({
    record: node.record,
    verdict: node.verdict,
    ...(node.line.proof && { proof: node.line.proof }),
  }),
});

/**
 * A trace as OpenLineage events: one run for each record that came from others. An activity is the run itself, of which
 * what it generated is the output; any other record is the output of the run that made it.
 */
export function traceEvents({ nodes, links }: TraceResult, ledger: Hex): readonly JsonObject[] {
  const byName = new Map(nodes.map((node) => [placeName(node), node]));
  const dataset = (name: string): readonly JsonObject[] => {
    const node = byName.get(name);
    return node === undefined ? [] : [datasetOf(node, ledger)];
  };
  const proven = links.filter(({ outcome }) => outcome === "link.proven");
  return nodes.flatMap((node): readonly JsonObject[] => {
    const name = placeName(node);
    const isActivity = node.kind === "activity";
    const sources = proven.filter(({ from, relation }) => placeName(from) === name && relation !== "generated");
    const products = proven.filter(({ to, relation }) => placeName(to) === name && relation === "generated");
    if (node.anchoredAt === undefined || (sources.length === 0 && products.length === 0)) return [];
    const made = madeEvent({
      id: node.record,
      at: node.anchoredAt,
      namespace: `urn:suyuan:department:${node.issuer}`,
      name: node.kind,
      inputs: sources.flatMap(({ to }) => dataset(placeName(to))),
      outputs: isActivity ? products.flatMap(({ from }) => dataset(placeName(from))) : [datasetOf(node, ledger)],
    });
    if (!isActivity) return [made];
    const run = made["run"] as JsonObject; // Of a run event.
    return [
      {
        ...made,
        run: {
          ...run,
          facets: proofFacet({ record: node.record, ...(node.line.proof && { proof: node.line.proof }) }),
        },
      },
    ];
  });
}
