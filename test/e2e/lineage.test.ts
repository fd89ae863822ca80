import { expect } from "chai";
import { readFileSync } from "node:fs";
import { demoDepartments } from "../../sdk/families/demo-departments.ts";
import { Evaluation } from "./evaluation.ts";

const START_MS = 300_000;

describe("npm start: where a decision comes from", function () {
  this.timeout(START_MS);
  let evaluation: Evaluation;
  let decision: string;
  let suspended: { scope: string; seq: number };

  before(async () => {
    evaluation = await Evaluation.create();
    await evaluation.start("Serving");
    const state = evaluation.readJson("demo", "scenario.json") as { decision: string; suspended: typeof suspended };
    ({ decision, suspended } = state);
  });
  after(async () => {
    await evaluation.stop();
    evaluation.remove();
  });

  /** As the trading centre, whose node is the last of the evaluation. */
  const trace = (record: string, ...more: string[]) => {
    const folder = evaluation.path("trading-centre");
    process.env["SUYUAN_KEYSTORE_PASSWORD_FILE"] = `${folder}/keystore-password`;
    const node = `http://127.0.0.1:${evaluation.port + 30}`;
    return evaluation.suyuan(
      "--lang",
      "en",
      "trace",
      record,
      "--node",
      node,
      "--keystore",
      `${folder}/keystore.json`,
      ...more,
    );
  };

  it("is traced from the bid qualification to the business licences of another department, every link verified", () => {
    const { stdout, stderr } = trace(decision);
    expect(stdout, stderr)
      .to.include(demoDepartments.marketRegulation.nameZh)
      .and.to.include(demoDepartments.tradingCentre.nameZh);
    expect(stdout.match(/✓ ecertificate/g), stdout).to.have.length.at.least(2);
    expect(stdout).not.to.include("link.");
    expect(stdout).to.include("status.suspended");
  });

  it("names the decision in the recall list of the suspended licence", () => {
    const { stdout, stderr } = trace(`${suspended.scope}/${suspended.seq}`, "--recall");
    expect(stdout, stderr).to.include(decision);
  });

  it("finds the suspended licence as the first bad ancestor", () => {
    const { code, stdout } = trace(decision, "--first-bad");
    expect(code, stdout).to.equal(1);
    expect(stdout).to.include("status.suspended ecertificate");
  });

  it("is put on the table as one file", () => {
    trace(decision, "--format", "html", "--out", "report.html");
    const page = readFileSync(`${evaluation.home}/report.html`, "utf8");
    expect(page).to.include("<svg").and.to.include('id="evidence"');
  });
});
