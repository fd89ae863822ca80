import { destroyRecord, getDestruction } from "../../sdk/client/routes/destruction.ts";
import { bind, type Binding } from "../http/bind.ts";
import type { Destruction, DestructionView } from "./service.ts";

export const destructionRoutes = ({ destruction }: { readonly destruction: Destruction }): Binding[] => [
  bind(destroyRecord, async ({ params, body }) => answer(await destruction.request({ ...params, ...body }))),
  bind(getDestruction, async ({ params: { scope, seq } }) => answer(await destruction.view(scope, seq))),
];

const answer = ({ scope, seq, state, intent, completion }: DestructionView) => ({
  scope,
  seq,
  state,
  intent: { ...intent },
  ...(completion !== undefined && { completion: { ...completion } }),
});
