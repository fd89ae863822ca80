import { getRecord } from "../../../sdk/client/routes/records.ts";
import type { Rig } from "./rig.ts";

const POLL_MS = 200;
const PATIENCE_MS = 300_000;

/** Waits until a record, and with it every earlier one of the resource, is final. */
export async function untilFinal({ client, resource: { scope } }: Rig, seq: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while ((await client.call(getRecord, { params: { scope, seq } })).state !== "final") {
    if (performance.now() > deadline) throw new Error(`record ${seq} did not become final`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
