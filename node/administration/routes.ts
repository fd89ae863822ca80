import * as routes from "../../sdk/client/routes/administration.ts";
import type { HeadDependencies } from "../exchange/head.ts";
import { bind, type Binding } from "../http/bind.ts";
import type { LedgerActionDependencies } from "../exchange/ledger-actions.ts";
import { nodeStatus, type NodeStatusDependencies } from "./node-status.ts";
import { ruleChangeRoutes } from "./rule-changes.ts";
import { ledgerRules } from "./rules.ts";

export const administrationRoutes = (
  dependencies: NodeStatusDependencies & HeadDependencies & LedgerActionDependencies,
): Binding[] => [
  bind(routes.showNode, () => nodeStatus(dependencies)),
  bind(routes.showRules, () => ledgerRules(dependencies)),
  ...ruleChangeRoutes(dependencies),
];
