import { expect } from "chai";
import { Contract, encodeBytes32String, Wallet, type Result, type Signer } from "ethers";
import { limitsOf, PROJECT_RULES, ruleSetDigest } from "../../../sdk/oversight/law/rules.ts";
import { ledgerId } from "../../../sdk/protocol/header.ts";
import { committedCalendars, provisionalCalendar } from "../../../scripts/deploy/calendar.ts";
import { deployLedger, type DeployOptions, type DeployProgress } from "../../../scripts/deploy/deploy.ts";
import { DeployError } from "../../../scripts/deploy/errors.ts";
import { contractAbis, CONTRACT_NAMES, DIRECTORY_NAMES, type ContractName } from "../../../scripts/deploy/plan.ts";
import { profileDigest } from "../../../scripts/deploy/profile.ts";
import { createTestChain, CutOff, DyingSigner, type TestChain } from "./support.ts";

const TRANSACTIONS = 22;
const options: DeployOptions = { delay: 604_800n, calendars: committedCalendars };

describe("deployLedger", () => {
  let chain: TestChain;
  let accounts = 0;

  before(async () => {
    chain = await createTestChain();
  });
  after(() => chain.close());

  const freshAccount = (): Signer => chain.account(accounts++);
  const nonce = async (signer: Signer): Promise<number> =>
    chain.provider.getTransactionCount(await signer.getAddress());
  const ask = (name: ContractName, address: string, method: string, ...values: readonly unknown[]): Promise<unknown> =>
    new Contract(address, contractAbis[name], chain.provider).getFunction(method).staticCall(...values);
  const askStruct = async (...question: Parameters<typeof ask>): Promise<object> =>
    ((await ask(...question)) as Result).toObject(); // The method returns a struct.

  const expectFailure = async (work: Promise<unknown>, code: DeployError["code"]): Promise<DeployError> => {
    const failure: unknown = await work.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(DeployError).with.property("code", code);
    return failure as DeployError; // Asserted above.
  };

  it("puts every contract where the others expect it and names it in the Directory", async () => {
    const signer = freshAccount();
    const { addresses, directory } = await deployLedger(options, { signer });

    for (const name of CONTRACT_NAMES) expect(await chain.provider.getCode(addresses[name]), name).to.not.equal("0x");
    for (const name of DIRECTORY_NAMES) {
      const entry = await askStruct("Directory", directory, "entry", encodeBytes32String(name), 0n);
      expect(entry).to.include({ version: 1n, implementation: addresses[name] });
      expect(await ask(name, addresses[name], "authority")).to.equal(addresses.AccessManager);
    }
    expect(await ask("Directory", directory, "delay")).to.equal(604_800n);
    expect(await nonce(signer)).to.equal(TRANSACTIONS);
  });

  it("sets the statutory clock", async () => {
    const { addresses } = await deployLedger(options, { signer: freshAccount() });
    const applied = Date.parse("2025-09-26T14:30:00+08:00") / 1000;
    const due = Date.parse("2025-10-17T00:00:00+08:00") / 1000;
    expect(await ask("WorkingCalendar", addresses.WorkingCalendar, "dueAfter", applied, 10)).to.equal(BigInt(due));
    expect(await ask("WorkingCalendar", addresses.WorkingCalendar, "isYearKnown", 2027)).to.equal(false);
    const profile = await askStruct("SharingAgreements", addresses.SharingAgreements, "profile", 1);
    expect(profile).to.include({
      replyUnconditional: 1n,
      replyConditional: 10n,
      supply: 20n,
      settlement: 5n,
    });
  });

  it("puts the committed project rules on chain: digest, limits, and the article of each rule", async () => {
    const { addresses } = await deployLedger(options, { signer: freshAccount() });
    const rules = await askStruct("ProjectLedger", addresses.ProjectLedger, "rules", 1);
    expect(rules).to.include({ digest: ruleSetDigest(PROJECT_RULES) });
    const limits = Object.entries(limitsOf(PROJECT_RULES)).map(([name, limit]) => [name, BigInt(limit)]);
    expect(limits).to.have.length(11);
    expect(rules).to.include(Object.fromEntries(limits));
    const tender = await askStruct("SealedBids", addresses.SealedBids, "tenderLimits", 1);
    const days = Object.entries(limitsOf(PROJECT_RULES, "SealedBids")).map(([name, limit]) => [name, BigInt(limit)]);
    expect(days).to.have.length(4);
    expect(tender).to.include({ digest: ruleSetDigest(PROJECT_RULES), ...Object.fromEntries(days) });
    for (const { code, number, law, article } of PROJECT_RULES.rules) {
      if (number === undefined) continue;
      const expected = [BigInt(law === undefined ? 0 : PROJECT_RULES.laws[law]!.number), BigInt(article ?? 0)];
      const answer = (await ask("ProjectLedger", addresses.ProjectLedger, "articleOf", number)) as Result;
      expect([...answer], code).to.deep.equal(expected);
    }
  });

  it("returns what names the ledger", async () => {
    const deployed = await deployLedger(options, { signer: freshAccount() });
    const genesis = await chain.provider.getBlock(0);
    expect(deployed.chainId).to.equal(31_337);
    expect(deployed.genesisHash).to.equal(genesis?.hash);
    expect(deployed.directory).to.equal(deployed.addresses.Directory.toLowerCase());
    expect(deployed.ledger).to.equal(
      ledgerId({ chainId: 31_337, genesis: deployed.genesisHash, directory: deployed.directory }),
    );
  });

  it("tells the Directory's address before the first transaction, then each step", async () => {
    const signer = freshAccount();
    const told: DeployProgress[] = [];
    const noncesAtPlan: Promise<number>[] = [];
    const onProgress = (progress: DeployProgress): void => {
      if (progress.step === "plan") noncesAtPlan.push(nonce(signer));
      told.push(progress);
    };
    const { addresses } = await deployLedger({ ...options, onProgress }, { signer });

    expect(await Promise.all(noncesAtPlan)).to.deep.equal([0]);
    expect(told.map(({ done }) => done)).to.deep.equal([...Array(TRANSACTIONS + 1).keys()]);
    expect(new Set(told.map(({ directory }) => directory))).to.deep.equal(new Set([addresses.Directory]));
    expect(new Set(told.map(({ total }) => total))).to.deep.equal(new Set([TRANSACTIONS]));
  });

  it("does nothing the second time", async () => {
    const signer = freshAccount();
    const first = await deployLedger(options, { signer });
    const second = await deployLedger({ ...options, directory: first.directory }, { signer });
    expect(second).to.deep.equal(first);
    expect(await nonce(signer)).to.equal(TRANSACTIONS);
  });

  const continueAfter = async (work: (signer: Signer, keep: (directory: string) => void) => Promise<unknown>) => {
    const signer = freshAccount();
    let directory = "";
    const failure: unknown = await work(signer, (kept) => (directory = kept)).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure instanceof DeployError ? failure.cause : failure).to.be.instanceOf(CutOff);
    const { addresses } = await deployLedger({ ...options, directory }, { signer });
    expect(addresses.Directory).to.equal(directory);
    expect(await nonce(signer)).to.equal(TRANSACTIONS);
  };

  it("continues when cut off before a transaction", async () => {
    for (const allowed of [0, 1, 2, 9, 10, 18]) {
      await continueAfter((signer, keep) =>
        deployLedger(
          { ...options, onProgress: ({ directory }) => keep(directory) },
          { signer: new DyingSigner(signer, { allowed }) },
        ),
      );
    }
  });

  it("continues when cut off after a step and before it is told", async () => {
    for (const cutAt of [0, 2, 11, 12, 22]) {
      await continueAfter((signer, keep) => {
        const onProgress = ({ directory, done }: DeployProgress): void => {
          keep(directory);
          if (done === cutAt) throw new CutOff();
        };
        return deployLedger({ ...options, onProgress }, { signer });
      });
    }
  });

  it("refuses to continue a Directory that another account began", async () => {
    const signer = freshAccount();
    let directory = "";
    await expectFailure(
      deployLedger(
        { ...options, onProgress: (progress) => (directory = progress.directory) },
        { signer: new DyingSigner(signer, { allowed: 3 }) },
      ),
      "deploy.transaction-failed",
    );
    const stranger = freshAccount();
    await expectFailure(deployLedger({ ...options, directory }, { signer: stranger }), "deploy.directory-foreign");
    expect(await nonce(stranger)).to.equal(0);
  });

  it("refuses to continue when the account has used a contract's nonce", async () => {
    const signer = freshAccount();
    let directory = "";
    await expectFailure(
      deployLedger(
        { ...options, onProgress: (progress) => (directory = progress.directory) },
        { signer: new DyingSigner(signer, { allowed: 3 }) },
      ),
      "deploy.transaction-failed",
    );
    await (await signer.sendTransaction({ to: await signer.getAddress(), type: 0, gasPrice: 0n })).wait();
    const failure = await expectFailure(deployLedger({ ...options, directory }, { signer }), "deploy.address-lost");
    expect(failure.values["name"]).to.equal("WorkingCalendar");
  });

  it("reads a finished ledger for any account, and adds nothing without the right to", async () => {
    const first = await deployLedger(options, { signer: freshAccount() });
    const reader = freshAccount();
    expect(await deployLedger({ ...options, directory: first.directory }, { signer: reader })).to.deep.equal(first);

    const failure = await expectFailure(
      deployLedger(
        { ...options, calendars: [provisionalCalendar(2027)], directory: first.directory },
        { signer: reader },
      ),
      "deploy.transaction-failed",
    );
    expect(failure.values["step"]).to.equal("WorkingCalendar: 2027");
    expect(await nonce(reader)).to.equal(0);
  });

  it("appends a profile once, named by its source", async () => {
    const signer = freshAccount();
    const profile = {
      replyUnconditional: 1,
      replyConditional: 5,
      supply: 10,
      settlement: 5,
      effectiveFrom: Date.parse("2030-01-01T00:00:00+08:00") / 1000,
      source: { title: "地方规定", document: "local rule 1", issued: "2025-01-01" },
    };
    const { directory, addresses } = await deployLedger({ ...options, profile }, { signer });
    await deployLedger({ ...options, profile, directory }, { signer });

    expect(await ask("SharingAgreements", addresses.SharingAgreements, "profileCount")).to.equal(2n);
    const stored = await askStruct("SharingAgreements", addresses.SharingAgreements, "profile", 2);
    expect(stored).to.include({ replyConditional: 5n, source: profileDigest(profile) });
  });

  it("refuses a calendar before it sends anything", async () => {
    const signer = freshAccount();
    const calendars = [{ ...provisionalCalendar(2027), holidays: ["2026-01-01"] }];
    await expectFailure(deployLedger({ ...options, calendars }, { signer }), "deploy.calendar-invalid");
    expect(await nonce(signer)).to.equal(0);
  });

  it("refuses a signer without a provider", async () => {
    await expectFailure(deployLedger(options, { signer: Wallet.createRandom() }), "deploy.no-provider");
  });
});
