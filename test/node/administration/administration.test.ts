import { expect } from "chai";
import { setListEntryCall } from "../../../sdk/chain/department-calls.ts";
import { showNode, showRules } from "../../../sdk/client/routes/administration.ts";
import { addCertificates, startPair, type Pair } from "../deliveries/fixture.ts";
import { codeOf } from "../support/nodes.ts";

const DAY = 86_400;

describe("administration of a node", function () {
  this.timeout(60_000);
  let pair: Pair;

  before(async () => {
    pair = await startPair();
  });
  after(() => pair.stop());

  const rules = () => pair.provider.client().call(showRules, {});

  it("shows the height of the chain, the backlog as it is, and the key that the node signs with", async () => {
    await addCertificates(pair, ["A-1", "A-2", "A-3"]);
    const { block } = await pair.ledger.connection.reader("latest");
    const show = () => pair.provider.client().call(showNode, {});
    let shown = await show();
    // The follower may not have looked since the last block.
    while (shown.chain?.latest.number !== block.number) shown = await show();
    expect(shown.chain.latest).to.deep.equal({ number: block.number, time: block.time });
    expect(shown.backlog).to.deep.include({ waiting: 0, notFinal: 0 });
    expect(shown.backlog.final).to.be.at.least(3);
    expect(shown.backlog).not.to.have.property("waitingSince");
    expect(shown.key).to.equal(`${pair.ledger.provider.uscc}/1`);
    expect(shown.disk.totalBytes).to.be.greaterThan(shown.disk.freeBytes);
    expect(shown.parts.map(({ part }) => part)).to.include.members(["chain", "anchoring", "backlog", "disk", "clock"]);
    expect(shown.parts.find(({ part }) => part === "chain")).to.deep.equal({ part: "chain" });
  });

  it("shows the working days of the year as the ledger has them, with every day that is not as the week says", async () => {
    const { calendars } = await rules();
    expect(calendars.map(({ year, known }) => [year, known])).to.deep.equal([
      [2025, true],
      [2026, true],
      [2027, false],
    ]);
    const [, year] = calendars;
    // New Year's Day is a Thursday and off.
    expect(year?.exceptions[0]).to.deep.equal({ day: "2026-01-01", works: false });
    expect(year?.exceptions.some(({ works }) => works)).to.equal(true);
    const weekdays = 261;
    const gained = year?.exceptions.reduce((sum, { works }) => sum + (works ? 1 : -1), 0) ?? 0;
    expect(year?.workingDays).to.equal(weekdays + gained);
  });

  it("shows the deadlines in force", async () => {
    const { profiles } = await rules();
    expect(profiles.filter(({ inForce }) => inForce)).to.have.length(1);
    expect(profiles.at(-1)).to.include({ replyUnconditional: 1, replyConditional: 10, supply: 20 });
  });

  it("shows the lists: an entry for everything, one for a resource, and what has been taken off", async () => {
    const { ledger, resource } = pair;
    expect((await rules()).entries).to.deep.equal([]);
    const until = ledger.now + 30 * DAY;
    const deny = { department: ledger.stranger.uscc, kind: "deny", reason: 7 } as const;
    await ledger.send(ledger.deployer, setListEntryCall({ ...deny, until }));
    await ledger.send(
      ledger.deployer,
      setListEntryCall({ department: ledger.consumer.uscc, resource, kind: "allow", reason: 1 }),
    );
    expect((await rules()).entries).to.deep.equal([
      { ...deny, until, inForce: true },
      { department: ledger.consumer.uscc, resource, kind: "allow", reason: 1, inForce: true },
    ]);
    await ledger.send(ledger.deployer, setListEntryCall({ ...deny, kind: "none" }));
    expect((await rules()).entries.map(({ kind }) => kind)).to.deep.equal(["allow"]);
  });

  it("is the department's own", async () => {
    const { provider, ledger } = pair;
    expect(await codeOf(provider.client(ledger.consumer).call(showNode, {}))).to.equal("caller.not-own");
    expect(await codeOf(provider.client(ledger.consumer).call(showRules, {}))).to.equal("caller.not-own");
  });
});
