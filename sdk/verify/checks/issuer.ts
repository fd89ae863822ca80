import type { LedgerView } from "../../chain/view.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { withChain, type Context } from "../context.ts";
import { fail, pass, unclear, type Finding } from "../report.ts";

/** At anchor time the issuer was active, its resource published, and the key that anchored not distrusted. */
export const checkIssuer = ({ evidence: { header, anchor }, chain }: Context): Promise<Finding> =>
  withChain(chain, async (view) => {
    const { issuer, resource } = header;
    const [status, publication, department] = await Promise.all([
      view.departmentStatusAt(issuer, anchor.time),
      resource === undefined ? undefined : view.publishedAt(resource, anchor.time),
      view.department(issuer),
    ]);
    if (status !== "active") return fail("issuer.not-active", { status });
    if (publication !== undefined && publication.state !== "published")
      return fail("issuer.resource-not-published", { state: publication.state });
    const key = await judgeKey(view, { issuer, transaction: anchor.transaction, time: anchor.time });
    return key ?? pass("issuer.active", { department: issuer, name: department?.name ?? issuer });
  });

interface Anchoring {
  readonly issuer: string;
  readonly transaction: Hex;
  readonly time: number;
}

/** The sender's key; behind a contract account, every chain account the issuer had then must be trusted. */
async function judgeKey(view: LedgerView, { issuer, transaction, time }: Anchoring): Promise<Finding | undefined> {
  const receipt = await view.receipt(transaction);
  const sender = receipt && (await view.keyOfAccount(receipt.from));
  if (sender?.department === issuer) {
    return (await view.isKeyTrustedAt(issuer, sender.index, time))
      ? undefined
      : fail("issuer.key-distrusted", { index: sender.index });
  }
  const keys = await view.keys(issuer);
  const accounts = keys.filter(
    ({ algorithm, validFrom, validUntil = Infinity }) =>
      algorithm === "secp256k1" && validFrom <= time && time < validUntil,
  );
  const trusted = accounts.every(({ distrustedSince = Infinity }) => time < distrustedSince);
  return accounts.length > 0 && trusted ? undefined : unclear("issuer.key-unidentified");
}
