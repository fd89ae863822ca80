import { expect } from "chai";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { ElementHandle, Page } from "puppeteer-core";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { findChromium, launch, openPage, picture, press, seriousFindings, showing } from "./browser.ts";
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

  describe("a printed code", () => {
    /** The code of the suspended licence, as its issuer's portal shows it. */
    let picturePath: string;
    before(async () => {
      const { suspended } = run.evaluation.readJson("demo", "scenario.json") as { suspended: { seq: number } }; // Written so.
      const line = readFileSync(path("business-licences.ndjson"), "utf8").split("\n")[suspended.seq] ?? "{}";
      const { certificateNumber } = JSON.parse(line) as { certificateNumber: string }; // As the demonstration made it.
      const { page } = await open("zh");
      await run.signIn(page, url(10), "clerk");
      await page.goto(`${url(10)}/app/records?tab=find`);
      const key = await page.waitForSelector("#key");
      await key?.type(certificateNumber);
      await page.keyboard.press("Enter");
      const code = await page.waitForSelector("figure canvas");
      // Twice as large, with a margin: as a camera sees a sheet of paper.
      const image = await code?.evaluate((canvas) => canvas.toDataURL());
      await page.goto("about:blank");
      await page.setViewport({ width: 640, height: 480 });
      await page.setContent(
        `<body style="margin:0;background:#fff"><img style="width:400px;margin:40px 120px" src="${image ?? ""}"></body>`,
      );
      picturePath = path("code.png");
      await page.screenshot({ path: picturePath });
      await page.screenshot({ path: path("code.jpeg"), quality: 90 });
      await page.close();
    });

    const said = async (page: Page): Promise<string> => {
      await page.waitForFunction(() => document.querySelector(".panel .report") !== null);
      return page.$eval(".panel .report", (report) => (report as HTMLElement).innerText); // The selector says so.
    };

    it("names a record of the ledger and its state, from a picture, and is never called genuine", async () => {
      const { page, complaints } = await open("zh");
      await page.goto(url(0));
      await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
      await page.waitForFunction(() => document.querySelector(".panel .actions button:not([disabled])") !== null);
      const input = (await page.waitForSelector(".panel input[accept='image/*']")) as ElementHandle<HTMLInputElement>; // The selector says so.
      await input.uploadFile(picturePath);
      const text = await said(page);
      expect(text).to.include(WORDS.zh.undetermined);
      expect(text).to.include("暂扣");
      expect(await page.$(".verdict.verified")).to.equal(null);
      expect(await seriousFindings(page)).to.deep.equal([]);
      await picture(page, "verify-code-zh");
      expect(complaints).to.deep.equal([]);
      await page.close();
    });

    it("is read by a camera", async () => {
      const film = path("code.mjpeg");
      writeFileSync(film, readFileSync(path("code.jpeg")));
      const filming = await launch(findChromium() ?? "", [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        `--use-file-for-fake-video-capture=${film}`,
      ]);
      try {
        const { page } = await openPage(filming, "en");
        await page.goto(url(0));
        await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
        await page.waitForFunction(() => document.querySelector(".panel .actions button:not([disabled])") !== null);
        await press(page, "Scan with the camera");
        const text = await said(page);
        expect(text).to.include(WORDS.en.undetermined);
        expect(await page.$("video")).to.equal(null);
      } finally {
        await filming.close();
      }
    });
  });

  it("gives a statement: to keep as a file, and to print without what is only for the screen", async () => {
    const { page } = await open("en");
    const folder = path("statements");
    const session = await page.createCDPSession();
    await session.send("Browser.setDownloadBehavior", {
      ...{ behavior: "allow", downloadPath: folder, eventsEnabled: true },
      browserContextId: page.browserContext().id ?? "",
    });
    const over = new Promise<void>((resolve) =>
      session.on("Browser.downloadProgress", ({ state }) => state === "completed" && resolve()),
    );
    await page.goto(url(0));
    await give(page, evidence());
    expect(await verdicts(page)).to.deep.equal([WORDS.en.verified]);
    await press(page, "Download the statement");
    await over;
    const [name = ""] = readdirSync(folder);
    const statement = JSON.parse(readFileSync(join(folder, name), "utf8")) as JsonObject; // An object, as the page wrote it.
    expect(JSON.stringify(statement)).to.include("verified");
    expect(JSON.stringify(statement)).to.include(createHash("sha256").update(readFileSync(evidence())).digest("hex"));
    await page.evaluate(() => Object.assign(globalThis, { print: () => Object.assign(globalThis, { printed: true }) }));
    await press(page, "Print the statement");
    expect(await page.evaluate(() => Reflect.get(globalThis, "printed") as boolean)).to.equal(true);
    await page.emulateMediaType("print");
    const shown = (selector: string) =>
      page.$$eval(selector, (found) => found.some((one) => (one as HTMLElement).offsetParent !== null)); // Elements of HTML.
    expect(await shown(".report h2")).to.equal(true);
    for (const selector of [".drop input", ".top a", ".panels summary", ".actions button"])
      expect(await shown(selector), selector).to.equal(false);
    const pdf = await page.pdf({ format: "A4" });
    expect(pdf.byteLength).to.be.greaterThan(10_000);
    await page.close();
  });

  it("is embedded in another site's page, and verifies there", async () => {
    const { page } = await open("zh");
    const other = createServer((_request, response) => {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(`<h1>另一个网站</h1><iframe src="${url(0)}/widget" width="600" height="600"></iframe>`);
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = other.address() as AddressInfo; // Of a TCP server.
      await page.goto(`http://127.0.0.1:${port}/`);
      const frame = await (await page.waitForSelector("iframe"))?.contentFrame();
      const input = (await frame?.waitForSelector(".drop input")) as ElementHandle<HTMLInputElement>; // The selector says so.
      await input.uploadFile(path("business-licence.tampered.evidence.json"));
      await frame?.waitForSelector(".verdict.rejected", { timeout: 60_000 });
      // The rest of the portal lets no other site show it.
      const refused = await fetch(url(0));
      expect(refused.headers.get("content-security-policy")).to.include("frame-ancestors 'none'");
    } finally {
      await new Promise((resolve) => other.close(resolve));
      await page.close();
    }
  });

  it("is worked by the keyboard alone, from the link over the navigation to a verdict", async () => {
    const { page } = await open("en");
    await page.goto(url(0));
    await page.waitForSelector(".drop input");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.className)).to.equal("skip");
    await page.keyboard.press("Enter");
    const focused = () => page.evaluate(() => document.activeElement?.matches(".drop input, details summary") ?? false);
    for (let i = 0; i < 3 && !(await focused()); i++) await page.keyboard.press("Tab");
    expect(await focused()).to.equal(true);
    await page.evaluate(() => {
      const summary = [...document.querySelectorAll<HTMLElement>("summary")].find((one) =>
        one.innerText.startsWith("Paste"),
      );
      summary?.focus();
    });
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.sendCharacter(readFileSync(path("business-licence.tampered.evidence.json"), "utf8"));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".verdict.rejected", { timeout: 60_000 });
    // What was found is told to whoever does not see it.
    expect(await page.$eval(".announced[role=status]", (status) => status.textContent)).to.include(WORDS.en.rejected);
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
