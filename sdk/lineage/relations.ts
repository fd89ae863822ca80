import { RELATIONS } from "../protocol/parents.ts";

/** How one record comes from another (SPEC §14.4): the six relations of parents, and what deliveries and activities add. */
export const LINK_RELATIONS = [...RELATIONS, "delivered", "received", "receiptOf", "generated"] as const;
export type LinkRelation = (typeof LINK_RELATIONS)[number];

export const DIRECTIONS = ["up", "down"] as const;
export type Direction = (typeof DIRECTIONS)[number];
