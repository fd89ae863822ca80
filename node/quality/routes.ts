import { showSupply } from "../../sdk/client/routes/quality.ts";
import type { HeadDependencies } from "../exchange/head.ts";
import { bind, type Binding } from "../http/bind.ts";
import { supplyOf } from "./supply.ts";

export const qualityRoutes = (dependencies: HeadDependencies): Binding[] => [
  bind(showSupply, ({ params }) => supplyOf(params.id, dependencies)),
];
