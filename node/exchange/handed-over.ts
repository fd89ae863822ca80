import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { parseEvidence } from "../../sdk/protocol/evidence.ts";
import { recordId } from "../../sdk/protocol/header.ts";
import type { Json, JsonObject } from "../../sdk/protocol/json.ts";
import type { Trust } from "../../sdk/verify/trust.ts";
import { verifyEvidence } from "../../sdk/verify/verify.ts";
import type { Clock } from "../ports.ts";

export interface HandedOverDependencies {
  readonly connection: LedgerConnection;
  readonly trust: Trust;
  readonly clock: Clock;
}

/** A record that another department's node handed over, before anything is believed of it. */
export interface HandedOver {
  readonly record: Hex;
  readonly kind: string;
  readonly issuer: string;
  /** Its claims of the first level by name. */
  readonly said: Readonly<Record<string, Json>>;
  /** The texts below a claim, in the order of its positions. */
  readonly textsOf: (name: string) => readonly string[];
  /** The code of what does not hold when it is verified against the chain; undefined when all does. */
  readonly fault: () => Promise<string | undefined>;
}

/** Throws ProtocolError for what is no evidence. */
export function handedOver(given: JsonObject, { connection, trust, clock }: HandedOverDependencies): HandedOver {
  const evidence = parseEvidence(given);
  const { header, claims } = evidence;
  return {
    record: toHex(recordId(header)),
    kind: header.kind,
    issuer: header.issuer,
    said: Object.fromEntries(
      claims.disclosed.flatMap(({ path, value }) => (path.length === 1 ? [[String(path[0]), value]] : [])),
    ),
    textsOf: (name) =>
      claims.disclosed
        .filter(({ path }) => path[0] === name && path.length === 2)
        .sort((a, b) => Number(a.path[1]) - Number(b.path[1]))
        .flatMap(({ value }) => (typeof value === "string" ? [value] : [])),
    fault: async () => {
      const report = await verifyEvidence(
        { evidence, policy: { name: "authentic" } },
        { connections: [connection], trust, now: Math.floor(clock() / 1000) },
      );
      return report.checks.find(({ outcome, mandatory }) => outcome === "fail" || (mandatory && outcome !== "pass"))
        ?.code;
    },
  };
}
