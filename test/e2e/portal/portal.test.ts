import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import type { Browser, ElementHandle, Page } from "puppeteer-core";
import { Evaluation } from "../evaluation.ts";
import { findChromium, launch, openPage, picture, press, seriousFindings, showing } from "./browser.ts";

const USCC = { tradingCentre: "129901009901000425" } as const;
const PURPOSE = "bid-qualification-review";
const WORDS = {
  zh: { verified: "核验通过", rejected: "不予采信", undetermined: "无法判定" },
  en: { verified: "Verified", rejected: "Rejected", undetermined: "Could not be determined" },
} as const;

const executable = findChromium();
if (executable === undefined)
  console.log("    跳过:没有 Chromium(设置 SUYUAN_CHROMIUM)skipped: no Chromium (set SUYUAN_CHROMIUM)");

(executable === undefined ? describe.skip : describe)("the portal in a browser", function () {
  this.timeout(300_000);
  let evaluation: Evaluation;
  let browser: Browser;
  let password: string;
  const url = (offset: number) => `http://127.0.0.1:${evaluation.port + offset}`;

  before(async () => {
    evaluation = await Evaluation.create();
    await evaluation.start("Serving");
    browser = await launch(executable ?? "");
    const listing = readFileSync(evaluation.path("demo", "operators.txt"), "utf8");
    password = /^口令 password: (.+)$/m.exec(listing)?.[1] ?? "";
    const original = readFileSync(evaluation.path("demo", "business-licence.evidence.json"), "utf8");
    const file = JSON.parse(original) as { claims: { disclosed: { value: unknown }[] } };
    const claim = file.claims.disclosed.find(({ value }) => typeof value === "string");
    if (claim) claim.value = "偷换的内容";
    writeFileSync(evaluation.path("tampered.json"), JSON.stringify(file));
  });
  after(async () => {
    await browser?.close();
    await evaluation?.stop();
    evaluation?.remove();
  });

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
  const evidence = () => evaluation.path("demo", "business-licence.evidence.json");
  const signIn = async (page: Page, node: string, name: string) => {
    await page.goto(`${node}/app/sign-in`);
    await page.waitForSelector("#name");
    await page.type("#name", name);
    await page.type("#password", password);
    await page.click("button[type=submit]");
    await page.waitForFunction(() => location.pathname === "/app/sharing", { timeout: 60_000 });
  };

  for (const language of ["zh", "en"] as const) {
    describe(`anyone, ${language}`, () => {
      it("verifies a genuine certificate, sees what it says, and no serious barrier", async () => {
        const { page, complaints } = await openPage(browser, language);
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
        const { page } = await openPage(browser, language);
        await page.goto(url(0));
        await give(page, evaluation.path("tampered.json"));
        expect(await verdicts(page)).to.deep.equal([WORDS[language].rejected]);
        expect(await page.evaluate(() => document.body.innerText.includes("偷换的内容"))).to.equal(false);
        expect(await page.$(".verdict .icon.fail")).not.to.equal(null);
        expect(await seriousFindings(page)).to.deep.equal([]);
        await picture(page, `verify-rejected-${language}`);
        await page.close();
      });

      it.skip("sees the public pages without serious barriers", async () => {
        const { page } = await openPage(browser, language);
        for (const path of ["/app/catalogue", "/app/projects", "/app/sign-in", "/app/nothing-here"]) {
          await page.goto(`${url(0)}${path}`);
          await page.waitForSelector("main h1, main .ant-result-title");
          await page.waitForFunction(() => document.querySelector(".ant-skeleton") === null);
          expect(await seriousFindings(page), path).to.deep.equal([]);
        }
        await page.close();
      });
    });
  }

  it("whoever may use it: the right department and purpose, and no other", async () => {
    const { page } = await openPage(browser, "zh");
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
    const { page } = await openPage(browser, "zh");
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
    const { page } = await openPage(browser, "zh");
    await page.goto(url(0));
    await give(page, evidence());
    expect(await verdicts(page)).to.deep.equal([WORDS.zh.verified]);
    const node = url(0);
    const chain = evaluation.rpcUrl;
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
    const { page } = await openPage(browser, "zh");
    await page.goto(`${url(0)}/?connect=https://evil.example&rpc=https://evil.example`);
    await give(page, evidence());
    expect(await verdicts(page)).to.deep.equal([WORDS.zh.verified]);
    const endpoints = await page.$eval("details textarea[rows='2']", (field) => field.value); // The selector says so.
    expect(endpoints).to.equal(`${evaluation.rpcUrl}/`);
    await page.close();
  });

  it("checks an identifier without saying that the document is genuine", async () => {
    const { page } = await openPage(browser, "zh");
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
    const { page } = await openPage(browser, "zh");
    await page.setViewport({ width: 320, height: 640 });
    await page.goto(url(0));
    await give(page, evidence());
    await verdicts(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).to.be.at.most(0);
    await picture(page, "verify-phone-zh");
    await page.close();
  });

  it("stays in its budget and is ready in time on a slow phone", async () => {
    const { page } = await openPage(browser, "zh");
    const session = await page.createCDPSession();
    await session.send("Network.enable");
    let bytes = 0;
    const counted = new Map<string, string>();
    session.on("Network.responseReceived", ({ requestId, response }) => counted.set(requestId, response.url));
    session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      if (!(counted.get(requestId) ?? "").includes("/assets/qr-")) bytes += encodedDataLength;
    });
    const kilobit = 1000 / 8;
    await session.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 150,
      downloadThroughput: 1600 * kilobit,
      uploadThroughput: 750 * kilobit,
    });
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    const began = performance.now();
    await page.goto(url(0), { waitUntil: "domcontentloaded" });
    await page.waitForSelector(".drop input");
    const readyMs = performance.now() - began;
    await page.waitForFunction(() =>
      performance.getEntriesByType("resource").some(({ name }) => name.includes("engine-")),
    );
    await page.waitForNetworkIdle();
    console.log(`      ${Math.round(bytes / 1000)} kB, interactive after ${Math.round(readyMs)} ms`);
    expect(bytes).to.be.at.most(130_000);
    // On a machine that does nothing else 1.5 s; here others may be running.
    expect(readyMs).to.be.at.most(5000);
    await page.close();
  });

  it("one department applies, two people each; the other answers; both see it", async () => {
    const consumer = url(30);
    const provider = url(10);
    const clerk = await openPage(browser, "zh");
    await signIn(clerk.page, consumer, "clerk");
    expect(await seriousFindings(clerk.page)).to.deep.equal([]);
    await picture(clerk.page, "sharing-zh");
    await clerk.page.goto(`${consumer}/app/catalogue`);
    await showing(clerk.page, "行政处罚");
    const boxes = await clerk.page.$$("tbody input[type=checkbox]");
    await boxes[1]?.click();
    await boxes[2]?.click();
    await press(clerk.page, "申请所选 2 项");
    await clerk.page.waitForSelector("#purpose", { timeout: 60_000 });
    expect(await seriousFindings(clerk.page)).to.deep.equal([]);
    await clerk.page.type("#purpose", PURPOSE);
    await clerk.page.type("#matter", "投标资格审查");
    await clerk.page.type("#until", "2030-01-01");
    await clerk.page.keyboard.press("Enter");
    await press(clerk.page, "核对并提交…");
    await showing(clerk.page, "请核对将要提交的内容");
    await picture(clerk.page, "apply-confirm-zh");
    await press(clerk.page, "提请审批");
    await clerk.page.waitForFunction(() => location.pathname === "/app/approvals", { timeout: 60_000 });
    await showing(clerk.page, "您提请的事项须由另一人审批");

    const approver = await openPage(browser, "en");
    await approve(approver.page, consumer, 2);
    await picture(approver.page, "approvals-en");

    const answering = await openPage(browser, "zh");
    await signIn(answering.page, provider, "clerk");
    await showing(answering.page, "个工作日");
    await picture(answering.page, "inbox-zh");
    await answering.page.waitForSelector("tbody .ant-table-row a");
    await answering.page.click("tbody .ant-table-row a");
    await press(answering.page, "同意");
    await showing(answering.page, "请核对将要提交的内容");
    await press(answering.page, "提请审批");
    await answering.page.waitForFunction(() => document.querySelector(".ant-modal-title") === null);
    const deciding = await openPage(browser, "en");
    await approve(deciding.page, provider, 1);

    await clerk.page.goto(`${consumer}/app/sharing?box=consumed`);
    await showing(clerk.page, "已同意");
    for (const { page } of [clerk, approver, answering, deciding]) await page.close();
  });

  const approve = async (page: Page, node: string, count: number) => {
    await signIn(page, node, "approver");
    await page.goto(`${node}/app/approvals`);
    for (let left = count; left > 0; left--) {
      await showing(page, `Waiting(${left})`);
      await press(page, "Approve and carry out");
      await showing(page, "this cannot be undone");
      await press(page, "Approve and carry out");
      await showing(page, `Waiting(${left - 1})`, 120_000);
    }
  };

  it.skip("every page of a signed-in operator shows its state and no serious barrier", async () => {
    for (const [name, paths] of [
      ["clerk", ["/app/records", "/app/lineage", "/app/approvals", "/app/projects"]],
      ["admin", ["/app/admin"]],
    ] as const) {
      const { page } = await openPage(browser, name === "clerk" ? "zh" : "en");
      await signIn(page, url(10), name);
      for (const path of paths) {
        await page.goto(`${url(10)}${path}`);
        await page.waitForSelector("main h1");
        await page.waitForFunction(() => document.querySelector(".ant-skeleton") === null);
        expect(await page.$(".ant-alert-error"), path).to.equal(null);
        expect(await seriousFindings(page), path).to.deep.equal([]);
        await picture(page, `${path.split("/").at(-1) ?? ""}-${name}`);
      }
      await page.close();
    }
  });
});
