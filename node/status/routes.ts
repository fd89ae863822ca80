import { changeStatus } from "../../sdk/client/routes/records.ts";
import { readHead, unavailable, type HeadDependencies } from "../exchange/head.ts";
import { bind, type Binding } from "../http/bind.ts";
import type { RecordService } from "../records/service.ts";
import type { StatusService } from "./service.ts";

export interface StatusRouteDependencies extends HeadDependencies {
  readonly status: StatusService;
  readonly records: RecordService;
  readonly newId: () => string;
}

export const statusRoutes = (dependencies: StatusRouteDependencies): Binding[] => [
  bind(changeStatus, async ({ params: { scope, seq }, body, idempotencyKey }) => {
    const { status, records, newId } = dependencies;
    await records.view(scope, seq);
    const { state, reason } = body;
    // From now, not from the last block: an idle chain's last block is old, and the record was good since then.
    const effectiveFrom = body.effectiveFrom ?? (await readHead(dependencies)).now;
    const key = `${scope}/${seq}/${idempotencyKey === undefined ? `once/${newId()}` : `key/${idempotencyKey}`}`;
    return unavailable(() => status.change({ scope, first: seq, state, reason, effectiveFrom, key }));
  }),
];
