import { appendFileSync } from "node:fs";

/** The promises of ARCHITECTURE.md, by name: what a case of a fault test belongs to. */
export const PROMISES = [
  "durable",
  "chain",
  "rot",
  "overload",
  "stop",
  "destruction",
  "backup",
  "surface",
  "embedded-chain",
  "forgeries",
  "requests",
  "contracts",
  "parsers",
] as const;
export type Promised = (typeof PROMISES)[number];

/** Notes that cases were tried and held. Call it after the last assertion of a test. */
export function held(promise: Promised, cases: number): void {
  const file = process.env["SUYUAN_FAULTS_TALLY"];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ promise, cases })}\n`);
}

/** Called in `describe`: every test of it that passes is a case of the promise. */
export function countsCases(promise: Promised): void {
  afterEach(function () {
    if (this.currentTest?.state === "passed") held(promise, 1);
  });
}

/** How many times as much the long form tries; 1 in `npm test`. */
export const LONG = Number(process.env["SUYUAN_FAULTS_ROUNDS"] ?? 1);

/** Printed by a failing test: the same seed gives the same faults. */
export const SEED = Number(process.env["SUYUAN_FAULTS_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

/** `3/8`: the fourth of eight pieces of what the long form tries step by step; all of it in one piece unless told. */
const [pieceIndex = 0, pieces = 1] = (process.env["SUYUAN_FAULTS_PIECE"] ?? "0/1").split("/").map(Number);

/** Those of the steps that this piece tries. Neighbours go to different pieces, so that all pieces take alike. */
export const ofThisPiece = <Step>(steps: readonly Step[]): Step[] => steps.filter((_, i) => i % pieces === pieceIndex);
