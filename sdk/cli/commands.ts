import { registerCheckId } from "./commands/check-id.ts";
import { registerGenerate } from "./commands/generate.ts";
import { registerKeys } from "./commands/keys.ts";
import { registerMerkle } from "./commands/merkle.ts";
import { registerVerify } from "./commands/verify.ts";
import type { Register } from "./program.ts";

/** The commands that need nothing but the SDK, in the order of the help. */
export const SDK_COMMANDS: readonly Register[] = [
  registerVerify,
  registerCheckId,
  registerMerkle,
  registerGenerate,
  registerKeys,
];
