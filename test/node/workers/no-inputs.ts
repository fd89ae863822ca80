import { createSecretKey } from "node:crypto";
import { joinTexts } from "../../../node/records/lines.ts";
import type { InputsTask } from "../../../node/records/prepare-inputs.ts";

/** The least that a thread of the node can be asked to do. */
export const NO_INPUTS: InputsTask = {
  scope: `0x${"aa".repeat(32)}`,
  hash: "keccak256",
  contentKey: createSecretKey(new Uint8Array(32)),
  inputs: joinTexts([]),
  dataKeys: new Uint8Array(),
};
