import * as routes from "../../sdk/client/routes/operations.ts";
import type { Anchoring } from "../anchoring/service.ts";
import type { Backups } from "../backup/backup.ts";
import { unavailable } from "../exchange/head.ts";
import { bind, type Binding } from "../http/bind.ts";

export interface OperationRouteDependencies {
  readonly anchoring: Anchoring;
  readonly backups: Backups;
}

export const operationRoutes = ({ anchoring, backups }: OperationRouteDependencies): Binding[] => [
  bind(routes.listAlarms, () =>
    Promise.resolve({
      alarms: anchoring.alarms.map(({ scope, alarm: { code, values }, at }) => ({
        scope,
        code,
        values: { ...values },
        at,
      })),
    }),
  ),
  bind(routes.resumeScope, ({ params: { scope } }) => {
    anchoring.resume(scope);
    return Promise.resolve({ scope });
  }),
  bind(routes.reanchorScope, async ({ params: { scope } }) => ({
    scope,
    batches: await unavailable(() => anchoring.reanchor(scope)),
  })),
  bind(routes.voidNumber, async ({ params: { scope, seq }, body: { reason } }) => {
    const { record } = await anchoring.void(scope, seq, reason);
    anchoring.resume(scope);
    return { scope, seq, record };
  }),
  bind(routes.backUp, async () => {
    const { name, keys, manifest } = await backups.make();
    return { name, keys, manifest };
  }),
];
