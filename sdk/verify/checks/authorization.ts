import type { Agreement } from "../../chain/agreements.ts";
import type { LedgerView } from "../../chain/view.ts";
import { deliveriesScope } from "../../protocol/anchor.ts";
import { packageDigestFrom } from "../../protocol/delivery.ts";
import type { Evidence, EvidenceDelivery } from "../../protocol/evidence.ts";
import { withChain, type Context } from "../context.ts";
import { fail, pass, type Finding } from "../report.ts";
import { checkGrant } from "./grant.ts";
import { CLOCK_TOLERANCE_SECONDS } from "./head.ts";

/**
 * What is disclosed was handed over under an agreement in force, in a reserved number, within what its application asks
 * for. Without a delivery only a resource that is shared unconditionally and holds no personal data passes, and only when
 * nobody asks to use it.
 */
export function checkAuthorization(context: Context): Promise<Finding> {
  const { evidence, policy, chain } = context;
  const { delivery } = evidence;
  if (delivery !== undefined) return checkDelivery(context, delivery);
  if (policy.name === "use") return Promise.resolve(fail("authorization.delivery-missing"));
  if (evidence.header.resource === undefined) return Promise.resolve(pass("authorization.not-needed"));
  return withChain(chain, async (view) =>
    (await isFree(view, evidence)) ? pass("authorization.not-needed") : fail("authorization.delivery-missing"),
  );
}

/** By the terms in force when the record was anchored. */
async function isFree(view: LedgerView, { header: { resource }, anchor }: Evidence): Promise<boolean> {
  if (resource === undefined) return true;
  const { version } = await view.publishedAt(resource, anchor.time);
  const terms = await view.terms(resource, version, anchor.time);
  return terms?.shareClass === "unconditional" && !terms.personal;
}

async function checkDelivery(context: Context, delivery: EvidenceDelivery): Promise<Finding> {
  const { evidence, recordHex, chain, now } = context;
  const { header, anchor, claims } = evidence;
  const { terms } = delivery;
  if (terms.ledger !== header.ledger) return fail("authorization.ledger");
  const item = { record: recordHex, claims: claims.disclosed.map(({ at }) => at) };
  if (packageDigestFrom(item, delivery.package) !== terms.packageDigest) return fail("authorization.package");
  if (terms.at < anchor.time - CLOCK_TOLERANCE_SECONDS || terms.at > now + CLOCK_TOLERANCE_SECONDS)
    return fail("authorization.time");
  return withChain(chain, async (view) => {
    const [agreement, inForce] = await Promise.all([
      view.agreement(terms.agreement),
      view.isInForceAt(terms.agreement, terms.at),
    ]);
    if (agreement === undefined) return fail("authorization.agreement-unknown");
    const sameParties =
      agreement.provider === header.issuer &&
      agreement.consumer === terms.consumer &&
      agreement.resource === header.resource;
    if (!sameParties) return fail("authorization.parties");
    return (
      checkGrant({ evidence, delivery, agreement }) ??
      (inForce ? undefined : fail("authorization.not-in-force")) ??
      (await checkNumber(view, { agreement, delivery, now })) ??
      pass("authorization.granted", { k: terms.k })
    );
  });
}

interface NumberQuestion {
  readonly agreement: Agreement;
  readonly delivery: EvidenceDelivery;
  readonly now: number;
}

/** Number k is reserved, and settled or still to be settled (SPEC §9.4). */
async function checkNumber(
  view: LedgerView,
  { agreement, delivery: { terms }, now }: NumberQuestion,
): Promise<Finding | undefined> {
  const { k } = terms;
  const { id, reserved } = agreement;
  if (k >= reserved) return fail("authorization.not-reserved", { k, reserved });
  const [until, stream] = await Promise.all([view.settlementUntil(id), view.head(deliveriesScope(id))]);
  const settled = stream !== undefined && k < stream.next;
  return until !== undefined && now >= until && !settled ? fail("authorization.unsettled", { k }) : undefined;
}
