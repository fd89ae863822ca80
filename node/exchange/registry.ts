import type { KeyStanding } from "../http/signature.ts";
import { readHead, unavailable, type HeadDependencies } from "./head.ts";

const UNKNOWN: KeyStanding = { publicKey: undefined, trusted: false, departmentActive: false, role: "none" };

/** Asks the registry about a key at the current head: nothing is remembered from one request to the next. */
export const registryLookup =
  (dependencies: HeadDependencies) =>
  async ({ department, index }: { readonly department: string; readonly index: number }): Promise<KeyStanding> => {
    const { view, now } = await readHead(dependencies);
    const [key, trusted, owner] = await unavailable(() =>
      Promise.all([
        view.key(department, index),
        view.isKeyTrustedAt(department, index, now),
        view.department(department),
      ]),
    );
    if (key?.algorithm !== "ed25519" || owner === undefined) return UNKNOWN;
    return { publicKey: key.material, trusted, departmentActive: owner.status === "active", role: owner.role };
  };
