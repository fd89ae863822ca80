import { Contract, encodeBytes32String, type Provider, type Signer, type TransactionRequest } from "ethers";
import { fromHex, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { ledgerId } from "../../sdk/protocol/header.ts";
import { toYearBitmap, type WorkingCalendarData } from "./calendar.ts";
import { DeployError } from "./errors.ts";
import { mined } from "./mined.ts";
import {
  CONTRACT_NAMES,
  contractAbis,
  creationCode,
  DIRECTORY_NAMES,
  findFirstNonce,
  planAddresses,
  type ContractName,
  type LedgerAddresses,
} from "./plan.ts";
import { profileDigest, type DeadlineProfile } from "./profile.ts";

export interface DeployOptions {
  /** Seconds before a later Directory entry takes effect: 604,800 or more in production, 0 marks an evaluation ledger. */
  readonly delay: bigint;
  /** Appended unless a profile with its source exists. Without it the contract's own first profile stands (reply 1/10, supply 20, settlement 5). */
  readonly profile?: DeadlineProfile;
  /** Set where the year is still unknown. A year that is known is left as it is. */
  readonly calendars: readonly WorkingCalendarData[];
  /** Continues the deployment of this Directory. Without it a new one begins at the signer's next nonce. */
  readonly directory?: string;
  /** Wei per gas; 0 unless given. */
  readonly gasPrice?: bigint;
  /** Told before the first transaction, so that the Directory's address can be kept, and after each step. */
  readonly onProgress?: (progress: DeployProgress) => void;
}

export interface DeployDependencies {
  /** The authority's account: deploys, and administers the AccessManager. Connected to a provider. Must send nothing else meanwhile. */
  readonly signer: Signer;
}

export interface DeployProgress {
  readonly step: string;
  readonly done: number;
  readonly total: number;
  readonly directory: string;
}

export interface DeployedLedger {
  readonly directory: Hex;
  readonly addresses: LedgerAddresses;
  readonly chainId: number;
  readonly genesisHash: Hex;
  readonly ledger: Hex;
}

interface Step {
  readonly name: string;
  readonly isDone: () => Promise<boolean>;
  readonly prepare: () => Promise<TransactionRequest>;
}

/**
 * Deploys a ledger: every contract at an address fixed beforehand, then the Directory's entries, the
 * calendars and the deadline profile. Each step looks first whether it is done, so a run that was cut off is
 * continued by giving its Directory. Throws DeployError.
 */
export const deployLedger = async (options: DeployOptions, { signer }: DeployDependencies): Promise<DeployedLedger> => {
  const provider = signer.provider;
  if (provider === null) throw new DeployError("deploy.no-provider");
  const deployer = await signer.getAddress();
  const existing = await findComplete(options.directory, provider);
  const plan = existing ?? (await planFrom(options.directory, deployer, provider));
  const steps = [
    ...(existing === undefined ? contractSteps(options, plan, { signer, provider }) : []),
    ...(existing === undefined ? entrySteps(plan.addresses, signer) : []),
    ...calendarSteps(options.calendars, plan.addresses, signer),
    ...(options.profile === undefined ? [] : [profileStep(options.profile, plan.addresses, signer)]),
  ];
  const directory = plan.addresses.Directory;
  const tell = (step: string, done: number): void =>
    options.onProgress?.({ step, done, total: steps.length, directory });

  tell("plan", 0);
  for (const [i, step] of steps.entries()) {
    if (!(await step.isDone())) await execute(step, { signer, gasPrice: options.gasPrice ?? 0n });
    tell(step.name, i + 1);
  }
  return describe(plan.addresses, provider);
};

interface Plan {
  readonly addresses: LedgerAddresses;
  readonly firstNonce: number;
}

const planFrom = async (directory: string | undefined, deployer: string, provider: Provider): Promise<Plan> => {
  const next = await provider.getTransactionCount(deployer, "latest");
  const firstNonce = directory === undefined ? next : findFirstNonce(deployer, directory, next);
  if (firstNonce === undefined)
    throw new DeployError("deploy.directory-foreign", { directory: directory ?? "", deployer });
  return { firstNonce, addresses: planAddresses(deployer, firstNonce) };
};

/** The addresses that a Directory names when it names them all, whoever deployed it. */
const findComplete = async (directory: string | undefined, provider: Provider): Promise<Plan | undefined> => {
  if (directory === undefined || (await provider.getCode(directory)) === "0x") return undefined;
  const contract = new Contract(directory, contractAbis.Directory, provider);
  const addresses: Partial<Record<ContractName, string>> = {
    AccessManager: await view<string>(contract, "authority"),
    Directory: await contract.getAddress(),
  };
  for (const name of DIRECTORY_NAMES) {
    const key = encodeBytes32String(name);
    const count = await view<bigint>(contract, "entryCount", key);
    if (count === 0n) return undefined;
    addresses[name] = (
      await view<{ readonly implementation: string }>(contract, "entry", key, count - 1n)
    ).implementation;
  }
  // Every name is set: the loop returned otherwise.
  return { addresses: addresses as LedgerAddresses, firstNonce: 0 };
};

const contractSteps = (
  options: DeployOptions,
  { addresses, firstNonce }: Plan,
  { signer, provider }: { readonly signer: Signer; readonly provider: Provider },
): Step[] =>
  CONTRACT_NAMES.map((name, i) => ({
    name,
    isDone: async () => (await provider.getCode(addresses[name])) !== "0x",
    prepare: async () => {
      const admin = await signer.getAddress();
      // The address follows from the nonce: a contract at another nonce would not be the one that the others know.
      const nonce = firstNonce + i;
      if ((await provider.getTransactionCount(admin, "latest")) !== nonce) {
        throw new DeployError("deploy.address-lost", { name, address: addresses[name] });
      }
      return { nonce, data: creationCode(name, { addresses, admin, delay: options.delay }) };
    },
  }));

const entrySteps = (addresses: LedgerAddresses, signer: Signer): Step[] => {
  const directory = new Contract(addresses.Directory, contractAbis.Directory, signer);
  return DIRECTORY_NAMES.map((name) => {
    const key = encodeBytes32String(name);
    return {
      name: `Directory: ${name}`,
      isDone: async () => (await view<bigint>(directory, "entryCount", key)) > 0n,
      prepare: () => directory.getFunction("append").populateTransaction(key, addresses[name], 0n),
    };
  });
};

const calendarSteps = (
  calendars: readonly WorkingCalendarData[],
  addresses: LedgerAddresses,
  signer: Signer,
): Step[] => {
  const contract = new Contract(addresses.WorkingCalendar, contractAbis.WorkingCalendar, signer);
  return calendars.map(toYearBitmap).map(({ year, low, high, source }) => ({
    name: `WorkingCalendar: ${String(year)}`,
    isDone: () => view<boolean>(contract, "isYearKnown", year),
    prepare: () => contract.getFunction("setYear").populateTransaction(year, low, high, source),
  }));
};

const profileStep = (profile: DeadlineProfile, addresses: LedgerAddresses, signer: Signer): Step => {
  const agreements = new Contract(addresses.SharingAgreements, contractAbis.SharingAgreements, signer);
  const { replyUnconditional, replyConditional, supply, settlement, effectiveFrom } = profile;
  const source = profileDigest(profile);
  const value = [replyUnconditional, replyConditional, supply, settlement, effectiveFrom, source];
  return {
    name: "SharingAgreements: profile",
    isDone: async () => {
      const count = await view<bigint>(agreements, "profileCount");
      for (let version = count; version > 0n; version--) {
        if ((await view<{ readonly source: string }>(agreements, "profile", version)).source === source) return true;
      }
      return false;
    },
    prepare: () => agreements.getFunction("appendProfile").populateTransaction(value),
  };
};

const execute = async (
  step: Step,
  { signer, gasPrice }: { readonly signer: Signer; readonly gasPrice: bigint },
): Promise<void> => {
  try {
    const sent = await signer.sendTransaction({ ...(await step.prepare()), type: 0, gasPrice });
    await mined(sent);
  } catch (cause) {
    if (cause instanceof DeployError) throw cause;
    // A transaction of the run that was cut off may have been mined in the meantime.
    if (await step.isDone()) return;
    throw new DeployError("deploy.transaction-failed", { step: step.name }, cause);
  }
};

const describe = async (addresses: LedgerAddresses, provider: Provider): Promise<DeployedLedger> => {
  const chainId = Number((await provider.getNetwork()).chainId);
  const genesisHash = hex((await provider.getBlock(0))?.hash ?? "");
  const directory = hex(addresses.Directory);
  return {
    directory,
    addresses,
    chainId,
    genesisHash,
    ledger: ledgerId({ chainId, genesis: genesisHash, directory }),
  };
};

/** Lower case, as the ledger id takes it. */
const hex = (text: string): Hex => toHex(fromHex(text.toLowerCase()));

const view = async <T>(
  contract: Contract,
  method: string,
  ...values: readonly (string | number | bigint)[]
): Promise<T> =>
  // The committed ABI fixes the type of what a method returns.
  (await contract.getFunction(method).staticCall(...values)) as T;
