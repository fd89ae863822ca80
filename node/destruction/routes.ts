import { destroyRecord, getDestruction } from "../../sdk/client/routes/destruction.ts";
import { unavailable } from "../exchange/head.ts";
import { bind, type Binding } from "../http/bind.ts";
import type { RecordService } from "../records/service.ts";
import type { Destruction, DestructionView } from "./service.ts";

export interface DestructionRouteDependencies {
  readonly destruction: Destruction;
  readonly records: RecordService;
  /** Opens the department's journal on chain unless it is open: a decision is a record of it. */
  readonly openJournal: () => Promise<void>;
}

export const destructionRoutes = ({ destruction, records, openJournal }: DestructionRouteDependencies): Binding[] => [
  bind(destroyRecord, ({ params, body }) =>
    unavailable(async () => {
      await records.view(params.scope, params.seq);
      await openJournal();
      return answer(await destruction.request({ ...params, ...body }));
    }),
  ),
  bind(getDestruction, async ({ params: { scope, seq } }) => answer(await destruction.view(scope, seq))),
];

const answer = ({ scope, seq, state, intent, completion }: DestructionView) => ({
  scope,
  seq,
  state,
  intent: { ...intent },
  ...(completion && { completion: { ...completion } }),
});
