import { expect } from "chai";
import first from "../../../sdk/oversight/law/rules-2019-07-01.json" with { type: "json" };
import {
  citation,
  findRule,
  findRuleByNumber,
  PROJECT_RULES,
  ruleSetDigest,
  type ProjectRuleSet,
} from "../../../sdk/oversight/law/rules.ts";
import { published, skipUnless } from "./published.ts";

const LAWS: Readonly<Record<string, string>> = {
  "investment-regulation": "政府投资条例",
  "bidding-law": "招标投标法",
  "bidding-regulation": "招标投标法实施条例",
};

/** A published version never changes: other rules are another version, whose digest the authority appends on chain. */
const PUBLISHED: Readonly<Record<string, string>> = {
  "2019-07-01": "0x99c6d1051b5565a6009224b460b913492115fdaa53ca14fb49e3c566cea1f481",
  "2019-07-01.2": "0xde29d73beb42761c6e6540c618ca8955c8b953e45f1d9327c3467602e4b6d6b0",
};

describe("the project rules", () => {
  it("cite only articles that were read and verified", function () {
    skipUnless(this, "rules/investment.json");
    const read = published.json("rules/investment.json") as Record<string, { art: number }[]>;
    for (const { code, law, article } of PROJECT_RULES.rules) {
      if (law === undefined) continue;
      expect(
        read[LAWS[law]!]!.map(({ art }) => art),
        code,
      ).to.include(article);
    }
  });

  it("are numbered densely from 1 where the chain judges, and have a law where they are hard", () => {
    const numbers = PROJECT_RULES.rules.flatMap(({ number }) => number ?? []);
    expect(numbers).to.deep.equal(numbers.map((_, i) => i + 1));
    for (const rule of PROJECT_RULES.rules) {
      if (rule.kind === "hard") expect(rule.article, rule.code).to.be.a("number");
      for (const words of [rule.says, rule.check]) expect([words.zh, words.en], rule.code).to.not.include("");
    }
    expect(new Set(PROJECT_RULES.rules.map(({ code }) => code)).size).to.equal(PROJECT_RULES.rules.length);
  });

  it("are named by the digest of their canonical form", () => {
    const before = first as unknown as ProjectRuleSet; // The import's own type spells every member out.
    for (const rules of [before, PROJECT_RULES])
      expect(ruleSetDigest(rules), rules.version).to.equal(PUBLISHED[rules.version]);
    // What was flagged by a version that is over can still be explained by its number and code.
    for (const { code, number } of before.rules) expect(findRule(code)).to.include({ code, ...(number && { number }) });
    expect(ruleSetDigest({ ...PROJECT_RULES, version: "x" })).to.not.equal(ruleSetDigest(PROJECT_RULES));
  });

  it("cite articles as people do, in both languages", () => {
    const rule = findRule("total-exceeded")!;
    expect(findRuleByNumber(7)).to.equal(rule);
    expect(citation(rule, "zh")).to.equal("《政府投资条例》第23条");
    expect(citation(rule, "en")).to.equal("Regulation on Government Investment, article 23");
    expect(citation(findRule("payment-ahead")!, "zh")).to.equal("");
  });
});
