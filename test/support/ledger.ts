import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JsonRpcProvider, NonceManager, Wallet } from "ethers";
import { committedCalendars } from "../../scripts/deploy/calendar.ts";
import { deployLedger, type DeployedLedger } from "../../scripts/deploy/deploy.ts";
import { startChain } from "../../scripts/chain/start.ts";
import { admitCall } from "../../sdk/chain/department-calls.ts";
import { ChainError } from "../../sdk/chain/errors.ts";
import { findReceipt, getNonce, sendRawTransaction, type Receipt } from "../../sdk/chain/blocks.ts";
import {
  publishResourceCall,
  proposeResourceCall,
  reviewResourceCall,
  type LedgerCall,
} from "../../sdk/chain/calls.ts";
import type { DepartmentRole } from "../../sdk/chain/departments.ts";
import type { ShareClass } from "../../sdk/chain/catalogue.ts";
import { connectLedger, type LedgerConnection } from "../../sdk/chain/connection.ts";
import { ZERO_HASH } from "../../sdk/chain/contracts.ts";
import { resourceId, resourceScope } from "../../sdk/protocol/anchor.ts";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { LedgerName } from "../../sdk/protocol/header.ts";
import { composeUscc } from "../../sdk/protocol/identifiers/uscc.ts";
import type { RecordSchema } from "../../sdk/protocol/schema.ts";

/** 2026-03-02T09:00:00+08:00, a Monday: the chain's first block. Test time moves only by `advance`. */
export const GENESIS_TIME = 1_772_413_200;
export const REGION = 110_101;
const ED25519_SPKI_PREFIX_BYTES = 12;
const GAS_LIMIT = 6_000_000;

export interface TestDepartment {
  readonly uscc: string;
  readonly name: string;
  readonly wallet: Wallet;
  /** Key 1 of the department: Ed25519. */
  readonly exchange: KeyObject;
  readonly exchangePublic: Hex;
}

export interface PublishOptions {
  readonly provider: TestDepartment;
  readonly code: string;
  readonly schema: RecordSchema;
  readonly shareClass?: ShareClass;
  readonly personal?: boolean;
}

/** A department nobody has, of valid form. */
export function makeDepartment(number: number, name: string): TestDepartment {
  const organisationBody = `DEPT${String(number).padStart(4, "0")}`;
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const spki = publicKey.export({ format: "der", type: "spki" });
  return {
    uscc: composeUscc({
      department: "1",
      category: "1",
      division: String(REGION),
      organisationBody,
    }),
    name,
    wallet: new Wallet(toHex(crypto.getRandomValues(new Uint8Array(32)))),
    exchange: privateKey,
    exchangePublic: toHex(spki.subarray(ED25519_SPKI_PREFIX_BYTES)),
  };
}

/**
 * A real chain of its own in this process, with the real contracts, an authority, a provider, a consumer and a stranger
 * admitted. Stop it in `after`.
 */
