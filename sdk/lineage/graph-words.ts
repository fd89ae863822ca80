export const GRAPH_FORMATS = ["prov-json", "openlineage"] as const;
/** Whether something in a graph from elsewhere is its own source. */
export const GRAPH_CODES = ["lineage.acyclic", "lineage.cycle"] as const;
