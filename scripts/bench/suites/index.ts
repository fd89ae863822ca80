import type { Suite, SuiteName } from "../suite.ts";

/** Loaded when asked for: a suite's peers take time and memory that would show in another's figures. */
export const SUITES: Readonly<Partial<Record<SuiteName, () => Promise<Suite>>>> = {
  hash: async () => (await import("./hash.ts")).hashSuite,
  tree: async () => (await import("./tree.ts")).treeSuite,
  commit: async () => (await import("./commit.ts")).commitSuite,
  verify: async () => (await import("./verify.ts")).verifySuite,
  intake: async () => (await import("./intake.ts")).intakeSuite,
  anchor: async () => (await import("./anchor.ts")).anchorSuite,
  status: async () => (await import("./status.ts")).statusSuite,
  lineage: async () => (await import("./lineage.ts")).lineageSuite,
  projects: async () => (await import("./projects.ts")).projectsSuite,
  start: async () => (await import("./start.ts")).startSuite,
};
