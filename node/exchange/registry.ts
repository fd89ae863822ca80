import type { KeyStanding, SignatureDependencies } from "../http/signature.ts";
import { readHead, unavailable, type HeadDependencies } from "./head.ts";
import { onceAView } from "./once-a-view.ts";

const UNKNOWN = { publicKey: undefined, trusted: false, departmentActive: false, role: "none" };

/** Asks the registry about a key at the current head: nothing is remembered from one block, or one second, to the next. */
export function registryLookup(dependencies: HeadDependencies): SignatureDependencies["lookup"] {
  const once = onceAView<KeyStanding>();
  return async ({ department, index }) => {
    const { view, now } = await readHead(dependencies);
    return once(view, `${department}/${index} ${now}`, async () => {
      const [key, trusted, owner] = await unavailable(() =>
        Promise.all([
          view.key(department, index),
          view.isKeyTrustedAt(department, index, now),
          view.department(department),
        ]),
      );
      if (key?.algorithm !== "ed25519" || owner === undefined) return { ...UNKNOWN, view };
      return { view, publicKey: key.material, trusted, departmentActive: owner.status === "active", role: owner.role };
    });
  };
}
