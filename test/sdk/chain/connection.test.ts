import { expect } from "chai";
import { setEndpointCall } from "../../../sdk/chain/department-calls.ts";
import { connectLedger, openAgreeingView, type LedgerConnection } from "../../../sdk/chain/connection.ts";
import { codeOf } from "../../support/codes.ts";
import { someHash } from "../../support/deliveries.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { startProxy, type RpcProxy, type Tamper } from "../../support/proxy.ts";

describe("connectLedger", function () {
  this.timeout(20_000);

  let ledger: TestLedger;
  let proxy: RpcProxy;

  before(async function () {
    this.timeout(30_000);
    ledger = await startLedger();
    proxy = await startProxy(ledger.rpcUrl);
  });

  beforeEach(() => {
    proxy.tamper = (_request, answer) => answer;
    proxy.asked.length = 0;
  });

  after(async () => {
    await proxy.stop();
    await ledger.stop();
  });

  const connect = (changes: Partial<TestLedger["name"]> = {}, rpcUrl = proxy.url): LedgerConnection =>
    connectLedger({ rpcUrl, ledger: { ...ledger.name, ...changes }, finality: { tag: "latest" } });

  const endpoint = async (connection: LedgerConnection): Promise<string | undefined> =>
    (await (await connection.view()).department(ledger.stranger.uscc))?.endpoint;

  it("asks nothing before the first read, and names the ledger without asking", () => {
    const connection = connect({}, "http://127.0.0.1:1");
    expect(connection.ledger).to.equal(ledger.deployed.ledger);
  });

  it("refuses another chain, another genesis and a Directory without code", async () => {
    expect(await codeOf(connect().check())).to.equal("none");
    expect(await codeOf(connect({ chainId: 5 }).check())).to.equal("chain.wrong-chain");
    expect(await codeOf(connect({ genesis: someHash(1) }).check())).to.equal("chain.wrong-genesis");
    expect(await codeOf(connect({ directory: `0x${"12".repeat(20)}` }).view())).to.equal("chain.directory-missing");
  });

  it("looks again at each view: an endpoint that came back as another chain is found out", async () => {
    const connection = connect();
    expect(await codeOf(connection.view())).to.equal("none");
    proxy.tamper = ({ method }, answer) => (method === "eth_chainId" ? { ...answer, result: "0x5" } : answer);
    expect(await codeOf(connection.view())).to.equal("chain.wrong-chain");
  });

  it("reads everything of a view at one block, whatever is mined meanwhile", async () => {
    const before = await connect().view();
    const old = before.block.number;
    await ledger.send(ledger.stranger, setEndpointCall({ endpoint: "http://127.0.0.1:2" }));
    expect((await before.department(ledger.stranger.uscc))?.endpoint).to.equal("http://127.0.0.1:1");
    expect(await endpoint(connect())).to.equal("http://127.0.0.1:2");
    const earlier = await connect().view(old);
    expect((await earlier.department(ledger.stranger.uscc))?.endpoint).to.equal("http://127.0.0.1:1");
    expect(await codeOf(before.confirm())).to.equal("none");
    expect(await codeOf(connect().view(1_000_000))).to.equal("chain.block-unknown");
  });

  it("falls back to block numbers where hashes are not served, and finds a replaced block at the end", async () => {
    proxy.tamper = ({ params }, answer) =>
      params.some((param) => typeof param === "object" && param !== null && "blockHash" in param)
        ? { id: answer.id, error: { code: -32602, message: "invalid block" } }
        : answer;
    const view = await connect().view();
    expect((await view.department(ledger.provider.uscc))?.name).to.equal(ledger.provider.name);
    expect(await codeOf(view.confirm())).to.equal("none");
    proxy.tamper = ({ method }, answer) =>
      method === "eth_getBlockByNumber"
        ? { ...answer, result: { ...(answer.result as object), hash: someHash(3) } }
        : answer;
    expect(await codeOf(view.confirm())).to.equal("chain.block-replaced");
  });

  it("asks each question of a view once", async () => {
    const view = await connect().view();
    proxy.asked.length = 0;
    await Promise.all([1, 2, 3].map(() => view.department(ledger.provider.uscc)));
    expect(proxy.asked).to.deep.equal(["eth_call", "eth_call"]);
  });

  it("reads at a block that was named before, and refuses another chain there too", async () => {
    const connection = connect();
    const block = await connection.check();
    await ledger.send(ledger.stranger, setEndpointCall({ endpoint: "http://127.0.0.1:3" }));
    const view = await connection.view(block);
    expect(view.block).to.deep.equal(block);
    expect((await view.department(ledger.stranger.uscc))?.endpoint).to.equal("http://127.0.0.1:2");
    proxy.tamper = ({ method }, answer) => (method === "eth_chainId" ? { ...answer, result: "0x5" } : answer);
    expect(await codeOf(connection.view(block))).to.equal("chain.wrong-chain");
    expect(await codeOf(connect().view({ ...block, hash: someHash(4) }))).to.equal("chain.wrong-chain");
  });

  it("believes a contract only where the Directory has it now, wherever it was the last time", async () => {
    const connection = connect();
    const name = async () => (await (await connection.view()).department(ledger.provider.uscc))?.name;
    expect(await name()).to.equal(ledger.provider.name);
    const registry = ledger.deployed.addresses.DepartmentRegistry.toLowerCase().slice(2);
    proxy.tamper = (_request, answer) =>
      typeof answer.result === "string" && answer.result.includes(registry)
        ? { ...answer, result: answer.result.replaceAll(registry, "12".repeat(20)) }
        : answer;
    expect(await codeOf(name())).to.equal("chain.response-invalid");
    proxy.tamper = (_request, answer) => answer;
    expect(await name()).to.equal(ledger.provider.name);
  });

  describe("openAgreeingView", () => {
    it("reads at the newest final block, and waits for an endpoint that is a moment behind", async () => {
      const honest = connect({}, ledger.rpcUrl);
      const { number } = await honest.check();
      const earlier = await honest.rpc.request("eth_getBlockByNumber", [`0x${(number - 1).toString(16)}`, false]);
      const lagging = (answers: number): Tamper => {
        let left = answers;
        return ({ method, params }, answer) =>
          method === "eth_getBlockByNumber" && params[0] === "latest" && left-- > 0
            ? { ...answer, result: earlier }
            : answer;
      };
      proxy.tamper = lagging(1);
      const view = await openAgreeingView([honest, connect()]);
      expect(view.block.number).to.equal(number);
      expect((await view.department(ledger.provider.uscc))?.name).to.equal(ledger.provider.name);
      proxy.tamper = lagging(Infinity);
      expect(await codeOf(openAgreeingView([honest, connect()]))).to.equal("chain.endpoint-behind");
    });

    it("refuses answers that differ, in a block, a call, a revert or logs", async () => {
      const honest = connect({}, ledger.rpcUrl);
      const other = `0x${"00".repeat(31)}02`;
      const question = async (tampered: string, change: (result: unknown) => unknown) => {
        proxy.tamper = ({ method }, answer) =>
          method === tampered ? { ...answer, result: change(answer.result) } : answer;
        const view = await openAgreeingView([honest, connect()]);
        return {
          key: () => view.keyCount(ledger.provider.uscc),
          missing: () => view.department("11110101DEPT00099X"),
          logs: () => view.batches(someHash(1)),
        };
      };
      const lied = await question("eth_call", () => other);
      expect(await codeOf(lied.key())).to.equal("chain.disagreement");
      expect(await codeOf(lied.missing())).to.equal("chain.disagreement");
      const same = await question("eth_call", (result) => result);
      expect(await same.key()).to.equal(2);
      expect(await same.missing()).to.equal(undefined);
      expect(await same.logs()).to.deep.equal([]);
      const { hash } = await honest.check();
      expect(
        await codeOf(
          question("eth_getBlockByNumber", (block) =>
            (block as { hash: string }).hash === hash ? { ...(block as object), timestamp: "0x1" } : block,
          ),
        ),
      ).to.equal("chain.disagreement");
    });

    it("fails when one endpoint cannot answer", async () => {
      const view = openAgreeingView([connect({}, ledger.rpcUrl), connect({}, "http://127.0.0.1:1")]);
      expect(await codeOf(view)).to.equal("chain.unreachable");
    });
  });
});
