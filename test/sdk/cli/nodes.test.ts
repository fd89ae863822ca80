import { expect } from "chai";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addKeyCall } from "../../../sdk/chain/department-calls.ts";
import { createKeystore } from "../../../sdk/client/keystore.ts";
import { EXIT } from "../../../sdk/cli/errors.ts";
import { getDestruction } from "../../../sdk/client/routes/destruction.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { trustJson } from "../../../sdk/verify/trust.ts";
import { generateCertificates } from "../../../sdk/families/synthetic-certificates.ts";
import { PASSWORD, writeKeystore } from "../../node/support/keystores.ts";
import { trustOf, startTestNode, type TestNode } from "../../node/support/nodes.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { runJson, spawned, type Told } from "./support.ts";

const PURPOSE = "bid-qualification-review";

interface Answer {
  readonly code: number;
  readonly result: Record<string, unknown>;
  readonly error: Told | undefined;
}

describe("suyuan with real nodes", function () {
  this.timeout(120_000);
  let ledger: TestLedger;
  let provider: TestNode;
  let consumer: TestNode;
  let authority: TestNode;
  let folder: string;
  let resource: string;
  let scope: string;
  let agreement: string;
  let numbers: string[];

  before(async () => {
    ledger = await startLedger();
    folder = await mkdtemp(join(tmpdir(), "cli-nodes-"));
    for (const name of ["provider", "consumer", "authority"] as const)
      await writeKeystore(join(folder, `${name}.json`), ledger[name]);
    provider = await startTestNode({ ledger, department: ledger.provider });
    consumer = await startTestNode({ ledger, department: ledger.consumer });
    authority = await startTestNode({ ledger, department: ledger.authority });
    await writeFile(join(folder, "trust.json"), JSON.stringify(trustJson(trustOf(ledger))));
  });
  after(async () => {
    for (const node of [authority, consumer, provider]) await node.stop();
    await ledger.stop();
    await rm(folder, { recursive: true, force: true });
  });

  type Party = "provider" | "consumer" | "authority";
  const nodeOf = (party: Party) => ({ provider, consumer, authority })[party];
  /** Everything a person would set once, so that a command line names only what it does. */
  const environment = (party: Party) => ({
    SUYUAN_NODE: nodeOf(party).url,
    SUYUAN_KEYSTORE: `${party}.json`,
    SUYUAN_KEYSTORE_PASSWORD: PASSWORD,
    SUYUAN_KEY_ID: `${ledger[party].uscc}/1`,
    SUYUAN_TRUST: "trust.json",
    INIT_CWD: folder,
  });
  const as = async (
    party: Party,
    args: readonly string[],
    more: { stdin?: string; env?: Record<string, string> } = {},
  ) => {
    const { env, ...rest } = more;
    const options = { ...rest, env: { ...environment(party), ...env }, clock: () => ledger.now * 1000 };
    return (await runJson(args, options)) as Answer; // A test that looks at `result` fails when there is none.
  };
  it("status, departments and resources need no keys", async () => {
    const env = { SUYUAN_KEYSTORE: "", SUYUAN_KEYSTORE_PASSWORD: "", SUYUAN_KEY_ID: "" };
    const { code, result } = await as("provider", ["status"], { env });
    expect(code).to.equal(EXIT.ok);
    expect(result).to.deep.include({ ready: true, evaluation: true });
    const departments = (await as("provider", ["departments"], { env })).result["departments"] as { id: string }[];
    expect(departments.map(({ id }) => id)).to.include.members([ledger.provider.uscc, ledger.consumer.uscc]);
    const one = await as("provider", ["departments", ledger.consumer.uscc], { env });
    expect(one.result["keys"]).to.have.length(2);
    expect((await as("provider", ["resources"], { env })).result).to.deep.equal({ resources: [] });
    expect((await as("provider", ["departments", "11990100990100018P"], { env })).error?.code).to.equal(
      "department.unknown",
    );
  });

  it("the key id is found by the public key, and a stranger's keystore is told apart", async () => {
    const found = await as("provider", ["agreements"], { env: { SUYUAN_KEY_ID: "" } });
    expect([found.code, found.result]).to.deep.equal([EXIT.ok, { agreements: [] }]);
    const strange = await as("provider", ["agreements"], {
      env: { SUYUAN_KEY_ID: "", SUYUAN_KEYSTORE: "consumer.json" },
    });
    expect([strange.code, strange.error?.code]).to.deep.equal([EXIT.usage, "connection.key-unknown"]);
    const wrong = await as("provider", ["agreements"], { env: { SUYUAN_KEYSTORE_PASSWORD: "not the password" } });
    expect([wrong.code, wrong.error?.code]).to.deep.equal([EXIT.usage, "keystore.password"]);
    const other = await as("provider", [
      "agreements",
      "--keystore",
      "consumer.json",
      "--key-id",
      `${ledger.consumer.uscc}/1`,
    ]);
    expect([other.code, other.error?.code]).to.deep.equal([EXIT.negative, "caller.not-own"]);
  });

  it("resource draft, propose, review and publish", async () => {
    const draft = (await as("provider", ["resource", "draft", "ecertificate/1"])).result;
    const metadata = { ...(draft["metadata"] as object), provider: "测试", providerCode: ledger.provider.uscc };
    const proposal = { ...draft, code: "business-licence", metadata };
    const stdin = JSON.stringify(proposal);
    const bad = await as("provider", ["resource", "propose", "-"], {
      stdin: JSON.stringify({ ...proposal, level: 9 }),
    });
    expect([bad.code, bad.error?.code, bad.error?.values["at"]]).to.deep.equal([EXIT.usage, "input.member", "level"]);
    const proposed = await as("provider", ["resource", "propose", "-"], { stdin });
    expect(proposed.error).to.equal(undefined);
    resource = String(proposed.result["id"]);
    scope = String(proposed.result["scope"]);
    const early = await as("provider", ["resource", "publish", resource, "1"]);
    expect([early.code, early.error?.code]).to.deep.equal([EXIT.negative, "chain.revert"]);
    expect((await as("authority", ["resource", "review", resource, "1", "--approve"])).code).to.equal(EXIT.ok);
    expect((await as("provider", ["resource", "publish", resource, "1"])).code).to.equal(EXIT.ok);
    const shown = await as("consumer", ["resources", resource]);
    expect(shown.result).to.include({ state: "published", version: 1, code: "business-licence" });
  });

  it("ingest sends every line once, lists refused ones by their numbers, and may be repeated", async () => {
    const issuer = { nameZh: ledger.provider.name, uscc: ledger.provider.uscc };
    const certificates = [...generateCertificates({ seed: 5, count: 300, issuer })];
    numbers = certificates.map(({ certificateNumber }) => certificateNumber);
    const lines = certificates.map((certificate) => JSON.stringify(certificate));
    await writeFile(join(folder, "input.ndjson"), `${lines.join("\r\n")}\n\n`);
    const args = ["ingest", "input.ndjson", "--resource", resource];
    const first = await as("provider", [...args, "--receipts", "receipts.ndjson"]);
    expect(first.error).to.equal(undefined);
    expect(first.code).to.equal(EXIT.ok);
    expect(first.result).to.deep.include({
      lines: 300,
      accepted: 300,
      duplicates: 0,
      refused: 0,
      scope,
      firstSeq: 0,
      lastSeq: 299,
    });
    const receipts = (await readFile(join(folder, "receipts.ndjson"), "utf8")).trimEnd().split("\n");
    expect(receipts.map((line) => (JSON.parse(line) as { seq: number }).seq)).to.deep.equal(lines.map((_, i) => i));

    const broken = [...lines];
    broken[1] = '{"certificateNumber":';
    broken[260] = JSON.stringify({ ...certificates[260], certificateNumber: "" });
    broken.splice(10, 0, "  ");
    const second = await as("provider", ["ingest", "-", "--resource", resource], { stdin: broken.join("\n") });
    expect(second.code).to.equal(EXIT.negative);
    expect(second.result).to.deep.include({ lines: 300, accepted: 0, duplicates: 298, refused: 2 });
    const refusals = second.result["refusals"] as { line: number; code: string; remedy: string }[];
    expect(refusals.map(({ line }) => line)).to.deep.equal([2, 262]);
    for (const { code, remedy } of refusals) expect([code, remedy]).not.to.include("");
  });

  it("ingest says what is wrong before it sends anything", async () => {
    const missing = await as("provider", ["ingest", "nowhere.ndjson", "--resource", resource]);
    expect([missing.code, missing.error?.code]).to.deep.equal([EXIT.usage, "input.missing"]);
    const unknown = await as("provider", ["ingest", "-", "--resource", `0x${"12".repeat(32)}`], { stdin: "{}" });
    expect([unknown.code, unknown.result]).to.deep.equal([EXIT.negative, undefined]);
  });

  it("record show, find and evidence", async () => {
    await provider.node.core.records.waitFor(scope as Hex, 299, "final", { timeoutMs: 60_000 });
    expect((await as("provider", ["record", "show", scope, "299"])).result).to.include({ seq: 299, state: "final" });
    const found = await as("provider", ["record", "find", resource, numbers[42] ?? ""]);
    expect(found.result).to.include({ scope, seq: 42, state: "final" });
    expect((await as("provider", ["record", "find", resource, "nothing"])).error?.code).to.equal("record.unknown-key");
    expect((await as("provider", ["record", "evidence", scope, "42", "--out", "own.evidence.json"])).code).to.equal(
      EXIT.ok,
    );
    expect((await stat(join(folder, "own.evidence.json"))).mode & 0o777).to.equal(0o600);
    const printed = await as("provider", ["record", "evidence", scope, "42"]);
    expect(printed.result).to.deep.equal(JSON.parse(await readFile(join(folder, "own.evidence.json"), "utf8")));
  });

  it("apply, ask, supplement, agree", async () => {
    const terms = ["--purpose", PURPOSE, "--valid-until", String(ledger.now + 86_400 * 100), "--uses", "50"];
    const field = ["--field", "extendInfo.businessLicence.businessScope"];
    const applied = await as("consumer", ["apply", resource, ...terms, ...field, "--matter", "投标资格审查"]);
    expect(applied.error).to.equal(undefined);
    agreement = String(applied.result["agreement"]);
    const waiting = await as("provider", ["agreements", "--side", "provider", "--state", "applied"]);
    const [listed] = waiting.result["agreements"] as { id: string; due: { duty: string; workingDaysLeft: number } }[];
    expect(listed?.id).to.equal(agreement);
    expect(listed?.due).to.deep.include({ duty: "reply", missed: false });
    expect((await as("provider", ["answer", agreement, "--ask", "请写明依据"])).code).to.equal(EXIT.ok);
    // At its own node, which asks the provider's, and at the provider's.
    for (const elsewhere of [[], ["--node", provider.url]]) {
      const read = await as("consumer", ["notices", agreement, ...elsewhere]);
      expect([read.code, read.error]).to.deep.equal([EXIT.ok, undefined]);
      const [notice] = read.result["notices"] as { kind: string; verdict: string; notice: { text: string } }[];
      expect(notice).to.include({ kind: "missing", verdict: "verified" });
      expect(notice?.notice.text).to.equal("请写明依据");
    }
    const supplemented = await as("consumer", ["supplement", agreement, ...terms, ...field, "--basis", "招标投标法"]);
    expect(supplemented.error).to.equal(undefined);
    const again = await as("provider", ["answer", agreement, "--ask", "再补充"]);
    expect([again.code, again.error?.code]).to.deep.equal([EXIT.negative, "chain.revert"]);
    expect((await as("provider", ["answer", agreement, "--agree"])).code).to.equal(EXIT.ok);
    const agreed = await as("consumer", ["agreements", agreement]);
    expect(agreed.result).to.include({ state: "agreed", inForce: true });
  });

  it("reserve, deliver under the terms of the application, and save what was received", async () => {
    expect((await as("consumer", ["reserve", agreement, "--count", "4"])).code).to.equal(EXIT.ok);
    await writeFile(join(folder, "keys.txt"), `${numbers[8]}\n\n`);
    const args = ["deliver", agreement, "--key", numbers[7] ?? "", "--keys-from", "keys.txt", "--out", "evidence"];
    const { code, result, error } = await as("consumer", args);
    expect(error).to.equal(undefined);
    expect([code, result["state"]]).to.deep.equal([EXIT.ok, "received"]);
    const records = result["records"] as { seq: number; verdict: string }[];
    expect(records.map(({ seq, verdict }) => [seq, verdict])).to.deep.equal([
      [7, "verified"],
      [8, "verified"],
    ]);
    const files = result["files"] as string[];
    expect((await readdir(join(folder, "evidence"))).sort()).to.deep.equal(
      files.map((file) => file.slice("evidence/".length)).sort(),
    );
    const use = ["--as", ledger.consumer.uscc, "--purpose", PURPOSE];
    for (const file of files) {
      expect((await stat(join(folder, file))).mode & 0o777).to.equal(0o600);
      expect((await as("consumer", ["verify", file, ...use])).code).to.equal(EXIT.ok);
      expect((await as("consumer", ["verify", file, ...use.slice(0, 3), "marketing"])).code).to.equal(EXIT.negative);
    }
    const listed = await as("consumer", ["deliveries", agreement, String(result["k"]), "--out", "again"]);
    expect(listed.result["deliveries"]).to.have.length(1);
    const [one, two] = listed.result["files"] as string[];
    for (const [copy, original] of [
      [one, files[0]],
      [two, files[1]],
    ] as [string, string][])
      expect(await readFile(join(folder, copy), "utf8")).to.equal(await readFile(join(folder, original), "utf8"));
  });

  it("deliver is refused beyond what was granted, with nothing saved", async () => {
    const args = ["deliver", agreement, "--key", numbers[9] ?? "", "--out", "more"];
    const field = await as("consumer", [
      ...args,
      "--field",
      "holder.name",
      "--field",
      "extendInfo.businessLicence.legalRepresentative",
    ]);
    expect([field.code, field.error?.code]).to.deep.equal([EXIT.negative, "delivery.field-not-granted"]);
    const purpose = await as("consumer", [...args, "--purpose", "marketing"]);
    expect(purpose.code).to.equal(EXIT.negative);
    expect(await readdir(folder)).not.to.include("more");
  });

  it("record change and status: suspended now, active before", async () => {
    const before = ledger.now;
    ledger.advance(60);
    const changed = await as("provider", ["record", "change", scope, "7", "--state", "suspended", "--reason", "1"]);
    expect(changed.error).to.equal(undefined);
    ledger.advance(60);
    const now = await as("consumer", ["record", "status", scope, "7"]);
    expect([now.code, now.result["state"]]).to.deep.equal([EXIT.negative, "suspended"]);
    expect(now.result["history"]).to.have.length(1);
    const then = await as("consumer", ["record", "status", scope, "7", "--at", String(before)]);
    expect([then.code, then.result["state"]]).to.deep.equal([EXIT.ok, "active"]);
    const unknown = await as("consumer", ["record", "status", scope, "7", "--known-at", String(before)]);
    expect(unknown.result).to.deep.include({ state: "active", history: [] });
    const absent = await as("consumer", ["record", "status", scope, "9999"]);
    expect([absent.code, absent.error?.code]).to.deep.equal([EXIT.negative, "record.not-anchored"]);
    const nobody = await as("consumer", ["record", "status", scope, "7", "--rpc", "http://127.0.0.1:1"]);
    expect([nobody.code, nobody.error?.code]).to.deep.equal([EXIT.undetermined, "chain.unreachable"]);
    const untrusted = await as("consumer", ["record", "status", scope, "7", "--trust", "nowhere.json"]);
    expect([untrusted.code, untrusted.error?.code]).to.deep.equal([EXIT.usage, "input.missing"]);
  });

  it("agreement suspend, resume, revoke: the next delivery is refused", async () => {
    const deliver = () => as("consumer", ["deliver", agreement, "--key", numbers[9] ?? ""]);
    expect((await as("provider", ["agreement", "suspend", agreement, "--reason", "1"])).code).to.equal(EXIT.ok);
    expect((await deliver()).error?.code).to.equal("delivery.not-in-force");
    expect((await as("provider", ["agreement", "resume", agreement])).code).to.equal(EXIT.ok);
    expect((await as("provider", ["agreement", "revoke", agreement, "--reason", "1"])).code).to.equal(EXIT.ok);
    const refused = await deliver();
    expect([refused.code, refused.error?.code]).to.deep.equal([EXIT.negative, "delivery.not-in-force"]);
  });

  describe("destroy", () => {
    const second = "second.json";

    before(async () => {
      const { exchange } = await createKeystore({ path: join(folder, second), password: PASSWORD });
      await ledger.send(ledger.provider, addKeyCall({ algorithm: "ed25519", material: exchange.publicKey }));
      ledger.advance(10);
    });

    it("takes two people with an own key each, and never one twice", async () => {
      const propose = ["destroy", "propose", scope, "20", "--reason", "retention-over", "--out", "decision.json"];
      const proposed = await as("provider", propose);
      expect(proposed.error).to.equal(undefined);
      expect(proposed.result).to.include({ signatures: 1, needed: 2 });
      const alone = await as("provider", ["destroy", "submit", "decision.json"]);
      expect([alone.code, alone.error?.code]).to.deep.equal([EXIT.usage, "approval.too-few"]);
      const twice = await as("provider", ["destroy", "approve", "decision.json", "--out", "both.json"]);
      expect(twice.error?.code).to.equal("approval.same-key");
      const asSecond = { env: { SUYUAN_KEYSTORE: second, SUYUAN_KEY_ID: "" } };
      const forged = JSON.parse(await readFile(join(folder, "decision.json"), "utf8")) as {
        intent: { record: string };
      };
      forged.intent.record = `0x${"12".repeat(32)}`;
      await writeFile(join(folder, "forged.json"), JSON.stringify(forged));
      const misled = await as("provider", ["destroy", "approve", "forged.json", "--out", "both.json"], asSecond);
      expect([misled.code, misled.error?.code]).to.deep.equal([EXIT.usage, "approval.mismatch"]);
      const both = await as("provider", ["destroy", "approve", "decision.json", "--out", "both.json"], asSecond);
      expect(both.error).to.equal(undefined);
      expect(both.result).to.include({ signatures: 2, needed: 2 });
      const submitted = await as("provider", ["destroy", "submit", "both.json"]);
      expect(submitted.error).to.equal(undefined);
      const params = { scope: scope as Hex, seq: 20 };
      while ((await provider.client().call(getDestruction, { params })).state !== "complete")
        await new Promise((resolve) => setTimeout(resolve, 100));
      expect((await as("provider", ["destroy", "show", scope, "20"])).result["state"]).to.equal("complete");
      const gone = await as("provider", ["record", "evidence", scope, "20"]);
      expect([gone.code, gone.error?.code]).to.deep.equal([EXIT.negative, "record.destroyed"]);
    });

    it("is 64 for a file that is no decision", async () => {
      await writeFile(join(folder, "other.json"), "{}");
      expect((await as("provider", ["destroy", "submit", "other.json"])).error?.code).to.equal("input.form");
    });
  });

  it("a node that cannot be reached is 2, for a write as for a read", async () => {
    const env = { SUYUAN_NODE: "http://127.0.0.1:1" };
    for (const args of [["resources"], ["status"], ["reserve", agreement, "--count", "1"]]) {
      const { code, error } = await as("consumer", args, { env });
      expect([code, error?.code]).to.deep.equal([EXIT.undetermined, "client.unreachable"]);
    }
  });

  it("as a process: the node's own words in the language asked for", async () => {
    const args = ["departments", "11990100990100018P", "--node", provider.url, "--json"];
    const tell = async (lang: string) => {
      const { code, out, err } = await spawned([...args, "--lang", lang]);
      expect([code, out]).to.deep.equal([EXIT.negative, ""]);
      return JSON.parse(err) as Told;
    };
    const [zh, en] = [await tell("zh"), await tell("en")];
    expect([zh.code, zh.values]).to.deep.equal([en.code, en.values]);
    expect(zh.message).not.to.equal(en.message);
  });
});
