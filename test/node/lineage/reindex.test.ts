import { expect } from "chai";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findStage, recordStage } from "../../../sdk/client/routes/lineage-stages.ts";
import { findByRecordId, walkLineage, type LineageLine } from "../../../sdk/client/routes/lineage-walk.ts";
import { SDK_COMMANDS } from "../../../sdk/cli/commands.ts";
import { registerReindex } from "../../../node/lineage/command.ts";
import { INDEX_VERSION } from "../../../node/lineage/rebuild.ts";
import { reindex } from "../../../node/lineage/reindex.ts";
import { LINEAGE_LINKS, LINEAGE_STAGES, LINEAGE_STATE } from "../../../node/storage/keyspaces.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { put } from "../../../node/storage/store.ts";
import { runJson } from "../../sdk/cli/support.ts";
import { ROOT } from "../support/core.ts";
import { PASSWORD, writeKeystore } from "../support/keystores.ts";
import { collect } from "../support/resources.ts";
import { startLineage, type LineagePair } from "./fixture.ts";

const SUBJECT = "dataset:licences";

describe("suyuan reindex", function () {
  this.timeout(180_000);
  let pair: LineagePair;
  let folder: string;
  let data: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "suyuan-reindex-"));
    data = join(folder, "consumer");
    await mkdir(data);
    pair = await startLineage({ consumer: { config: { dataDir: data } } });
    await writeKeystore(join(data, "keystore.json"), pair.ledger.consumer);
    for (const stage of ["source", "view"] as const)
      await pair.consumer.client().call(recordStage, { body: { subject: SUBJECT, stage, actor: "clerk" } });
  });
  after(async () => {
    await pair.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const command = async (...args: string[]) => {
    const env = { SUYUAN_KEYSTORE_PASSWORD: PASSWORD };
    return runJson(["reindex", ...args], { cwd: folder, env, commands: [...SDK_COMMANDS, registerReindex] });
  };

  /** What the consumer's node says of its lineage, the licence's place among it. */
  async function answers() {
    const client = pair.consumer.client();
    const lines: LineageLine[] = [];
    for (const direction of ["up", "down"] as const) {
      const starts = [pair.licence, pair.receipt, pair.decision].map(({ scope, seq }) => ({ scope, seq, depth: 0 }));
      lines.push(...(await collect(await client.call(walkLineage, { body: { direction, depth: 50, starts } }))));
    }
    const { stages } = await client.call(findStage, { query: { subject: SUBJECT } });
    const found = await client.call(findByRecordId, { params: { record: pair.decision.record } });
    return { lines, stages, found };
  }

  it("refuses while the node runs, and touches nothing", async () => {
    const { code, error } = await command("--data", "consumer");
    expect([code, error?.code]).to.deep.equal([2, "storage.locked"]);
    expect((await answers()).stages.map(({ stage }) => stage)).to.deep.equal(["view", "source"]);
  });

  it("makes the index of a stopped node again: the same answers as before", async () => {
    const before = await answers();
    await pair.consumer.node.stop();
    await spoil();
    const { code, result, error } = await command("--data", "consumer");
    expect(error).to.equal(undefined);
    expect(code).to.equal(0);
    // Application, receipt, decision and two stages; the receipt's package, the decision's parent, and the second stage's.
    expect(result).to.deep.equal([{ folder: ".", records: 5, links: 3, lost: 0 }]);
    await pair.consumer.restart();
    expect(await answers()).to.deep.equal(before);
  });

  it("may be interrupted anywhere: it begins anew, or the node's next start does", async () => {
    const before = await answers();
    await pair.consumer.node.stop();
    for (const again of ["command", "start"] as const) {
      await spoil();
      const stopped = new Error("stopped here");
      const interrupted = await reindex({
        dataDir: data,
        root: ROOT,
        onProgress: () => {
          throw stopped;
        },
      }).catch((error: unknown) => error);
      expect(interrupted).to.equal(stopped);
      if (again === "command") expect((await command("--data", folder)).code).to.equal(0);
    }
    await pair.consumer.restart();
    expect(await answers()).to.deep.equal(before);
  });

  it("says what is missing: a store, a password", async () => {
    const nothing = await command("--data", "nowhere");
    expect([nothing.code, nothing.error?.code]).to.deep.equal([64, "input.missing"]);
    await pair.consumer.node.stop();
    const silent = await runJson(["reindex", "--data", "consumer"], { cwd: folder, commands: [registerReindex] });
    expect([silent.code, silent.error?.code]).to.deep.equal([64, "connection.keystore-missing"]);
    await pair.consumer.restart();
  });

  /** An index that is wrong everywhere: a link nobody wrote, no stage, marked whole. */
  async function spoil(): Promise<void> {
    const store = await openStore({ dataDir: data, create: false });
    try {
      const [[key] = []] = await store.page(LINEAGE_LINKS, { limit: 1 });
      if (key === undefined) throw new Error("there are links");
      await store.write([put(LINEAGE_LINKS, key, new Uint8Array(3)), put(LINEAGE_STATE, "index", INDEX_VERSION)]);
      const stages = await store.page(LINEAGE_STAGES, { limit: 10 });
      expect(stages).to.have.length(1);
      await store.write(stages.map(([subject, stage]) => put(LINEAGE_STAGES, subject, { ...stage, stage: "retired" })));
    } finally {
      await store.close();
    }
  }
});
