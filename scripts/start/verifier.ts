import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { deliveriesScope, receiptsScope } from "../../sdk/protocol/anchor.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { canonicalBytes } from "../../sdk/protocol/canonical.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { Trust } from "../../sdk/verify/trust.ts";
import { verifyEvidence } from "../../sdk/verify/verify.ts";
import { until } from "./ingest.ts";

/** How the demonstration checks for itself: from the file and the chain, never by asking a node. */
export class DemoVerifier {
  private readonly trust: Trust;
  private readonly connection: LedgerConnection;
  private readonly now: () => number;

  constructor({ trust, connection }: { trust: Trust; connection: LedgerConnection }, { now }: { now: () => number }) {
    this.trust = trust;
    this.connection = connection;
    this.now = now;
  }

  async verify(evidence: JsonObject, { as, purpose, at }: { as: string; purpose: string; at?: number }) {
    const report = await verifyEvidence(
      { evidence: canonicalBytes(evidence), policy: { name: "use", as, purpose }, ...(at !== undefined && { at }) },
      { connections: [this.connection], trust: this.trust, now: Math.floor(this.now() / 1000) },
    );
    return {
      verdict: report.verdict,
      failed: report.checks.filter(({ outcome }) => outcome === "fail").map(({ name }) => name),
    };
  }

  /** Until both streams of an agreement are anchored past number k. */
  async untilSettled(agreement: Hex, k: number): Promise<void> {
    for (const scope of [deliveriesScope(agreement), receiptsScope(agreement)]) {
      await until(
        async () => ((await (await this.connection.view()).head(scope))?.next ?? 0) > k,
        `${scope} past ${k}`,
      );
    }
  }
}
