import { randomBytes } from "node:crypto";
import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { registerBackup, registerRestore } from "../../../node/backup/commands.ts";
import { registerOperate } from "../../../node/operations/commands.ts";
import { createKeystore } from "../../../sdk/client/keystore.ts";
import { ProblemError } from "../../../sdk/client/problem-error.ts";
import { isAlive } from "../../../sdk/client/routes/node.ts";
import { submitRecords } from "../../../sdk/client/routes/records.ts";
import { fromHex, utf8 } from "../../../sdk/protocol/bytes.ts";
import { trustJson } from "../../../sdk/verify/trust.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { run, runJson } from "../../sdk/cli/support.ts";
import { privateKeyOf, removeFolder, ROOT, temporaryFolder } from "../support/core.ts";
import { craft, send } from "../http/raw.ts";
import { signerOf, startTestNode, trustOf, type TestNode } from "../support/nodes.ts";
import { certificateOf, proposalOf, publishOver, submitTo } from "../support/resources.ts";

const PASSWORD = "a password for this test";
const commands = [registerBackup, registerRestore, registerOperate];

describe("the operators' commands", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let node: TestNode;
  let authority: TestNode;
  let folder: string;
  let env: Record<string, string>;

  before(async () => {
    ledger = await startLedger();
    folder = await temporaryFolder();
    const config = { backupDir: join(folder, "backups"), keyBackupDir: join(folder, "key-backups") };
    const tunables = { health: { maximumBacklogRecords: 4 } };
    node = await startTestNode({ ledger, department: ledger.provider, config, tunables });
    authority = await startTestNode({ ledger, department: ledger.authority });
    const path = join(folder, "keystore.json");
    const exchange = ledger.provider.exchange.export({ format: "der", type: "pkcs8" }).subarray(-32);
    const secrets = [exchange, fromHex(privateKeyOf(ledger.provider)), ROOT];
    // In the order in which a keystore draws them.
    await createKeystore({ path, password: PASSWORD }, { random: (length) => secrets.shift() ?? randomBytes(length) });
    await writeFile(join(folder, "trust.json"), JSON.stringify(trustJson(trustOf(ledger))));
    env = {
      SUYUAN_NODE: node.url,
      SUYUAN_KEYSTORE: path,
      SUYUAN_KEYSTORE_PASSWORD: PASSWORD,
      SUYUAN_TRUST: join(folder, "trust.json"),
    };
  });
  after(async () => {
    for (const each of [node, authority]) await each.stop();
    await ledger.stop();
    await removeFolder(folder);
  });

  const options = () => ({ env, cwd: folder, commands, clock: () => ledger.now * 1000 });

  it("backup and restore: elsewhere, when the chain has nothing more; refused in words when it has", async () => {
    const { journal, records } = node.node.core;
    const made = await runJson(["backup"], options());
    expect(made.code, JSON.stringify(made.error)).to.equal(0);
    // The backup is itself an action of the journal: it must be in a block before the backup is the newest.
    await records.waitFor(journal, (await records.count(journal)) - 1, "final", { timeoutMs: 20_000 });
    ledger.advance(1);
    const again = await runJson(["backup"], options());
    expect(again.code, JSON.stringify(again.error)).to.equal(0);
    const name = String(again.result?.["name"]);
    expect(await readdir(join(folder, "backups"))).to.include(name);
    await mkdir(join(folder, "elsewhere"));
    await cp(join(folder, "key-backups"), join(folder, "elsewhere", "keys"), { recursive: true });
    const from = (backup: string) => ["restore", "--from", join("backups", backup), "--data", "elsewhere"];
    await records.waitFor(journal, (await records.count(journal)) - 1, "final", { timeoutMs: 20_000 });
    const older = await runJson(from(String(made.result?.["name"])), options());
    expect([older.code, older.error?.code]).to.deep.equal([1, "backup.older-than-chain"]);
    // The newest has the record of its own making.
    const newest = await runJson(from(name), options());
    expect([newest.code, newest.error]).to.deep.equal([0, undefined]);
    expect(await readdir(join(folder, "elsewhere", "store"))).to.include("CURRENT");
    const words = await run(from(name), options());
    expect([words.code, words.err.includes("backup.target-used")]).to.deep.equal([1, true]);
  });

  it("operate: lists alarms, resumes, and refuses what cannot be void", async () => {
    const scope = node.node.core.journal;
    expect((await runJson(["operate", "alarms"], options())).result).to.deep.equal({ alarms: [] });
    expect((await run(["operate", "alarms"], options())).out).to.include("没有");
    expect((await runJson(["operate", "resume", scope], options())).code).to.equal(0);
    expect((await runJson(["operate", "reanchor", scope], options())).result).to.deep.include({ batches: 0 });
    const whole = await runJson(["operate", "void", scope, "0"], options());
    expect([whole.code, whole.error?.code]).to.deep.equal([1, "record.not-voidable"]);
    expect((await run(["operate", "resume", "nonsense"], options())).code).to.equal(64);
  });

  it("see a node that refuses records while too many are in no block: 503, and why", async () => {
    const { id } = await publishOver({ provider: node, authority }, proposalOf(ledger.provider));
    const { health } = await node
      .client()
      .call(isAlive, {})
      .then((answer) => ({ health: answer }));
    expect(health).to.deep.include({ alive: true, healthy: true });
    // Nothing is anchored while nobody seals.
    node.node.core.anchoring.stop();
    const outcomes = await submitTo(node, id, [1, 2, 3, 4].map(certificateOf));
    expect(outcomes.map(({ outcome }) => outcome)).to.deep.equal(Array(4).fill("accepted"));
    const refused = await submitTo(node, id, [certificateOf(5)]).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(ProblemError).with.property("code", "admission.backlog");
    expect((refused as ProblemError).problem.status).to.equal(503);
    const body = utf8(JSON.stringify(certificateOf(6)));
    const target = submitRecords.path.replace(":id", id);
    const key = { ...signerOf(ledger.provider), publicKey: ledger.provider.exchangePublic };
    const signed = await craft({ key, url: node.url, method: "POST", target, body, created: ledger.now });
    const headers = { ...signed, "content-type": "application/x-ndjson" };
    const answer = await send({ url: node.url, method: "POST", target, headers, body });
    expect([answer.status, answer.code]).to.deep.equal([503, "admission.backlog"]);
    expect(Number(answer.headers["retry-after"])).to.be.greaterThan(0);
    const { parts } = await node.client().call(isAlive, {});
    expect(parts).to.deep.include({ part: "backlog", healthy: false, reason: "backlog.full" });
  });
});
