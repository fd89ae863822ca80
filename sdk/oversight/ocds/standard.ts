import schema from "../standards/ocds-release-1.1.4.json" with { type: "json" };
import type { JsonObject } from "../../protocol/json.ts";
import { mergeRules } from "./rules.ts";

/** The release schema of OCDS 1.1, as published. */
export const OCDS_RELEASE_SCHEMA = schema as unknown as JsonObject; // The import's own type is the whole file spelt out.
export const OCDS_RULES = mergeRules(OCDS_RELEASE_SCHEMA);
