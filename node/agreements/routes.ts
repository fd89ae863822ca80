import {
  agreeCall,
  completeAgreementCall,
  decideExtensionCall,
  recordExpiryCall,
  recordMissedDeadlineCall,
  refuseCall,
  requestExtensionCall,
  requestSupplementCall,
  reserveCall,
  resumeAgreementCall,
  revokeAgreementCall,
  suspendAgreementCall,
} from "../../sdk/chain/agreement-calls.ts";
import * as routes from "../../sdk/client/routes/agreements.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { refusalOf } from "../exchange/peers.ts";
import { bind, type Binding } from "../http/bind.ts";
import type { Log } from "../ports.ts";
import type { HandOver } from "./hand-over.ts";
import type { AgreementService } from "./service.ts";
import { toldNotices, type ToldNoticesDependencies } from "./told-notices.ts";

export interface AgreementRouteDependencies extends ToldNoticesDependencies {
  readonly handOver: HandOver;
  readonly log: Log;
}

export function agreementRoutes(dependencies: AgreementRouteDependencies): Binding[] {
  const { agreements, notices, handOver, log } = dependencies;
  /** Tries at once, so that the caller hears the outcome; what fails now is tried again by the settler. */
  const deliver = async (agreement: Hex, document: Hex): Promise<boolean> => {
    try {
      await handOver.send(agreement, document);
      return true;
    } catch (error) {
      log.warn({ agreement, code: refusalOf(error)?.code ?? "unreachable" }, "the application was not handed over yet");
      return false;
    }
  };

  return [
    bind(routes.listAgreements, async ({ query }) => ({ agreements: await agreements.list(query) })),
    bind(routes.getAgreement, ({ params }) => agreements.get(params.id)),
    bind(routes.applyForAgreement, async ({ body, idempotencyKey }) => {
      const applied = await agreements.apply(body, idempotencyKey);
      return { ...applied, delivered: await deliver(applied.agreement, applied.document.record) };
    }),
    bind(routes.sendApplication, async ({ caller, body }) => {
      await agreements.receive(caller, body);
      return { stored: true } as const;
    }),
    bind(routes.answerAgreement, async ({ params: { id: agreement }, body, idempotencyKey }) => {
      const act = (call: Parameters<AgreementService["act"]>[2]) =>
        agreements.act(agreement, body.decision, call, idempotencyKey);
      switch (body.decision) {
        case "agree":
          await agreements.requireDocument(agreement);
          return act(agreeCall({ agreement }));
        case "refuse":
          return act(refuseCall({ agreement, basis: await notices.keep(agreement, "basis", body.basis) }));
        case "ask":
          return act(
            requestSupplementCall({ agreement, missing: await notices.keep(agreement, "missing", body.missing) }),
          );
      }
    }),
    bind(routes.supplementAgreement, ({ params, body, idempotencyKey }) =>
      agreements.supplement(params.id, body, idempotencyKey),
    ),
    bind(
      routes.requestExtension,
      async ({ params: { id: agreement }, body: { workingDays, reason }, idempotencyKey }) => {
        const digest = await notices.keep(agreement, "extension", reason);
        return agreements.act(
          agreement,
          "extension",
          requestExtensionCall({ agreement, workingDays, reason: digest }),
          idempotencyKey,
        );
      },
    ),
    bind(routes.decideExtension, ({ params: { id: agreement }, body: { grant }, idempotencyKey }) =>
      agreements.act(agreement, "extension-decision", decideExtensionCall({ agreement, grant }), idempotencyKey),
    ),
    bind(routes.suspendAgreement, ({ params: { id: agreement }, body: { reason }, idempotencyKey }) =>
      agreements.act(agreement, "suspend", suspendAgreementCall({ agreement, reason }), idempotencyKey),
    ),
    bind(routes.resumeAgreement, ({ params: { id: agreement }, idempotencyKey }) =>
      agreements.act(agreement, "resume", resumeAgreementCall({ agreement }), idempotencyKey),
    ),
    bind(routes.revokeAgreement, ({ params: { id: agreement }, body: { reason }, idempotencyKey }) =>
      agreements.act(agreement, "revoke", revokeAgreementCall({ agreement, reason }), idempotencyKey),
    ),
    bind(routes.completeAgreement, ({ params: { id: agreement }, idempotencyKey }) =>
      agreements.act(agreement, "complete", completeAgreementCall({ agreement }), idempotencyKey),
    ),
    bind(routes.recordExpiry, ({ params: { id: agreement }, idempotencyKey }) =>
      agreements.act(agreement, "expiry", recordExpiryCall({ agreement }), idempotencyKey),
    ),
    bind(routes.recordMissedDeadline, ({ params: { id: agreement }, body: { duty }, idempotencyKey }) =>
      agreements.act(agreement, `missed-${duty}`, recordMissedDeadlineCall({ agreement, duty }), idempotencyKey),
    ),
    bind(routes.reserveDeliveries, ({ params: { id: agreement }, body: { count }, idempotencyKey }) =>
      agreements.act(agreement, "reserve", reserveCall({ agreement, count }), idempotencyKey),
    ),
    bind(routes.listNotices, async ({ params: { id }, caller }) => ({
      notices: [...(await toldNotices(id, caller, dependencies))],
    })),
  ];
}
