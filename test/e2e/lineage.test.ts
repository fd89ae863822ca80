import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Browser } from "puppeteer-core";
import { demoDepartments } from "../../sdk/families/demo-departments.ts";
import { Evaluation } from "./evaluation.ts";
import { findChromium, launch, openPage } from "./portal/browser.ts";

const START_MS = 300_000;
const executable = findChromium();
if (executable === undefined)
  console.log("    跳过浏览器中的报告:没有 Chromium(设置 SUYUAN_CHROMIUM)skipped: no Chromium (set SUYUAN_CHROMIUM)");

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

  (executable === undefined ? it.skip : it)(
    "and opened in a browser without network it shows graph, table and outcomes, and fails its own verification with one byte of its evidence changed",
    async () => {
      const page = readFileSync(`${evaluation.home}/report.html`, "utf8");
      const begin = page.indexOf('id="evidence">') + 'id="evidence">'.length;
      const end = page.indexOf("</script>", begin);
      const browser = await launch(executable ?? "");
      try {
        const seen = await look(browser, `${evaluation.home}/report.html`);
        expect(seen).to.deep.include({ holds: "true", requests: [], complaints: [] });
        expect(seen.boxes).to.be.at.least(4);
        expect(seen.rows).to.be.at.least(4);
        expect(seen.text).to.include("inclusion").and.to.include("status.suspended").and.to.include("link.proven");
        // A letter or digit near the beginning, in the middle, near the end.
        for (const share of [0.05, 0.5, 0.95]) {
          let at = begin + Math.floor((end - begin) * share);
          while (!/[a-z0-9]/.test(page[at] ?? "")) at++;
          const altered = `${page.slice(0, at)}${page[at] === "1" ? "2" : "1"}${page.slice(at + 1)}`;
          writeFileSync(`${evaluation.home}/altered.html`, altered);
          const { holds, faults } = await look(browser, `${evaluation.home}/altered.html`);
          expect([holds, faults.includes("digest")], `at ${share}`).to.deep.equal(["false", true]);
        }
      } finally {
        await browser.close();
      }
    },
  );

  it("marks the gap when the licences' node is stopped, and the others go on", async () => {
    const folder = evaluation.path("market-regulation");
    const pid = evaluation.pids().find((one) => environmentOf(one).includes(`SUYUAN_DATA=${folder}`));
    if (pid === undefined) throw new Error("a process of the licences' node");
    process.kill(pid, "SIGTERM");
    await evaluation.untilPrinted("was stopped; the others go on");
    const { code, stdout } = trace(decision);
    expect(code, stdout).to.equal(2);
    expect(stdout).to.include("✂").and.to.include("gap.unreachable").and.to.include("The trace is not complete");
  });
});

/** A page of a file, without network, as a person sees it. */
async function look(browser: Browser, path: string) {
  const { page, complaints } = await openPage(browser, "en");
  const requests: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) requests.push(request.url());
  });
  await page.setOfflineMode(true);
  await page.goto(pathToFileURL(path).href);
  const seen = await page.evaluate(() => ({
    holds: document.getElementById("self")?.dataset["holds"],
    boxes: document.querySelectorAll("svg rect").length,
    rows: document.querySelectorAll("table tbody tr").length,
    faults: [...document.querySelectorAll("#faults li")].map((item) => item.textContent ?? ""),
    text: document.body.innerText,
  }));
  await page.close();
  return { ...seen, requests, complaints };
}

/** What a process was started with. */
const environmentOf = (pid: number): readonly string[] => readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
