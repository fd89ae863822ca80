import type { ScopeKind } from "../../chain/anchors.ts";
import type { LedgerView } from "../../chain/view.ts";
import { deliveriesScope, journalScope, receiptsScope, resourceScope } from "../../protocol/anchor.ts";
import { fromHex, fromUtf8, isHex, type Hex } from "../../protocol/bytes.ts";
import type { Evidence } from "../../protocol/evidence.ts";
import { HASH_BYTES } from "../../protocol/hash.ts";
import type { RecordHeader } from "../../protocol/header.ts";
import { isProtocolKind, KINDS_OF_SCOPE } from "../../protocol/kinds.ts";
import { withChain, type Context } from "../context.ts";
import { fail, pass, type Finding } from "../report.ts";

const USCC_BYTES = 18;

/** The number lies in the batch; the issuer anchored it, holds the scope, and the scope stands for what the header says. */
export function checkScope({ evidence, chain }: Context): Finding | Promise<Finding> {
  const { header, anchor } = evidence;
  const { seq } = header;
  if (seq < anchor.first || seq >= anchor.first + anchor.count) return fail("scope.number", { seq });
  if (anchor.department !== header.issuer) return fail("scope.issuer");
  if (!isInItsStream(evidence)) return fail("scope.stream");
  return withChain(chain, (view) => checkPlace(view, header, anchor.time));
}

/** The chain's part of the check, for a header whose claims are not shown. */
export async function checkPlace(view: LedgerView, header: RecordHeader, time: number): Promise<Finding> {
  const { scope, seq, kind } = header;
  const [head, subject] = await Promise.all([view.head(scope, time), view.subjectOf(scope, time)]);
  if (head === undefined || subject === undefined) return fail("scope.unknown");
  if (head.holder !== header.issuer) return fail("scope.issuer");
  if (seq >= head.next) return fail("scope.not-anchored");
  if (!fits(kind, head.kind)) return fail("scope.kind", { kind });
  if (!standsFor(header, head.kind, subject)) return fail("scope.resource");
  return pass("scope.holds", { seq, scope: head.kind });
}

const fits = (kind: string, scope: ScopeKind): boolean =>
  isProtocolKind(kind) ? KINDS_OF_SCOPE[scope].includes(kind) : scope === "resource";

/** A delivery or receipt says of which agreement and number it is: the ones whose place it holds (SPEC §10). */
function isInItsStream({ header: { kind, scope, seq }, claims: { disclosed } }: Evidence): boolean {
  const stream = kind === "delivery" ? deliveriesScope : kind === "receipt" ? receiptsScope : undefined;
  if (stream === undefined) return true;
  const said = (name: string) => disclosed.find(({ path }) => path.length === 1 && path[0] === name)?.value;
  const agreement = said("agreement");
  return isHex(agreement, HASH_BYTES) && stream(agreement) === scope && said("k") === seq;
}

/** The scope's name is recomputed from its subject: an endpoint cannot lend one scope another's subject. */
function standsFor({ scope, resource }: RecordHeader, kind: ScopeKind, subject: Hex): boolean {
  switch (kind) {
    case "resource":
      return resource === subject && scope === resourceScope(subject);
    case "deliveries":
      return resource === undefined && scope === deliveriesScope(subject);
    case "receipts":
      return resource === undefined && scope === receiptsScope(subject);
    case "journal":
      return resource === undefined && scope === journalScope(fromUtf8(fromHex(subject).subarray(0, USCC_BYTES)));
  }
}
