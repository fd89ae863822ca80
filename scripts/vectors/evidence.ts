import { toHex } from "../../sdk/protocol/bytes.ts";
import { evidenceJson, parseEvidence } from "../../sdk/protocol/evidence.ts";
import { recordId } from "../../sdk/protocol/header.ts";
import type { Json } from "../../sdk/protocol/json.ts";
import { HARMLESS, MUTATIONS, type Mutation } from "./evidence-mutations.ts";
import { fixture } from "./evidence-fixture.ts";
import { codeOf, expectEqual, HASH_NAMES } from "./fixed.ts";
import { mutate } from "./mutate.ts";
import { findOfflineFault } from "./offline.ts";

const mutationJson = ({ name, changes, parse, fault }: Mutation): Json => ({
  name,
  changes: changes.map(({ path, value }) => ({ path: [...path], ...(value !== undefined && { value }) })),
  ...(parse !== undefined && { parse }),
  ...(fault !== undefined && { fault }),
});

export function evidenceVectors(): Json {
  const { evidence, facts } = fixture("keccak256");
  const json = evidenceJson(evidence);
  for (const { name, changes, parse, fault } of [...MUTATIONS, ...HARMLESS]) {
    const changed = changes.reduce<Json>(mutate, json);
    if (parse === undefined) expectEqual(name, findOfflineFault(parseEvidence(changed), facts), fault);
    else
      expectEqual(
        name,
        codeOf(() => parseEvidence(changed)),
        parse,
      );
  }
  return {
    description:
      "SPEC §8, §11. `facts` is what the chain says. Each mutation changes the keccak256 evidence: a change without value takes the member or item out. `parse` is the code with which the result is refused unread, `fault` what the checks find first.",
    evidences: Object.fromEntries(
      HASH_NAMES.map((hash) => {
        const made = fixture(hash);
        expectEqual(hash, findOfflineFault(parseEvidence(evidenceJson(made.evidence)), made.facts), undefined);
        return [
          hash,
          {
            record: toHex(recordId(made.evidence.header)),
            evidence: evidenceJson(made.evidence),
            facts: { ...made.facts, agreement: { ...made.facts.agreement } },
          },
        ];
      }),
    ),
    mutations: MUTATIONS.map(mutationJson),
    harmless: HARMLESS.map(mutationJson),
  };
}
