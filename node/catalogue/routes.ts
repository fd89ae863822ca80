import * as routes from "../../sdk/client/routes/catalogue.ts";
import { bind, type Binding } from "../http/bind.ts";
import type { Documents } from "./documents.ts";
import type { CatalogueService } from "./service.ts";

export interface CatalogueRouteDependencies {
  readonly catalogue: CatalogueService;
  readonly documents: Documents;
}

/** Review, publication and withdrawal take effect once, so they are idempotent without a key. */
export const catalogueRoutes = ({ catalogue, documents }: CatalogueRouteDependencies): Binding[] => [
  bind(routes.listResources, async ({ query }) => ({ resources: await catalogue.list(query) })),
  bind(routes.getResource, ({ params }) => catalogue.get(params.id)),
  bind(routes.getSchema, ({ params }) => documents.schema(params.digest)),
  bind(routes.getDocument, ({ params }) => documents.get(params.digest)),
  bind(routes.proposeResource, ({ body, idempotencyKey }) => catalogue.propose(body, idempotencyKey)),
  bind(routes.reviewResource, ({ params, body }) => catalogue.review({ ...params, ...body })),
  bind(routes.publishResource, ({ params, body }) => catalogue.publish({ ...params, ...body })),
  bind(routes.withdrawResource, ({ params, body }) => catalogue.withdraw({ ...params, ...body })),
];
