import { z } from "zod";
import type { Hex } from "../../../sdk/protocol/bytes.ts";

const hex = z.custom<Hex>((value) => typeof value === "string" && value.startsWith("0x"));

const taskSchema = z.object({
  dataDir: z.string(),
  rpcUrl: z.string(),
  ledger: z.object({ chainId: z.number(), genesis: hex, directory: hex }),
  department: z.string(),
  privateKey: hex,
  resource: hex,
  scope: hex,
  /** Seconds. */
  now: z.number(),
  /** The first certificate to submit; earlier ones were acknowledged. */
  first: z.number(),
  total: z.number(),
  anchors: z.boolean(),
});

/** What a worker is told on its command line. */
export type Task = z.infer<typeof taskSchema>;

export const parseTask = (text: string): Task => taskSchema.parse(JSON.parse(text));
