import type { Context } from "../context.ts";
import { fail, pass, unclear, type Finding } from "../report.ts";
import { trustedLedger } from "../trust.ts";

/** The header names the trusted ledger, and the endpoint serves it. Which ledger is trusted never comes from the evidence. */
export function checkLedger({ evidence, trust, chain }: Context): Finding {
  if (trust === undefined) return unclear("ledger.no-trust");
  if (evidence.header.ledger !== trustedLedger(trust)) return fail("ledger.other");
  return "missing" in chain ? chain.missing : pass("ledger.trusted");
}
