import { expect } from "chai";
import type { NodeCore } from "../../../node/core.ts";
import { isRefusal, type ScopeInfo } from "../../../node/records/service.ts";
import { FINAL, NEXT } from "../../../node/storage/keyspaces.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { del, put, type Operation } from "../../../node/storage/store.ts";
import { connectLedger, type LedgerConnection } from "../../../sdk/chain/connection.ts";
import { fetchPost } from "../../../sdk/chain/post.ts";
import { codeOf } from "../../support/codes.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import {
  certificate,
  certificateSchema,
  openTestCore,
  removeFolder,
  resourceInfo,
  temporaryFolder,
} from "../support/core.ts";
import { tamperingFetch } from "../support/tampering.ts";

const RECORDS = 3;

describe("a scope's counter that does not fit its records", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let dataDir: string;
  let info: ScopeInfo;
  let other: ScopeInfo;
  let core: NodeCore | undefined;
  let resources = 0;

  before(async () => (ledger = await startLedger()));
  after(() => ledger.stop());
  beforeEach(async () => {
    dataDir = await temporaryFolder();
    const publish = async () =>
      resourceInfo(
        await ledger.publish({ provider: ledger.provider, code: `counter-${++resources}`, schema: certificateSchema }),
      );
    info = await publish();
    other = await publish();
    const first = await open();
    for (const { scope } of [info, other]) {
      const inputs = Array.from({ length: RECORDS }, (_, i) => ({ document: certificate(`n${i}`) }));
      expect((await first.records.accept(scope, inputs)).some(isRefusal)).to.equal(false);
    }
    await close();
  });
  afterEach(async () => {
    await close();
    await removeFolder(dataDir);
  });

  const open = async (dependencies = {}): Promise<NodeCore> => {
    core = await openTestCore({ ledger, dataDir, dependencies });
    for (const each of [info, other]) await core.records.registerScope(each);
    return core;
  };
  const close = async (): Promise<void> => {
    await core?.close();
    core = undefined;
  };
  const rot = async (operation: Operation): Promise<void> => {
    const store = await openStore({ dataDir });
    await store.write([operation]);
    await store.close();
  };
  const outcome = async ({ scope }: ScopeInfo): Promise<string> =>
    codeOf(core?.records.accept(scope, [{ document: certificate("next") }]) ?? expect.fail());

  const unreachable = (): LedgerConnection => {
    const fetch = tamperingFetch(() => {
      throw new TypeError("fetch failed");
    });
    const { rpcUrl, name } = ledger;
    return connectLedger({ rpcUrl, ledger: name, finality: { tag: "latest" } }, { post: fetchPost(fetch) });
  };

  it("that does fit takes the next number, once, and those after it", async () => {
    const { records } = await open();
    const [one] = await records.accept(info.scope, [{ document: certificate("next") }]);
    expect(one).to.have.property("seq", RECORDS);
    expect(await records.count(info.scope)).to.equal(RECORDS + 1);
  });

  for (const { what, operation } of [
    { what: "is too low: the next record would take the number of another", operation: () => put(NEXT, info.scope, 1) },
    { what: "is gone", operation: () => del(NEXT, info.scope) },
    { what: "is too high: the next record would leave a hole", operation: () => put(NEXT, info.scope, 2 ** 32) },
  ])
    for (const { when, dependencies } of [
      { when: "", dependencies: () => ({}) },
      {
        when: ", and the chain cannot be asked",
        dependencies: () => ({ connection: unreachable() }),
      },
    ])
      it(`${what}${when}: nothing gets a number there, and everything does elsewhere`, async () => {
        await rot(operation());
        const { records } = await open(dependencies());
        expect(await outcome(info)).to.equal("scope.damaged");
        expect(await outcome(info)).to.equal("scope.damaged");
        const [elsewhere] = await records.accept(other.scope, [{ document: certificate("next") }]);
        expect(elsewhere).to.have.property("seq", RECORDS);
      });

  for (const { what, operation } of [
    { what: "is gone", operation: () => del(NEXT, info.scope) },
    { what: "is too low", operation: () => put(NEXT, info.scope, 1) },
    { what: "counts what is not final as final", operation: () => put(FINAL, info.scope, RECORDS) },
  ])
    it(`${what}: at the start it is said that the scope has stopped, before anything is accepted`, async () => {
      await rot(operation());
      const opened = await open();
      const { anchoring, records } = opened;
      await opened.start();
      await records.waitFor(other.scope, RECORDS - 1, "final", { timeoutMs: 30_000 });
      const stopped = () => anchoring.alarms.map(({ scope, alarm }) => [scope, alarm.code]);
      expect(stopped()).to.deep.equal([[info.scope, "alarm.cursor-damaged"]]);
      expect((await (await ledger.connection.view("latest")).head(info.scope))?.next).to.equal(0);
      anchoring.resume(info.scope);
      while (stopped().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(stopped()).to.deep.equal([[info.scope, "alarm.cursor-damaged"]]);
    });

  it("is not doubted again while records come in and the chain cannot be asked", async () => {
    const { records } = await open({ connection: unreachable() });
    const calls = Array.from({ length: 40 }, (_, i) =>
      records.accept(info.scope, [{ document: certificate(`more-${i}`) }]),
    );
    const seqs = (await Promise.all(calls)).flat().map((result) => (isRefusal(result) ? -1 : result.seq));
    expect(seqs.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 40 }, (_, i) => RECORDS + i));
  });
});
