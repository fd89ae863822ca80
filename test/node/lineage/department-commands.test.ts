import { expect } from "chai";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { journalScope } from "../../../sdk/protocol/anchor.ts";
import { toHex, utf8 } from "../../../sdk/protocol/bytes.ts";
import { canonicalBytes } from "../../../sdk/protocol/canonical.ts";
import { digest } from "../../../sdk/protocol/hash.ts";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { revokeAgreement } from "../../../sdk/client/routes/agreements.ts";
import { startCommands, type Commands } from "./commands.ts";
import type { LineagePair } from "./fixture.ts";

describe("lineage commands of a department, with running nodes", function () {
  this.timeout(180_000);
  let commands: Commands;
  let pair: LineagePair;
  before(async () => {
    commands = await startCommands();
    ({ pair } = commands);
    await writeFile(join(commands.folder, "minutes.txt"), "会议纪要");
    licence = `${pair.licence.scope}/${pair.licence.seq}`;
  });
  after(() => commands.stop());

  const as: Commands["as"] = (...args) => commands.as(...args);
  const text: Commands["text"] = (...args) => commands.text(...args);
  let licence: string;

  describe("stage", () => {
    it("goes through a life, shows it newest first, and says which stage may follow", async () => {
      const subject = `resource:${pair.resource}`;
      const early = await as("provider", "stage", "record", subject, "service", "--actor", "x");
      expect([early.code, early.error?.code]).to.deep.equal([1, "lifecycle.first"]);
      for (const stage of ["source", "resource"])
        expect((await as("provider", "stage", "record", subject, stage, "--actor", "档案室")).code).to.equal(0);
      const wrong = await as("provider", "stage", "record", subject, "application", "--actor", "x");
      expect([wrong.code, wrong.error?.code, wrong.error?.values["from"]]).to.deep.equal([
        1,
        "lifecycle.transition",
        "resource",
      ]);
      const args = [
        "stage",
        "record",
        subject,
        "service",
        "--actor",
        "gateway",
        "--evidence",
        "minutes.txt",
        "--note",
        "上线",
      ];
      const { code, result } = await as("provider", ...args);
      expect(code).to.equal(0);
      const evidence = toHex(digest("sha256", utf8("会议纪要")));
      expect(result).to.include({ stage: "service", evidence, scope: journalScope(pair.ledger.provider.uscc) });
      const shown = await as("provider", "stage", "show", subject);
      const stages = shown.result?.["stages"] as { stage: string; record: string }[];
      expect(stages.map(({ stage }) => stage)).to.deep.equal(["service", "resource", "source"]);
      expect(stages[0]?.record).to.equal(result?.["record"]);
      expect(shown.result?.["next"]).to.deep.equal(["application", "resource", "retired"]);
      expect((await text("provider", "stage", "show", subject)).out).to.include("application, resource, retired");
    });

    it("records what is not known yet from the beginning, and refuses what is no subject or no stage", async () => {
      const none = await as("provider", "stage", "show", "dataset:nobody-knows");
      expect([none.code, none.result?.["stages"], none.result?.["next"]]).to.deep.equal([0, [], ["source"]]);
      const subject = await as("provider", "stage", "show", "licences");
      expect([subject.code, subject.error?.code]).to.deep.equal([64, "usage.value"]);
      const stage = await as("provider", "stage", "record", "dataset:x", "burnt", "--actor", "x");
      expect([stage.code, stage.error?.code]).to.deep.equal([64, "usage.value"]);
      const file = await as(
        "provider",
        "stage",
        "record",
        "dataset:x",
        "source",
        "--actor",
        "x",
        "--evidence",
        "nowhere",
      );
      expect([file.code, file.error?.code]).to.deep.equal([64, "input.missing"]);
    });
  });

  describe("recall", () => {
    it("lists who received the record", async () => {
      const { code, result } = await as("provider", "recall", "list", licence);
      // The provider does not see what the consumer made of it.
      expect(code).to.equal(2);
      const recipients = result?.["recipients"] as { department: string }[];
      expect(recipients.map(({ department }) => department)).to.deep.equal([pair.ledger.consumer.uscc]);
      expect((await text("provider", "recall", "list", licence)).out).to.include(pair.ledger.consumer.name);
    });

    it("sends notices, shows how far they are, and the receipts", async () => {
      const { provider } = pair;
      expect((await as("provider", "recall", "sent")).result).to.deep.equal({ recalls: [] });
      const args = ["recall", "send", licence, "--reason", "data-error", "--instruction", "停止使用"];
      const { code, result } = await as("provider", ...args);
      expect(code).to.equal(0);
      const [notice] = result?.["recalls"] as { seq: number; record: string; recipient: string; state: string }[];
      expect(notice).to.include({ recipient: pair.ledger.consumer.uscc, state: "pending" });
      const journal = journalScope(pair.ledger.provider.uscc);
      await provider.node.core.records.waitFor(journal, notice?.seq ?? 0, "final", { timeoutMs: 30_000 });
      await provider.node.exchange.settler.settled();
      const sent = (await as("provider", "recall", "sent")).result?.["recalls"] as {
        state: string;
        receipt: { record: string };
      }[];
      expect(sent).to.have.length(1);
      expect(sent[0]?.state).to.equal("acknowledged");
      const shown = await text("provider", "recall", "sent");
      expect([shown.code, shown.err]).to.deep.equal([0, ""]);
      expect(shown.out).to.include("acknowledged").and.to.include(sent[0]?.receipt.record);
      const received = await as("consumer", "recall", "received");
      const [taken] = received.result?.["notices"] as { notice: string; reason: string; affected: number }[];
      expect(taken).to.include({ notice: notice?.record, reason: "data-error", affected: 1 });
    });

    it("says what is wrong: nobody received it, nobody knows it, no such name", async () => {
      const journal = journalScope(pair.ledger.provider.uscc);
      const nobody = await as("provider", "recall", "send", `${journal}/0`, "--reason", "x");
      expect([nobody.code, nobody.error?.code]).to.deep.equal([1, "recall.not-affected"]);
      const unknown = await as("provider", "recall", "list", `0x${"00".repeat(32)}`);
      expect([unknown.code, unknown.error?.code]).to.deep.equal([1, "lineage.unknown"]);
      const name = await as("provider", "recall", "list", "0x12");
      expect([name.code, name.error?.code]).to.deep.equal([64, "usage.value"]);
      const reason = await as("provider", "recall", "send", licence, "--reason", "Wrong Reason");
      expect([reason.code, reason.error?.code]).to.deep.equal([64, "usage.value"]);
    });
  });

  describe("resource impact and retirement", () => {
    it("shows whom it would touch, and retires a resource only when no agreement is in force", async () => {
      const { ledger, resource, agreement, provider } = pair;
      const before = await as("provider", "resource", "impact", resource);
      expect(before.code).to.equal(1);
      expect(before.result).to.deep.include({ records: 2, deliveries: 1, recipients: [ledger.consumer.uscc] });
      expect(before.result?.["agreementsInForce"]).to.deep.equal([{ agreement, consumer: ledger.consumer.uscc }]);
      const issuedAt = (await provider.node.core.records.view(pair.licence.scope, 1)).header.issuedAt;
      expect(before.result?.["keepUntil"]).to.equal(issuedAt + 3650 * 86_400);
      const retire = ["stage", "record", `resource:${resource}`, "retired", "--actor", "数据管理科"];
      const refused = await as("provider", ...retire);
      expect([refused.code, refused.error?.code, refused.error?.values["count"]]).to.deep.equal([
        1,
        "lifecycle.in-use",
        1,
      ]);

      await provider.client().call(revokeAgreement, { params: { id: agreement }, body: { reason: 1 } });
      const after = await as("provider", "resource", "impact", resource);
      expect([after.code, after.result?.["agreementsInForce"]]).to.deep.equal([0, []]);
      expect((await text("provider", "resource", "impact", resource)).out).to.include(ledger.consumer.name);
      const retired = await as("provider", ...retire);
      expect(retired.code).to.equal(0);
      const { document } = await provider.node.core.records.reader.open({
        scope: journalScope(ledger.provider.uscc),
        seq: Number(retired.result?.["seq"]),
      });
      // The assessment is the evidence: whoever has it can show that this is it.
      expect(document["evidence"]).to.equal(toHex(digest("sha256", canonicalBytes(after.result as JsonObject))));
      const again = await as("provider", "stage", "record", `resource:${resource}`, "service", "--actor", "x");
      expect([again.code, again.error?.code]).to.deep.equal([1, "lifecycle.retired"]);
    });

    it("of a resource that nobody has is empty", async () => {
      const { code, result } = await as("provider", "resource", "impact", `0x${"ab".repeat(32)}`);
      expect(code).to.equal(0);
      expect(result).to.deep.include({ records: 0, deliveries: 0, recipients: [], dependants: [] });
      expect(result).not.to.have.property("keepUntil");
    });
  });
});
