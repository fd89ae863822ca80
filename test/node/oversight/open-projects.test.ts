import { expect } from "chai";
import fc from "fast-check";
import { ProjectArchive } from "../../../node/oversight/archive.ts";
import { entriesOf } from "../../../node/oversight/entries.ts";
import { judged } from "../../../node/oversight/founded.ts";
import { OpenProjects, type Content } from "../../../node/oversight/open-projects.ts";
import type { NodeCore } from "../../../node/core.ts";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { openTestCore, removeFolder, temporaryFolder } from "../support/core.ts";

const release = (day: number, amount: number): JsonObject => ({
  ocid: "ocds-abc-1",
  id: `r${day}`,
  date: `2026-01-${String(day).padStart(2, "0")}T00:00:00Z`,
  tag: ["contract"],
  initiationType: "tender",
  contracts: [{ id: "c", awardID: "a", value: { amount, currency: "CNY" } }],
});

/** Counts the records that were opened. */
class CountedArchive extends ProjectArchive {
  opened = 0;

  override contents(seqs: readonly number[]): Promise<readonly string[]> {
    this.opened += seqs.length;
    return super.contents(seqs);
  }
}

describe("projects that stay open", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let dataDir: string;
  let core: NodeCore;
  let archive: CountedArchive;

  before(async () => {
    ledger = await startLedger();
    dataDir = await temporaryFolder();
    core = await openTestCore({ ledger, dataDir });
    const { store, records, journal } = core;
    archive = new CountedArchive({ store, records, journal, openJournal: () => core.openJournal() });
  });
  after(async () => {
    await core.close();
    await removeFolder(dataDir);
    await ledger.stop();
  });

  /** Accepts releases of a project; their contents by number, as an import knows them. */
  const take = async (code: string, ...releases: JsonObject[]): Promise<ReadonlyMap<number, Content>> => {
    const entries = entriesOf(releases, code);
    const accepted = await archive.release(entries);
    return new Map(
      accepted.map(({ seq }, i) => [
        seq,
        { document: entries[i]!.published.document, size: entries[i]!.content.length },
      ]),
    );
  };
  const compiledOf = async (projects: OpenProjects, code: string, known: ReadonlyMap<number, Content> = new Map()) =>
    judged(await projects.read(code, known)).compiled.get("ocds-abc-1");

  it("each release is read once, whatever came before it", async () => {
    const projects = new OpenProjects(archive);
    for (const [day, read] of [
      [1, 1],
      [2, 1],
      [3, 1],
    ] as const) {
      await take("once", release(day, day));
      archive.opened = 0;
      await projects.read("once", new Map());
      expect(archive.opened).to.equal(read);
    }
    const known = await take("once", release(4, 4));
    archive.opened = 0;
    expect((await projects.read("once", known)).releases).to.equal(4);
    expect(archive.opened).to.equal(0);
  });

  it("a project that had to make room is read from its records again, with the same result", async () => {
    const projects = new OpenProjects(archive, 1);
    await take("room", release(1, 1), release(2, 2));
    const before = await compiledOf(projects, "room");
    await take("other", release(1, 1));
    await projects.read("other", new Map());
    archive.opened = 0;
    expect(await compiledOf(projects, "room")).to.deep.equal(before);
    expect(archive.opened).to.equal(2);
  });

  it("a release that no merging can take in leaves nothing behind", async () => {
    const projects = new OpenProjects(archive);
    const { contracts: _contracts, ...rest } = release(9, 9);
    await take("kinds", { ...release(1, 1), extra: { a: 1 } });
    await projects.read("kinds", new Map());
    await take("kinds", { ...rest, extra: [{ id: "1", a: 1 }] });
    for (let turn = 0; turn < 2; turn++) {
      const error = await projects.read("kinds", new Map()).catch((thrown: unknown) => thrown);
      expect(error).to.have.property("code", "ocds.kind-changed");
    }
  });

  it("in whatever order and groups releases come, the process is the one that they make together", async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 1 }),
        fc.integer({ min: 1, max: 3 }),
        async (days, together) => {
          const code = `order-${number++}`;
          const projects = new OpenProjects(archive);
          for (let i = 0; i < days.length; i += together) {
            const known = await take(code, ...days.slice(i, i + together).map((day) => release(day, day * 10)));
            await projects.read(code, known);
          }
          expect(await compiledOf(projects, code)).to.deep.equal(await compiledOf(new OpenProjects(archive), code));
        },
      ),
      { numRuns: 15 },
    );
  });
});
