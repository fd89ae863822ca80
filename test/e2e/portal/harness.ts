import { readFileSync } from "node:fs";
import type { Browser, Page } from "puppeteer-core";
import { Evaluation } from "../evaluation.ts";
import { click, findChromium, launch } from "./browser.ts";

const executable = findChromium();
if (executable === undefined)
  console.log("    跳过:没有 Chromium(设置 SUYUAN_CHROMIUM)skipped: no Chromium (set SUYUAN_CHROMIUM)");

/** `describe` where there is a browser. Looked up at each call: a process that runs several files has another one for each. */
export const inBrowser = (title: string, body: (this: Mocha.Suite) => void): void => {
  if (executable === undefined) describe.skip(title, body);
  else describe(title, body);
};

export interface PortalRun {
  readonly evaluation: Evaluation;
  readonly browser: Browser;
  /** The node of the authority at 0, the departments' at 10, 20 and 30. */
  readonly url: (offset: number) => string;
  /** As a person finds it in `data/demo/operators.txt`. */
  readonly signIn: (page: Page, node: string, name: string) => Promise<void>;
}

/** `npm start` and a browser, for the tests around. */
export function portalRun(): PortalRun {
  const parts: { evaluation?: Evaluation; browser?: Browser } = {};
  before(async () => {
    parts.evaluation = await Evaluation.create();
    await parts.evaluation.start("Serving");
    parts.browser = await launch(executable ?? "");
  });
  afterEach(async function () {
    if (this.currentTest?.state !== "failed" || parts.browser === undefined) return;
    for (const page of await parts.browser.pages()) console.log(await glimpse(page));
  });
  after(async () => {
    await parts.browser?.close();
    await parts.evaluation?.stop();
    parts.evaluation?.remove();
  });
  const evaluation = () => parts.evaluation ?? missing();
  return {
    get evaluation() {
      return evaluation();
    },
    get browser() {
      return parts.browser ?? missing();
    },
    url: (offset) => `http://127.0.0.1:${evaluation().port + offset}`,
    signIn: async (page, node, name) => {
      const listing = readFileSync(evaluation().path("demo", "operators.txt"), "utf8");
      const password = /^口令 password: (.+)$/m.exec(listing)?.[1] ?? "";
      await signInWith(page, { node, name, password });
    },
  };
}

/** What a person would see of a page: tells why a test waited in vain. */
async function glimpse(page: Page): Promise<string> {
  const text = await page.evaluate(() => document.body.innerText).catch(String);
  return `    ${page.url()}\n${text.slice(-2_000)}\n`;
}

interface Credentials {
  readonly node: string;
  readonly name: string;
  readonly password: string;
}

export async function signInWith(page: Page, { node, name, password }: Credentials): Promise<void> {
  if (!page.url().startsWith(`${node}/app/sign-in`)) await page.goto(`${node}/app/sign-in`);
  await page.waitForSelector("#name");
  await page.type("#name", name);
  await page.type("#password", password);
  await click(page, "button[type=submit]");
  await page.waitForFunction(() => !location.pathname.endsWith("/sign-in"), { timeout: 60_000 });
}

function missing(): never {
  throw new TypeError("used before the tests began");
}
