import { toBase64Url, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { canonicalBytes } from "../../sdk/protocol/canonical.ts";
import { digest } from "../../sdk/protocol/hash.ts";
import type { Sealed } from "../keys/sealed.ts";
import type { Clock, RandomBytes } from "../ports.ts";
import { NOTICES } from "../storage/keyspaces.ts";
import { put, type Store } from "../storage/store.ts";

const SALT_BYTES = 16;
const MAXIMUM_NOTICES = 100;

/** A written reason: the chain holds its digest, the parties may read it. Salted, so that a short text cannot be guessed from the digest. */
export interface Notice {
  readonly agreement: Hex;
  readonly kind: "basis" | "missing" | "extension";
  readonly text: string;
  /** Seconds. */
  readonly at: number;
  readonly salt: string;
}

export interface NoticesDependencies {
  readonly store: Store;
  readonly sealed: Sealed;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** What the provider wrote about its agreements. */
export class Notices {
  private readonly dependencies: NoticesDependencies;

  constructor(dependencies: NoticesDependencies) {
    this.dependencies = dependencies;
  }

  /** SHA-256(`suyuan/notice/1` ‖ JCS(notice)); the notice is durable before the chain names it. */
  async keep(agreement: Hex, kind: Notice["kind"], text: string): Promise<Hex> {
    const { store, sealed, clock, random } = this.dependencies;
    const notice: Notice = {
      agreement,
      kind,
      text,
      at: Math.floor(clock() / 1000),
      salt: toBase64Url(random(SALT_BYTES)),
    };
    const name = toHex(digest("sha256", canonicalBytes({ ...notice }, "suyuan/notice/1")));
    const key = `${agreement}/${name}`;
    const kept = sealed.seal(`notices/${key}`, JSON.stringify(notice));
    await store.write([kept.key, put(NOTICES, key, kept.text)]);
    return name;
  }

  async list(agreement: Hex): Promise<(Notice & { readonly digest: Hex })[]> {
    const entries = await this.dependencies.store.page(NOTICES, {
      gt: `${agreement}/`,
      lt: `${agreement}0`,
      limit: MAXIMUM_NOTICES,
    });
    const read = async ([key, sealed]: readonly [string, string]) => {
      const notice = JSON.parse(await this.dependencies.sealed.open(`notices/${key}`, sealed)) as Notice; // Written by `keep`.
      return { ...notice, digest: key.slice(agreement.length + 1) as Hex }; // As above.
    };
    return Promise.all(entries.map(read));
  }
}
