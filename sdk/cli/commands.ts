import { registerCheckId } from "./commands/check-id.ts";
import type { Register } from "./program.ts";

/** The commands that need nothing but the SDK, in the order of the help. */
export const SDK_COMMANDS: readonly Register[] = [
  // registerVerify
  registerCheckId,
];
