import { expect } from "chai";
import { fsck } from "../../../node/fsck/fsck.ts";
import { PAYLOADS } from "../../../node/storage/keyspaces.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { put } from "../../../node/storage/store.ts";
import { ProjectArchive } from "../../../node/oversight/archive.ts";
import { entriesOf } from "../../../node/oversight/entries.ts";
import { importProjects, showProject } from "../../../sdk/client/routes/projects.ts";
import { nodeSource } from "../../../sdk/lineage/trace/source.ts";
import { traceLineage } from "../../../sdk/lineage/trace/trace.ts";
import type { TraceEvent } from "../../../sdk/lineage/trace/types.ts";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { openTestCore, removeFolder, ROOT, temporaryFolder } from "../support/core.ts";
import { signerOf, startTestNode, trustOf } from "../support/nodes.ts";

const release = (day: number, amount: number): JsonObject => ({
  ocid: "ocds-abc-1",
  id: `r${day}`,
  date: `2026-01-0${day}T00:00:00Z`,
  tag: ["contract"],
  initiationType: "tender",
  contracts: [{ id: "c", awardID: "a", value: { amount, currency: "CNY" } }],
});

describe("what stands behind a published figure", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  before(async () => (ledger = await startLedger()));
  after(() => ledger.stop());

  it("a flag is traced to the anchored releases that it rests on, each proven on the way", async () => {
    const node = await startTestNode({ ledger, department: ledger.provider });
    try {
      const { call } = { call: node.client().call.bind(node.client()) };
      await call(importProjects, { body: { document: [release(1, 100), release(2, 120)], project: "P" } });
      const { flags, releases } = await call(showProject, { params: { code: "P" } });
      const overrun = flags.find(({ rule }) => rule === "cost-overrun")!;
      const { scope, seq } = overrun.flag!;
      await node.node.core.records.waitFor(scope, seq, "final", { timeoutMs: 30_000 });
      const clock = () => ledger.now * 1000;
      const source = nodeSource(
        { signer: signerOf(ledger.provider) },
        { clock, view: () => ledger.connection.view("final") },
      );
      const dependencies = { source, connections: [ledger.connection], trust: trustOf(ledger), now: ledger.now };
      const events: TraceEvent[] = [];
      for await (const event of traceLineage({ start: { scope, seq }, direction: "up" }, dependencies))
        events.push(event);
      const found = events.flatMap((event) => (event.type === "node" ? [`${event.kind} ${event.seq}`] : []));
      expect(found.sort()).to.deep.equal(
        [`project-flag ${seq}`, ...releases.map((one) => `project-release ${one.seq}`)].sort(),
      );
      const links = events.flatMap((event) => (event.type === "link" ? [event.outcome] : []));
      expect(new Set(links)).to.deep.equal(new Set(["link.proven"]));
    } finally {
      await node.stop();
    }
  });

  it("an edited release is found by fsck, and named", async () => {
    const dataDir = await temporaryFolder();
    try {
      const core = await openTestCore({ ledger, department: ledger.consumer, dataDir });
      await core.start();
      const { store, records, journal } = core;
      const archive = new ProjectArchive({ store, records, journal, openJournal: () => core.openJournal() });
      const [accepted] = await archive.release(entriesOf([release(1, 100)], "P"));
      await records.waitFor(journal, accepted!.seq, "final", { timeoutMs: 30_000 });
      await core.close();
      const findings = async () => {
        const found: string[] = [];
        const walk = fsck({ dataDir, root: ROOT, connection: ledger.connection });
        for (let next = await walk.next(); !next.done; next = await walk.next())
          found.push(`${next.value.code} ${String(next.value.scope === journal)}`);
        return found;
      };
      expect(await findings()).to.deep.equal([]);
      const edited = await openStore({ dataDir });
      const place = { scope: journal, seq: accepted!.seq };
      const payload = (await edited.get(PAYLOADS, place))!;
      await edited.write([
        put(
          PAYLOADS,
          place,
          Uint8Array.from(payload, (byte, i) => (i === 40 ? byte ^ 1 : byte)),
        ),
      ]);
      await edited.close();
      expect(await findings()).to.deep.equal(["fsck.payload-damaged true"]);
    } finally {
      await removeFolder(dataDir);
    }
  });
});
