import { changeStatus } from "../../sdk/client/routes/records.ts";
import { unavailable } from "../exchange/head.ts";
import { bind, type Binding } from "../http/bind.ts";
import type { StatusService } from "./service.ts";

export interface StatusRouteDependencies {
  readonly status: StatusService;
  readonly newId: () => string;
}

export const statusRoutes = ({ status, newId }: StatusRouteDependencies): Binding[] => [
  bind(changeStatus, ({ params: { scope, seq }, body: { state, reason, effectiveFrom }, idempotencyKey }) => {
    const key = `${scope}/${seq}/${idempotencyKey === undefined ? `once/${newId()}` : `key/${idempotencyKey}`}`;
    return unavailable(() =>
      status.change({ scope, first: seq, state, reason, key, ...(effectiveFrom !== undefined && { effectiveFrom }) }),
    );
  }),
];
