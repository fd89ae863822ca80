import { z } from "zod";
import { DIRECTIONS, LINK_RELATIONS } from "../../lineage/relations.ts";
import { defineRoute } from "../route.ts";
import { hash, jsonObject, recordName, sequence, time, uscc } from "./wire.ts";

export const tag = "lineage 血缘";

/** Records told of in one answer at most. */
export const MAXIMUM_WALK_NODES = 10_000;
/** Hashes of a chain of records are finite; nobody's lineage is as deep as this. */
export const MAXIMUM_WALK_DEPTH = 1_000_000;

export const place = z.strictObject({ scope: hash, seq: sequence });
const start = place.extend({ depth: z.int().min(0).max(MAXIMUM_WALK_DEPTH) });
export const direction = z.enum(DIRECTIONS);
export const relation = z.enum(LINK_RELATIONS);
const link = place.extend({ relation });

/** A record of a package, with the positions of the claims handed over. */
export const packageItem = recordName.extend({ claims: z.array(z.int().min(0)) });

/** What a node says of lineage, a line each (SPEC §14.4). It is believed about nothing. */
export const lineageLine = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("node"),
    ...start.shape,
    record: hash,
    kind: z.string(),
    issuer: uscc,
    state: z.string(),
    /** Header, inclusion, anchor, disclosed parents and claims, in the form of an evidence; absent before it is final. */
    proof: jsonObject.optional(),
    /** What a delivery handed over or a receipt received, in the order of the package. */
    package: z.array(packageItem).optional(),
    /** The record by which its content was destroyed. */
    destroyed: recordName.optional(),
    /** Where it goes on, in the direction asked. */
    links: z.array(link),
    /** Links that the caller is not shown. */
    withheld: z.int().min(0),
  }),
  /** A record of another department that this one received, or a number whose record is not written yet. */
  z.strictObject({ type: z.literal("place"), ...start.shape, links: z.array(link) }),
  z.strictObject({ type: z.literal("unknown"), ...start.shape }),
  /** Asked about, and not anchored yet at the time asked about. */
  z.strictObject({ type: z.literal("later"), ...start.shape }),
  /** The last line. With a frontier, the walk goes on from there. */
  z.strictObject({ type: z.literal("end"), nodes: z.int().min(0), frontier: z.array(start) }),
]);
export type LineageLine = z.infer<typeof lineageLine>;
export type NodeLine = Extract<LineageLine, { type: "node" }>;

/** From one node's tracer to another's node. */
export const walkLineage = defineRoute({
  id: "walkLineage",
  method: "post",
  path: "/v1/lineage/walk",
  tag,
  summary: {
    zh: "本节点范围内的血缘,逐条附证明;本部门与监督可见全部,其他部门只见记录头与不可见数",
    en: "Lineage within this node's scopes, with proofs; its own department and oversight see all of it, others headers and how much is withheld",
  },
  access: "department",
  body: {
    kind: "json",
    schema: z.strictObject({
      direction,
      starts: z.array(start).min(1).max(MAXIMUM_WALK_NODES),
      depth: z.int().min(0).max(MAXIMUM_WALK_DEPTH),
      asOf: time.optional(),
      relations: z.array(relation).min(1).max(LINK_RELATIONS.length).optional(),
      limit: z.int().min(1).max(MAXIMUM_WALK_NODES).optional(),
      /** False: structure only. */
      proofs: z.boolean().optional(),
    }),
    maximumBytes: 4 * 1024 * 1024,
  },
  response: { kind: "ndjson", schema: lineageLine },
});

export const findByRecordId = defineRoute({
  id: "findByRecordId",
  method: "get",
  path: "/v1/lineage/ids/:record",
  tag,
  summary: { zh: "按记录标识查找其位置", en: "Where the record of an id stands" },
  access: "department",
  params: z.strictObject({ record: hash }),
  response: { kind: "json", schema: place },
  problems: ["lineage.unknown"],
});
