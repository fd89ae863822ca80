import { expect } from "chai";
import type { CDPSession, Page } from "puppeteer-core";
import { approveAll, click, openPage, picture, press, seriousFindings, showing } from "./browser.ts";
import { inBrowser, portalRun } from "./harness.ts";
import { SYNTHETIC_SCOPE, syntheticTrace } from "./synthetic-trace.ts";

const PURPOSE = "bid-qualification-review";
const LATEST = 120_000;
const WORDS = {
  zh: {
    signIn: "部门登录",
    bad: "最近的有问题的来源",
    good: "未发现有问题的来源",
    lastWeek: "上周此时",
    notYet: "尚未锚定",
    projects: "重大项目公示",
    flagged: "项警示",
    why: "为何警示",
    article: "《政府投资条例》第23条",
    above: "超出 21.55%",
    money: "¥40,000,000.00",
    bonds: "退还投标保证金",
    fits: "与链上摘要一致",
    unchanged: "以来没有变化",
  },
  en: {
    signIn: "Department sign-in",
    bad: "Nearest source that is not good",
    good: "No bad source was found",
    lastWeek: "A week ago",
    notYet: "was not anchored yet",
    projects: "Projects",
    flagged: "to look into",
    why: "Why it is flagged",
    article: ", article 23",
    above: "21.55% over",
    money: "CN¥40,000,000.00",
    bonds: "Bid bonds returned",
    fits: "fits its digest on chain",
    unchanged: "Nothing has changed since",
  },
} as const;

