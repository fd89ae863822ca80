import { expect } from "chai";
import { anchorCall, changeStatusCall, changeStatusRangeCall } from "../../../sdk/chain/calls.ts";
import { decodeResult, encodeCall, eventTopic } from "../../../sdk/chain/contracts.ts";
import { connectLedger, type LedgerConnection } from "../../../sdk/chain/connection.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { codeOf } from "../../support/codes.ts";
import { someHash } from "../../support/deliveries.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { startProxy, type RpcProxy } from "../../support/proxy.ts";
import { LICENCE_SCHEMA } from "../../support/records.ts";

interface RawLog {
  readonly topics: readonly string[];
  readonly data: string;
  readonly blockNumber: string;
}

describe("statusHistory", function () {
  this.timeout(20_000);

  let ledger: TestLedger;
  let proxy: RpcProxy;
  let connection: LedgerConnection;
  let scope: Hex;
  let start: number;

  before(async function () {
    this.timeout(30_000);
    ledger = await startLedger();
    proxy = await startProxy(ledger.rpcUrl);
    connection = connectLedger({ rpcUrl: proxy.url, ledger: ledger.name, finality: { tag: "latest" } });
    ({ scope } = await ledger.publish({ provider: ledger.provider, code: "licence", schema: LICENCE_SCHEMA }));
    await ledger.send(
      ledger.provider,
      anchorCall({ scope, first: 0, count: 120, root: someHash(1), hash: "keccak256" }),
    );
    start = ledger.now;
    const range = { scope, state: "suspended" as const, reason: 7, effectiveFrom: start };
    ledger.advance(10);
    await ledger.send(ledger.provider, changeStatusRangeCall({ ...range, first: 50, count: 5 }));
    ledger.advance(10);
    await ledger.send(
      ledger.provider,
      changeStatusCall({ scope, seq: 51, state: "active", reason: 8, effectiveFrom: start + 15 }),
    );
    await ledger.send(
      ledger.provider,
      changeStatusCall({ scope, seq: 51, state: "revoked", reason: 9, effectiveFrom: start + 20 }),
    );
  });

  beforeEach(() => {
    proxy.tamper = (_request, answer) => answer;
  });

  after(async () => {
    await proxy.stop();
    await ledger.stop();
  });

  const history = async (seq: number) => (await connection.view()).statusHistory(scope, seq);
  const outcome = (seq = 51) => codeOf(history(seq));

  it("tells every change of a record in order, with its times, and nothing of its neighbours'", async () => {
    const found = await history(51);
    expect(
      found.map(({ state, reason, effectiveFrom, recordedAt, by }) => [state, reason, effectiveFrom, recordedAt, by]),
    ).to.deep.equal([
      ["suspended", 7, start, start + 10, ledger.provider.uscc],
      ["active", 8, start + 15, start + 20, ledger.provider.uscc],
      ["revoked", 9, start + 20, start + 20, ledger.provider.uscc],
    ]);
    expect(await history(49)).to.deep.equal([]);
    expect((await history(50)).map(({ state }) => state)).to.deep.equal(["suspended"]);
    expect((await history(52)).map(({ state }) => state)).to.deep.equal(["suspended"]);
    expect(await history(119)).to.deep.equal([]);
  });

  const tamperLogs = (change: (logs: readonly RawLog[]) => readonly RawLog[]): void => {
    proxy.tamper = ({ method }, answer) =>
      method === "eth_getLogs" ? { ...answer, result: change(answer.result as RawLog[]) } : answer;
  };

  const replaceWord = (data: string, index: number, word: bigint): string =>
    `0x${data.slice(2, 2 + 64 * index)}${word.toString(16).padStart(64, "0")}${data.slice(66 + 64 * index)}`;

  it("refuses a missing event, an invented one, and one told twice", async () => {
    for (const version of [1, 2, 3]) {
      tamperLogs((logs) => logs.filter(({ topics }) => BigInt(topics[3] ?? 0) !== BigInt(version)));
      expect(await outcome(), `without ${version}`).to.equal("chain.status-incomplete");
      expect(await outcome(0), `without ${version}`).to.equal("chain.status-incomplete");
    }
    tamperLogs((logs) => [...logs, logs[0]!]);
    expect(await outcome()).to.equal("chain.status-incomplete");
    tamperLogs((logs) => [logs[0]!, logs[0]!, logs[2]!]);
    expect(await outcome()).to.equal("chain.status-incomplete");
  });

  it("refuses an event that tells another mask, state or effective time than the words allow", async () => {
    const change = (index: number, word: bigint) =>
      tamperLogs((logs) =>
        logs.map((log, i) => (i === 1 ? { ...log, data: replaceWord(log.data, index, word) } : log)),
      );
    change(0, 1n << 50n);
    expect(await outcome()).to.equal("chain.status-incomplete");
    change(0, 0n);
    expect(await outcome()).to.equal("chain.status-incomplete");
    change(1, 3n);
    expect(await outcome()).to.equal("chain.status-incomplete");
    change(3, BigInt(start + 21));
    expect(await outcome()).to.equal("chain.status-incomplete");
    change(3, BigInt(start + 20));
    expect(await outcome()).to.equal("none");
  });

  it("refuses an event whose block has another time than the word, or another hash", async () => {
    tamperLogs((logs) => logs.map((log, i) => (i === 0 ? { ...log, blockNumber: "0x1" } : log)));
    expect(await outcome()).to.equal("chain.response-invalid");
    proxy.tamper = ({ method, params }, answer) => {
      const block = answer.result as { timestamp: string } | null;
      const later =
        method === "eth_getBlockByNumber" && params[0] !== "latest" && params[0] !== "0x0" && block !== null;
      return later ? { ...answer, result: { ...block, timestamp: `0x${(start + 11).toString(16)}` } } : answer;
    };
    expect(await outcome()).to.equal("chain.status-incomplete");
  });

  it("refuses a word that was changed, for the present or the past", async () => {
    const words = [
      encodeCall("RecordStatus", "word", [scope, 0]),
      encodeCall("RecordStatus", "wordVersion", [scope, 0, 1]),
    ];
    for (const data of words) {
      proxy.tamper = ({ method, params }, answer) => {
        const asked = method === "eth_call" && (params[0] as { data: string }).data === data;
        if (!asked) return answer;
        const word = decodeResult("RecordStatus", "word", answer.result as Hex);
        return { ...answer, result: `0x${(word ^ (1n << 196n)).toString(16).padStart(64, "0")}` };
      };
      expect(await outcome()).to.equal("chain.status-incomplete");
    }
    proxy.tamper = ({ method, params }, answer) =>
      method === "eth_call" && (params[0] as { data: string }).data === words[0]
        ? { ...answer, result: `0x${"0".repeat(64)}` }
        : answer;
    expect(await outcome()).to.equal("chain.status-incomplete");
  });

  it("does not take another contract's event for one of its own", async () => {
    tamperLogs((logs) => logs.map((log, i) => (i === 0 ? { ...log, address: `0x${"55".repeat(20)}` } : log)));
    expect(await outcome()).to.equal("chain.response-invalid");
    expect(eventTopic("RecordStatus", "StatusChanged")).to.not.equal(eventTopic("DepartmentRegistry", "StatusChanged"));
  });
});
