import type { Hex } from "../protocol/bytes.ts";
import type { JsonObject } from "../protocol/json.ts";
import { LineageError } from "./errors.ts";

/** The seven stages of a life of data, in their order (SPEC §14.2). */
export const STAGES = ["source", "cache", "view", "resource", "service", "application", "retired"] as const;
export type Stage = (typeof STAGES)[number];

export const STAGE_WORDS: Readonly<Record<Stage, { readonly zh: string; readonly en: string }>> = {
  source: { zh: "数据来源", en: "source" },
  cache: { zh: "数据缓存", en: "cache" },
  view: { zh: "数据视图", en: "view" },
  resource: { zh: "数据资源", en: "resource" },
  service: { zh: "数据服务", en: "service" },
  application: { zh: "数据应用", en: "application" },
  retired: { zh: "数据退役", en: "retired" },
};

/**
 * Where each stage leads. Forward by one step; data that is never cached or viewed goes from its source straight on; one
 * step back is rework; every stage may end in retirement, which nothing leaves.
 */
export const STAGE_TRANSITIONS: Readonly<Record<Stage, readonly Stage[]>> = {
  source: ["cache", "view", "resource", "retired"],
  cache: ["view", "resource", "retired"],
  view: ["resource", "cache", "retired"],
  resource: ["service", "view", "retired"],
  service: ["application", "resource", "retired"],
  application: ["service", "retired"],
  retired: [],
};

/** Throws LineageError `lifecycle.first`, `lifecycle.transition`, `lifecycle.retired`. */
export function requireTransition(from: Stage | undefined, to: Stage): void {
  if (from === undefined) {
    if (to !== "source") throw new LineageError("lifecycle.first", { to });
    return;
  }
  const allowed = STAGE_TRANSITIONS[from];
  if (allowed.includes(to)) return;
  if (from === "retired") throw new LineageError("lifecycle.retired");
  throw new LineageError("lifecycle.transition", { from, to, allowed: allowed.join(" ") });
}

/** What a lifecycle record says. `at` in seconds; `evidence` is the digest of a document that shows it. */
export interface LifecycleStep {
  readonly subject: string;
  readonly stage: Stage;
  readonly at: number;
  readonly actor: string;
  readonly evidence?: Hex;
  readonly note?: string;
}

/** The document of the next stage of a life. Throws as `requireTransition`. */
export function lifecycleDocument(step: LifecycleStep, previous: Stage | undefined): JsonObject {
  requireTransition(previous, step.stage);
  const { subject, stage, at, actor, evidence, note } = step;
  return {
    ...{ subject, stage, previous: previous ?? "none", at, actor },
    ...(evidence !== undefined && { evidence }),
    ...(note !== undefined && { note }),
  };
}
