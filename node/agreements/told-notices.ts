import type { NamedNotice } from "../../sdk/chain/agreements.ts";
import { listNotices, type NoticeView } from "../../sdk/client/routes/agreements.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { noticeDigest, type Notice } from "../../sdk/protocol/notice.ts";
import { readHead, unavailable, type HeadDependencies } from "../exchange/head.ts";
import type { Peers } from "../exchange/peers.ts";
import { HttpError } from "../http/errors.ts";
import type { Caller } from "../http/signature.ts";
import type { Notices } from "./notices.ts";
import type { AgreementService } from "./service.ts";

export interface ToldNoticesDependencies extends HeadDependencies {
  readonly department: string;
  readonly agreements: AgreementService;
  readonly notices: Notices;
  readonly peers: Peers;
}

/**
 * The notices that an agreement's events name, each with its words when they fit. The provider's node tells them to the
 * parties and the authority; any other node asks the provider's, for its own department only. Throws AgreementError
 * `agreement.unknown`, `agreement.not-party`; HttpError `caller.not-own` and what Peers throws.
 */
export async function toldNotices(
  id: Hex,
  caller: Caller,
  dependencies: ToldNoticesDependencies,
): Promise<readonly NoticeView[]> {
  const { department, agreements, notices, peers } = dependencies;
  const { provider } = await agreements.agreement(id);
  // Before the provider is asked: what it says later than this is not missed.
  const { view } = await readHead(dependencies);
  const named = await unavailable(() => view.agreementNotices(id));
  if (provider === department) {
    await agreements.requireReader(id, caller);
    return judged(id, { named, told: await notices.kept(id) });
  }
  if (caller.department !== department) throw new HttpError("caller.not-own");
  if (named.length === 0) return [];
  const answer = await peers.call(provider, listNotices, { params: { id } });
  const told = answer.notices.flatMap((one) => (one.verdict === "verified" ? [[one.digest, one.notice] as const] : []));
  return judged(id, { named, told: new Map(told) });
}

interface Evidence {
  readonly named: readonly NamedNotice[];
  readonly told: ReadonlyMap<Hex, Notice>;
}

const judged = (id: Hex, { named, told }: Evidence): readonly NoticeView[] =>
  named.map(({ kind, digest }) => {
    const notice = told.get(digest);
    if (notice === undefined) return { kind, digest, verdict: "undetermined" };
    const fits = notice.agreement === id && notice.kind === kind && noticeDigest(notice) === digest;
    return fits ? { kind, digest, verdict: "verified", notice } : { kind, digest, verdict: "rejected" };
  });
