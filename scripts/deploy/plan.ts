import { getCreateAddress, Interface, type InterfaceAbi } from "ethers";
import bytecode from "../../contracts/bytecode.json" with { type: "json" };
import { AccessManagerAbi } from "../../sdk/chain/abi/AccessManager.ts";
import { AnchorLogAbi } from "../../sdk/chain/abi/AnchorLog.ts";
import { DepartmentRegistryAbi } from "../../sdk/chain/abi/DepartmentRegistry.ts";
import { DirectoryAbi } from "../../sdk/chain/abi/Directory.ts";
import { ProjectIssuesAbi } from "../../sdk/chain/abi/ProjectIssues.ts";
import { ProjectLedgerAbi } from "../../sdk/chain/abi/ProjectLedger.ts";
import { RecordStatusAbi } from "../../sdk/chain/abi/RecordStatus.ts";
import { ResourceCatalogueAbi } from "../../sdk/chain/abi/ResourceCatalogue.ts";
import { SealedBidsAbi } from "../../sdk/chain/abi/SealedBids.ts";
import { SharingAgreementsAbi } from "../../sdk/chain/abi/SharingAgreements.ts";
import { WorkingCalendarAbi } from "../../sdk/chain/abi/WorkingCalendar.ts";
import { limitsOf, PROJECT_RULES, ruleSetDigest } from "../../sdk/oversight/law/rules.ts";

/** The contracts in the order of their creation. The order is the plan: each one's address follows from its place. */
export const CONTRACT_NAMES = [
  "AccessManager",
  "Directory",
  "DepartmentRegistry",
  "WorkingCalendar",
  "ResourceCatalogue",
  "SharingAgreements",
  "AnchorLog",
  "RecordStatus",
  "ProjectLedger",
  "ProjectIssues",
  "SealedBids",
] as const;

export type ContractName = (typeof CONTRACT_NAMES)[number];
export type LedgerAddresses = Readonly<Record<ContractName, string>>;

/** The contracts that the Directory names. */
export const DIRECTORY_NAMES = CONTRACT_NAMES.slice(2);

export const contractAbis: Readonly<Record<ContractName, InterfaceAbi>> = {
  AccessManager: AccessManagerAbi,
  Directory: DirectoryAbi,
  DepartmentRegistry: DepartmentRegistryAbi,
  WorkingCalendar: WorkingCalendarAbi,
  ResourceCatalogue: ResourceCatalogueAbi,
  SharingAgreements: SharingAgreementsAbi,
  AnchorLog: AnchorLogAbi,
  RecordStatus: RecordStatusAbi,
  ProjectLedger: ProjectLedgerAbi,
  ProjectIssues: ProjectIssuesAbi,
  SealedBids: SealedBidsAbi,
};

const NO_PREDECESSOR = "0x0000000000000000000000000000000000000000";

/** Where a deployment that begins at the deployer's nonce `firstNonce` puts its contracts. */
export const planAddresses = (deployer: string, firstNonce: number): LedgerAddresses =>
  // One entry for each name.
  Object.fromEntries(
    CONTRACT_NAMES.map((name, i) => [name, getCreateAddress({ from: deployer, nonce: firstNonce + i })]),
  ) as unknown as LedgerAddresses;

/** The nonce at which the deployment of a Directory began, or undefined when `deployer` did not create it below nonce `next` + 1. */
export const findFirstNonce = (deployer: string, directory: string, next: number): number | undefined => {
  for (let nonce = 1; nonce <= next + 1; nonce++) {
    if (getCreateAddress({ from: deployer, nonce }).toLowerCase() === directory.toLowerCase()) return nonce - 1;
  }
  return undefined;
};

/** The creation code of a contract with its constructor's arguments. `admin` is the AccessManager's first administrator. */
export const creationCode = (
  name: ContractName,
  {
    addresses: at,
    admin,
    delay,
  }: { readonly addresses: LedgerAddresses; readonly admin: string; readonly delay: bigint },
): string => {
  const base = [at.AccessManager, NO_PREDECESSOR];
  const values: Readonly<Record<ContractName, readonly unknown[]>> = {
    AccessManager: [admin],
    Directory: [at.AccessManager, delay],
    DepartmentRegistry: base,
    WorkingCalendar: base,
    ResourceCatalogue: [...base, at.DepartmentRegistry, at.AnchorLog],
    SharingAgreements: [...base, at.DepartmentRegistry, at.ResourceCatalogue, at.WorkingCalendar, at.AnchorLog],
    AnchorLog: [...base, at.DepartmentRegistry, at.ResourceCatalogue, at.SharingAgreements, at.RecordStatus],
    RecordStatus: [...base, at.DepartmentRegistry, at.AnchorLog],
    ProjectLedger: [...base, at.DepartmentRegistry, at.AnchorLog, firstLimits("ProjectLedger")],
    ProjectIssues: [...base, at.DepartmentRegistry, at.WorkingCalendar, at.AnchorLog, at.ProjectLedger],
    SealedBids: [...base, at.DepartmentRegistry, at.AnchorLog, at.ProjectLedger, firstLimits("SealedBids")],
  };
  return bytecode[name] + new Interface(contractAbis[name]).encodeDeploy(values[name]).slice(2);
};

/** The rules with which a contract begins; it puts them into effect at its own creation. */
const firstLimits = (holder: "ProjectLedger" | "SealedBids") => ({
  ...limitsOf(PROJECT_RULES, holder),
  digest: ruleSetDigest(PROJECT_RULES),
  effectiveFrom: 0n,
});
