import { startLedger } from "./ledger.ts";
import { anchorBatch, evidenceOf, licence, LICENCE_SCHEMA } from "./records.ts";
import { deliver, makeAgreement } from "./deliveries.ts";
import { verifyEvidence } from "../../sdk/verify/verify.ts";
import { describeFinding } from "../../sdk/verify/codes.ts";
import { evidenceJson, parseEvidence } from "../../sdk/protocol/evidence.ts";
const l = await startLedger();
const { resource, scope } = await l.publish({ provider: l.provider, code: "licence", schema: LICENCE_SCHEMA });
const rs = await anchorBatch(l, {
  department: l.provider,
  scope,
  resource,
  kind: "certificate",
  schema: LICENCE_SCHEMA,
  documents: [0, 1, 2, 3, 4].map(licence),
});
const a = await makeAgreement(l, {
  provider: l.provider,
  consumer: l.consumer,
  resource,
  patterns: [["holder"], ["scopes", "*"]],
});
const [e] = deliver(l, { agreement: a, records: rs.slice(0, 2) });
const trust = {
  ledger: l.name,
  rpc: [l.rpcUrl],
  maximumLagSeconds: null,
  evaluation: true,
  finality: { tag: "latest" as const },
};
for (let i = 0; i < 3; i++) {
  const t = performance.now();
  const r = await verifyEvidence(
    { evidence: e!, policy: { name: "use", as: l.consumer.uscc, purpose: a.purpose } },
    { connections: [l.connection], trust, now: l.now },
  );
  console.log(performance.now() - t);
  if (i == 0) {
    for (const c of r.checks)
      console.log(
        c.name,
        c.outcome,
        c.code,
        JSON.stringify(c.values),
        describeFinding(c, "zh").what,
        "|",
        describeFinding(c, "en").what,
      );
    console.log(r.verdict, r.block);
  }
}
await l.stop();