/** What the README tells a person without a command line to do. */
inBrowser("the portal, walked as the README says", function () {
  this.timeout(300_000);
  const run = portalRun();
  const { url, signIn } = run;

  for (const language of ["zh", "en"] as const) {
    it(`anyone sees the public pages, without serious barriers or refusals of the policy, ${language}`, async () => {
      const { page, complaints } = await openPage(run.browser, language);
      for (const path of ["/app/catalogue", "/app/projects", "/app/sign-in", "/app/nothing-here"]) {
        await page.goto(`${url(0)}${path}`);
        await settled(page);
        expect(await seriousFindings(page), path).to.deep.equal([]);
      }
      // Nobody is signed in, and the browser says so of the question.
      expect(complaints.filter((text) => !text.includes("401"))).to.deep.equal([]);
      await page.close();
    });
  }

  it("applies for two resources at once and answers as the other department, two people on each side", async () => {
    const consumer = url(30);
    const provider = url(10);
    const clerk = await openPage(run.browser, "zh");
    await signIn(clerk.page, consumer, "clerk");
    await clerk.page.goto(`${consumer}/app/catalogue`);
    await showing(clerk.page, "行政处罚");
    for (const _ of ["first", "second"])
      await click(clerk.page, "tbody input[type=checkbox]:not([disabled]):not(:checked)");
    await press(clerk.page, "申请所选 2 项");
    await clerk.page.waitForSelector("#purpose", { timeout: LATEST });
    expect(await seriousFindings(clerk.page)).to.deep.equal([]);
    await clerk.page.type("#purpose", PURPOSE);
    await clerk.page.type("#matter", "投标资格审查");
    await clerk.page.type("#until", "2030-01-01");
    await clerk.page.keyboard.press("Enter");
    await press(clerk.page, "核对并提交…");
    await showing(clerk.page, "请核对将要提交的内容");
    expect(await seriousFindings(clerk.page)).to.deep.equal([]);
    await picture(clerk.page, "apply-confirm-zh");
    await press(clerk.page, "提请审批");
    await clerk.page.waitForFunction(() => location.pathname === "/app/approvals", { timeout: LATEST });
    await showing(clerk.page, "您提请的事项须由另一人审批");

    const approver = await openPage(run.browser, "en");
    await approve(approver.page, consumer, 2);
    await picture(approver.page, "approvals-en");

    const answering = await openPage(run.browser, "zh");
    await signIn(answering.page, provider, "clerk");
    await showing(answering.page, "个工作日");
    await picture(answering.page, "inbox-zh");
    await click(answering.page, "tbody .ant-table-row a");
    await press(answering.page, "同意");
    await showing(answering.page, "请核对将要提交的内容");
    await press(answering.page, "提请审批");
    await answering.page.waitForFunction(() => document.querySelector(".ant-modal-title") === null);
    const deciding = await openPage(run.browser, "en");
    await approve(deciding.page, provider, 1);

    await clerk.page.goto(`${consumer}/app/sharing?box=consumed`);
    await showing(clerk.page, "已同意");
    for (const { page } of [clerk, approver, answering, deciding]) await page.close();
  });

  for (const language of ["zh", "en"] as const) {
    const words = WORDS[language];

    it(`traces the decision to its licences: bad now, good before the suspension, not there last week, ${language}`, async () => {
      const { page } = await openPage(run.browser, language);
      const [link = ""] = /http:\S+\/app\/lineage\?record=0x[0-9a-f]{64}/.exec(run.evaluation.output) ?? [];
      await page.goto(link);
      await press(page, words.signIn);
      await page.waitForFunction(() => location.pathname === "/app/sign-in");
      await signIn(page, new URL(link).origin, "auditor");
      await showing(page, words.bad, LATEST);
      const rows = await page.$$eval("tbody tr", (found) => found.map((row) => row.textContent ?? ""));
      expect(rows.filter((row) => row.includes("ecertificate"))).to.have.length.at.least(2);
      expect(await page.$$("svg rect")).to.have.length.at.least(3);
      expect(await seriousFindings(page)).to.deep.equal([]);
      await picture(page, `lineage-${language}`);

      const { suspended } = run.evaluation.readJson("demo", "scenario.json") as { suspended: { before: number } }; // Written so.
      const before = new URL(page.url());
      before.searchParams.set("asOf", String(suspended.before));
      await page.goto(before.href);
      await showing(page, words.good, LATEST);

      await press(page, words.lastWeek);
      await showing(page, words.notYet, LATEST);
      expect(Number(new URL(page.url()).searchParams.get("asOf"))).to.be.below(suspended.before);
      await page.close();
    });

    it(`finds the project that overruns and why it is flagged, from the first page, ${language}`, async () => {
      const { page, complaints } = await openPage(run.browser, language);
      await page.goto(url(0));
      await press(page, words.projects);
      await press(page, "溯源市生态环境局");
      await showing(page, words.flagged);
      // The worst comes first.
      const [first = ""] = await page.$$eval("tbody .ant-table-row", (rows) =>
        rows.map((row) => row.textContent ?? ""),
      );
      expect(first).to.include("滨河路综合改造工程");
      await picture(page, `projects-${language}`);
      await press(page, "滨河路综合改造工程");
      for (const text of [words.why, words.article, words.above, words.money, words.bonds, words.fits])
        await showing(page, text);
      await settled(page);
      expect(await seriousFindings(page)).to.deep.equal([]);
      await picture(page, `project-${language}`);
      // Looked at once: what changes from now on is told.
      await page.goto(`${url(20)}/app/projects`);
      await showing(page, words.unchanged);
      expect(complaints.filter((text) => !text.includes("401"))).to.deep.equal([]);
      await page.close();
    });
  }

  describe("a large lineage", () => {
    let page: Page;
    let session: CDPSession;
    /** Of the trace that is asked for, until it is let through. */
    let waiting: (() => void) | undefined;
    let answer = "";
    before(async () => {
      ({ page } = await openPage(run.browser, "zh"));
      await signIn(page, url(30), "auditor");
      await page.setRequestInterception(true);
      page.on("request", (request) => {
        const isTrace = request.url().includes(`/v1/lineage/records/${SYNTHETIC_SCOPE}/`);
        if (!isTrace) return void request.continue();
        waiting = () => void request.respond({ contentType: "application/x-ndjson", body: answer });
      });
      session = await page.createCDPSession();
      await session.send("Performance.enable", { timeDomain: "threadTicks" });
    });
    after(() => page.close());

    const cpuMs = async (): Promise<number> => {
      const { metrics } = await session.send("Performance.getMetrics");
      return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN) * 1000;
    };
    const drawn = (boxes: number) =>
      page.waitForFunction(
        (wanted: number) => document.querySelectorAll(".drawing rect").length >= wanted,
        { polling: "raf", timeout: LATEST },
        boxes,
      );
    const count = () => page.$$eval(".drawing rect", (found) => found.length);
    /** The main thread's own time from the trace's arrival until as much is drawn: whatever else runs here is not in it. */
    const explore = async (nodes: number, boxes: number): Promise<number> => {
      waiting = undefined;
      answer = syntheticTrace(nodes);
      await page.goto(`${url(30)}/app/lineage?scope=${SYNTHETIC_SCOPE}&seq=0`);
      await page.waitForSelector(".ant-skeleton");
      while (waiting === undefined) await page.evaluate(() => new Promise(requestAnimationFrame));
      const before = await cpuMs();
      (waiting as () => void)(); // Set by the request's listener, which the compiler does not see.
      await drawn(boxes);
      return (await cpuMs()) - before;
    };

    /** The records drawn by themselves where the drawing is looked at now, by number. */
    const records = () =>
      page.$$eval(".drawing text", (found) =>
        found.flatMap(({ textContent }) => /^[✓✗?] \S+ (\d+)$/.exec(textContent)?.[1] ?? []),
      );
    const twoFrames = () =>
      page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

    it("of 1,000 records is read, laid out and drawn where it is looked at, each record by itself", async () => {
      const ms = await explore(1000, 20);
      console.log(`      1,000 records: read, laid out and drawn in ${Math.round(ms)} ms of the page's thread`);
      // The target is one second on a machine that does nothing else; beside other work the same takes twice as long.
      expect(ms).to.be.below(5000);
      expect(await records()).to.include("0");
      expect(await count()).to.be.below(600);
      const size = await page.$eval(".drawing", ({ scrollWidth, scrollHeight, clientWidth, clientHeight }) => ({
        ...{ scrollWidth, scrollHeight, clientWidth, clientHeight },
      }));
      const found = new Set<string>();
      // As much again as is in view is drawn on each side.
      for (let top = 0; top < size.scrollHeight; top += 2 * size.clientHeight)
        for (let left = 0; left < size.scrollWidth; left += 2 * size.clientWidth) {
          await page.$eval(".drawing", (drawing, x, y) => drawing.scrollTo(x, y), left, top);
          await twoFrames();
          for (const record of await records()) found.add(record);
        }
      expect(found.size).to.equal(1000);
      await picture(page, "lineage-1000-zh");
    });

    it("of 10,000 is explored by opening groups, and the view is in the address", async () => {
      const ms = await explore(10_000, 20);
      console.log(`      10,000 records: read, grouped and drawn in ${Math.round(ms)} ms of the page's thread`);
      expect(await count()).to.be.below(600);
      expect(await records()).to.deep.equal(["0"]);
      await showing(page, "显示 10000 / 10000 条");
      const thread = await cpuMs();
      await page.$eval(".drawing [role=button]", (group) => (group as SVGElement).focus()); // The drawing is one of SVG.
      await page.keyboard.press("Enter");
      const opened = () =>
        page.waitForFunction(
          () =>
            [...document.querySelectorAll(".drawing text")].filter((one) => /^[✓✗] \S+ \d+$/.test(one.textContent))
              .length > 1,
          { polling: "raf", timeout: LATEST },
        );
      await opened();
      console.log(`      one of its groups opened in ${Math.round((await cpuMs()) - thread)} ms`);
      expect(new URL(page.url()).searchParams.getAll("open")).to.have.length(1);
      waiting = undefined;
      await page.reload();
      await page.waitForSelector(".ant-skeleton");
      while (waiting === undefined) await page.evaluate(() => new Promise(requestAnimationFrame));
      (waiting as () => void)(); // As above.
      await opened();
      expect(await seriousFindings(page)).to.deep.equal([]);
      await picture(page, "lineage-10000-zh");
    });
  });

  it("every page of a signed-in operator shows its state, without serious barriers, in the dark too", async () => {
    const tabs = ["admin", ...["operators", "departments", "rules", "assessments"].map((tab) => `admin?tab=${tab}`)];
    for (const [name, node, paths] of [
      [
        "clerk",
        url(10),
        ["sharing", "records", "records?tab=bulk", "records?tab=find", "records?tab=live", "lineage", "approvals"],
      ],
      ["admin", url(10), tabs],
      ["admin", url(0), tabs],
    ] as const) {
      const { page, complaints } = await openPage(run.browser, name === "clerk" ? "zh" : "en");
      await signIn(page, node, name);
      complaints.length = 0;
      if (name === "clerk") await page.evaluate(() => localStorage.setItem("suyuan.theme", "dark"));
      for (const path of paths) {
        await page.goto(`${node}/app/${path}`);
        await settled(page);
        expect(await page.$(".ant-alert-error"), path).to.equal(null);
        expect(await seriousFindings(page), path).to.deep.equal([]);
        await picture(page, `${path.replaceAll(/\W/g, "-")}-${name}`);
      }
      expect(complaints).to.deep.equal([]);
      await page.close();
    }
  });

  const settled = async (page: Page): Promise<void> => {
    await page.waitForSelector("main h1, main .ant-result-title", { timeout: LATEST });
    await page.waitForFunction(() => document.querySelector(".ant-skeleton") === null, { timeout: LATEST });
  };

  const approve = async (page: Page, node: string, count: number): Promise<void> => {
    await signIn(page, node, "approver");
    await approveAll(page, { node, count });
  };
});
