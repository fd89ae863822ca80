import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProjectArchive } from "../../../node/oversight/archive.ts";
import { entriesOf } from "../../../node/oversight/entries.ts";
import { EXIT } from "../../../sdk/cli/errors.ts";
import {
  exportProject,
  importProjects,
  listProjects,
  projectEvidence,
  showProject,
} from "../../../sdk/client/routes/projects.ts";
import { reviewProjects, withdrawRelease } from "../../../sdk/client/routes/project-upkeep.ts";
import { parseEvidence } from "../../../sdk/protocol/evidence.ts";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { runJson } from "../../sdk/cli/support.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { verifyAt } from "../../support/verifying.ts";
import { PASSWORD, writeKeystore } from "../support/keystores.ts";
import { codeOf, startTestNode, type TestNode } from "../support/nodes.ts";

const release = (project: string, day: number, rest: JsonObject = {}): JsonObject => ({
  ocid: `ocds-${project}`,
  id: `r${day}`,
  date: `2026-01-0${day}T00:00:00Z`,
  tag: ["contract"],
  initiationType: "tender",
  contracts: [{ id: "c", awardID: "a", value: { amount: 100 * day, currency: "CNY" } }],
  ...rest,
});

describe("the upkeep of a node's projects", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let node: TestNode;

  before(async () => {
    ledger = await startLedger();
    node = await startTestNode({ ledger, department: ledger.provider });
  });
  after(async () => {
    await node.stop();
    await ledger.stop();
  });

  const bring = (project: string, ...document: JsonObject[]) =>
    node.client().call(importProjects, { body: { document, project } });
  /** As a store may hold it that was written before conflicts were refused. */
  const stored = async (project: string, ...releases: JsonObject[]) => {
    const { core } = node.node;
    const { store, records, journal } = core;
    const archive = new ProjectArchive({ store, records, journal, openJournal: () => core.openJournal() });
    return (await archive.release(entriesOf(releases, project))).map(({ seq }) => seq);
  };
  const show = (code: string) => node.client().call(showProject, { params: { code } });
  const withdraw = (code: string, seq: number, reason = "字段类型错误") =>
    node.client().call(withdrawRelease, { params: { code, seq }, body: { reason } });
  const review = (body: { after?: string; limit?: number } = {}) => node.client().call(reviewProjects, { body });

  describe("withdrawing a release", () => {
    it("a project with conflicting releases is refused with their number, and goes on once one is withdrawn", async () => {
      const [, wrong = -1] = await stored("P-A", release("a", 1, { extra: { a: 1 } }), release("a", 2, { extra: 5 }));
      const error = await bring("P-A", release("a", 3)).catch((thrown: unknown) => thrown);
      expect(error).to.include({ code: "ocds.kind-changed" });
      expect(error).to.have.nested.property("values.path", `#${wrong}/extra`);
      const { filing, blocked, flags } = await withdraw("P-A", wrong);
      expect(blocked).to.equal(undefined);
      expect((await show("P-A")).flags).to.have.length(flags);
      expect((await bring("P-A", release("a", 3, { extra: { a: 2 } }))).accepted).to.equal(1);

      const shown = await show("P-A");
      expect(shown.releases.map(({ withdrawn }) => withdrawn)).to.deep.equal([undefined, filing.seq, undefined]);
      expect(shown.filings).to.have.length(1);
      expect(shown.filings[0]).to.include({ step: "withdraw-release", title: "字段类型错误", seq: filing.seq });
      const flag = shown.flags.find(({ rule }) => rule === "release-withdrawn")!;
      expect(flag).to.include({ subject: "r2", kind: "soft" });
      expect(flag.records.map(({ seq }) => seq)).to.deep.equal([wrong]);
      const { projects } = await node.client().call(listProjects, {});
      expect(projects.find(({ code }) => code === "P-A")).to.include({ releases: 2 });
    });

    it("what was withdrawn and why stay to be proved by anyone, and it is in no export", async () => {
      const { releases, filings } = await show("P-A");
      const [{ seq: filing }] = filings as [(typeof filings)[number]];
      const wrong = releases.find(({ withdrawn }) => withdrawn === filing)!.seq;
      const { records, journal } = node.node.core;
      for (const seq of [wrong, filing]) {
        await records.waitFor(journal, seq, "final", { timeoutMs: 30_000 });
        const evidence = await node.client().call(projectEvidence, { params: { code: "P-A", seq } });
        expect((await verifyAt(ledger, parseEvidence(evidence))).verdict).to.equal("verified");
      }
      const query = { format: "ocds-releases" } as const;
      const exported = await node.client().call(exportProject, { params: { code: "P-A" }, query });
      expect((exported["releases"] as JsonObject[]).map(({ id }) => id)).to.deep.equal(["r1", "r3"]);
    });

    it("one of several wrong releases withdrawn, the next one is named", async () => {
      const [, second = -1, third = -1] = await stored(
        "P-B",
        ...[release("b", 1, { extra: { a: 1 } }), release("b", 2, { extra: 5 }), release("b", 3, { extra: 6 })],
      );
      expect((await withdraw("P-B", second)).blocked).to.deep.equal({
        code: "P-B",
        problem: "ocds.kind-changed",
        path: `#${third}/extra`,
      });
      expect((await withdraw("P-B", third)).blocked).to.equal(undefined);
    });

    it("what is no release of the project, or withdrawn already, is refused", async () => {
      const { releases, filings } = await show("P-A");
      const { seq, withdrawn } = releases.find((one) => one.withdrawn !== undefined)!;
      expect(withdrawn).to.equal(filings[0]!.seq);
      expect(await codeOf(withdraw("P-A", seq))).to.equal("project.release-withdrawn");
      expect(await codeOf(withdraw("P-A", filings[0]!.seq))).to.equal("project.not-release");
      expect(await codeOf(withdraw("P-B", seq))).to.equal("project.record-unknown");
    });

    it("stays so over a restart", async () => {
      const before = await show("P-A");
      await node.restart();
      expect(await show("P-A")).to.deep.include({ releases: before.releases, flags: before.flags });
      expect((await review()).added).to.equal(0);
    });
  });

  describe("looking at all projects again", () => {
    it("goes on where it stopped, finds what was never looked at, and flags nothing twice", async () => {
      for (const name of ["c", "d", "e"]) await stored(`P-${name.toUpperCase()}`, release(name, 1), release(name, 2));
      const seen: number[] = [];
      let after: string | undefined;
      let added = 0;
      do {
        const part = await review({ limit: 2, ...(after !== undefined && { after }) });
        expect(part.total).to.equal(5);
        seen.push(part.reviewed);
        added += part.added;
        after = part.next;
      } while (after !== undefined);
      expect(seen).to.deep.equal([2, 2, 1]);
      const each = await Promise.all(["P-C", "P-D", "P-E"].map(async (code) => (await show(code)).flags.length));
      expect(each.every((count) => count > 0)).to.equal(true);
      expect(added).to.equal(each.reduce((sum, count) => sum + count, 0));
      expect(await review()).to.deep.include({ reviewed: 5, added: 0, blocked: [] });
    });

    it("names what does not merge, and looks at all the others", async () => {
      const [, wrong = -1] = await stored(
        "P-D2",
        release("d2", 1, { extra: 5 }),
        release("d2", 2, { extra: { a: 1 } }),
      );
      await stored("P-E2", release("e2", 1), release("e2", 2));
      const { blocked, added } = await review();
      expect(blocked).to.deep.equal([{ code: "P-D2", problem: "ocds.kind-changed", path: `#${wrong}/extra` }]);
      expect((await show("P-E2")).flags).to.have.length(added);
    });

    it("is done from the command line, with what does not merge in its answer and its exit code", async () => {
      const folder = await mkdtemp(join(tmpdir(), "cli-upkeep-"));
      await writeKeystore(join(folder, "own.json"), ledger.provider);
      const env = {
        ...{ SUYUAN_NODE: node.url, SUYUAN_KEYSTORE: "own.json", SUYUAN_KEYSTORE_PASSWORD: PASSWORD },
        ...{ SUYUAN_KEY_ID: `${ledger.provider.uscc}/1`, INIT_CWD: folder },
      };
      const call = (...args: string[]) => runJson(["project", ...args], { env, clock: () => ledger.now * 1000 });
      const found = await call("review");
      expect(found.code).to.equal(EXIT.negative);
      const [{ code, path }] = (found.result as { blocked: [{ code: string; path: string }] }).blocked;
      const [seq = ""] = /(?<=^#)\d+/.exec(path) ?? [];
      const withdrawn = await call("withdraw", code, seq, "--reason", "改正");
      expect(withdrawn.code).to.equal(EXIT.ok);
      expect((await call("review", "--after", "P-D")).result).to.deep.include({ reviewed: 3, blocked: [] });
      await rm(folder, { recursive: true, force: true });
    });

    it("is the department's own affair", async () => {
      expect(await codeOf(node.client(ledger.stranger).call(reviewProjects, { body: {} }))).to.equal("caller.not-own");
    });
  });
});
