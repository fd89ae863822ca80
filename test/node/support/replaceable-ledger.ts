import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { BrowserProvider, NonceManager, Wallet } from "ethers";
import { committedCalendars } from "../../../scripts/deploy/calendar.ts";
import { deployLedger } from "../../../scripts/deploy/deploy.ts";
import { RpcFailure } from "../../../scripts/chain/errors.ts";
import { createSimulator, HARDFORK, type Simulator } from "../../../scripts/chain/simulator.ts";
import { connectLedger, type LedgerConnection } from "../../../sdk/chain/connection.ts";
import { toHex } from "../../../sdk/protocol/bytes.ts";
import { GENESIS_TIME, TestLedger } from "../../support/ledger.ts";

const CHAIN_ID = 4799;

/** A real chain whose last blocks can be replaced, with finality where the test puts it. */
export interface ReplaceableLedger {
  readonly ledger: TestLedger;
  /** Reads the tag "finalized", which is `final`. */
  readonly connection: LedgerConnection;
  /** Number of the final block; undefined: the last one. */
  final: number | undefined;
  /** When false, transactions wait in the pool. */
  mining: boolean;
  height(): Promise<number>;
  /** An empty block, or one with what waits. */
  mine(): Promise<void>;
  /** Remembers the present, and returns what goes back to it, forgetting every later block and transaction. */
  remember(): Promise<() => Promise<void>>;
}

export async function startReplaceableLedger(): Promise<ReplaceableLedger> {
  const simulator = await createSimulator({ chainId: CHAIN_ID, genesisTime: GENESIS_TIME, hardfork: HARDFORK });
  const state = { final: undefined as number | undefined, mining: true };
  const clock = { now: GENESIS_TIME };
  const mine = async (): Promise<void> => simulator.mine(Math.max(clock.now, (await simulator.head()).time + 1));
  const answer = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    const final = state.final === undefined ? "latest" : `0x${state.final.toString(16)}`;
    const result = await simulator.request(
      method,
      params.map((param) => (param === "finalized" ? final : param)),
    );
    if (method === "eth_sendRawTransaction" && state.mining) await mine();
    return result;
  };
  const { rpcUrl, stop } = await serve(answer);
  const provider = new BrowserProvider(
    { request: ({ method, params }) => answer(method, (params ?? []) as unknown[]) },
    CHAIN_ID,
    { staticNetwork: true, cacheTimeout: -1, pollingInterval: 5 },
  );
  const deployer = new Wallet(toHex(crypto.getRandomValues(new Uint8Array(32))));
  const deployed = await deployLedger(
    { delay: 0n, calendars: committedCalendars },
    { signer: new NonceManager(deployer.connect(provider)) },
  );
  provider.destroy();
  const ledger = new TestLedger({
    rpcUrl,
    deployed,
    deployer,
    clock,
    stop: async () => (await stop(), simulator.close()),
  });
  await ledger.admit(ledger.authority, "authority");
  await ledger.admit(ledger.provider);
  const connection = connectLedger({ rpcUrl, ledger: ledger.name, finality: { tag: "finalized" } });
  return Object.assign(state, {
    ledger,
    connection,
    mine,
    height: async () => (await simulator.head()).number,
    remember: () => remember(simulator),
  });
}

async function remember(simulator: Simulator): Promise<() => Promise<void>> {
  const snapshot = await simulator.request("evm_snapshot", []);
  return async () => void (await simulator.request("evm_revert", [snapshot]));
}

interface Question {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

async function serve(answer: (method: string, params: readonly unknown[]) => Promise<unknown>) {
  const reply = async ({ id, method, params }: Question) => {
    try {
      return { jsonrpc: "2.0", id, result: await answer(method, params) };
    } catch (error) {
      const failure = error instanceof RpcFailure ? error : new RpcFailure(-32603, "internal error");
      return { jsonrpc: "2.0", id, error: { code: failure.rpcCode, message: failure.message, data: failure.data } };
    }
  };
  const server = createServer((request, response) => {
    void (async () => {
      let text = "";
      for await (const chunk of request) text += String(chunk);
      const body = JSON.parse(text) as Question | Question[]; // What our own client sends.
      const replies = Array.isArray(body) ? await Promise.all(body.map(reply)) : await reply(body);
      response.setHeader("content-type", "application/json").end(JSON.stringify(replies));
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // A TCP server's.
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { rpcUrl: `http://127.0.0.1:${port}`, stop };
}
