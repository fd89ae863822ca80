import { expect } from "chai";
import { localAccount } from "../../../node/chain/account.ts";
import { RecentView } from "../../../node/chain/recent-view.ts";
import { Sender } from "../../../node/chain/sender.ts";
import { REFUSALS_BEFORE_CANCEL } from "../../../node/chain/watch.ts";
import { silentLog, systemTimer } from "../../../node/ports.ts";
import { EventFeed } from "../../../node/records/events.ts";
import { OPEN_TRANSACTIONS, OUTCOMES } from "../../../node/storage/keyspaces.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { put, type Store } from "../../../node/storage/store.ts";
import { META } from "../../../node/storage/keyspaces.ts";
import { connectLedger } from "../../../sdk/chain/connection.ts";
import { fetchPost } from "../../../sdk/chain/post.ts";
import { openJournalCall, proposeResourceCall, type LedgerCall } from "../../../sdk/chain/calls.ts";
import { ZERO_HASH } from "../../../sdk/chain/contracts.ts";
import { getNonce } from "../../../sdk/chain/blocks.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { codeOf } from "../../support/codes.ts";
import { makeDepartment, startLedger, type TestDepartment, type TestLedger } from "../../support/ledger.ts";
import { privateKeyOf, removeFolder, temporaryFolder } from "../support/core.ts";
import { tamperingFetch, type RpcReply, type Tamper } from "../support/tampering.ts";

const REJECTED = { error: { code: -32000, message: "exceeds block gas limit" } };

