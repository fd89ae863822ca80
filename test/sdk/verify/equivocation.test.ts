import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { parseEvidence } from "../../../sdk/protocol/evidence.ts";
import type { Json } from "../../../sdk/protocol/json.ts";
import { compareFiles } from "../../../sdk/verify/compare.ts";
import type { CheckName, Outcome, Report } from "../../../sdk/verify/report.ts";
import type { Trust } from "../../../sdk/verify/trust.ts";
import { verifyEvidence } from "../../../sdk/verify/verify.ts";
import { AUTHENTIC } from "../../support/verifying.ts";

interface Vector {
  readonly name: string;
  readonly files: readonly { readonly evidence: Json; readonly checks: Partial<Record<CheckName, Outcome>> }[];
  readonly found: readonly { readonly code: string; readonly files: readonly [number, number] }[];
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../../vectors/${name}`, import.meta.url)), "utf8"));
const { cases } = read("equivocation.json") as { cases: readonly Vector[] }; // Written by scripts/vectors.
const { ledgers } = read("ledger.json") as { ledgers: readonly Trust["ledger"][] }; // Written by scripts/vectors.

/** Checks that need no chain, and that whoever convicts somebody relies on. */
const OWN_WORD: readonly CheckName[] = ["format", "record", "claims", "inclusion"];

describe("vectors of files that contradict one another", () => {
  const { chainId, genesis, directory } = ledgers[0] ?? expect.fail();
  const ledger = { chainId, genesis, directory };
  const trust: Trust = { ledger, rpc: [], maximumLagSeconds: null, evaluation: true, finality: { tag: "latest" } };
  const reportOn = (evidence: Json): Promise<Report> =>
    verifyEvidence(
      { evidence: parseEvidence(evidence), policy: AUTHENTIC },
      { connections: undefined, trust, now: 1735700400 },
    );

  for (const { name, files, found } of cases)
    it(name, async () => {
      const judged = await Promise.all(
        files.map(async ({ evidence, checks }) => {
          const report = await reportOn(evidence);
          for (const check of report.checks) if (OWN_WORD.includes(check.name)) expect(check.outcome).to.equal("pass");
          const said = report.checks.map((check) => ({ ...check, outcome: checks[check.name] ?? check.outcome }));
          return { evidence: parseEvidence(evidence), report: { ...report, checks: said } };
        }),
      );
      const { equivocations, verdict } = compareFiles(judged);
      expect(equivocations.map((one) => ({ code: one.code, files: one.files }))).to.deep.equal(found);
      if (found.length > 0) expect(verdict).to.equal("rejected");
      // Whoever is told of them in another order is told the same.
      const reversed = compareFiles([...judged].reverse());
      expect(reversed.equivocations.map(({ code }) => code)).to.deep.equal(found.map(({ code }) => code));
    });

  it("hold every way to contradict oneself, and its honest twin", () => {
    const codes = new Set(cases.flatMap((vector) => vector.found.map(({ code }) => code)));
    expect([...codes].sort()).to.deep.equal([
      "equivocation.delivery",
      "equivocation.number",
      "equivocation.path",
      "equivocation.subject",
      "equivocation.value",
    ]);
    expect(cases.filter((vector) => vector.found.length === 0).length).to.be.greaterThan(4);
  });
});
