import { expect } from "chai";
import type { ElementHandle, Page } from "puppeteer-core";
import { openPage, picture, press, seriousFindings, showing } from "./browser.ts";
import { inBrowser, portalRun } from "./harness.ts";
import { measureLoad } from "./load.ts";

/** A phone on a slow network: 1.6 Mbit/s, 150 ms, a quarter of this machine's speed. */
const SLOW = { roundTripMs: 150, bytesPerMs: 1_600 / 8, slowdown: 4 } as const;
const USCC = { tradingCentre: "129901009901000425" } as const;
const PURPOSE = "bid-qualification-review";
const WORDS = {
  zh: { verified: "核验通过", rejected: "不予采信", undetermined: "无法判定" },
  en: { verified: "Verified", rejected: "Rejected", undetermined: "Could not be determined" },
} as const;

inBrowser("the Verify page in a browser", function () {
  this.timeout(300_000);
  const run = portalRun();
  const { url } = run;
  const path = (name: string) => run.evaluation.path("demo", name);
  const evidence = () => path("business-licence.evidence.json");
  const open = (language: "zh" | "en") => openPage(run.browser, language);

  const give = async (page: Page, ...files: string[]) => {
    // What was found before is not the answer to what is asked now.
    await page.evaluate(() => document.querySelectorAll(".report").forEach((one) => one.setAttribute("data-old", "")));
    const input = (await page.waitForSelector(".drop input")) as ElementHandle<HTMLInputElement>; // The selector says so.
    await input.uploadFile(...files);
  };
  const verdicts = async (page: Page): Promise<string[]> => {
    await page.waitForSelector(".report:not([data-old]) h2", { timeout: 60_000 });
    return page.$$eval(".report:not([data-old]) h2", (titles) => titles.map((title) => title.textContent ?? ""));
  };
  for (const language of ["zh", "en"] as const) {
    describe(`anyone, ${language}`, () => {
      it("verifies a genuine certificate, sees what it says, and no serious barrier", async () => {
        const { page, complaints } = await open(language);
        await page.goto(url(0));
        await give(page, evidence());
        expect(await verdicts(page)).to.deep.equal([WORDS[language].verified]);
        expect(await page.$$(".facts .fact")).to.have.length.greaterThan(10);
        expect(await seriousFindings(page)).to.deep.equal([]);
        await picture(page, `verify-verified-${language}`);
        expect(complaints).to.deep.equal([]);
        await page.close();
      });

      it("sees a tampered one rejected, and nothing of its content", async () => {
        const { page } = await open(language);
        await page.goto(url(0));
        await give(page, path("business-licence.tampered.evidence.json"));
        expect(await verdicts(page)).to.deep.equal([WORDS[language].rejected]);
        expect(await page.evaluate(() => document.body.innerText.includes("偷换的内容"))).to.equal(false);
        expect(await page.$(".verdict .icon.fail")).not.to.equal(null);
        expect(await seriousFindings(page)).to.deep.equal([]);
        await picture(page, `verify-rejected-${language}`);
        await page.close();
      });
    });
  }

  it("whoever may use it: the right department and purpose, and no other", async () => {
    const { page } = await open("zh");
    await page.goto(url(0));
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
    const fields = await page.$$(".fields input");
    await fields[0]?.type(USCC.tradingCentre);
    await fields[1]?.type(PURPOSE);
    await give(page, evidence());
    expect(await verdicts(page)).to.deep.equal([WORDS.zh.verified]);
    await fields[1]?.type("-x");
    await press(page, "重新核验");
    await page.waitForFunction(() => document.querySelector(".verdict.rejected") !== null);
    await page.close();
  });

  it("a file given before the trust file has arrived waits for it", async () => {
    const { page } = await open("zh");
    let answer: (() => void) | undefined;
    await page.setRequestInterception(true);
    page.on("request", (request) => {
      if (new URL(request.url()).pathname === "/trust.json") answer = () => void request.continue();
      else void request.continue();
    });
    await page.goto(url(0));
    await give(page, evidence());
    await page.waitForSelector(".busy");
    expect(await page.$(".report")).to.equal(null);
    answer?.();
    expect(await verdicts(page)).to.deep.equal([WORDS.zh.verified]);
    await page.close();
  });

  it("verifies with the node gone, once the page is there; and with the chain gone says that it could not", async () => {
    const { page } = await open("zh");
    await page.goto(url(0));
    await give(page, evidence());
    expect(await verdicts(page)).to.deep.equal([WORDS.zh.verified]);
    const node = url(0);
    const chain = run.evaluation.rpcUrl;
    let isChainGone = false;
    await page.setRequestInterception(true);
    page.on("request", (request) => {
      const gone = request.url().startsWith(node) || (isChainGone && request.url().startsWith(chain));
      void (gone ? request.abort() : request.continue());
    });
    await give(page, evidence());
    expect(await verdicts(page)).to.deep.equal([WORDS.zh.verified]);
    isChainGone = true;
    await give(page, evidence());
    await page.waitForFunction(() => document.querySelector(".verdict.undetermined") !== null, { timeout: 60_000 });
    expect(await page.$(".verdict.verified")).to.equal(null);
    expect(await page.$(".verdict .icon.error")).not.to.equal(null);
    await picture(page, "verify-undetermined-zh");
    await page.close();
  });

  it("a link cannot choose the chain that is believed", async () => {
    const { page } = await open("zh");
    await page.goto(`${url(0)}/?connect=https://evil.example&rpc=https://evil.example`);
    await give(page, evidence());
    expect(await verdicts(page)).to.deep.equal([WORDS.zh.verified]);
    const endpoints = await page.$eval("details textarea[rows='2']", (field) => field.value); // The selector says so.
    expect(endpoints).to.equal(`${run.evaluation.rpcUrl}/`);
    await page.close();
  });

  it("checks an identifier without saying that the document is genuine", async () => {
    const { page } = await open("zh");
    await page.goto(url(0));
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
    const field = await page.waitForSelector("form input");
    await field?.type(USCC.tradingCentre);
    await page.waitForFunction(() => !document.querySelector("form button")?.hasAttribute("disabled"));
    await press(page, "核对");
    await showing(page, "结构与校验码正确");
    expect(await page.$(".verdict.verified")).to.equal(null);
    await page.close();
  });

  it("works at 400 % zoom: nothing to scroll sideways", async () => {
    const { page } = await open("zh");
    await page.setViewport({ width: 320, height: 640 });
    await page.goto(url(0));
    await give(page, evidence());
    await verdicts(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).to.be.at.most(0);
    await picture(page, "verify-phone-zh");
    await page.close();
  });

  it("stays in its budget of bytes, and of time on a slow phone", async () => {
    const { page } = await open("zh");
    const { bytes, firstBytes, cpuMs, measuredMs } = await measureLoad(page, {
      url: url(0),
      selector: ".drop input",
      later: "/assets/engine-",
    });
    // What the phone of the budget needs, from what was counted: the round trips of connecting, of the page and of its
    // files; their bytes; the thread's own time, four times. A clock on the wall would measure this machine's load.
    const simulatedMs = 3 * SLOW.roundTripMs + firstBytes / SLOW.bytesPerMs + SLOW.slowdown * cpuMs;
    console.log(
      `      ${Math.round(bytes / 1000)} kB; interactive on the phone after ${Math.round(simulatedMs)} ms ` +
        `(${Math.round(firstBytes / 1000)} kB before, ${Math.round(cpuMs)} ms of computing; ${Math.round(measuredMs)} ms here)`,
    );
    expect(bytes).to.be.at.most(130_000);
    expect(simulatedMs).to.be.at.most(1500);
    await page.close();
  });
});
