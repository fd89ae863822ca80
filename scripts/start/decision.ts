import { recordActivity } from "../../sdk/client/routes/lineage-activities.ts";
import type { SuyuanClient } from "../../sdk/client/client.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { parseEvidence } from "../../sdk/protocol/evidence.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { untilFinal } from "./ingest.ts";

export interface Decision {
  readonly scope: Hex;
  readonly seq: number;
  readonly record: Hex;
}

/** The trading centre decides on a bidder's qualification with the licences it received. Repeating it is harmless: equal content is one record. */
export async function decide(
  {
    evidences,
    agreement,
    k,
  }: { readonly evidences: readonly JsonObject[]; readonly agreement: Hex; readonly k: number },
  client: SuyuanClient,
): Promise<Decision> {
  const used = evidences.map((evidence) => {
    const { scope, seq } = parseEvidence(evidence).header;
    return { scope, seq };
  });
  const { scope, seq, record } = await client.call(recordActivity, {
    body: {
      activity: `bid-qualification-review/${agreement.slice(2, 18)}/${k}`,
      name: "投标资格审查 Bid qualification review",
      state: "complete",
      actor: "评标委员会 evaluation committee",
      code: { repository: "urn:trading-centre:qualification-rules", version: "2025.1" },
      used,
      outputs: [{ namespace: "urn:trading-centre", name: "qualified-bidders" }],
    },
  });
  await untilFinal(scope, seq, client);
  return { scope, seq, record };
}
