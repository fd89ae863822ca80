import { expect } from "chai";

import { withdrawResourceCall } from "../../../sdk/chain/calls.ts";
import {
  addKeyCall,
  endKeyCall,
  executeRecoveryCall,
  proposeRecoveryCall,
  setDepartmentStatusCall,
  setListEntryCall,
  setSuccessorCall,
  vetoRecoveryCall,
} from "../../../sdk/chain/department-calls.ts";
import { ChainError } from "../../../sdk/chain/errors.ts";
import { resourceId } from "../../../sdk/protocol/anchor.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { codeOf } from "../../support/codes.ts";
import { someHash } from "../../support/deliveries.ts";
import { REGION, startLedger, type TestLedger } from "../../support/ledger.ts";
import { LICENCE_SCHEMA } from "../../support/records.ts";

const UNKNOWN = "11110101DEPT00099X";

describe("LedgerView", function () {
  this.timeout(20_000);

  let ledger: TestLedger;
  let resource: Hex;

  before(async function () {
    this.timeout(30_000);
    ledger = await startLedger();
    ({ resource } = await ledger.publish({
      provider: ledger.provider,
      code: "licence",
      schema: LICENCE_SCHEMA,
    }));
  });

  after(() => ledger.stop());

  const view = () => ledger.connection.view();
  const refusal = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: unknown) => (error instanceof ChainError ? error.values["error"] : error),
    );

  describe("departments", () => {
    it("reads what was admitted, and undefined for nobody", async () => {
      const { provider, authority } = ledger;
      const at = await view();
      expect(await at.department(provider.uscc)).to.deep.include({
        id: provider.uscc,
        role: "department",
        level: "city",
        region: REGION,
        status: "active",
        name: provider.name,
      });
      expect((await at.department(authority.uscc))?.role).to.equal("authority");
      expect(await at.department(UNKNOWN)).to.equal(undefined);
      expect((await at.departments()).map(({ id }) => id)).to.have.length(4);
      expect(await at.departmentStatusAt(UNKNOWN, ledger.now)).to.equal("none");
    });

    it("reads keys with their algorithm, validity and owner", async () => {
      const { provider } = ledger;
      const account = provider.wallet.address.toLowerCase() as Hex;
      const at = await view();
      expect(await at.departmentOf(account)).to.equal(provider.uscc);
      expect(await at.departmentOf(`0x${"12".repeat(20)}`)).to.equal(undefined);
      expect(await at.keyOfAccount(account)).to.deep.equal({ department: provider.uscc, index: 0 });
      expect(await at.keyOfAccount(`0x${"12".repeat(20)}`)).to.equal(undefined);
      const [first, second] = await at.keys(provider.uscc);
      expect(first?.algorithm).to.equal("secp256k1");
      expect(second)
        .to.include({ algorithm: "ed25519", material: provider.exchangePublic })
        .and.not.have.property("validUntil");
      expect(await at.key(provider.uscc, 9)).to.equal(undefined);
      expect(await at.key(UNKNOWN, 0)).to.equal(undefined);
      expect(await at.keys(UNKNOWN)).to.deep.equal([]);
      expect(await at.isKeyTrustedAt(provider.uscc, 9, ledger.now)).to.equal(false);
    });

    it("reads a key that was added and ended", async () => {
      const { stranger } = ledger;
      await ledger.send(
        stranger,
        addKeyCall({ algorithm: "ed25519", material: someHash(0x21), validUntil: ledger.now + 1000 }),
      );
      expect((await (await view()).key(stranger.uscc, 2))?.validUntil).to.equal(ledger.now + 1000);
      ledger.advance(10);
      await ledger.send(stranger, endKeyCall({ index: 2 }));
      const at = await view();
      expect((await at.key(stranger.uscc, 2))?.validUntil).to.equal(ledger.now);
      expect(await at.isKeyTrustedAt(stranger.uscc, 2, ledger.now - 1)).to.equal(true);
      expect(await at.isKeyTrustedAt(stranger.uscc, 2, ledger.now)).to.equal(false);
    });

    it("proposes, vetoes and refuses a recovery before its time", async () => {
      const { stranger } = ledger;
      const account = `0x${"77".repeat(20)}` as const;
      await ledger.send(ledger.deployer, proposeRecoveryCall({ department: stranger.uscc, account }));
      expect(await refusal(ledger.send(ledger.deployer, executeRecoveryCall({ department: stranger.uscc })))).to.equal(
        "RecoveryPending",
      );
      await ledger.send(stranger, vetoRecoveryCall({ department: stranger.uscc }));
      expect(await refusal(ledger.send(ledger.deployer, executeRecoveryCall({ department: stranger.uscc })))).to.equal(
        "RecoveryUnknown",
      );
    });

    it("reads status by time, successors and list entries", async () => {
      const { stranger, consumer } = ledger;
      const before = ledger.now;
      ledger.advance(10);
      await ledger.send(
        ledger.deployer,
        setListEntryCall({ department: stranger.uscc, resource, kind: "deny", reason: 3 }),
      );
      await ledger.send(
        ledger.deployer,
        setDepartmentStatusCall({ department: stranger.uscc, status: "dissolved", reason: 1 }),
      );
      await ledger.send(ledger.deployer, setSuccessorCall({ department: stranger.uscc, successor: consumer.uscc }));
      const at = await view();
      expect(await at.departmentStatusAt(stranger.uscc, before)).to.equal("active");
      expect(await at.departmentStatusAt(stranger.uscc, ledger.now)).to.equal("dissolved");
      expect((await at.department(stranger.uscc))?.successor).to.equal(consumer.uscc);
      expect(await at.listEntryAt(stranger.uscc, ledger.now, resource)).to.deep.equal({
        kind: "deny",
        reason: 3,
        from: ledger.now,
      });
      expect(await at.listEntryAt(stranger.uscc, before, resource)).to.equal(undefined);
      expect(await at.isDeniedAt(stranger.uscc, resource, ledger.now)).to.equal(true);
      expect(await at.isDeniedAt(stranger.uscc, resource, before)).to.equal(false);
    });
  });

  describe("catalogue", () => {
    it("reads a resource, its terms and its publication by time", async () => {
      const at = await view();
      expect(resource).to.equal(resourceId(ledger.provider.uscc, "licence"));
      expect(await at.resource(resource)).to.deep.include({
        id: resource,
        provider: ledger.provider.uscc,
        state: "published",
        version: 1,
        latest: 1,
        code: "licence",
      });
      expect(await at.terms(resource, 1)).to.deep.include({
        shareClass: "conditional",
        personal: false,
        schema: LICENCE_SCHEMA.digest,
        level: 2,
      });
      expect(await at.terms(resource, 2)).to.equal(undefined);
      expect(await at.versionState(resource, 1)).to.equal("published");
      expect(await at.versionState(resource, 2)).to.equal("none");
      expect(await at.resource(someHash(1))).to.equal(undefined);
      expect(await at.publishedAt(someHash(1), ledger.now)).to.deep.equal({ state: "none", version: 0 });
      expect((await at.resources()).map(({ id }) => id)).to.include(resource);
    });

    it("reads a withdrawal from its time on", async () => {
      const short = await ledger.publish({ provider: ledger.provider, code: "short", schema: LICENCE_SCHEMA });
      const before = ledger.now;
      ledger.advance(10);
      await ledger.send(ledger.provider, withdrawResourceCall({ resource: short.resource, reason: 1 }));
      const at = await view();
      expect(await at.publishedAt(short.resource, before)).to.deep.equal({ state: "published", version: 1 });
      expect(await at.publishedAt(short.resource, ledger.now)).to.deep.equal({ state: "withdrawn", version: 1 });
    });
  });

  describe("calendar", () => {
    it("reads the working days of a known year, and undefined for another", async () => {
      const at = await view();
      const year = await at.workingDays(2025);
      expect((year?.low ?? 0n) & 1n).to.equal(0n);
      expect(await at.workingDays(2031)).to.equal(undefined);
      const friday = Date.parse("2025-09-26T10:00:00+08:00") / 1000;
      expect(await at.dueAfter(friday, 10)).to.equal(Date.parse("2025-10-17T00:00:00+08:00") / 1000);
      const day = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;
      expect(await at.isWorkingDay(day("2025-09-28"))).to.equal(true);
      expect(await at.isWorkingDay(day("2025-10-01"))).to.equal(false);
      expect(await codeOf(at.isWorkingDay(day("2031-10-01")))).to.equal("chain.revert");
    });
  });

  describe("directory", () => {
    it("reads addresses by time, and refuses a time before the first entry", async () => {
      const at = await view();
      const { addresses } = ledger.deployed;
      expect(await at.contractAddress("AnchorLog")).to.equal(addresses.AnchorLog.toLowerCase());
      expect(await at.contractAddresses("RecordStatus")).to.deep.equal([addresses.RecordStatus.toLowerCase()]);
      expect(await codeOf(at.contractAddress("AnchorLog", 1))).to.equal("chain.contract-missing");
      expect(await at.directoryDelay()).to.equal(0);
    });
  });
});
