import { Contract, type Signer } from "ethers";
import hre from "hardhat";
import { toHex, utf8, type Hex } from "../../sdk/protocol/bytes.ts";
import { digest } from "../../sdk/protocol/hash.ts";
import { committedCalendars } from "../deploy/calendar.ts";
import { deployLedger } from "../deploy/deploy.ts";
import { mined } from "../deploy/mined.ts";
import { contractAbis, type ContractName, type LedgerAddresses } from "../deploy/plan.ts";

/** A department of the stage: its USCC as 18 ASCII bytes and its one account. */
export interface Party {
  readonly id: Hex;
  readonly account: Signer;
}

/** A ledger on a fresh in-process chain (hard fork pinned in hardhat.config.ts), with its authority and two departments. */
export interface Stage {
  readonly addresses: LedgerAddresses;
  readonly authority: Party;
  readonly provider: Party;
  readonly consumer: Party;
  readonly send: (call: Call) => Promise<Sent>;
  readonly view: (call: Call) => Promise<unknown>;
  readonly runtimeBytes: (name: ContractName) => Promise<number>;
}

export interface Call {
  readonly contract: ContractName;
  readonly method: string;
  readonly args: readonly unknown[];
  /** The authority's account unless given. */
  readonly from?: Party;
}

export interface Sent {
  readonly gas: number;
  /** The time of the block, seconds. */
  readonly time: number;
}

export const PERIOD = { validFrom: 1_750_000_000, validUntil: 1_790_000_000 } as const;
export const MAXIMUM_USES = 5_000;

const START = new Date("2025-09-01T00:00:00Z");
const PROVINCE = 1;
const REGION = 440_000;
const ROLES = { department: 1, authority: 2 } as const;
const CONDITIONAL = 2;

/** 32 bytes that stand for a document, a root or a record id. */
export const sample = (name: string): Hex => toHex(digest("keccak256", utf8(name)));

/** Deploys the committed bytecode and admits the authority, a provider and a consumer. */
export const openStage = async (): Promise<Stage> => {
  const { ethers } = await hre.network.create({ override: { initialBaseFeePerGas: 0n, initialDate: START } });
  const [deployer, provider, consumer] = await ethers.getSigners();
  if (deployer === undefined || provider === undefined || consumer === undefined) throw new TypeError("three accounts");
  const { addresses } = await deployLedger({ delay: 0n, calendars: committedCalendars }, { signer: deployer });
  const party = (code: string, account: Signer): Party => ({ id: toHex(utf8(code)), account });
  const authority = party("11440100MB0001011W", deployer);
  const contract = ({ contract: name, from = authority }: Call): Contract =>
    new Contract(addresses[name], contractAbis[name], from.account);

  const stage: Stage = {
    addresses,
    authority,
    provider: party("11440100MB000102XL", provider),
    consumer: party("11440100MB0001038L", consumer),
    send: async (call) => {
      const request = await contract(call)
        .getFunction(call.method)
        .populateTransaction(...call.args);
      const sent = await (call.from ?? authority).account.sendTransaction({ ...request, gasPrice: 0n, type: 0 });
      const receipt = await mined(sent);
      const block = await receipt.getBlock();
      return { gas: Number(receipt.gasUsed), time: block.timestamp };
    },
    view: (call) =>
      contract(call)
        .getFunction(call.method)
        .staticCall(...call.args),
    runtimeBytes: async (name) => (await ethers.provider.getCode(addresses[name])).length / 2 - 1,
  };
  await admit(stage, authority, ROLES.authority);
  await admit(stage, stage.provider, ROLES.department);
  await admit(stage, stage.consumer, ROLES.department);
  return stage;
};

const admit = async (stage: Stage, { id, account }: Party, role: number): Promise<void> => {
  const admission = {
    id,
    role,
    level: PROVINCE,
    region: REGION,
    parent: `0x${"00".repeat(18)}`,
    name: "Department",
    endpoint: "",
    account: await account.getAddress(),
    exchangeKey: sample(`key ${id}`),
  };
  await stage.send({ contract: "DepartmentRegistry", method: "admit", args: [admission] });
};

/** Proposes, approves and publishes a conditional resource of the provider. Its scope is open afterwards. */
export const publishResource = async (stage: Stage, code: string): Promise<string> => {
  const terms = {
    shareClass: CONDITIONAL,
    level: 2,
    personal: true,
    schema: sample("schema"),
    metadata: sample("metadata"),
    legalBasis: sample("basis"),
    updateCycleDays: 1,
    retentionDays: 3650,
  };
  const propose: Call = {
    contract: "ResourceCatalogue",
    method: "propose",
    args: [code, "Business licence", terms],
    from: stage.provider,
  };
  // The ABI fixes the result: (id, version).
  const [id] = (await stage.view(propose)) as readonly [string, bigint];
  await stage.send(propose);
  await stage.send({ contract: "ResourceCatalogue", method: "review", args: [id, 1, true, sample("approved")] });
  await stage.send({ contract: "ResourceCatalogue", method: "publish", args: [id, 1], from: stage.provider });
  return id;
};

/** Applies and agrees. Both streams are open afterwards. */
export const agreeOn = async (stage: Stage, resource: string): Promise<string> => {
  const apply: Call = {
    contract: "SharingAgreements",
    method: "applyFor",
    args: [resource, sample("application"), PERIOD.validFrom, PERIOD.validUntil, MAXIMUM_USES],
    from: stage.consumer,
  };
  // The ABI fixes the result: the agreement's id.
  const id = (await stage.view(apply)) as string;
  await stage.send(apply);
  await stage.send({ contract: "SharingAgreements", method: "agree", args: [id], from: stage.provider });
  return id;
};
