import type { Figure } from "../figure.ts";
import type { BenchContext } from "../suite.ts";
import { openRig, type Rig, type RigOptions } from "./rig.ts";

/** Brings a rig up as a step of its own, yields what is measured on it, and takes it down in any case. */
export async function* withRig(
  { step }: BenchContext,
  options: RigOptions,
  measure: (rig: Rig) => AsyncGenerator<Figure>,
): AsyncGenerator<Figure> {
  const rig = await step({ zh: "启动链与节点", en: "chain and node started" }, () => openRig(options));
  try {
    yield* measure(rig);
  } finally {
    await rig.close();
  }
}
