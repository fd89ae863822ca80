import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { SuyuanClient } from "../../sdk/client/client.ts";
import { getRecord, submitRecords } from "../../sdk/client/routes/records.ts";
import { utf8 } from "../../sdk/protocol/bytes.ts";
import type { PublishedResource } from "./catalogue.ts";
import type { Progress } from "./say.ts";

const LINES_A_REQUEST = 250;
const POLL_MS = 200;
const FINAL_MS = 120_000;

export interface Ingested {
  readonly accepted: number;
  readonly duplicates: number;
  readonly lastSeq: number;
}

/** Sends a file in bounded signed requests. Repeating it is harmless: what was accepted before is answered as a duplicate. */
export async function ingest(
  {
    path,
    resource,
    expected,
    done = 0,
    total = expected,
  }: { path: string; resource: PublishedResource; expected: number; done?: number; total?: number },
  { client, progress }: { client: SuyuanClient; progress: Progress },
): Promise<Ingested> {
  let accepted = 0;
  let duplicates = 0;
  let lastSeq = -1;
  for await (const lines of groups(path)) {
    const body = { mediaType: "application/x-ndjson", bytes: utf8(lines.join("\n")) } as const;
    for await (const outcome of await client.call(submitRecords, { params: { id: resource.id }, body })) {
      if (outcome.outcome === "refused") throw new Error(`${path}: ${outcome.code}: ${outcome.title}`);
      if (outcome.duplicate) duplicates++;
      else accepted++;
      lastSeq = Math.max(lastSeq, outcome.receipt.seq);
    }
    progress.tell(done + accepted + duplicates, total);
  }
  if (accepted + duplicates !== expected)
    throw new Error(`${path}: ${accepted + duplicates} of ${expected} lines were answered`);
  return { accepted, duplicates, lastSeq };
}

async function* groups(path: string): AsyncGenerator<string[]> {
  let group: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Infinity })) {
    if (line === "") continue;
    group.push(line);
    if (group.length === LINES_A_REQUEST) {
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}

/** Waits until a record, and with it every earlier one of its scope, is final. */
export async function untilFinal(scope: `0x${string}`, seq: number, client: SuyuanClient): Promise<void> {
  await until(
    async () => (await client.call(getRecord, { params: { scope, seq } })).state === "final",
    `${scope}/${seq} final`,
  );
}

export async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + FINAL_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`等待超时 timed out: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
