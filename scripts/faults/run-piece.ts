import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Done } from "./progress.ts";
import type { Suite } from "./suites.ts";

export interface Piece {
  readonly suite: Suite;
  readonly piece: number;
  readonly seed: number;
  /** How long the hammer of the overload suite lasts. */
  readonly hammerSeconds: number;
}

/** Runs one piece of a suite in a process of its own; its output goes to this one's. */
export async function runPiece(wanted: Piece): Promise<Done> {
  const began = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "suyuan-faults-"));
  try {
    const outcome = await (wanted.suite.isSolidity ? fuzzContracts(wanted) : runTests(wanted, join(folder, "tally")));
    const seconds = Math.round((performance.now() - began) / 1000);
    return { suite: wanted.suite.name, piece: wanted.piece, seconds, ...outcome };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Outcome = Pick<Done, "passed" | "tally">;

async function runTests({ suite, piece, seed, hammerSeconds }: Piece, tallyFile: string): Promise<Outcome> {
  const mocha = ["node_modules/mocha/bin/mocha.js", "--exit", "--timeout", "120000", ...suite.files];
  const child = spawn(process.execPath, mocha, {
    stdio: "inherit",
    env: {
      ...process.env,
      SUYUAN_FAULTS_TALLY: tallyFile,
      SUYUAN_FAULTS_ROUNDS: String(suite.rounds),
      SUYUAN_FAULTS_PIECE: `${piece}/${suite.pieces}`,
      SUYUAN_FAULTS_SECONDS: String(hammerSeconds),
      SUYUAN_FAULTS_SEED: String(seed),
      HARDHAT_DISABLE_TELEMETRY: "true",
    },
  });
  const passed = (await ended(child)) === 0;
  const tally: Record<string, number> = {};
  for (const line of existsSync(tallyFile) ? readFileSync(tallyFile, "utf8").split("\n") : []) {
    if (line === "") continue;
    const { promise, cases } = JSON.parse(line) as { promise: string; cases: number }; // Written by test/faults/tally.ts.
    tally[promise] = (tally[promise] ?? 0) + cases;
  }
  return { passed, tally };
}

/** Every stateful and every plain fuzz test of the contracts, from another seed than `npm test` has. */
async function fuzzContracts({ seed }: Piece): Promise<Outcome> {
  const args = ["node_modules/hardhat/dist/src/cli.js", "test", "solidity", "--grep", "testFuzz"];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, SUYUAN_FAULTS_SEED: String(seed), HARDHAT_DISABLE_TELEMETRY: "true", NO_COLOR: "1" },
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  const passed = (await ended(child)) === 0;
  return { passed, tally: passed ? { invariants: runsIn(output) } : {} };
}

/** Hardhat says of each fuzz test how many inputs it was given. */
export const runsIn = (output: string): number =>
  [...output.matchAll(/\bruns: (\d+)/g)].reduce((sum, [, runs]) => sum + Number(runs), 0);

const ended = (child: ReturnType<typeof spawn>): Promise<number | null> =>
  new Promise((resolve) => child.on("close", resolve));
