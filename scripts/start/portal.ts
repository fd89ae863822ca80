import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const BUILD = fileURLToPath(new URL("../portal/main.ts", import.meta.url));

/** In a process of its own, whose memory is gone when it has ended. */
export async function buildPortal(): Promise<void> {
  const child = spawn(process.execPath, [BUILD], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`门户未能构建 the portal was not built:\n${said}`);
}