export class TestLedger {
  readonly rpcUrl: string;
  readonly name: LedgerName;
  readonly deployed: DeployedLedger;
  readonly deployer: Wallet;
  readonly connection: LedgerConnection;
  readonly authority = makeDepartment(1, "数据局");
  readonly provider = makeDepartment(2, "市场监督管理局");
  readonly consumer = makeDepartment(3, "公共资源交易中心");
  readonly stranger = makeDepartment(4, "无关部门");
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
    this.rpcUrl = parts.rpcUrl;
    this.deployed = parts.deployed;
    this.deployer = parts.deployer;
    const { chainId, genesisHash: genesis, directory } = parts.deployed;
    this.name = { chainId, genesis, directory };
    this.connection = connectLedger({ rpcUrl: parts.rpcUrl, ledger: this.name, finality: { tag: "latest" } });
  }

  get ledger(): Hex {
    return this.connection.ledger;
  }

  /** The chain's time in seconds: what its next block is stamped with. */
  get now(): number {
    return this.parts.clock.now;
  }

  advance(seconds: number): void {
    this.parts.clock.now += seconds;
  }

  /** Sends one transaction and waits for its receipt. Throws ChainError `chain.revert` with the contract's error. */
  async send(from: TestDepartment | Wallet, call: LedgerCall): Promise<Receipt> {
    const wallet = from instanceof Wallet ? from : from.wallet;
    const { rpc } = this.connection;
    const view = await this.connection.view("latest");
    const to = await view.contractAddress(call.contract);
    const account = wallet.address.toLowerCase() as Hex; // An address is hexadecimal.
    const { chainId } = this.name;
    // No estimate: the engine makes it at the machine's time, not at the test's.
    const request = { type: 0, chainId, to, data: call.data, gasLimit: GAS_LIMIT, gasPrice: 0 };
    const sendOnce = async (): Promise<Hex> => {
      const nonce = await getNonce(rpc, account);
      const raw = (await wallet.signTransaction({ ...request, nonce })) as Hex; // A serialized transaction is hexadecimal.
      return sendRawTransaction(rpc, raw).catch((error: unknown) => {
        // The department's node, which sends from the same account, was faster.
        if (error instanceof ChainError && error.code === "chain.nonce-used") return sendOnce();
        throw error;
      });
    };
    const receipt = await this.receiptOf(await sendOnce());
    if (receipt.succeeded) return receipt;
    await rpc.request("eth_call", [{ from: account, to, data: call.data }, `0x${receipt.block.toString(16)}`]);
    throw new Error(`${call.contract} refused, for a reason that is gone after its block`);
  }

  async admit(department: TestDepartment, role: DepartmentRole = "department"): Promise<void> {
    await this.send(
      this.deployer,
      admitCall({
        id: department.uscc,
        role,
        level: "city",
        region: REGION,
        name: department.name,
        endpoint: "http://127.0.0.1:1",
        account: department.wallet.address.toLowerCase() as Hex, // An address is hexadecimal.
        exchangeKey: department.exchangePublic,
      }),
    );
  }

  /** Proposes, approves and publishes; returns the resource and its scope. */
  async publish({
    provider,
    code,
    schema,
    shareClass = "conditional",
    personal = false,
  }: PublishOptions): Promise<{ resource: Hex; scope: Hex }> {
    const resource = resourceId(provider.uscc, code);
    const terms = {
      shareClass,
      level: 2,
      personal,
      schema: schema.digest,
      metadata: schema.digest,
      legalBasis: ZERO_HASH,
      updateCycleDays: 30,
      retentionDays: 3650,
    };
    await this.send(provider, proposeResourceCall({ code, name: code, terms }));
    const version = (await (await this.connection.view("latest")).resource(resource))?.latest ?? 0;
    await this.send(this.authority, reviewResourceCall({ resource, version, approve: true }));
    await this.send(provider, publishResourceCall({ resource, version }));
    return { resource, scope: resourceScope(resource) };
  }

  async stop(): Promise<void> {
    await this.parts.stop();
  }

  private async receiptOf(hash: Hex): Promise<Receipt> {
    for (;;) {
      const receipt = await findReceipt(this.connection.rpc, hash);
      if (receipt !== undefined) return receipt;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

interface Parts {
  readonly rpcUrl: string;
  readonly deployed: DeployedLedger;
  readonly deployer: Wallet;
  readonly clock: { now: number };
  readonly stop: () => Promise<void>;
}

export async function startLedger(options: { readonly delay?: bigint } = {}): Promise<TestLedger> {
  const dataDir = await mkdtemp(join(tmpdir(), "suyuan-ledger-"));
  const clock = { now: GENESIS_TIME };
  const failures: unknown[] = [];
  const chain = await startChain(
    { dataDir, host: "127.0.0.1", port: 0, allowOrigins: [], blockIntervalMs: 0 },
    { clock: () => clock.now * 1000, onFailure: (error) => failures.push(error) },
  );
  const { rpcUrl, chainId } = chain.report;
  const provider = new JsonRpcProvider(rpcUrl, chainId, {
    staticNetwork: true,
    batchMaxCount: 1,
    cacheTimeout: -1,
    polling: true,
    pollingInterval: 5,
  });
  const stop = async (): Promise<void> => {
    provider.destroy();
    await chain.stop();
    await rm(dataDir, { recursive: true, force: true });
    if (failures.length > 0) throw new AggregateError(failures, "the chain failed");
  };
  try {
    const deployer = new Wallet(toHex(crypto.getRandomValues(new Uint8Array(32))));
    const deployed = await deployLedger(
      { delay: options.delay ?? 0n, calendars: committedCalendars },
      { signer: new NonceManager(deployer.connect(provider)) },
    );
    const ledger = new TestLedger({ rpcUrl, deployed, deployer, clock, stop });
    await ledger.admit(ledger.authority, "authority");
    for (const department of [ledger.provider, ledger.consumer, ledger.stranger]) await ledger.admit(department);
    return ledger;
  } catch (error) {
    await stop();
    throw error;
  }
}