describe("the sender", function () {
  this.timeout(30_000);
  let ledger: TestLedger;
  let department: TestDepartment;
  let dataDir: string;
  let store: Store;
  let sender: Sender;
  let departments = 10;
  let codes = 0;

  before(async () => (ledger = await startLedger()));
  after(() => ledger.stop());

  beforeEach(async () => {
    department = makeDepartment(++departments, "部门");
    await ledger.admit(department);
    dataDir = await temporaryFolder();
    store = await openStore({ dataDir });
    sender = makeSender();
  });
  afterEach(async () => {
    await sender.close();
    await store.close();
    await removeFolder(dataDir);
  });

  const makeSender = (tamper?: Tamper, resendAfterMs = 5): Sender => {
    const fetch = tamper && tamperingFetch(tamper);
    const connection = connectLedger(
      // One question a request: a question that a test holds back holds back no other.
      { rpcUrl: ledger.rpcUrl, ledger: ledger.name, finality: { tag: "latest" }, batchMaximum: 1 },
      fetch === undefined ? {} : { post: fetchPost(fetch) },
    );
    const common = { connection, store, clock: Date.now, timer: systemTimer, log: silentLog };
    return new Sender(
      { receiptPollMs: 5, resendAfterMs },
      {
        ...common,
        recent: new RecentView(common),
        account: localAccount(privateKeyOf(department)),
        feed: new EventFeed({}, { store }),
      },
    );
  };
  const replace = async (tamper?: Tamper, resendAfterMs?: number): Promise<void> => {
    await sender.close();
    sender = makeSender(tamper, resendAfterMs);
  };
  const propose = (code = `r${++codes}`): LedgerCall => {
    const terms = {
      shareClass: "unconditional",
      level: 1,
      personal: false,
      schema: ONE,
      metadata: ONE,
      legalBasis: ZERO_HASH,
    } as const;
    return proposeResourceCall({ code, name: "资源", terms: { ...terms, updateCycleDays: 1, retentionDays: 1 } });
  };
  const height = async (): Promise<number> => (await ledger.connection.reader("latest")).block.number;
  const ask = async (method: string, params: readonly unknown[]): Promise<RpcReply> => ({
    result: await ledger.connection.rpc.request(method, params),
  });
  const nonce = (): Promise<number> => getNonce(ledger.connection.rpc, sender.address);

  it("gives the receipt of a transaction that took effect", async () => {
    const receipt = await sender.submit({ key: "a", call: propose() });
    expect(receipt.succeeded).to.equal(true);
    expect((await ledger.connection.reader("latest")).block.hash).to.equal(receipt.blockHash);
    expect(sender.pending).to.equal(0);
  });

  it("does the same key once, whether asked at the same time, later, or in another process", async () => {
    const call = propose();
    const [one, two] = await Promise.all([sender.submit({ key: "a", call }), sender.submit({ key: "a", call })]);
    expect(two).to.deep.equal(one);
    expect(await sender.submit({ key: "a", call: propose() })).to.deep.equal(one);
    await replace();
    expect(await sender.submit({ key: "a", call: propose() })).to.deep.equal(one);
    expect(await nonce()).to.equal(1);
  });

  it("sends many at once, each under its own nonce", async () => {
    const receipts = await Promise.all(
      Array.from({ length: 6 }, (_, i) => sender.submit({ key: `k${i}`, call: propose() })),
    );
    expect(new Set(receipts.map(({ transaction }) => transaction)).size).to.equal(6);
    expect(await nonce()).to.equal(6);
  });

  it("gives no nonce twice when another endpoint, one block behind, answers", async () => {
    const lagging = { answers: 0, asked: 0 };
    await replace(async ({ method, params }) => {
      if (method !== "eth_getBlockByNumber" || params[0] !== "latest" || lagging.answers === 0) return undefined;
      lagging.answers--;
      lagging.asked++;
      return ask("eth_getBlockByNumber", [`0x${((await height()) - 1).toString(16)}`, false]);
    });
    await sender.submit({ key: "a", call: propose() });
    lagging.answers = 2;
    expect((await sender.submit({ key: "b", call: propose() })).succeeded).to.equal(true);
    expect(lagging.asked).to.equal(2);
    expect(await nonce()).to.equal(2);
    expect((await store.get(OUTCOMES, "b"))?.nonce).to.equal(1);
  });

  it("gives no nonce twice when a transaction is settled while the next one is prepared", async () => {
    const sent: number[] = [];
    let isHidden = true;
    let first: Promise<unknown> = Promise.resolve();
    await replace(async ({ method, params }) => {
      if (method === "eth_sendRawTransaction") sent.push(await nonce());
      if (method === "eth_getTransactionReceipt" && isHidden) return { result: null };
      if (sent.length !== 1) return undefined;
      // The second one is prepared at the block before the first one's, which is settled in the midst of it.
      if (method === "eth_getBlockByNumber" && params[0] === "latest") return ask(method, [before, false]);
      if (method !== "eth_estimateGas") return undefined;
      isHidden = false;
      await first;
      return undefined;
    }, 60_000);
    const before = `0x${(await height()).toString(16)}`;
    const both = ["a", "b"].map((key) => sender.submit({ key, call: propose() }));
    first = Promise.race(both);
    expect((await Promise.all(both)).map(({ succeeded }) => succeeded)).to.deep.equal([true, true]);
    const nonces = await Promise.all(["a", "b"].map(async (key) => (await store.get(OUTCOMES, key))?.nonce));
    expect(nonces).to.have.members([0, 1]);
    expect(sent).to.deep.equal([0, 1]);
  });

  it("waits for the receipt that an endpoint does not have yet when another one counts the nonce", async () => {
    let wasCounted = false;
    let isThere = false;
    await replace(async ({ method }) => {
      if (method === "eth_getTransactionCount") wasCounted = (await nonce()) === 1;
      if (method !== "eth_getTransactionReceipt" || isThere) return undefined;
      isThere = wasCounted;
      return { result: null };
    });
    expect((await sender.submit({ key: "a", call: propose() })).succeeded).to.equal(true);
    expect(wasCounted).to.equal(true);
    expect((await store.get(OUTCOMES, "a"))?.nonce).to.equal(0);
  });

  it("signs nothing that the contract refuses, and leaves the key free", async () => {
    await sender.submit({ key: "a", call: openJournalCall() });
    expect(await codeOf(sender.submit({ key: "b", call: openJournalCall() }))).to.equal("chain.revert");
    expect(await store.get(OUTCOMES, "b")).to.equal(undefined);
    expect(await sender.isSigned("b")).to.equal(false);
    expect((await sender.submit({ key: "b", call: propose() })).succeeded).to.equal(true);
    expect(await nonce()).to.equal(2);
  });

  it("makes the caller's own writes durable with the signature, before anything is sent", async () => {
    const seen: unknown[] = [];
    await replace(async ({ method }) => {
      if (method === "eth_sendRawTransaction") {
        seen.push(await store.get(META, "mine"), (await store.page(OPEN_TRANSACTIONS, { limit: 5 })).length);
      }
      return undefined;
    });
    const alongside = (hash: Hex) => ({ operations: [put(META, "mine", hash)], events: [] });
    const { transaction } = await sender.submit({ key: "a", call: propose(), alongside });
    // The same bytes may be sent again meanwhile.
    expect(seen.slice(0, 2)).to.deep.equal([transaction, 1]);
  });

  it("sends the very same bytes after a crash between signature and sending", async () => {
    await replace(({ method }) => {
      if (method === "eth_sendRawTransaction") throw new TypeError("connection lost");
      return undefined;
    }, 60_000);
    const lost = codeOf(sender.submit({ key: "a", call: propose() }));
    const signed = await until(async () => (await store.get(OUTCOMES, "a"))?.transaction);
    await replace();
    expect(await lost).to.equal("sender.closed");
    expect(await sender.isSigned("a")).to.equal(true);
    await sender.start();
    const { transaction } = await sender.submit({ key: "a", call: propose("never") });
    expect(transaction).to.equal(signed);
    expect(await nonce()).to.equal(1);
  });

  it("finds the receipt when the answer to the sending was lost, and when the chain knows the bytes already", async () => {
    let sent = 0;
    await replace(async ({ method }, pass) => {
      if (method !== "eth_sendRawTransaction") return undefined;
      sent++;
      await pass();
      throw new TypeError("connection lost");
    });
    expect((await sender.submit({ key: "a", call: propose() })).succeeded).to.equal(true);
    expect(sent).to.be.greaterThan(0);
    expect(await nonce()).to.equal(1);
  });

  it("reports a mined failure, which takes the nonce, and lets the key be used again", async () => {
    let estimates = 0;
    await replace(({ method }) =>
      method === "eth_estimateGas" && ++estimates === 1 ? { result: "0x5600" } : undefined,
    );
    expect(await codeOf(sender.submit({ key: "a", call: propose() }))).to.equal("transaction.failed");
    expect(await sender.isSigned("a")).to.equal(false);
    expect(await nonce()).to.equal(1);
    expect((await sender.submit({ key: "a", call: propose() })).succeeded).to.equal(true);
    expect(await nonce()).to.equal(2);
  });

  it("gives up a nonce that the same account used elsewhere", async () => {
    await replace(({ method }) => {
      if (method === "eth_sendRawTransaction") throw new TypeError("connection lost");
      return undefined;
    }, 60_000);
    const lost = codeOf(sender.submit({ key: "a", call: propose() }));
    await until(async () => store.get(OUTCOMES, "a"));
    await ledger.send(department, propose());
    await replace();
    expect(await lost).to.equal("sender.closed");
    expect(await codeOf(sender.submit({ key: "a", call: propose() }))).to.equal("transaction.nonce-taken");
    expect((await sender.submit({ key: "a", call: propose() })).succeeded).to.equal(true);
    expect(await nonce()).to.equal(2);
  });

  it("cancels a nonce whose bytes no endpoint accepts, and goes on with the next", async () => {
    let refused: unknown;
    let refusals = 0;
    await replace(({ method, params }) => {
      if (method !== "eth_sendRawTransaction") return undefined;
      refused ??= params[0];
      if (params[0] !== refused) return undefined;
      refusals++;
      return REJECTED;
    }, 0);
    expect(await codeOf(sender.submit({ key: "a", call: propose() }))).to.equal("transaction.cancelled");
    expect(refusals).to.equal(REFUSALS_BEFORE_CANCEL);
    expect(await nonce()).to.equal(1);
    expect((await sender.submit({ key: "a", call: propose() })).succeeded).to.equal(true);
  });

  it("keeps trying while the chain is away", async () => {
    let away = true;
    let asked = 0;
    await replace(({ method }) => {
      if (method === "eth_sendRawTransaction" && away && ++asked === 3) away = false;
      if (method === "eth_sendRawTransaction" && away) throw new TypeError("connection lost");
      return undefined;
    });
    expect((await sender.submit({ key: "a", call: propose() })).succeeded).to.equal(true);
    expect(asked).to.be.greaterThan(2);
  });
});

const ONE: Hex = `0x${"01".repeat(32)}`;

/** Polls a condition that another part of the process brings about. */
async function until<T>(find: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
