import { expect } from "chai";
import { openNodeCore, type NodeCore } from "../../node/core.ts";
import { silentLog } from "../../node/ports.ts";
import { isRefusal, type ScopeInfo } from "../../node/records/service.ts";
import { connectLedger, type Finality } from "../../sdk/chain/connection.ts";
import {
  certificate,
  certificateSchema,
  EAGER,
  privateKeyOf,
  removeFolder,
  resourceInfo,
  ROOT,
  temporaryFolder,
} from "../node/support/core.ts";
import { startReplaceableLedger, type ReplaceableLedger } from "../node/support/replaceable-ledger.ts";
import { seededRandom } from "../support/random.ts";
import { startFaultProxy, type Answer, type Fault, type FaultProxy, type Plan } from "./rpc-proxy.ts";
import { held, LONG, SEED } from "./tally.ts";

const RECORDS = 24;
const BATCH = 8;
const LATER = { timeoutMs: 40_000 };
const ALREADY_KNOWN: Answer = { error: { code: -32000, message: "already known" } };

describe(`a chain that misbehaves (SUYUAN_FAULTS_SEED=${SEED})`, function () {
  this.timeout(120_000);
  let chain: ReplaceableLedger;
  let proxy: FaultProxy;
  let core: NodeCore;
  let dataDir: string;
  let info: ScopeInfo;
  let codes = 0;
  /** Milliseconds that the node's clock is ahead of the chain's. */
  let ahead = 0;
  const random = seededRandom(SEED);

  before(async () => {
    chain = await startReplaceableLedger();
    proxy = await startFaultProxy(chain.ledger.rpcUrl);
  });
  after(async () => {
    await proxy.stop();
    await chain.ledger.stop();
  });

  beforeEach(async () => {
    proxy.plan = () => undefined;
    proxy.disorder = false;
    ahead = 0;
    chain.final = undefined;
    chain.mining = true;
    dataDir = await temporaryFolder();
    const { ledger } = chain;
    info = resourceInfo(
      await ledger.publish({ provider: ledger.provider, code: `m${++codes}`, schema: certificateSchema }),
    );
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) console.log(complaints.slice(-40).join("\n"));
    complaints = [];
    await core.close();
    await removeFolder(dataDir);
  });

  const open = async (finality: Finality = { tag: "latest" }): Promise<void> => {
    const { ledger } = chain;
    core = await openNodeCore(
      {
        dataDir,
        department: ledger.provider.uscc,
        keystore: { account: { privateKey: privateKeyOf(ledger.provider) }, root: ROOT },
        tunables: {
          ...EAGER,
          anchoring: { sealAfterMs: 0, retryFirstMs: 5, batchMaximumRecords: BATCH },
          sender: { receiptPollMs: 5, resendAfterMs: 20 },
        },
      },
      {
        connection: connectLedger({ rpcUrl: proxy.url, ledger: ledger.name, finality, timeoutMs: 3000 }),
        clock: () => ledger.now * 1000 + ahead + performance.now(),
        log: { ...silentLog, warn: note, error: note },
      },
    );
    await core.records.registerScope(info);
    await core.start();
  };
  /** What the node complained of, for whoever must understand a failure. */
  let complaints: string[] = [];
  const note = (fields: object, message: string) => void complaints.push(`${message} ${JSON.stringify(fields)}`);
  const accept = async (first: number, count: number): Promise<void> => {
    const inputs = Array.from({ length: count }, (_, i) => ({ document: certificate(`n${first + i}`) }));
    const results = await core.records.accept(info.scope, inputs);
    expect(results.filter(isRefusal)).to.deep.equal([]);
  };
  const changes = async () =>
    (await core.records.events({ after: 0, limit: 1000 })).events.filter(({ scope }) => scope === info.scope);
  const waitForChange = async (change: string): Promise<void> => {
    while (!(await changes()).some((event) => event.change === change)) await tick();
  };
  const tick = () => new Promise((resolve) => setTimeout(resolve, 5));

  /** Every record final, each in one batch, each batch anchored once, in order, and no alarm. */
  const expectSound = async (total = RECORDS): Promise<void> => {
    await core.records.waitFor(info.scope, total - 1, "final", LATER);
    for (let seq = 0; seq < total; seq++) expect((await core.records.view(info.scope, seq)).state).to.equal("final");
    const view = await chain.ledger.connection.view("latest");
    expect((await view.head(info.scope))?.next).to.equal(total);
    const batches = await view.batches(info.scope);
    expect(new Set(batches.map(({ root }) => root)).size).to.equal(batches.length);
    let next = 0;
    for (const { first, count } of batches) {
      expect(first).to.equal(next);
      next += count;
    }
    expect(next).to.equal(total);
    expect(core.anchoring.alarms).to.deep.equal([]);
    for (const { first, change, cursor } of await changes()) {
      if (change !== "final") continue;
      const earlier = (await changes()).filter((event) => event.cursor < cursor && event.first === first);
      expect(earlier.map((event) => event.change)).to.include("anchored");
    }
  };

  /** A share of the HTTP requests, whatever they ask. */
  const sometimes =
    (share: number, fault: () => Fault): Plan =>
    (_question, { isFirst }) =>
      isFirst && random() < share ? fault() : undefined;
  const onSend =
    (fault: Fault, times: number): Plan =>
    ({ method }) =>
      method === "eth_sendRawTransaction" && times-- > 0 ? fault : undefined;
  const change = (to: (answer: Answer) => Answer): Fault => ({ kind: "change", change: to });

  /** An endpoint behind a balancer: its newest block is up to three blocks old. */
  const stale = async (): Promise<Plan> => {
    const floor = await chain.height();
    let height = floor;
    const follow = () => void chain.height().then((now) => (height = now));
    return ({ params }) => {
      follow();
      const at = params.indexOf("latest");
      if (at < 0 || random() < 0.5) return undefined;
      const older = Math.max(floor, height - 1 - Math.floor(random() * 3));
      return { kind: "ask", params: params.with(at, `0x${older.toString(16)}`) };
    };
  };

  const plans: Readonly<Record<string, () => Plan | Promise<Plan>>> = {
    "cuts the connection after it took a transaction": () => onSend({ kind: "reset", after: true }, 3),
    "cuts the connection before it took a transaction": () => onSend({ kind: "reset", after: false }, 3),
    "cuts any connection, before or after": () => sometimes(0.1, () => ({ kind: "reset", after: random() < 0.5 })),
    "answers 429 to one request in ten": () => sometimes(0.1, () => ({ kind: "status", status: 429 })),
    "answers 5xx to one request in ten": () =>
      sometimes(0.1, () => ({ kind: "status", status: [500, 502, 503, 504][Math.floor(random() * 4)] ?? 500 })),
    "shows no receipt at first": () => {
      const asked = new Map<unknown, number>();
      return ({ method, params: [hash] }) => {
        if (method !== "eth_getTransactionReceipt") return undefined;
        const times = (asked.get(hash) ?? 0) + 1;
        asked.set(hash, times);
        return times <= 4 ? change(() => ({ result: null })) : undefined;
      };
    },
    "is another chain for a while": () => {
      let times = 6;
      return ({ method }) =>
        method === "eth_chainId" && times-- > 0 ? change(() => ({ result: "0x539" })) : undefined;
    },
    "says that it knows the transaction already": () =>
      onSend(
        change(() => ALREADY_KNOWN),
        RECORDS,
      ),
    "says so without knowing it": () => onSend({ kind: "ask", params: ["0x00"] }, 2),
    "has a head that jumps back": stale,
  };

  for (const [name, plan] of Object.entries(plans)) {
    it(`${name}: every record is final once`, async () => {
      const rounds = LONG;
      let total = 0;
      proxy.plan = await plan();
      const before = proxy.faults;
      await open();
      for (let round = 0; round < rounds; round++) {
        proxy.plan = await plan();
        for (let i = 0; i < RECORDS; i += 6) await accept(total + i, 6);
        total += RECORDS;
        await core.records.waitFor(info.scope, total - 1, "final", LATER);
      }
      proxy.plan = () => undefined;
      await expectSound(total);
      expect(proxy.faults).to.be.greaterThan(before);
      held("chain", proxy.faults - before);
    });
  }

  it("answers in another order than it was asked: every record is final once", async () => {
    proxy.disorder = true;
    await open();
    for (let i = 0; i < RECORDS; i += 6) await accept(i, 6);
    await expectSound();
    held("chain", 1);
  });

  for (const depth of [1, 2, 3, 4, 5]) {
    it(`replaces its last ${depth} blocks: what they held is sealed again, said so, and anchored once`, async () => {
      chain.final = await chain.height();
      await open({ tag: "finalized" });
      await accept(0, BATCH);
      await core.records.waitFor(info.scope, BATCH - 1, "anchored", LATER);
      const goBack = await chain.remember();
      for (let i = 0; i < depth; i++) {
        await accept(BATCH * (i + 1), BATCH);
        await core.records.waitFor(info.scope, BATCH * (i + 2) - 1, "anchored", LATER);
      }
      const height = await chain.height();
      chain.mining = false;
      await goBack();
      while ((await chain.height()) <= height) await chain.mine();
      await waitForChange("reorged");
      for (let seq = 0; seq < BATCH; seq++)
        expect((await core.records.view(info.scope, seq)).state).to.equal("anchored");
      chain.mining = true;
      await chain.mine();
      chain.final = undefined;
      await expectSound(BATCH * (depth + 1));
      const gone = (await changes()).filter(({ change }) => change === "reorged").map(({ first }) => first);
      expect([...new Set(gone)]).to.have.length(gone.length);
      expect(gone.length).to.be.within(1, depth);
      held("chain", 1);
    });
  }

  it("is restored from an older state: what it lost is sealed again, said so, and anchored once", async () => {
    chain.final = await chain.height();
    await open({ tag: "finalized" });
    const goBack = await chain.remember();
    for (let i = 0; i < RECORDS; i += BATCH) await accept(i, BATCH);
    await core.records.waitFor(info.scope, RECORDS - 1, "anchored", LATER);
    chain.mining = false;
    await goBack();
    const events = (await changes()).length;
    for (let i = 0; i < 20; i++) await tick();
    // An endpoint that lags would look the same: for a minute nothing is taken back.
    expect((await changes()).slice(events)).to.deep.equal([]);
    while (!(await changes()).some(({ change }) => change === "reorged")) {
      ahead += 1000;
      await tick();
    }
    chain.mining = true;
    await chain.mine();
    chain.final = undefined;
    await expectSound();
    held("chain", 1);
  });

  it("is restored from before what was final: the scope stops, and an operator has it anchored anew", async () => {
    await open();
    await accept(0, BATCH);
    await core.records.waitFor(info.scope, BATCH - 1, "final", LATER);
    const goBack = await chain.remember();
    await accept(BATCH, BATCH);
    await core.records.waitFor(info.scope, 2 * BATCH - 1, "final", LATER);
    await goBack();
    await accept(2 * BATCH, BATCH);
    while (core.anchoring.alarms.length === 0) {
      ahead += 1000;
      await tick();
    }
    expect(core.anchoring.alarms.map(({ alarm }) => alarm.code)).to.deep.equal(["alarm.chain-behind"]);
    expect(core.sender.pending).to.equal(0);
    expect(await core.anchoring.reanchor(info.scope)).to.be.greaterThan(0);
    await expectSound();
    expect((await changes()).filter(({ change }) => change === "reorged").map(({ first }) => first)).to.include(BATCH);
    expect(await core.anchoring.reanchor(info.scope)).to.equal(0);
    held("chain", 1);
  });

  it("makes no block for ten minutes: nothing is signed twice, and everything is final when it goes on", async () => {
    await open();
    chain.mining = false;
    for (let i = 0; i < RECORDS; i += 6) await accept(i, 6);
    await waitForChange("submitted");
    const signed = core.sender.pending;
    for (let second = 0; second < 600; second += 30) {
      ahead += 30_000;
      await tick();
      expect(core.sender.pending).to.equal(signed);
    }
    expect((await core.records.view(info.scope, 0)).state).to.equal("submitted");
    chain.mining = true;
    await chain.mine();
    await expectSound();
    held("chain", 1);
  });
});
