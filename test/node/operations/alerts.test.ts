import { readFileSync } from "node:fs";
import { expect } from "chai";
import { chainErrorTexts } from "../../../sdk/chain/errors.ts";
import { destructionErrorTexts } from "../../../node/destruction/errors.ts";
import { httpErrorTexts } from "../../../node/http/errors.ts";
import { keyErrorTexts } from "../../../node/keys/errors.ts";
import { recordErrorTexts } from "../../../node/records/errors.ts";
import { storageErrorTexts } from "../../../node/storage/errors.ts";
import { alarmTexts } from "../../../node/anchoring/errors.ts";
import { admissionErrorTexts } from "../../../node/operations/errors.ts";
import { VARIABLES } from "../../../node/variables.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { startTestNode, type TestNode } from "../support/nodes.ts";

const read = (name: string): string =>
  readFileSync(new URL(`../../../node/operations/${name}`, import.meta.url), "utf8");
const known: readonly string[] = [
  ...[alarmTexts, admissionErrorTexts, keyErrorTexts, chainErrorTexts, storageErrorTexts, recordErrorTexts],
  ...[destructionErrorTexts, httpErrorTexts],
].flatMap((texts) => Object.keys(texts));
const rules = [...read("alerts.yml").matchAll(/- alert: (\w+)\n\s+expr: (.+)\n/g)].map(([, name = "", expr = ""]) => ({
  name,
  expr,
}));
const runbook = read("RUNBOOK.md");
const pages = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((page) => [page.split("\n", 1)[0] ?? "", page]),
);
/** Those of ARCHITECTURE.md that a node is asked to hold, in groups. */
const PROMISES = 12;

describe("the alert rules", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let node: TestNode;
  let names: Set<string>;

  before(async () => {
    ledger = await startLedger();
    node = await startTestNode({ ledger, department: ledger.provider });
    const text = await (await fetch(`${node.url}/metrics`)).text();
    names = new Set([...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name = ""]) => name));
  });
  after(async () => {
    await node.stop();
    await ledger.stop();
  });

  it("have a page each, in both languages, with what to do; and there is no page without a rule", () => {
    expect(rules.length).to.equal(read("alerts.yml").match(/- alert:/g)?.length);
    expect([...pages.keys()].sort()).to.deep.equal(rules.map(({ name }) => name).sort());
    for (const [name, page] of pages)
      for (const word of ["**含义**", "**做法**", "**Means**", "**Do**"]) expect(page, name).to.include(word);
  });

  for (const { name, expr } of rules) {
    it(`${name} asks for numbers that a node gives`, () => {
      const asked = expr.match(/suyuan_\w+/g) ?? [];
      if (name !== "SuyuanNodeDown") expect(asked).to.not.deep.equal([]);
      for (const metric of asked) expect(names, metric).to.include(metric);
    });
  }

  it("name numbers with their unit: seconds, bytes, or a count", () => {
    for (const name of names) {
      if (/age|duration|skew|time_/.test(name)) expect(name).to.match(/_seconds$/);
      if (/disk/.test(name)) expect(name).to.match(/_bytes$/);
    }
  });

  it("stand beside numbers for each promise", () => {
    const rows = runbook.split(/^## /m)[0]?.match(/^\| [^|]* \| `suyuan_.*$/gm) ?? [];
    expect(rows).to.have.length(PROMISES);
  });

  it("and the runbook know every alarm and every reason for which records are refused, and name no setting that does not exist", () => {
    for (const code of [...Object.keys(alarmTexts), ...Object.keys(admissionErrorTexts)])
      expect(runbook).to.include(`\`${code}\``);
    for (const [name] of runbook.matchAll(/SUYUAN_[A-Z_]+/g)) expect(Object.keys(VARIABLES)).to.include(name);
    for (const [, code = ""] of runbook.matchAll(/`([a-z]+\.[a-z-]+)`/g))
      if (code !== "alerts.yml") expect(known, code).to.include(code);
    for (const [, metric = ""] of runbook.matchAll(/`(suyuan_\w+)[`{]/g)) expect(names, metric).to.include(metric);
  });
});
