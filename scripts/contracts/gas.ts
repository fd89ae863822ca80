// Measures the transactions for which a gas target exists, and the size of each contract, on an in-process chain.
// Writes test/contracts/gas-snapshot.json; with --check, fails when a figure moved by more than 1 % or missed its target.
import { readFileSync, writeFileSync } from "node:fs";
import { AbiCoder, keccak256 } from "ethers";
import { concat, fromHex, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { leafHash, MerkleTree } from "../../sdk/protocol/tree.ts";
import { CONTRACT_NAMES } from "../deploy/plan.ts";
import { agreeOn, openStage, publishResource, sample, type Party, type Stage } from "./stage.ts";

/** The most gas that a whole transaction may use: calldata and base cost included. */
export const GAS_TARGETS: Readonly<Record<string, number>> = {
  anchor: 72_000,
  statusFresh: 70_000,
  statusAgain: 70_000,
  statusThird: 70_000,
  statusFourth: 70_000,
  statusFifth: 70_000,
  range200Fresh: 160_000,
  range200Again: 200_000,
  inclusionKeccak256Depth14: 45_000,
  inclusionSha256Depth14: 52_000,
  reserveFirst: 45_000,
  reserveNext: 45_000,
};

/** The limit of EIP-170. */
export const RUNTIME_BYTES_LIMIT = 24_576;

export interface GasReport {
  readonly hardfork: "shanghai";
  readonly gas: Readonly<Record<string, number>>;
  readonly runtimeBytes: Readonly<Record<string, number>>;
}

const HASHES = { Keccak256: { number: 1, name: "keccak256" }, Sha256: { number: 2, name: "sha256" } } as const;
const STATES = { active: 0, suspended: 1, revoked: 2 } as const;
const DEPTH = 14;
const REASON = 101;
const EFFECTIVE = 1_755_999_999;
const TOLERANCE = 0.01;
const SNAPSHOT = new URL("../../test/contracts/gas-snapshot.json", import.meta.url);

const scopeOf = (kind: string, subject: string): string =>
  keccak256(AbiCoder.defaultAbiCoder().encode(["string", "bytes32"], [`suyuan/scope/${kind}/1`, subject]));

const measureAnchors = async (stage: Stage, resource: string): Promise<Record<string, number>> => {
  const scope = scopeOf("resource", resource);
  const anchor = (first: number, count: number) =>
    stage.send({
      contract: "AnchorLog",
      method: "anchor",
      args: [scope, first, count, sample(`batch ${String(first)}`), HASHES.Keccak256.number],
      from: stage.provider,
    });
  await anchor(0, 1_000);
  const { gas } = await anchor(1_000, 5_000);
  const superseding = await stage.send({
    contract: "AnchorLog",
    method: "anchorSuperseding",
    args: [scope, 6_000, 1, sample("batch 6000"), HASHES.Keccak256.number, [5_500]],
    from: stage.provider,
  });
  return { anchor: gas, anchorSupersedingOne: superseding.gas };
};

const measureStatus = async (stage: Stage, resource: string): Promise<Record<string, number>> => {
  const scope = scopeOf("resource", resource);
  const send = async (
    method: string,
    numbers: readonly number[],
    state: number,
    known: readonly number[] = [],
  ): Promise<number> =>
    (
      await stage.send({
        contract: "RecordStatus",
        method,
        args: [scope, ...numbers, state, REASON, EFFECTIVE, ...known],
        from: stage.provider,
      })
    ).gas;
  const single = async (state: number, known: number): Promise<number> => send("change", [1_100], state, [known]);
  return {
    statusFresh: await single(STATES.suspended, 0),
    statusAgain: await single(STATES.active, 1),
    statusThird: await single(STATES.suspended, 2),
    statusFourth: await single(STATES.active, 3),
    statusFifth: await single(STATES.suspended, 4),
    range200Fresh: await send("changeRange", [0, 200], STATES.suspended),
    range200Again: await send("changeRange", [0, 200], STATES.revoked),
    range200FreshOverFiveWords: await send("changeRange", [2_130, 200], STATES.suspended),
    range200AgainOverFiveWords: await send("changeRange", [2_130, 200], STATES.revoked),
  };
};

const measureDeliveries = async (stage: Stage, resource: string): Promise<Record<string, number>> => {
  const agreement = await agreeOn(stage, resource);
  const reserve = async (): Promise<number> =>
    (
      await stage.send({
        contract: "SharingAgreements",
        method: "reserve",
        args: [agreement, 64],
        from: stage.consumer,
      })
    ).gas;
  const settle = async (kind: string, first: number, from: Party): Promise<number> =>
    (
      await stage.send({
        contract: "AnchorLog",
        method: "anchor",
        args: [scopeOf(kind, agreement), first, 16, sample(`${kind} ${String(first)}`), HASHES.Keccak256.number],
        from,
      })
    ).gas;
  const reserveFirst = await reserve();
  const reserveNext = await reserve();
  await stage.send({ contract: "DepartmentRegistry", method: "noteRestriction", args: [] });
  const reserveAfterRestriction = await reserve();
  await settle("deliveries", 0, stage.provider);
  const anchorStream = await settle("deliveries", 16, stage.provider);
  return { reserveFirst, reserveNext, reserveAfterRestriction, anchorStream };
};

const measureInclusion = async (stage: Stage, hash: keyof typeof HASHES): Promise<Record<string, number>> => {
  const { number, name } = HASHES[hash];
  const count = 2 ** DEPTH;
  const index = 12_345;
  const ids = Array.from({ length: count }, (_, i) => sample(`record ${String(i)}`));
  const tree = MerkleTree.fromLeafHashes(name, concat(...ids.map((id) => leafHash(name, fromHex(id)))));
  const resource = await publishResource(stage, `inclusion-${name}`);
  const scope = scopeOf("resource", resource);
  const root: Hex = toHex(tree.root);
  const { time } = await stage.send({
    contract: "AnchorLog",
    method: "anchor",
    args: [scope, 0, count, root, number],
    from: stage.provider,
  });
  const proof = tree.proof(index).map((node) => toHex(node));
  const batch = { department: stage.provider.id, first: 0, count, time, hash: number, root };
  const args = [scope, batch, ids[index], index, proof];
  const verified = await stage.view({ contract: "AnchorLog", method: "verifyInclusion", args });
  if (verified !== true || proof.length !== DEPTH) throw new TypeError("the proof to measure is not valid");
  const { gas } = await stage.send({ contract: "AnchorLog", method: "verifyInclusion", args });
  return { [`inclusion${hash}Depth${String(DEPTH)}`]: gas };
};

const measureProject = async (stage: Stage): Promise<Record<string, number>> => {
  const scope = keccak256(
    AbiCoder.defaultAbiCoder().encode(["string", "bytes18"], ["suyuan/scope/journal/1", stage.provider.id]),
  );
  const from = stage.provider;
  await stage.send({ contract: "AnchorLog", method: "openJournal", args: [], from });
  const journal = [scope, 0, 10, sample("journal"), HASHES.Keccak256.number];
  await stage.send({ contract: "AnchorLog", method: "anchor", args: journal, from });
  const everyDuty = 15;
  await stage.send({ contract: "ProjectLedger", method: "entitle", args: [from.id, everyDuty, sample("basis")] });
  const document = { scope, seq: 9, record: sample("document") };
  const code = "2025-990100-48-01-000001";
  const id = keccak256(AbiCoder.defaultAbiCoder().encode(["string", "string"], ["suyuan/project/1", code]));
  const send = async (method: string, ...args: readonly unknown[]): Promise<number> =>
    (await stage.send({ contract: "ProjectLedger", method, args: [...args, document], from })).gas;
  const bodies = { owner: from.id, approver: from.id, planner: from.id, payer: from.id, auditor: from.id };
  const [proposal, feasibility] = [1, 2];
  const projectRegister = await send("register", code, bodies);
  await send("approve", id, proposal, 0);
  return { projectRegister, projectApprove: await send("approve", id, feasibility, 3_800_000_000) };
};

/** Every figure of the snapshot, measured on a fresh chain. Deterministic: fixed accounts, inputs and start. */
export const measureGas = async (): Promise<GasReport> => {
  const stage = await openStage();
  const resource = await publishResource(stage, "business-licence");
  const gas = {
    ...(await measureAnchors(stage, resource)),
    ...(await measureStatus(stage, resource)),
    ...(await measureInclusion(stage, "Keccak256")),
    ...(await measureInclusion(stage, "Sha256")),
    ...(await measureDeliveries(stage, resource)),
    ...(await measureProject(stage)),
  };
  const runtimeBytes: Record<string, number> = {};
  for (const name of CONTRACT_NAMES) runtimeBytes[name] = await stage.runtimeBytes(name);
  return { hardfork: "shanghai", gas, runtimeBytes };
};

/** What is wrong with a report: missed targets, contracts too large, and figures that left the snapshot's tolerance. */
export const findFaults = (report: GasReport, snapshot: GasReport | undefined): string[] => {
  const faults: string[] = [];
  for (const [name, target] of Object.entries(GAS_TARGETS)) {
    const used = report.gas[name];
    if (used === undefined || used > target) faults.push(`${name}: ${String(used)} gas, target ${String(target)}`);
  }
  for (const [name, size] of Object.entries(report.runtimeBytes)) {
    if (size === 0 || size > RUNTIME_BYTES_LIMIT) faults.push(`${name}: ${String(size)} bytes`);
  }
  if (snapshot === undefined) return faults;
  for (const part of ["gas", "runtimeBytes"] as const) {
    for (const name of new Set([...Object.keys(report[part]), ...Object.keys(snapshot[part])])) {
      const now = report[part][name] ?? 0;
      const then = snapshot[part][name] ?? 0;
      if (Math.abs(now - then) > then * TOLERANCE) {
        faults.push(`${part}.${name}: ${String(now)}, snapshot ${String(then)}`);
      }
    }
  }
  return faults;
};

export const readSnapshot = (): GasReport =>
  // Written by this script only.
  JSON.parse(readFileSync(SNAPSHOT, "utf8")) as GasReport;

if (import.meta.main) {
  const check = process.argv.includes("--check");
  const report = await measureGas();
  const faults = findFaults(report, check ? readSnapshot() : undefined);
  if (!check) writeFileSync(SNAPSHOT, `${JSON.stringify(report, null, 2)}\n`);
  for (const [name, gas] of Object.entries(report.gas)) {
    const target = GAS_TARGETS[name];
    console.log(`${name}: ${String(gas)}${target === undefined ? "" : ` (≤ ${String(target)})`}`);
  }
  for (const [name, size] of Object.entries(report.runtimeBytes)) console.log(`${name}: ${String(size)} bytes`);
  if (faults.length > 0) {
    console.error(`Gas or size out of bounds:\n  ${faults.join("\n  ")}\nWhen intended: node scripts/contracts/gas.ts`);
    process.exitCode = 1;
  }
}
