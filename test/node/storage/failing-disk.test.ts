import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { INDEX_FOLDER } from "../../../node/storage/databases.ts";
import { held, LONG, SEED } from "../../faults/tally.ts";
import { seededRandom } from "../../support/random.ts";
import { straceMissing } from "../../support/strace.ts";
import { removeFolder, temporaryFolder } from "../support/core.ts";
import type { Writing, Written } from "./failing-disk.writer.ts";

const WRITER = fileURLToPath(new URL("./failing-disk.writer.ts", import.meta.url));
const CALLERS = 4;
const WRITES = 6;
const MIB = 1024 * 1024;

describe(`a failing disk (SUYUAN_FAULTS_SEED=${SEED})`, function () {
  this.timeout(LONG > 1 ? 3_600_000 : 120_000);
  let dataDir: string;
  const random = seededRandom(SEED);

  beforeEach(async () => (dataDir = await temporaryFolder()));
  afterEach(() => removeFolder(dataDir));

  const run = (command: string, options: readonly string[], writing: Omit<Writing, "dataDir">): Written => {
    const { stdout, stderr } = spawnSync(
      command,
      [...options, process.execPath, WRITER, JSON.stringify({ dataDir, ...writing } satisfies Writing)],
      { env: { ...process.env, UV_THREADPOOL_SIZE: "1" }, encoding: "utf8" },
    );
    expect(stdout, stderr).to.not.equal("");
    return JSON.parse(stdout) as Written; // Printed by the writer.
  };

  /** What was acknowledged is there; what was not is there whole or not at all, and never called anything but unknown. */
  const expectKept = ({ outcomes, whole, halves }: Written, name: string): void => {
    expect(halves, name).to.equal(0);
    for (const [seq, outcome] of outcomes.entries()) if (outcome === "written") expect(whole[seq], name).to.equal(true);
    const unwritten = new Set(outcomes.filter((outcome) => outcome !== "written"));
    for (const outcome of unwritten)
      expect(outcome, name).to.be.oneOf(["storage.indeterminate", "storage.unavailable"]);
  };

  describe("at one call", () => {
    before(function () {
      const reason = straceMissing();
      if (reason === undefined) return;
      console.log(`      skipped: ${reason}`);
      this.skip();
    });

    // Entries within a block of the engine's log, across a few, and larger than what the C library buffers.
    for (const { bytes, file } of [
      { bytes: 100, file: "000003.log" },
      { bytes: 20_000, file: "000003.log" },
      { bytes: 90_000, file: "000003.log" },
      { bytes: 100, file: join(INDEX_FOLDER, "000003.log") },
    ])
      for (const error of ["EIO", "ENOSPC"])
        it(`${error} in ${file}, entries of ${bytes} bytes: what is acknowledged stays, whoever else was writing`, async () => {
          const calls = LONG > 1 ? Array.from({ length: 12 }, (_, i) => i + 3) : [3 + Math.floor(3 * random())];
          let cases = 0;
          for (const call of ["write", "fdatasync"])
            for (const k of calls) {
              const trace = join(dataDir, "trace");
              const log = join(dataDir, "store", file);
              const inject = ["-e", `trace=${call}`, "-e", `inject=${call}:error=${error}:when=${k}`];
              const written = run("strace", ["-f", "-qq", "-o", trace, "-P", log, ...inject], {
                ...{ callers: CALLERS, writes: WRITES, bytes, asks: file.startsWith(INDEX_FOLDER) },
              });
              const name = `${error} in ${call} ${k}`;
              const injected = readFileSync(trace, "utf8").includes("(INJECTED)");
              expectKept(written, name);
              expect(written.generation, name).to.equal(injected ? 1 : 0);
              // An index follows what is durable already: its failure costs no caller anything.
              const isUnknown = injected && !file.startsWith(INDEX_FOLDER);
              expect(written.outcomes.includes("storage.indeterminate"), name).to.equal(isUnknown);
              if (LONG === 1) expect(injected, name).to.equal(true);
              if (injected) cases++;
              await removeFolder(dataDir);
              dataDir = await temporaryFolder();
            }
          expect(cases).to.be.greaterThan(0);
          held("durable", cases);
        });
  });

  it("that is full loses nothing it acknowledged, and goes on once there is room", function () {
    // A file system of its own, which only the writer sees and which ends with it.
    const full = (mebibytes: number): readonly string[] => [
      ...["-rm", "sh", "-c"],
      `mount -t tmpfs -o size=${2 * mebibytes}m none "$0" && head -c ${mebibytes}M /dev/zero > "$0/ballast" && exec "$@"`,
      dataDir,
    ];
    if (spawnSync("unshare", [...full(1), "true"]).status !== 0) {
      console.log("      skipped: no file system can be mounted here");
      return this.skip();
    }
    const writing = { callers: CALLERS, writes: 60, bytes: 20_000, ballast: join(dataDir, "ballast") };
    const written = run("unshare", full(3), writing);
    expectKept(written, "full");
    expect(CALLERS * 60 * 20_000).to.be.greaterThan(3 * MIB);
    expect(written.outcomes.filter((outcome) => outcome !== "written").length).to.be.at.least(3);
    expect(written.outcomes.at(-1)).to.equal("written");
    expect(written.generation).to.be.greaterThan(0);
    held("durable", 1);
  });
});
