import { JsonRpcProvider, Wallet } from "ethers";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { connectLedger } from "../../sdk/chain/connection.ts";
import { admitCall } from "../../sdk/chain/department-calls.ts";
import type { LedgerName } from "../../sdk/protocol/header.ts";
import { committedCalendars, provisionalCalendar } from "../deploy/calendar.ts";
import { deployLedger, type DeployedLedger } from "../deploy/deploy.ts";
import { mined } from "../deploy/mined.ts";
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
  ledger,
  authority,
}: {
  rpcUrl: string;
  ledger: LedgerName;
  authority: Party;
}): Promise<boolean> {
  const provider = connect(rpcUrl, ledger.chainId);
  try {
    const signer = new Wallet(authority.keystore.account.privateKey, provider);
    const { department, endpoint, keystore } = authority;
    const view = await connectLedger({ rpcUrl, ledger, finality: { tag: "latest" } }).view();
    if ((await view.department(department.uscc)) !== undefined) return false;
    const { data } = admitCall({
      id: department.uscc,
      role: "authority",
      level: department.level,
      region: Number(department.region),
      name: department.nameZh,
      endpoint,
      account: keystore.account.address,
      exchangeKey: keystore.exchange.publicKey,
    });
    const to = await view.contractAddress("DepartmentRegistry");
    const sent = await signer.sendTransaction({ to, data, type: 0, gasPrice: 0n });
    await mined(sent);
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
