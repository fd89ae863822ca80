import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectLedger, type LedgerConnection } from "../../../sdk/chain/connection.ts";
import { SuyuanClient } from "../../../sdk/client/client.ts";
import { admitDepartment } from "../../../sdk/client/routes/departments.ts";
import type { LedgerName } from "../../../sdk/protocol/header.ts";
import { createNode, type Node, type NodeTunables } from "../../../node/compose.ts";
import { readConfig } from "../../../node/config.ts";
import { startEmbeddedChain, type EmbeddedChainProcess } from "../../chain/spawn.ts";
import { publish, RESOURCES, type PublishedResource } from "../../start/catalogue.ts";
import { admitAuthority, prepareLedger } from "../../start/ledger.ts";
import { nodeEnvironment, startNode, type RunningNode } from "../../start/nodes.ts";
import { exchangeKeyId, openParties, type Party } from "../../start/parties.ts";
import { writeDurablySync } from "../../start/state.ts";
import { freePorts } from "./ports.ts";

const TODAY = "2025-09-01";
const silent = { tell: () => undefined, result: () => undefined };

export interface RigOptions {
  /** How long the chain waits for company before it makes a block; 1000 is a chain of one-second blocks. */
  readonly blockIntervalMs: number;
}

/** A whole installation in processes of their own: chain, ledger, one department with one published resource, its node. */
export interface Rig {
  readonly folder: string;
  readonly chain: EmbeddedChainProcess;
  readonly connection: LedgerConnection;
  readonly provider: Party;
  /** May call what is for overseers; it has no node. */
  readonly overseer: Party;
  readonly resource: PublishedResource;
  readonly node: RunningNode;
  /** A client that signs as the department. */
  readonly client: SuyuanClient;
  /** Starts the node again, which was stopped, over the same data. Resolves when it is ready. */
  startNode(): Promise<RunningNode>;
  /** Stops the node's process and opens the same node in this one, with other tunables; closed with the rig. */
  openInProcess(tunables: NodeTunables): Promise<Node>;
  close(): Promise<void>;
}

export const clientOf = (party: Party): SuyuanClient =>
  new SuyuanClient({
    baseUrl: party.endpoint,
    signer: { keyId: exchangeKeyId(party), sign: (bytes) => party.keystore.exchange.sign(bytes) },
  });

/** Brings everything up in a temporary folder, which `close` removes. */
export async function openRig({ blockIntervalMs }: RigOptions): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), "suyuan-bench-"));
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const closeAll = async (): Promise<void> => {
    for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) await stop();
  };
  try {
    const [chainPort = 0, authorityPort = 0, providerPort = 0, overseerPort = 0] = await freePorts(4);
    const chain = await startEmbeddedChain({ dataDir: join(folder, "chain"), port: chainPort, blockIntervalMs });
    stops.push(() => chain.stop());
    const ports = { authority: authorityPort, marketRegulation: providerPort, ecology: 0, tradingCentre: overseerPort };
    const { authority, marketRegulation: provider, tradingCentre: overseer } = await openParties(folder, ports);
    const { rpcUrl } = chain;
    const today = new Date(`${TODAY}T00:00:00Z`);
    const deployed = await prepareLedger({ rpcUrl, chainId: chain.chainId, dataDir: folder, authority, today }, silent);
    const ledger = { chainId: deployed.chainId, genesis: deployed.genesisHash, directory: deployed.directory };
    await admitAuthority({ rpcUrl, ledger, authority });
    const trustPath = writeTrust({ folder, ledger, rpcUrl });
    const authorityNode = await startNode({ party: authority, rpcUrl, trustPath });
    stops.push(() => authorityNode.stop());
    await admit(provider, authority);
    await admit(overseer, authority, "oversight");
    const running = { node: await startNode({ party: provider, rpcUrl, trustPath }) };
    stops.push(() => running.node.stop());
    const clients = { clientOf: clientOf(provider), authorityClient: clientOf(authority) };
    const resource = await publish(RESOURCES.businessLicence, { provider, ...clients, today: TODAY });
    // Not needed any more, and this machine is small.
    await authorityNode.stop();
    return Object.assign(running, {
      ...{ folder, chain, provider, overseer, resource, client: clients.clientOf, close: closeAll },
      connection: connectLedger({ rpcUrl, ledger, finality: { tag: "latest" } }),
      startNode: async () => (running.node = await startNode({ party: provider, rpcUrl, trustPath })),
      openInProcess: async (tunables: NodeTunables) => {
        await running.node.stop();
        const node = await createNode(readConfig(nodeEnvironment({ party: provider, rpcUrl, trustPath })), {
          tunables,
        });
        stops.push(() => node.stop());
        await node.start();
        return node;
      },
    });
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function writeTrust({ folder, ledger, rpcUrl }: { folder: string; ledger: LedgerName; rpcUrl: string }): string {
  const path = join(folder, "trust.json");
  const trust = { format: "suyuan/trust/1", ledger, rpc: [rpcUrl], maximumLagSeconds: null, evaluation: true };
  writeDurablySync(path, JSON.stringify({ ...trust, finality: { tag: "latest" } }));
  return path;
}

async function admit(
  { department, endpoint, keystore }: Party,
  authority: Party,
  role: "department" | "oversight" = "department",
): Promise<void> {
  const { uscc: id, nameZh: name, region } = department;
  const { account, exchange } = keystore;
  const body = {
    ...{ id, name, endpoint, account: account.address, exchangeKey: exchange.publicKey },
    role,
    level: "city",
    region: Number(region),
    parent: authority.department.uscc,
  } as const;
  await clientOf(authority).call(admitDepartment, { body });
}
