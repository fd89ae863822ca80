import * as routes from "../../sdk/client/routes/catalogue.ts";
import { bind, type Binding } from "../http/bind.ts";
import type { Documents } from "./documents.ts";
import type { CatalogueService } from "./service.ts";

export interface CatalogueRouteDependencies {
  readonly catalogue: CatalogueService;
  readonly documents: Documents;
}

export const catalogueRoutes = ({ catalogue, documents }: CatalogueRouteDependencies): Binding[] => [
  bind(routes.listResources, async ({ query }) => ({ resources: await catalogue.list(query) })),
  bind(routes.getResource, ({ params }) => catalogue.get(params.id)),
  bind(routes.getSchema, ({ params }) => documents.get(params.digest)),
  bind(routes.getDocument, ({ params }) => documents.get(params.digest)),
  bind(routes.proposeResource, ({ body, idempotencyKey }) => catalogue.propose(body, idempotencyKey)),
  bind(routes.reviewResource, ({ params, body, idempotencyKey }) =>
    catalogue.review({ ...params, ...body }, idempotencyKey),
  ),
  bind(routes.publishResource, ({ params, body, idempotencyKey }) =>
    catalogue.publish({ ...params, ...body }, idempotencyKey),
  ),
  bind(routes.withdrawResource, ({ params, body, idempotencyKey }) =>
    catalogue.withdraw({ ...params, ...body }, idempotencyKey),
  ),
];
