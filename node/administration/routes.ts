import * as routes from "../../sdk/client/routes/administration.ts";
import type { HeadDependencies } from "../exchange/head.ts";
import { bind, type Binding } from "../http/bind.ts";
import { nodeStatus, type NodeStatusDependencies } from "./node-status.ts";
import { ledgerRules } from "./rules.ts";

export const administrationRoutes = (dependencies: NodeStatusDependencies & HeadDependencies): Binding[] => [
  bind(routes.showNode, () => nodeStatus(dependencies)),
  bind(routes.showRules, () => ledgerRules(dependencies)),
];
