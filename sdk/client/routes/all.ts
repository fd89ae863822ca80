import type { RouteDefinition } from "../route.ts";
import * as administration from "./administration.ts";
import * as agreements from "./agreements.ts";
import * as bids from "./bids.ts";
import * as catalogue from "./catalogue.ts";
import * as corrections from "./corrections.ts";
import * as deliveries from "./deliveries.ts";
import * as departments from "./departments.ts";
import * as destruction from "./destruction.ts";
import * as events from "./events.ts";
import * as headers from "./headers.ts";
import * as lineageActivities from "./lineage-activities.ts";
import * as lineageRecalls from "./lineage-recalls.ts";
import * as lineageStages from "./lineage-stages.ts";
import * as lineageTrace from "./lineage-trace.ts";
import * as lineageUse from "./lineage-use.ts";
import * as lineageWalk from "./lineage-walk.ts";
import * as node from "./node.ts";
import * as approvals from "./approvals.ts";
import * as operators from "./operators.ts";
import * as operations from "./operations.ts";
import * as projectAlerts from "./project-alerts.ts";
import * as projectSteps from "./project-steps.ts";
import * as projectUpkeep from "./project-upkeep.ts";
import * as projects from "./projects.ts";
import * as quality from "./quality.ts";
import * as records from "./records.ts";

const isRoute = (value: unknown): value is RouteDefinition =>
  typeof value === "object" && value !== null && "path" in value && "method" in value && "access" in value;

/** Every route of a node, in the order of the documentation. */
export const ROUTES: readonly RouteDefinition[] = [
  node,
  departments,
  catalogue,
  quality,
  records,
  headers,
  destruction,
  agreements,
  deliveries,
  corrections,
  lineageWalk,
  lineageTrace,
  lineageActivities,
  lineageStages,
  lineageUse,
  lineageRecalls,
  projects,
  projectSteps,
  projectUpkeep,
  projectAlerts,
  bids,
  operators,
  approvals,
  operations,
  administration,
  events,
]
  .flatMap((module): unknown[] => Object.values(module))
  .filter(isRoute);
