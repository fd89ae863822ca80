import type { HTTPRequest, Page } from "puppeteer-core";

export interface Load {
  /** Over the wire, everything but what is loaded for a camera. */
  readonly bytes: number;
  /** Of what arrived before the page could be used. */
  readonly firstBytes: number;
  /** The page's main thread's own time until then: whatever else runs on this machine is not in it. */
  readonly cpuMs: number;
  readonly measuredMs: number;
}

/**
 * Opens a page for the first time and counts until `selector` is there, and until the network is silent. What the page
 * loads beside itself (`later`, in its address) is held back until the first count is taken.
 */
export async function measureLoad(
  page: Page,
  { url, selector, later }: { readonly url: string; readonly selector: string; readonly later: string },
): Promise<Load> {
  const held: HTTPRequest[] = [];
  let isHolding = true;
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    if (isHolding && request.url().includes(later)) held.push(request);
    else void request.continue();
  });
  const session = await page.createCDPSession();
  await session.send("Network.enable");
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const names = new Map<string, string>();
  let bytes = 0;
  session.on("Network.responseReceived", ({ requestId, response }) => names.set(requestId, response.url));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (!(names.get(requestId) ?? "").includes("/assets/qr-")) bytes += encodedDataLength;
  });
  const began = performance.now();
  await page.goto(url, { waitUntil: "domcontentloaded" });
  await page.waitForSelector(selector);
  const measuredMs = performance.now() - began;
  const firstBytes = bytes;
  const { metrics } = await session.send("Performance.getMetrics");
  const cpuMs = (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN) * 1000;
  isHolding = false;
  for (const request of held) await request.continue();
  await page.waitForFunction(
    (part: string) => performance.getEntriesByType("resource").some(({ name }) => name.includes(part)),
    {},
    later,
  );
  await page.waitForNetworkIdle();
  await session.detach();
  return { bytes, firstBytes, cpuMs, measuredMs };
}
