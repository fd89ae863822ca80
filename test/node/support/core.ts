import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { parseSchema, type RecordSchema } from "../../../sdk/protocol/schema.ts";
import { openNodeCore, type CoreDependencies, type CoreTunables, type NodeCore } from "../../../node/core.ts";
import type { ScopeInfo } from "../../../node/records/service.ts";
import type { TestDepartment, TestLedger } from "../../support/ledger.ts";

/** A small certificate: two required claims, validity, one list. */
export const certificateSchema: RecordSchema = parseSchema({
  type: "object",
  properties: {
    number: { type: "string", minLength: 1, maxLength: 64 },
    holder: { type: "string", maxLength: 64 },
    from: { type: "string", format: "date" },
    until: { type: "string" },
    scope: { type: "array", items: { type: "string" } },
    note: { type: "string" },
  },
  required: ["number", "holder", "from", "until"],
  additionalProperties: false,
  "x-required-claims": [["number"], ["holder"], ["from"], ["until"]],
  "x-validity": { from: ["from"], until: ["until"] },
});

export const certificate = (number: string, more: JsonObject = {}): JsonObject => ({
  number,
  holder: `企业${number}`,
  from: "2026-01-01",
  until: "长期",
  scope: ["甲", "乙"],
  ...more,
});

export const resourceInfo = ({ resource, scope }: { resource: Hex; scope: Hex }): ScopeInfo => ({
  scope,
  resource,
  kind: "resource",
  schema: certificateSchema,
  recordKind: "certificate",
  hash: "keccak256",
  businessKey: (document) => (typeof document.number === "string" ? document.number : undefined),
});

/** Seals at once, polls fast: for tests that do not look at timing. */
export const EAGER: CoreTunables = {
  intake: { groupWaitMs: 0 },
  anchoring: { sealAfterMs: 0, retryFirstMs: 5 },
  sender: { receiptPollMs: 5, resendAfterMs: 0 },
  follower: { pollMs: 5 },
};

export interface TestCoreOptions {
  readonly ledger: TestLedger;
  readonly department?: TestDepartment;
  readonly dataDir: string;
  readonly tunables?: CoreTunables;
  readonly dependencies?: Partial<CoreDependencies>;
}

export const ROOT = new Uint8Array(32).fill(7);

export const privateKeyOf = (department: TestDepartment): Hex => department.wallet.privateKey as Hex; // ethers writes 0x and lower case.

export function openTestCore({
  ledger,
  department = ledger.provider,
  dataDir,
  tunables = EAGER,
  dependencies = {},
}: TestCoreOptions): Promise<NodeCore> {
  return openNodeCore(
    {
      dataDir,
      department: department.uscc,
      keystore: { account: { privateKey: privateKeyOf(department) }, root: ROOT },
      tunables,
    },
    { connection: ledger.connection, clock: () => ledger.now * 1000, ...dependencies },
  );
}

export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "suyuan-node-"));

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });
