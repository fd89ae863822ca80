import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import puppeteer, { type Browser, type ElementHandle, type Page } from "puppeteer-core";
import { ROOT } from "../evaluation.ts";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where a Chromium is, or undefined: then these tests have nothing to run in and say so. */
export const findChromium = (): string | undefined =>
  [process.env["SUYUAN_CHROMIUM"] ?? "", ...CANDIDATES].find((path) => path !== "" && existsSync(path));

/** Other tests run beside these. */
const LATEST_MS = 120_000;
const PICTURES = join(ROOT, "coverage/portal");

export async function launch(executablePath: string, more: readonly string[] = []): Promise<Browser> {
  const args = ["--no-sandbox", "--disable-dev-shm-usage", ...more];
  return puppeteer.launch({ executablePath, headless: true, args });
}

export interface Opened {
  readonly page: Page;
  /** What the browser complained of, the policy's refusals among it. */
  readonly complaints: string[];
}

/** A page of its own cookies and settings. */
export async function openPage(browser: Browser, language: "zh" | "en"): Promise<Opened> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(LATEST_MS);
  await page.setViewport({ width: 1200, height: 900 });
  await page.evaluateOnNewDocument((chosen) => localStorage.setItem("suyuan.language", chosen), language);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return { page, complaints };
}

/** Kept as output of a run, for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

/** Waits until a page shows a text. */
export const showing = (page: Page, text: string, timeout = LATEST_MS): Promise<unknown> =>
  page.waitForFunction((wanted: string) => document.body.innerText.includes(wanted), { timeout }, text);

/** Presses the button or link that is called so. */
export async function press(page: Page, name: string): Promise<void> {
  // A library may put a space between two Chinese characters of a button.
  const found = await page.waitForFunction(
    (wanted: string) =>
      [...document.querySelectorAll<HTMLElement>("button, a, [role=tab], summary")]
        .reverse()
        .find(
          (element) =>
            element.offsetParent !== null &&
            !element.hasAttribute("disabled") &&
            element.innerText.replace(/\s/g, "") === wanted.replace(/\s/g, ""),
        ),
    { timeout: LATEST_MS },
    name,
  );
  const element = found.asElement();
  if (element === null) throw new Error(`nothing to press is called ${name}`);
  await clickOn(element);
}

/** Clicks an element wherever it is: one that is still moving in is missed by a pointer. */
const clickOn = (element: ElementHandle<Node>): Promise<void> =>
  element.evaluate((target) => (target as HTMLElement).click()); // Pages have elements of HTML only.

/** Clicks the first element of the page that fits, as soon as there is one. */
export async function click(page: Page, selector: string): Promise<void> {
  const element = await page.waitForSelector(selector);
  if (element !== null) await clickOn(element);
}

/** Writes into fields of the open dialog, over what stands there. */
export async function fill(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    const field = await page.waitForSelector(`.ant-modal #${name}`);
    await field?.evaluate((input) => (input as HTMLInputElement | HTMLTextAreaElement).select());
    await field?.type(value);
  }
}

/** Chooses from a list of the component library. `selector` names the field in it. */
export async function choose(page: Page, selector: string, option: string): Promise<void> {
  const field = await page.waitForSelector(selector);
  await field?.focus();
  await page.keyboard.press("ArrowDown");
  const found = await page.waitForFunction(
    (wanted: string) =>
      [...document.querySelectorAll<HTMLElement>(".ant-select-item-option")].find(
        (element) => element.offsetParent !== null && element.innerText.trim() === wanted,
      ),
    { timeout: LATEST_MS },
    option,
  );
  const element = found.asElement();
  if (element !== null) await clickOn(element);
}

/** The approver of a node approves what waits. The page is in English and signed in. */
export async function approveAll(
  page: Page,
  { node, count }: { readonly node: string; readonly count: number },
): Promise<void> {
  await page.goto(`${node}/app/approvals`);
  for (let left = count; left > 0; left--) {
    await showing(page, `Waiting(${left})`);
    await press(page, "Approve and carry out");
    await showing(page, "this cannot be undone");
    await press(page, "Approve and carry out");
    await showing(page, `Waiting(${left - 1})`);
  }
}

/** How far a page is wider than its window, in pixels. */
export const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact?: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** Serious findings of axe on the page as it stands. */
export async function seriousFindings(page: Page): Promise<string[]> {
  const { default: axe } = await import("axe-core");
  await still(page);
  // Through the debugger, as the page's policy lets no script in.
  const session = await page.createCDPSession();
  await session.send("Runtime.evaluate", { expression: axe.source });
  const { result } = await session.send("Runtime.evaluate", {
    expression: "axe.run(document, { resultTypes: ['violations'] }).then((found) => JSON.stringify(found))",
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  const { violations } = JSON.parse(String(result.value)) as AxeResult;
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

/** Resolves when nothing fades or moves in any more: a dialog that is half there has the contrast of half a dialog. */
async function still(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.querySelector("[class*='-enter'], [class*='-appear'], [class*='-leave']") === null &&
      document.getAnimations().every(({ playState, effect }) => {
        const isEndless = effect?.getTiming().iterations === Infinity;
        return isEndless || playState === "finished" || playState === "idle";
      }),
    { timeout: LATEST_MS },
  );
}
