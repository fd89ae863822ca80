import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { Log } from "../ports.ts";
import { ifDeployed } from "./if-deployed.ts";

/** How the rules that this node judges by stand to those on chain; `unread`: the chain could not be asked. */
type RulesOnChain = "in-force" | "superseded" | "unknown" | "unread";

/**
 * Holds the digest of the node's rules against the versions on chain, in the ProjectLedger and where the limits of tenders are, and says in the log what is not as it should be:
 * `unknown` are rules that nobody appended there, so that flags by them rest on no published version.
 */
export async function rulesOnChain(
  digest: Hex,
  { connection, log }: { readonly connection: LedgerConnection; readonly log: Log },
): Promise<RulesOnChain> {
  let versions: readonly (readonly Hex[])[];
  try {
    const view = await connection.view("final");
    const limits = await ifDeployed(view.tenderLimitsDigests());
    versions = [await view.ledgerRulesDigests(), ...(limits === undefined ? [] : [limits])];
  } catch (error) {
    const name = error instanceof Error ? error.name : "unknown";
    log.warn({ error: name }, "the rules of projects on chain could not be read");
    return "unread";
  }
  if (versions.every((digests) => digests.at(-1) === digest)) return "in-force";
  const found = versions.every((digests) => digests.includes(digest)) ? "superseded" : "unknown";
  const said = {
    superseded: "the chain has newer rules of projects than this node",
    unknown: "the rules of projects that this node judges by are none of those on chain",
  };
  log.error({ digest, rules: found }, said[found]);
  return found;
}
