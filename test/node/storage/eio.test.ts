import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { removeFolder, temporaryFolder } from "../support/core.ts";

const WRITER = fileURLToPath(new URL("./eio.writer.ts", import.meta.url));
const hasStrace = spawnSync("strace", ["-V"], { stdio: "ignore" }).status === 0;

describe("a failing disk", function () {
  this.timeout(60_000);
  let dataDir: string;

  before(function () {
    if (hasStrace) return;
    console.log("      skipped: strace is not installed");
    this.skip();
  });
  beforeEach(async () => (dataDir = await temporaryFolder()));
  afterEach(() => removeFolder(dataDir));

  for (const k of [7, 9]) {
    it(`leaves one write indeterminate, reopens and goes on (fdatasync ${k} fails)`, () => {
      const inject = `inject=fdatasync:error=EIO:when=${k}`;
      const { stdout } = spawnSync(
        "strace",
        ["-f", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", inject, process.execPath, WRITER, dataDir, "8"],
        { env: { ...process.env, UV_THREADPOOL_SIZE: "1" }, encoding: "utf8" },
      );
      const { outcomes, last, generation } = JSON.parse(stdout) as {
        outcomes: string[];
        last: number;
        generation: number;
      };
      expect(outcomes.filter((outcome) => outcome === "storage.indeterminate")).to.have.length(1);
      expect(outcomes.filter((outcome) => outcome === "written")).to.have.length(7);
      expect(generation).to.equal(1);
      expect(last).to.equal(8);
    });
  }
});
