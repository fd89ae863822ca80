import type { Agreement, Duty } from "../../sdk/chain/agreements.ts";
import type { ScopeHead } from "../../sdk/chain/anchors.ts";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import type { AgreementView } from "../../sdk/client/routes/agreements.ts";
import { isRevert } from "../../sdk/chain/errors.ts";
import { deliveriesScope } from "../../sdk/protocol/anchor.ts";
import type { Head } from "../exchange/head.ts";
import type { Applications } from "./applications.ts";
import { WorkingDays } from "./working-days.ts";

export interface ViewDependencies {
  readonly connection: LedgerConnection;
  readonly applications: Applications;
}

/** Describes agreements as they stand at one head. */
export function agreementViews({ view, now }: Head, { connection, applications }: ViewDependencies) {
  const days = new WorkingDays({ connection, view });

  const settlementOf = async (id: Agreement["id"]): Promise<number | undefined> => {
    try {
      return await view.settlementUntil(id);
    } catch (error) {
      if (isRevert(error)) return undefined; // The calendar does not reach that far.
      throw error;
    }
  };

  const dueOf = async (agreement: Agreement): Promise<AgreementView["due"]> => {
    const running = runningDuty(agreement, await view.head(deliveriesScope(agreement.id)));
    if (running === undefined) return undefined;
    const { duty, at } = running;
    const workingDaysLeft = now < at ? await days.left({ from: now, due: at }) : 0;
    return { duty, at, missed: now >= at, ...(workingDaysLeft !== undefined && { workingDaysLeft }) };
  };

  return async (agreement: Agreement): Promise<AgreementView> => {
    const { id, resource, provider, consumer, state, document, appliedAt, validFrom, validUntil, endedAt } = agreement;
    const [inForce, settlementUntil, due, application] = await Promise.all([
      view.isInForceAt(id, now),
      settlementOf(id),
      dueOf(agreement),
      applications.find(document),
    ]);
    return {
      id,
      resource,
      provider,
      consumer,
      state,
      inForce,
      document,
      appliedAt,
      validFrom,
      validUntil,
      ...(endedAt !== undefined && { endedAt }),
      ...(settlementUntil !== undefined && { settlementUntil }),
      maximumUses: agreement.maximumUses,
      reserved: agreement.reserved,
      askedOnce: agreement.askedOnce,
      extensionDays: agreement.extensionDays,
      extensionRequested: agreement.extensionRequested,
      ...(due && { due }),
      ...(application && { application: application.terms }),
    };
  };
}

/** The statutory duty that runs: reply while applied; supply from consent until the provider has settled a number. */
function runningDuty(
  { state, replyDue, supplyDue }: Agreement,
  deliveries: ScopeHead | undefined,
): { duty: Exclude<Duty, "none">; at: number } | undefined {
  if (state === "applied" && replyDue !== undefined) return { duty: "reply", at: replyDue };
  if (state === "agreed" && supplyDue !== undefined && (deliveries?.next ?? 0) === 0)
    return { duty: "supply", at: supplyDue };
  return undefined;
}
