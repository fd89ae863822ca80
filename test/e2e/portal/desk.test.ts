import { expect } from "chai";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { demoDepartments } from "../../../sdk/families/demo-departments.ts";
import { generateCreditLicences } from "../../../sdk/families/synthetic.ts";
import { composeUscc } from "../../../sdk/protocol/identifiers/uscc.ts";
import type { ElementHandle, Page } from "puppeteer-core";
import {
  approveAll,
  choose,
  click,
  fill,
  openPage,
  picture,
  press,
  seriousFindings,
  showing,
  sideways,
} from "./browser.ts";
import { inBrowser, portalRun, signInWith } from "./harness.ts";

const LATEST = 120_000;
const FILE_RECORDS = 2_000;
const AUTHORITY = demoDepartments.ecology;
const NEWCOMER = {
  name: "溯源市住房局",
  id: composeUscc({ department: "1", category: "1", division: "990100", organisationBody: "99010077" }),
  key: `0x${generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex")}`,
};

/** Every form of the desk, as a clerk fills it in; what takes two people is approved by the second. */
inBrowser("the desks of the portal, filled in by clerks", function () {
  this.timeout(300_000);
  const run = portalRun();
  const { url, signIn } = run;
  const registry = () => url(20);
  const licences = [...generateCreditLicences({ seed: 41, first: 700_000, count: FILE_RECORDS, authority: AUTHORITY })];
  const keys = licences.slice(1, 4).map(({ decisionNumber }) => decisionNumber);

  const clerkAt = async (node: string, language: "zh" | "en" = "zh"): Promise<Page> => {
    const { page } = await openPage(run.browser, language);
    await signIn(page, node, "clerk");
    return page;
  };
  const approve = async (node: string, count: number): Promise<void> => {
    const { page } = await openPage(run.browser, "en");
    await signIn(page, node, "approver");
    await approveAll(page, { node, count });
    await page.close();
  };
  const spoken = (page: Page, selector: string) => page.$eval(selector, (element) => element.textContent ?? "");

  it("issues a record from a form whose fields are judged as they are typed", async () => {
    const page = await clerkAt(registry());
    await page.goto(`${registry()}/app/records?tab=issue`);
    await press(page, "按数据项填写");
    const [licence] = licences;
    for (const [name, value] of Object.entries(licence ?? {})) {
      if (value === null || value === undefined) continue;
      const field = await page.waitForSelector(`[id="field/${name}"]`);
      if ((await field?.evaluate((element) => element.closest(".ant-select") !== null)) === true)
        await choose(page, `[id="field/${name}"]`, String(value));
      else await field?.type(String(value));
    }
    expect(await seriousFindings(page)).to.deep.equal([]);
    await press(page, "加入下方列表");
    await showing(page, "1 条记录符合数据模式");
    await picture(page, "record-form-zh");
    await press(page, "核对并提交…");
    await showing(page, "将 1 条记录写入");
    await press(page, "确认执行");
    await showing(page, "已接收 1 条");
    await page.close();
  });

  it("says which line of a text is wrong, and does not take it", async () => {
    const page = await clerkAt(registry(), "en");
    await page.goto(`${registry()}/app/records?tab=issue`);
    const field = await page.waitForSelector("main textarea");
    await field?.type('{"decisionNumber":');
    await showing(page, "Line 1 is not a JSON object");
    const isDisabled = await page.$$eval("main button.ant-btn-primary", (found) =>
      found.every((button) => button.hasAttribute("disabled")),
    );
    expect(isDisabled).to.equal(true);
    await page.close();
  });

  it("takes a long file, telling how many bytes are sent", async () => {
    const page = await clerkAt(registry());
    await page.goto(`${registry()}/app/records?tab=issue`);
    const path = run.evaluation.path("demo", "more-licences.ndjson");
    const text = licences.map((licence) => `${JSON.stringify(licence)}\n`).join("");
    writeFileSync(path, text);
    await page.waitForSelector("main textarea");
    const input = (await page.waitForSelector("main input[type=file]")) as ElementHandle<HTMLInputElement>; // The selector says so.
    await input.uploadFile(path);
    await showing(page, "more-licences.ndjson");
    await showing(page, `${FILE_RECORDS} 条记录符合数据模式`);
    await page.evaluate(() => {
      const told = new Set<string>();
      Object.assign(globalThis, { told });
      new MutationObserver(() => told.add(document.querySelector(".sent")?.textContent ?? "")).observe(document.body, {
        subtree: true,
        childList: true,
        characterData: true,
      });
    });
    await press(page, "核对并提交…");
    await press(page, "确认执行");
    await showing(page, `已接收 ${FILE_RECORDS} 条`);
    const told = await page.evaluate(() => [...(globalThis as unknown as { told: Set<string> }).told]); // Set above.
    const steps = told.filter((words) => words.includes("已上传"));
    expect(new Set(steps).size).to.be.at.least(3);
    expect(steps.at(-1)).to.match(/^已上传 (.+) \/ \1,/);
    // The one that was issued by the form is the same record, not another.
    await showing(page, "其中 1 条此前已有");
    await picture(page, "record-upload-zh");
    await page.close();
  });

  it("changes the status of several at once, with a reason, shown one by one before it is asked for", async () => {
    const page = await clerkAt(registry());
    await page.goto(`${registry()}/app/records?tab=bulk`);
    const field = await page.waitForSelector("#keys");
    for (const key of [keys[0], "无此编号〔2020〕1号"]) await field?.type(`${key}\n`);
    await choose(page, "#state", "撤销");
    await press(page, "核对…");
    await page.waitForSelector(".ant-alert-error code");
    expect(await spoken(page, ".ant-alert-error code")).to.equal("record.unknown-key");
    await page.goto(`${registry()}/app/records?tab=bulk`);
    const again = await page.waitForSelector("#keys");
    for (const key of keys) await again?.type(`${key}\n`);
    await choose(page, "#state", "撤销");
    await press(page, "核对…");
    await showing(page, "请核对将要提交的内容");
    const shown = await page.$$eval(".ant-modal section", (found) => found.map((one) => one.textContent ?? ""));
    expect(shown).to.have.length(keys.length);
    keys.forEach((key, i) => expect(shown[i]).to.include(key));
    expect(await seriousFindings(page)).to.deep.equal([]);
    await press(page, "提请审批");
    await page.waitForFunction(() => document.querySelector(".ant-modal section") === null, { timeout: LATEST });
    await approve(registry(), keys.length);
    // The chain says so to any department.
    await page.goto(`${registry()}/app/catalogue`);
    await press(page, "行政许可");
    await showing(page, `撤销 ${keys.length}`);
    await showing(page, "在承诺的 1 天之内");
    await picture(page, "resource-zh");
    expect(await seriousFindings(page)).to.deep.equal([]);
    await page.close();
  });

  it("is asked once for what is missing, supplements it, and reads why it was refused: in English", async () => {
    const [consumer, provider] = [url(30), url(10)];
    const asking = await clerkAt(consumer, "en");
    await asking.goto(`${consumer}/app/catalogue`);
    await press(asking, "行政处罚");
    await showing(asking, "How to apply");
    await press(asking, "Apply");
    await asking.waitForSelector("#purpose");
    await asking.type("#purpose", "bid-qualification-review");
    await asking.type("#until", "2030-01-01");
    await asking.keyboard.press("Enter");
    await press(asking, "Check and submit…");
    await asked(asking, consumer);

    const answering = await clerkAt(provider, "en");
    const inbox = async (button: string, text: string): Promise<void> => {
      await reloadedUntil(answering, { address: `${provider}/app/sharing?box=inbox`, text: "working days left" });
      await click(answering, "tbody .ant-table-row a");
      await press(answering, button);
      const field = await answering.waitForSelector("#text");
      await field?.type(text);
      await press(answering, "Check…");
      await asked(answering, provider);
    };
    await inbox("Ask for more…", "请写明法律依据");

    await reloadedUntil(asking, { address: `${consumer}/app/sharing?box=consumed`, text: "incomplete" });
    await asking.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("tbody tr")]
        .find((row) => row.innerText.includes("incomplete"))
        ?.querySelector("a")
        ?.click(),
    );
    await showing(asking, "请写明法律依据");
    await press(asking, "Supplement…");
    const basis = await asking.waitForSelector("#basis");
    await basis?.type("《招标投标法实施条例》");
    await press(asking, "Check…");
    await showing(asking, "《招标投标法实施条例》");
    await asked(asking, consumer);

    await inbox("Refuse…", "该事项可以公开数据办理");
    await reloadedUntil(asking, { address: asking.url(), text: "该事项可以公开数据办理" });
    await showing(asking, "Basis of the refusal");
    expect(await seriousFindings(asking)).to.deep.equal([]);
    await picture(asking, "agreement-refused-en");
    for (const one of [asking, answering]) await one.close();
  });

  it("asks the authority for more time; the authority grants it, and the applicant reads why", async () => {
    const consumer = url(30);
    const asking = await clerkAt(consumer, "en");
    await asking.goto(`${consumer}/app/catalogue`);
    await press(asking, "行政处罚");
    await showing(asking, "How to apply");
    await press(asking, "Apply");
    await asking.waitForSelector("#purpose");
    await asking.type("#purpose", "bid-qualification-review");
    await asking.type("#until", "2030-01-01");
    await asking.keyboard.press("Enter");
    await press(asking, "Check and submit…");
    await asked(asking, consumer);

    const provider = url(10);
    const answering = await clerkAt(provider, "en");
    await reloadedUntil(answering, { address: `${provider}/app/sharing?box=inbox`, text: "working days left" });
    await click(answering, "tbody .ant-table-row a");
    await press(answering, "Ask for more time…");
    const reason = await answering.waitForSelector(".ant-modal #reason");
    await reason?.type("需与有关部门会商");
    expect(await seriousFindings(answering)).to.deep.equal([]);
    await press(answering, "Check…");
    await showing(answering, "Ask the authority for more time to answer");
    await asked(answering, provider);
    const path = new URL(answering.url()).pathname;

    const deciding = await clerkAt(url(0), "en");
    await reloadedUntil(deciding, { address: `${url(0)}${path}`, text: "The provider asks for 5 working days more" });
    // The authority reads the reason too, from the provider's node.
    await showing(deciding, "需与有关部门会商");
    await press(deciding, "Grant it");
    await showing(deciding, "Grant 5 working days more");
    expect(await seriousFindings(deciding)).to.deep.equal([]);
    await asked(deciding, url(0));
    await deciding.goto(`${url(0)}${path}`);
    await showing(deciding, "需与有关部门会商");
    expect(await deciding.evaluate(() => document.body.innerText.includes("Grant it"))).to.equal(false);

    await reloadedUntil(asking, { address: `${consumer}${path}`, text: "需与有关部门会商" });
    await showing(asking, "Reason for the extension");
    for (const one of [asking, answering, deciding]) await one.close();
  });

  it("the authority enters a list entry: shown as it will be signed, approved by another, told by any node", async () => {
    const { page } = await openPage(run.browser, "en");
    await signIn(page, url(0), "admin");
    await page.goto(`${url(0)}/app/admin?tab=rules`);
    await press(page, "Put on a list, or take off…");
    await choose(page, ".ant-modal #department", AUTHORITY.nameZh);
    await choose(page, ".ant-modal #kind", "allow");
    expect(await seriousFindings(page)).to.deep.equal([]);
    await press(page, "Check…");
    await showing(page, `${AUTHORITY.nameZh}: allow`);
    await showing(page, "every resource");
    await picture(page, "list-entry-confirm-en");
    await asked(page, url(0));
    const elsewhere = await openPage(run.browser, "en");
    await signIn(elsewhere.page, registry(), "admin");
    await reloadedUntil(elsewhere.page, { address: `${registry()}/app/admin?tab=rules`, text: AUTHORITY.nameZh });
    // Nobody else is offered the change.
    expect(await elsewhere.page.evaluate(() => document.body.innerText.includes("Put on a list"))).to.equal(false);
    for (const one of [page, elsewhere.page]) await one.close();
  });

  it("the authority enters a year's calendar and new deadlines, and admits a department", async () => {
    const { page } = await openPage(run.browser, "en");
    await signIn(page, url(0), "admin");
    const address = `${url(0)}/app/admin`;
    const source = `0x${"5a".repeat(32)}`;
    await page.goto(`${address}?tab=rules`);
    await press(page, "Enter a year…");
    await fill(page, { year: "2028", off: "2028-01-03", source });
    expect(await seriousFindings(page)).to.deep.equal([]);
    await press(page, "Check…");
    await showing(page, "Enter the working days of 2028");
    await asked(page, url(0));

    await page.goto(`${address}?tab=rules`);
    await press(page, "Append deadlines…");
    const periods = { replyUnconditional: "3", replyConditional: "8", supply: "9", settlement: "30" };
    await fill(page, { ...periods, effectiveFrom: "2031-01-01" });
    await page.keyboard.press("Enter");
    await fill(page, { source });
    expect(await seriousFindings(page)).to.deep.equal([]);
    await press(page, "Check…");
    await showing(page, "Append deadlines");
    await asked(page, url(0));
    await reloadedUntil(page, { address: `${address}?tab=rules`, text: "2031" });

    await page.goto(`${address}?tab=departments`);
    await press(page, "Admit a department…");
    await fill(page, { name: NEWCOMER.name, id: NEWCOMER.id, endpoint: "http://newcomer.example" });
    await choose(page, ".ant-modal #role", "department");
    await choose(page, ".ant-modal #level", "city");
    await fill(page, { region: "990100", account: `0x${"a1".repeat(20)}`, exchangeKey: NEWCOMER.key });
    expect(await seriousFindings(page)).to.deep.equal([]);
    await press(page, "Check…");
    await showing(page, `Admit ${NEWCOMER.name}`);
    await asked(page, url(0));
    await reloadedUntil(page, { address: `${address}?tab=departments`, text: NEWCOMER.name });
    await page.close();
  });

  it("asks for a correction of a received record; the provider refuses with a reason that the consumer reads", async () => {
    const { agreement } = run.evaluation.readJson("demo", "scenario.json") as { agreement: string }; // Written so.
    const consumer = url(30);
    const provider = url(10);
    const page = await clerkAt(consumer);
    await page.goto(`${consumer}/app/sharing/${agreement}`);
    await press(page, "申请更正…");
    const text = await page.waitForSelector("#text");
    await text?.type("经营范围与纸质执照不符");
    await press(page, "核对…");
    await showing(page, "请核对将要提交的内容");
    expect(await seriousFindings(page)).to.deep.equal([]);
    await press(page, "提请审批");
    await page.waitForFunction(() => document.querySelector(".ant-modal section") === null, { timeout: LATEST });
    await approve(consumer, 1);

    const answering = await clerkAt(provider, "en");
    await reloadedUntil(answering, {
      address: `${provider}/app/sharing?box=corrections`,
      text: "经营范围与纸质执照不符",
    });
    await picture(answering, "corrections-en");
    await press(answering, "Refuse…");
    const basis = await answering.waitForSelector("#basis");
    await basis?.type("与登记档案一致");
    await press(answering, "Check…");
    await showing(answering, "Check what will be sent");
    await press(answering, "Ask for approval");
    await answering.waitForFunction(() => document.querySelector(".ant-modal section") === null, { timeout: LATEST });
    await approve(provider, 1);

    await reloadedUntil(page, { address: `${consumer}/app/sharing?box=corrections`, text: "与登记档案一致" });
    await showing(page, "不予更正");
    expect(await seriousFindings(page)).to.deep.equal([]);
    for (const one of [page, answering]) await one.close();
  });

  for (const language of ["zh", "en"] as const)
    it(`an administrator sees health, height and backlog, keys, calendars, lists and deadlines, ${language}`, async () => {
      const words = {
        zh: {
          height: "链高度",
          keys: "密钥",
          until: "无到期日",
          days: "个工作日",
          lists: "拒绝名单优先",
          reply: "答复:有条件共享",
        },
        en: {
          height: "Height of the chain",
          keys: "Keys",
          until: "no end",
          days: "working days",
          lists: "the deny list wins",
          reply: "Reply, conditional",
        },
      }[language];
      const { page } = await openPage(run.browser, language);
      await signIn(page, url(10), "admin");
      await page.goto(`${url(10)}/app/admin`);
      await showing(page, words.height);
      expect(await seriousFindings(page)).to.deep.equal([]);
      await picture(page, `admin-health-${language}`);
      await page.goto(`${url(10)}/app/admin?tab=departments`);
      await press(page, words.keys);
      await showing(page, words.until);
      await page.goto(`${url(10)}/app/admin?tab=rules`);
      for (const text of [words.days, words.lists, words.reply]) await showing(page, text);
      expect(await seriousFindings(page)).to.deep.equal([]);
      await picture(page, `admin-rules-${language}`);
      await page.close();
    });

  it("the first administrator is made at the terminal, signs in, and adds a clerk in the portal", async () => {
    const added = run.evaluation.suyuanOf(
      "ecology",
      ...["operator", "add", "first.admin", "--roles", "administrator", "--node", registry(), "--json"],
    );
    expect(added.code, added.stderr).to.equal(0);
    const { password } = JSON.parse(added.stdout) as { password: string }; // As the command prints it.
    const { page } = await openPage(run.browser, "en");
    await signInWith(page, { node: registry(), name: "first.admin", password });
    await page.goto(`${registry()}/app/admin?tab=operators`);
    await press(page, "Add an operator…");
    await fill(page, { name: "wang.li", displayName: "王丽", password: "correct horse battery" });
    await choose(page, ".ant-modal #roles", "clerk");
    await page.keyboard.press("Escape");
    await press(page, "Save");
    await showing(page, "王丽");
    expect(await seriousFindings(page)).to.deep.equal([]);
    const other = await openPage(run.browser, "zh");
    await signInWith(other.page, { node: registry(), name: "wang.li", password: "correct horse battery" });
    await showing(other.page, "王丽");
    // Whoever administers accounts does not see records, and the clerk does not see accounts.
    await other.page.goto(`${registry()}/app/admin?tab=operators`);
    await other.page.waitForSelector("main h1");
    expect(await other.page.evaluate(() => document.body.innerText.includes("first.admin"))).to.equal(false);
    for (const one of [page, other.page]) await one.close();
  });

  it("fits a phone and 400 % zoom: no page of the desk scrolls sideways", async () => {
    const page = await clerkAt(registry());
    await page.setViewport({ width: 320, height: 640 });
    for (const path of [
      "sharing",
      "records?tab=issue",
      "records?tab=bulk",
      "catalogue",
      "projects",
      "lineage",
      "approvals",
    ]) {
      await page.goto(`${registry()}/app/${path}`);
      await page.waitForSelector("main h1");
      await page.waitForFunction(() => document.querySelector(".ant-skeleton") === null, { timeout: LATEST });
      expect(await sideways(page), path).to.be.at.most(0);
    }
    await picture(page, "approvals-phone-zh");
    await page.close();
  });

  /** What is shown is sent to be approved, and approved. The page is in English. */
  const asked = async (page: Page, node: string): Promise<void> => {
    await showing(page, "Check what will be sent");
    await press(page, "Ask for approval");
    await page.waitForFunction(() => document.querySelector(".ant-modal section") === null, { timeout: LATEST });
    await approve(node, 1);
  };

  const reloadedUntil = async (
    page: Page,
    { address, text }: { readonly address: string; readonly text: string },
  ): Promise<void> => {
    const deadline = Date.now() + LATEST;
    for (;;) {
      await page.goto(address);
      await page.waitForSelector("main h1");
      await page.waitForFunction(() => document.querySelector(".ant-skeleton") === null, { timeout: LATEST });
      if (await page.evaluate((wanted: string) => document.body.innerText.includes(wanted), text)) return;
      if (Date.now() > deadline) throw new Error(`${text} was not shown in time`);
    }
  };
});
