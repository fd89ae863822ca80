import { showSupply } from "../../sdk/client/routes/quality.ts";
import type { HeadDependencies } from "../exchange/head.ts";
import { bind, type Binding } from "../http/bind.ts";
import { ScopeSumsReader } from "./scope-sums.ts";
import { supplyOf } from "./supply.ts";

export function qualityRoutes(ledger: HeadDependencies): Binding[] {
  const dependencies = { ...ledger, sums: new ScopeSumsReader() };
  return [bind(showSupply, ({ params }) => supplyOf(params.id, dependencies))];
}
