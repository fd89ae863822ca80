import { spawnSync } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { INDEX_FOLDER } from "../../node/storage/databases.ts";
import { removeFolder, temporaryFolder } from "../node/support/core.ts";
import { seededRandom } from "../support/random.ts";
import { needsStrace } from "../support/strace.ts";
import type { Kept } from "./failing-tables.writer.ts";
import { held, LONG, ofThisPiece, SEED } from "./tally.ts";

const WRITER = fileURLToPath(new URL("./failing-tables.writer.ts", import.meta.url));
/** More than a run makes: tables, manifests and what is renamed to CURRENT share one count. */
const LAST_FILE = 60;
/** What reads a file; what brings it to be, fills it, makes it durable, and gives it its name and its directory entry. */
const READS = ["read", "pread64", "getdents64"] as const;
const WRITES = ["openat", "write", "fdatasync", "fsync", "rename", "unlink"] as const;
const CALLS = [...READS, ...WRITES] as const;
const isLong = LONG > 1;
/** What a caller is told: nothing of what it wrote is settled, or the store could not be opened now. */
const EXPECTED = ["storage.indeterminate", "storage.unavailable", "storage.unreadable"];

interface Call {
  readonly name: (typeof CALLS)[number];
  readonly k: number;
}

describe(`a disk that fails under tables, manifest and CURRENT (SUYUAN_FAULTS_SEED=${SEED})`, function () {
  this.timeout(isLong ? 3_600_000 : 240_000);
  const random = seededRandom(SEED);
  let folder: string;
  let calls: readonly Call[];

  before(needsStrace);
  before(async () => {
    folder = await temporaryFolder();
    const { lines } = await run([]);
    calls = CALLS.flatMap((name) =>
      Array.from({ length: mostOfOneThread(name, lines) }, (_, i) => ({ name, k: i + 1 })),
    );
    for (const name of CALLS) expect(calls.some((call) => call.name === name)).to.equal(true, name);
  });
  after(() => removeFolder(folder));

  /** Every file of a store but its logs, which have tests of their own. */
  const pathsOf = (store: string): string[] => {
    const numbers = Array.from({ length: LAST_FILE }, (_, i) => String(i + 1).padStart(6, "0"));
    const names = numbers.flatMap((number) => [`${number}.ldb`, `MANIFEST-${number}`, `${number}.dbtmp`]);
    const databases = [store, join(store, INDEX_FOLDER)];
    return databases
      .flatMap((folder) => [folder, ...["CURRENT", ...names].map((name) => join(folder, name))])
      .flatMap((path) => ["-P", path]);
  };
  const run = async (
    inject: readonly string[],
  ): Promise<{ readonly kept: Kept; readonly lines: readonly string[] }> => {
    const dataDir = join(folder, "data");
    const trace = join(folder, "trace");
    await mkdir(dataDir);
    const only = inject.length === 0 ? ["-e", `trace=${CALLS.join(",")}`] : inject;
    const { stdout, stderr } = spawnSync(
      "strace",
      ["-f", "-qq", "-o", trace, ...pathsOf(join(dataDir, "store")), ...only, process.execPath, WRITER, dataDir],
      { env: { ...process.env, UV_THREADPOOL_SIZE: "1" }, encoding: "utf8" },
    );
    await removeFolder(dataDir);
    expect(stdout, stderr).to.not.equal("");
    return { kept: JSON.parse(stdout) as Kept, lines: (await readFile(trace, "utf8")).split("\n") }; // Printed by the writer.
  };
  /** strace counts the calls of each thread by themselves. */
  const mostOfOneThread = (name: Call["name"], lines: readonly string[]): number => {
    const counts = new Map<string, number>();
    for (const line of lines) {
      const [, thread] = /^(\d+) /.exec(line) ?? [];
      if (thread !== undefined && line.includes(` ${name}(`)) counts.set(thread, (counts.get(thread) ?? 0) + 1);
    }
    return Math.max(0, ...counts.values());
  };
  const stepsOf = (wanted: Call["name"]): readonly Call[] => {
    const all = calls.filter(({ name }) => name === wanted);
    if (isLong) return ofThisPiece(all);
    const first = Math.ceil(random() * all.length);
    // One run has fewer calls than another: a step that was not reached is followed by an earlier one.
    return Array.from({ length: Math.floor(Math.log2(first)) + 1 }, (_, i) => ({
      name: wanted,
      k: Math.floor(first / 2 ** i),
    }));
  };

  for (const [error, kinds] of [
    ["EIO", CALLS],
    ["ENOSPC", WRITES],
  ] as const)
    for (const wanted of kinds)
      it(`${error} at a ${wanted}: what is acknowledged stays, and the store goes on`, async () => {
        let injections = 0;
        for (const { name, k } of stepsOf(wanted)) {
          const { kept, lines } = await run(["-e", `trace=${name}`, "-e", `inject=${name}:error=${error}:when=${k}`]);
          const which = `${error} at ${name} ${k}: ${lines.find((line) => line.includes("(INJECTED)")) ?? ""}`;
          const { outcomes, whole, damaged } = kept;
          for (const [seq, outcome] of outcomes.entries())
            if (outcome === "written") expect(whole[seq], `${which}, entry ${seq}`).to.equal(true);
          const refused = outcomes.filter((outcome) => outcome !== "written");
          for (const code of [...refused, ...kept.openings, ...kept.compactions])
            expect(code, which).to.be.oneOf(EXPECTED);
          // One fault costs what waits for that write, and no more.
          expect(refused.length, which).to.be.lessThan(3);
          expect(damaged, which).to.deep.equal([]);
          if (which.endsWith("(INJECTED)")) injections++;
          // The short form tries one step of each kind, the long form every one.
          if (!isLong && injections > 0) break;
        }
        held("durable", injections);
        expect(injections).to.be.at.least(isLong ? 0 : 1);
      });
});
