import { toBase64Url, type Hex } from "../../sdk/protocol/bytes.ts";
import { noticeDigest, type Notice, type NoticeKind } from "../../sdk/protocol/notice.ts";
import type { Sealed } from "../keys/sealed.ts";
import type { Clock, RandomBytes } from "../ports.ts";
import { NOTICES } from "../storage/keyspaces.ts";
import { put, type Store } from "../storage/store.ts";

const SALT_BYTES = 16;
const MAXIMUM_NOTICES = 100;

export interface NoticesDependencies {
  readonly store: Store;
  readonly sealed: Sealed;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** What this department wrote, as a provider, about its agreements: also what was never said, because the chain refused it. */
export class Notices {
  private readonly dependencies: NoticesDependencies;

  constructor(dependencies: NoticesDependencies) {
    this.dependencies = dependencies;
  }

  /** Its digest; the notice is durable before the chain names it. */
  async keep(agreement: Hex, kind: NoticeKind, text: string): Promise<Hex> {
    const { store, sealed, clock, random } = this.dependencies;
    const salt = toBase64Url(random(SALT_BYTES));
    const notice: Notice = { agreement, kind, text, at: Math.floor(clock() / 1000), salt };
    const name = noticeDigest(notice);
    const key = `${agreement}/${name}`;
    const kept = sealed.seal(`notices/${key}`, JSON.stringify(notice));
    await store.write([kept.key, put(NOTICES, key, kept.text)]);
    return name;
  }

  /** By digest. */
  async kept(agreement: Hex): Promise<ReadonlyMap<Hex, Notice>> {
    const entries = await this.dependencies.store.page(NOTICES, {
      gt: `${agreement}/`,
      lt: `${agreement}0`,
      limit: MAXIMUM_NOTICES,
    });
    const read = async ([key, sealed]: readonly [string, string]) => {
      const notice = JSON.parse(await this.dependencies.sealed.open(`notices/${key}`, sealed)) as Notice; // Written by `keep`.
      return [key.slice(agreement.length + 1) as Hex, notice] as const; // As above.
    };
    return new Map(await Promise.all(entries.map(read)));
  }
}
