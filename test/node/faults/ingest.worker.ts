// A node that ingests certificates in calls of five, acknowledging each on standard output, until it is killed or all are final.
import { writeSync } from "node:fs";
import { openNodeCore } from "../../../node/core.ts";
import { isRefusal, type AcceptedRecord, type RecordInput, type RecordRefusal } from "../../../node/records/service.ts";
import { StorageError } from "../../../node/storage/errors.ts";
import { connectLedger } from "../../../sdk/chain/connection.ts";
import { certificate, EAGER, resourceInfo, ROOT } from "../support/core.ts";
import { parseTask } from "./task.ts";

const CALL_RECORDS = 5;

const task = parseTask(process.argv[2] ?? "");
const connection = connectLedger({ rpcUrl: task.rpcUrl, ledger: task.ledger, finality: { tag: "latest" } });
const core = await openNodeCore(
  {
    dataDir: task.dataDir,
    department: task.department,
    keystore: { account: { privateKey: task.privateKey }, root: ROOT },
    tunables: { ...EAGER, anchoring: { sealAfterMs: 5, batchMaximumRecords: 16, retryFirstMs: 5 } },
  },
  { connection, clock: () => task.now * 1000 },
);
await core.records.registerScope(resourceInfo(task));
if (task.anchors) await core.start();

/** A write of unknown outcome is repeated: the same content gives the same record. */
async function acceptAgain(inputs: readonly RecordInput[]): Promise<readonly (AcceptedRecord | RecordRefusal)[]> {
  for (;;) {
    try {
      return await core.records.accept(task.scope, inputs);
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== "storage.indeterminate") throw error;
      writeSync(1, "again\n");
    }
  }
}

for (let first = task.first; first < task.total; first += CALL_RECORDS) {
  const numbers = Array.from({ length: Math.min(CALL_RECORDS, task.total - first) }, (_, i) => first + i);
  const results = await acceptAgain(numbers.map((number) => ({ document: certificate(`n${number}`) })));
  const acknowledged = results.map((result) =>
    isRefusal(result) ? result.error.code : `${result.seq} ${result.record}`,
  );
  // Written by this very call: what the parent has read was acknowledged before whatever killed us.
  writeSync(1, numbers.map((number, i) => `ack ${number} ${acknowledged[i] ?? ""}\n`).join(""));
}
if (task.anchors) await core.records.waitFor(task.scope, task.total - 1, "final", { timeoutMs: 60_000 });
await core.close();
writeSync(1, "done\n");
