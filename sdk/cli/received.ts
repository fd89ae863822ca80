import { join } from "node:path";
import type { SuyuanClient } from "../client/client.ts";
import { getReceivedEvidence } from "../client/routes/deliveries.ts";
import type { Hex } from "../protocol/bytes.ts";
import type { Context } from "./context.ts";
import { fileText, writePrivate } from "./files.ts";

export interface Received {
  readonly agreement: Hex;
  readonly k: number;
  readonly indexes: readonly number[];
  readonly out: string;
}

/** Saves evidences of one delivery that the department's own node holds; returns their paths in order. */
export async function saveReceived(
  { agreement, k, indexes, out }: Received,
  { client, context }: { readonly client: SuyuanClient; readonly context: Context },
): Promise<string[]> {
  const paths: string[] = [];
  for (const index of indexes) {
    const evidence = await client.call(getReceivedEvidence, { params: { id: agreement, k, index } });
    const path = join(out, `${agreement.slice(2, 10)}-${k}-${index}.evidence.json`);
    await writePrivate(path, { text: fileText(evidence), context });
    paths.push(path);
  }
  return paths;
}
