import { sign } from "node:crypto";
import type { Keystore } from "../../../sdk/client/keystore.ts";
import { SuyuanClient } from "../../../sdk/client/client.ts";
import type { RequestSigner } from "../../../sdk/client/signature.ts";
import { setEndpointCall } from "../../../sdk/chain/department-calls.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import type { Trust } from "../../../sdk/verify/trust.ts";
import { createNode, type Node, type NodeTunables } from "../../../node/compose.ts";
import type { NodeConfig } from "../../../node/config.ts";
import type { Log } from "../../../node/ports.ts";
import type { TestDepartment, TestLedger } from "../../support/ledger.ts";
import { EAGER, privateKeyOf, removeFolder, ROOT, temporaryFolder } from "./core.ts";

export const trustOf = (ledger: TestLedger): Trust => ({
  ledger: ledger.name,
  rpc: [ledger.rpcUrl],
  maximumLagSeconds: null,
  evaluation: true,
  finality: { tag: "latest" },
});

export const keystoreOf = (department: TestDepartment): Keystore => ({
  account: { address: department.wallet.address.toLowerCase() as Hex, privateKey: privateKeyOf(department) },
  exchange: { publicKey: department.exchangePublic, sign: (bytes) => sign(null, bytes, department.exchange) },
  root: ROOT,
});

export const signerOf = (department: TestDepartment): RequestSigner => ({
  keyId: `${department.uscc}/1`,
  sign: (bytes) => sign(null, bytes, department.exchange),
});

export interface TestNode {
  readonly department: TestDepartment;
  readonly log: readonly Readonly<Record<string, unknown>>[];
  readonly url: string;
  node: Node;
  /** Speaks as a department, the node's own unless told. */
  client(as?: TestDepartment): SuyuanClient;
  /** Ends the process's part and begins another over the same data and port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestNodeOptions {
  readonly ledger: TestLedger;
  readonly department: TestDepartment;
  readonly config?: Partial<NodeConfig>;
  readonly tunables?: NodeTunables;
}

/** A whole node of a department on a port of its own, its endpoint in the registry. Time is the ledger's. */
export async function startTestNode({
  ledger,
  department,
  config = {},
  tunables = {},
}: TestNodeOptions): Promise<TestNode> {
  const dataDir = await temporaryFolder();
  const log: Record<string, unknown>[] = [];
  const note = (level: string) => (fields: object, message: string) => void log.push({ level, message, ...fields });
  const logger: Log = { info: note("info"), warn: note("warn"), error: note("error") };
  const clock = () => ledger.now * 1000;
  let port = 0;
  const open = () =>
    createNode(
      {
        dataDir,
        host: "127.0.0.1",
        port,
        authorities: [],
        department: department.uscc,
        trust: trustOf(ledger),
        rpcUrl: ledger.rpcUrl,
        keystore: { path: "", password: "" },
        logLevel: "info",
        allowLoopbackPeers: true,
        stopWithParent: false,
        reserveWindow: 4,
        acknowledgeWithinMs: 3_600_000,
        assessmentDays: 0,
        requestsPerSecond: 1000,
        webhookHosts: [],
        gasPrice: 0n,
        ...config,
      },
      {
        clock,
        log: logger,
        keystore: keystoreOf(department),
        tunables: { ...EAGER, validateAnswers: true, settleIntervalMs: 250, ...tunables },
      },
    );
  const test = { node: await open() };
  ({ port } = await test.node.start());
  const url = `http://127.0.0.1:${port}`;
  await ledger.send(department, setEndpointCall({ endpoint: url }));
  return Object.assign(test, {
    department,
    log,
    url,
    client: (as = department) => new SuyuanClient({ baseUrl: url, signer: signerOf(as) }, { clock }),
    restart: async () => {
      await test.node.stop();
      test.node = await open();
      await test.node.start();
    },
    stop: async () => {
      await test.node.stop();
      await removeFolder(dataDir);
    },
  });
}

/** The code of what a call throws; "ok" when it does not. */
export const codeOf = (action: Promise<unknown>): Promise<string> =>
  action.then(
    () => "ok",
    (error: unknown) =>
      typeof error === "object" && error !== null && "code" in error ? String(error.code) : String(error),
  );
