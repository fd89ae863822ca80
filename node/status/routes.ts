import { changeStatus } from "../../sdk/client/routes/records.ts";
import { unavailable } from "../exchange/head.ts";
import { bind, type Binding } from "../http/bind.ts";
import type { RecordService } from "../records/service.ts";
import type { StatusService } from "./service.ts";

export interface StatusRouteDependencies {
  readonly status: StatusService;
  readonly records: RecordService;
  readonly newId: () => string;
}

export const statusRoutes = ({ status, records, newId }: StatusRouteDependencies): Binding[] => [
  bind(changeStatus, async ({ params: { scope, seq }, body: { effectiveFrom, ...change }, idempotencyKey }) => {
    await records.view(scope, seq);
    const key = `${scope}/${seq}/${idempotencyKey === undefined ? `once/${newId()}` : `key/${idempotencyKey}`}`;
    return unavailable(() =>
      status.change({ ...change, scope, first: seq, key, ...(effectiveFrom !== undefined && { effectiveFrom }) }),
    );
  }),
];
