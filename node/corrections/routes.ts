import * as routes from "../../sdk/client/routes/corrections.ts";
import { bind, type Binding } from "../http/bind.ts";
import type { CorrectionArrivals } from "./arrivals.ts";
import type { Corrections } from "./corrections.ts";

export interface CorrectionRouteDependencies {
  readonly corrections: Corrections;
  readonly arrivals: CorrectionArrivals;
}

export function correctionRoutes({ corrections, arrivals }: CorrectionRouteDependencies): Binding[] {
  return [
    bind(routes.requestCorrection, ({ params: { id, k }, body }) => corrections.request({ agreement: id, k, ...body })),
    bind(routes.listCorrections, async ({ query }) => ({ corrections: await corrections.list(query) })),
    bind(routes.answerCorrection, ({ params, body }) => corrections.answer(params.id, body)),
    bind(routes.getCorrectionEvidence, ({ params }) => corrections.evidence(params.id)),
    bind(routes.deliverCorrection, async ({ caller, body }) => {
      await arrivals.take(caller, body.evidence);
      return { stored: true } as const;
    }),
  ];
}
