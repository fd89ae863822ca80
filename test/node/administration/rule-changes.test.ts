import { expect } from "chai";
import { appendDeadlines, setCalendar, setListEntry, showRules } from "../../../sdk/client/routes/administration.ts";
import type { BodyOf } from "../../../sdk/client/route.ts";
import { makeDepartment, startLedger, type TestDepartment, type TestLedger } from "../../support/ledger.ts";
import { certificateSchema } from "../support/core.ts";
import { codeOf, startTestNode, type TestNode } from "../support/nodes.ts";

const DAY = 86_400;
const SOURCE = `0x${"7e".repeat(32)}` as const;

describe("the authority changes what holds for everybody", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let authority: TestNode;
  let other: TestNode;
  let own: TestDepartment;

  before(async () => {
    ledger = await startLedger();
    // The account that administers the contracts is that of an authority's node.
    own = { ...makeDepartment(30, "数据局"), wallet: ledger.deployer };
    await ledger.admit(own, "authority");
    authority = await startTestNode({ ledger, department: own });
    other = await startTestNode({ ledger, department: ledger.provider });
  });
  after(async () => {
    for (const node of [other, authority]) await node.stop();
    await ledger.stop();
  });

  const rules = () => other.client().call(showRules, {});
  const revertOf = (action: Promise<unknown>): Promise<unknown> =>
    action.then(
      () => "ok",
      (error: { values?: { error?: unknown } }) => error.values?.error,
    );

  it("lists: everything or one resource, until a time or without end, and taken off again", async () => {
    const { resource } = await ledger.publish({
      provider: ledger.provider,
      code: "licence",
      schema: certificateSchema,
    });
    const set = (body: BodyOf<typeof setListEntry>) => authority.client().call(setListEntry, { body });
    const until = ledger.now + 30 * DAY;
    const denied = { department: ledger.stranger.uscc, kind: "deny", reason: 7 } as const;
    await set({ ...denied, until });
    await set({ department: ledger.consumer.uscc, resource, kind: "allow", reason: 1 });
    expect((await rules()).entries).to.deep.equal([
      { ...denied, until, inForce: true },
      { department: ledger.consumer.uscc, resource, kind: "allow", reason: 1, inForce: true },
    ]);
    await set({ ...denied, kind: "none" });
    expect((await rules()).entries.map(({ kind }) => kind)).to.deep.equal(["allow"]);
    expect(await revertOf(set({ ...denied, until: ledger.now - DAY }))).to.equal("ListEntryInvalid");
  });

  const NEXT = { year: 2027, off: ["2027-01-01", "2027-10-01"], worked: ["2027-10-09"], source: SOURCE };
  const enter = (body: BodyOf<typeof setCalendar>) => authority.client().call(setCalendar, { body });

  it("a year: its exceptions are those that were entered, in the order of the days", async () => {
    await enter(NEXT);
    const entered = (await rules()).calendars.find(({ year }) => year === 2027);
    expect(entered).to.deep.include({ known: true, source: SOURCE, workingDays: 261 - 2 + 1 });
    expect(entered?.exceptions).to.deep.equal([
      { day: "2027-01-01", works: false },
      { day: "2027-10-01", works: false },
      { day: "2027-10-09", works: true },
    ]);
  });

  it("no year with a date that is another year's, a weekend off or a weekday worked: it is said which", async () => {
    const faultsOf = (action: Promise<unknown>): Promise<unknown> =>
      action.then(
        () => "ok",
        (error: { problem?: { faults?: readonly { at: string }[] } }) => error.problem?.faults?.map(({ at }) => at),
      );
    expect(await faultsOf(enter({ ...NEXT, off: ["2027-01-01", "2028-01-03"] }))).to.deep.equal(["/off/1"]);
    expect(await faultsOf(enter({ ...NEXT, off: ["2027-10-09"] }))).to.deep.equal(["/off/0"]);
    expect(await faultsOf(enter({ ...NEXT, worked: ["2027-10-08"] }))).to.deep.equal(["/worked/0"]);
  });

  it("deadlines, for what is applied for from a time on", async () => {
    const days = { replyUnconditional: 2, replyConditional: 8, supply: 15, settlement: 6 };
    const body = { ...days, effectiveFrom: ledger.now + DAY, source: SOURCE };
    await authority.client().call(appendDeadlines, { body });
    const { profiles } = await rules();
    expect(profiles.at(-1)).to.deep.equal({ version: profiles.length, ...body, inForce: false });
    const past = { ...body, effectiveFrom: ledger.now - DAY };
    expect(await revertOf(authority.client().call(appendDeadlines, { body: past }))).to.equal("ProfileInvalid");
  });

  it("nobody else: neither through its node nor with another account", async () => {
    const body = { department: ledger.stranger.uscc, kind: "deny", reason: 7 } as const;
    const deadlines = { replyUnconditional: 2, replyConditional: 8, supply: 15, settlement: 6 };
    const later = { ...deadlines, effectiveFrom: ledger.now + DAY, source: SOURCE };
    for (const ask of [
      (node: TestNode, as: TestDepartment) => node.client(as).call(setListEntry, { body }),
      (node: TestNode, as: TestDepartment) =>
        node.client(as).call(setCalendar, { body: { ...NEXT, year: 2028, off: [], worked: [] } }),
      (node: TestNode, as: TestDepartment) => node.client(as).call(appendDeadlines, { body: later }),
    ]) {
      expect(await codeOf(ask(authority, ledger.provider))).to.equal("caller.not-own");
      expect(await revertOf(ask(other, ledger.provider))).to.equal("AccessManagedUnauthorized");
    }
  });
});
