import { Contract, JsonRpcProvider, toUtf8Bytes, Wallet } from "ethers";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DepartmentRegistryAbi } from "../../sdk/chain/abi/DepartmentRegistry.ts";
import { committedCalendars, provisionalCalendar } from "../deploy/calendar.ts";
import { deployLedger, type DeployedLedger } from "../deploy/deploy.ts";
import type { Party } from "./parties.ts";
import type { Progress } from "./say.ts";
import { writeDurablySync } from "./state.ts";

const POLLING_MS = 50;

export interface PreparedLedger extends DeployedLedger {
  readonly provisionalYears: readonly number[];
}

/**
 * Deploys the contracts, or continues a deployment that was cut off: the Directory's address is on disk before the first
 * transaction. The years that a deadline may reach and that no official calendar covers yet are filled with weekends.
 */
export async function prepareLedger(
  {
    rpcUrl,
    chainId,
    dataDir,
    authority,
    today,
  }: { rpcUrl: string; chainId: number; dataDir: string; authority: Party; today: Date },
  progress: Progress,
): Promise<PreparedLedger> {
  const provider = connect(rpcUrl, chainId);
  try {
    const signer = new Wallet(authority.keystore.account.privateKey, provider);
    const path = join(dataDir, "directory");
    const directory = existsSync(path) ? (await readFile(path, "utf8")).trim() : undefined;
    const known = new Set(committedCalendars.map(({ year }) => year));
    const provisionalYears = [today.getUTCFullYear(), today.getUTCFullYear() + 1].filter((year) => !known.has(year));
    let kept = directory;
    const deployed = await deployLedger(
      {
        delay: 0n,
        calendars: [...committedCalendars, ...provisionalYears.map(provisionalCalendar)],
        ...(directory !== undefined && { directory }),
        onProgress: ({ done, total, directory: planned }) => {
          progress.tell(done, total);
          if (kept === planned) return;
          kept = planned;
          writeDurablySync(path, `${planned}\n`);
        },
      },
      { signer },
    );
    return { ...deployed, provisionalYears };
  } finally {
    provider.destroy();
  }
}

/** Admits the authority itself: the account that administers the contracts becomes the account of a department. */
export async function admitAuthority({
  rpcUrl,
  chainId,
  registry,
  authority,
}: {
  rpcUrl: string;
  chainId: number;
  registry: string;
  authority: Party;
}): Promise<boolean> {
  const provider = connect(rpcUrl, chainId);
  try {
    const signer = new Wallet(authority.keystore.account.privateKey, provider);
    const contract = new Contract(registry, DepartmentRegistryAbi, signer);
    const id = usccBytes(authority.department.uscc);
    if ((await contract.getFunction("statusAt").staticCall(id, BigInt(Math.floor(Date.now() / 1000)))) !== 0n)
      return false;
    const sent = await contract.getFunction("admit")(
      {
        id,
        role: 2,
        level: 2,
        region: Number(authority.department.region),
        parent: usccBytes(""),
        name: authority.department.nameZh,
        endpoint: authority.endpoint,
        account: authority.keystore.account.address,
        exchangeKey: authority.keystore.exchange.publicKey,
      },
      { type: 0, gasPrice: 0n },
    );
    await sent.wait();
    return true;
  } finally {
    provider.destroy();
  }
}

const connect = (rpcUrl: string, chainId: number): JsonRpcProvider =>
  new JsonRpcProvider(rpcUrl, chainId, {
    staticNetwork: true,
    batchMaxCount: 1,
    cacheTimeout: -1,
    polling: true,
    pollingInterval: POLLING_MS,
  });

function usccBytes(uscc: string): string {
  const bytes = new Uint8Array(18);
  bytes.set(toUtf8Bytes(uscc));
  return `0x${Buffer.from(bytes).toString("hex")}`;
}
