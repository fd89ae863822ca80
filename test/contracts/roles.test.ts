import { expect } from "chai";
import fc from "fast-check";
import { Interface, type FunctionFragment, type ParamType } from "ethers/abi";
import { AnchorLogAbi } from "../../sdk/chain/abi/AnchorLog.ts";
import { DepartmentRegistryAbi } from "../../sdk/chain/abi/DepartmentRegistry.ts";
import { DirectoryAbi } from "../../sdk/chain/abi/Directory.ts";
import { RecordStatusAbi } from "../../sdk/chain/abi/RecordStatus.ts";
import { ResourceCatalogueAbi } from "../../sdk/chain/abi/ResourceCatalogue.ts";
import { SharingAgreementsAbi } from "../../sdk/chain/abi/SharingAgreements.ts";
import { WorkingCalendarAbi } from "../../sdk/chain/abi/WorkingCalendar.ts";
import { ChainError, isRevert } from "../../sdk/chain/errors.ts";
import { deliveriesScope, journalScope, receiptsScope } from "../../sdk/protocol/anchor.ts";
import { toHex, utf8, type Hex } from "../../sdk/protocol/bytes.ts";
import { held, LONG } from "../faults/tally.ts";
import { makeAgreement, someHash } from "../support/deliveries.ts";
import { startLedger, type TestLedger } from "../support/ledger.ts";
import { anchorBatch, licence, LICENCE_SCHEMA } from "../support/records.ts";

const ABIS = {
  Directory: DirectoryAbi,
  DepartmentRegistry: DepartmentRegistryAbi,
  ResourceCatalogue: ResourceCatalogueAbi,
  WorkingCalendar: WorkingCalendarAbi,
  SharingAgreements: SharingAgreementsAbi,
  AnchorLog: AnchorLogAbi,
  RecordStatus: RecordStatusAbi,
} as const;
type Contract = keyof typeof ABIS;
const RUNS = 150 * LONG;

type Role = "nobody" | "stranger" | "consumer" | "provider" | "authority" | "operator";
const ROLES: readonly Role[] = ["nobody", "stranger", "consumer", "provider", "authority", "operator"];

/**
 * Who can ever succeed with a function, whatever its arguments; a function that is not listed is the operator's (the admin
 * of the access manager), a department's about itself, or refused to all by its arguments. `anyone` harms nobody: it writes
 * down what is already so.
 */
const MAY: Readonly<Record<string, readonly Role[] | "anyone">> = {
  "DepartmentRegistry.admit": ["operator"],
  "DepartmentRegistry.setStatus": ["operator"],
  "DepartmentRegistry.setSuccessor": ["operator"],
  "DepartmentRegistry.setListEntry": ["operator"],
  "DepartmentRegistry.proposeRecovery": ["operator"],
  "DepartmentRegistry.executeRecovery": "anyone",
  "DepartmentRegistry.noteRestriction": "anyone",
  "DepartmentRegistry.vetoRecovery": ["stranger", "consumer", "provider", "authority"],
  "DepartmentRegistry.addKey": ["stranger", "consumer", "provider", "authority"],
  "DepartmentRegistry.endKey": ["stranger", "consumer", "provider", "authority"],
  "DepartmentRegistry.distrustKey": ["stranger", "consumer", "provider", "authority"],
  "DepartmentRegistry.setEndpoint": ["stranger", "consumer", "provider", "authority"],
  "ResourceCatalogue.propose": ["stranger", "consumer", "provider", "authority"],
  "ResourceCatalogue.review": ["authority"],
  "ResourceCatalogue.publish": ["provider"],
  "ResourceCatalogue.withdraw": ["provider", "authority"],
  "SharingAgreements.applyFor": ["stranger", "consumer", "authority"],
  "SharingAgreements.requestSupplement": ["provider"],
  "SharingAgreements.supplement": ["consumer"],
  "SharingAgreements.requestExtension": ["provider"],
  "SharingAgreements.decideExtension": ["authority"],
  "SharingAgreements.agree": ["provider"],
  "SharingAgreements.refuse": ["provider"],
  "SharingAgreements.suspend": ["provider", "authority"],
  "SharingAgreements.resume": ["provider", "authority"],
  "SharingAgreements.revoke": ["provider", "authority"],
  "SharingAgreements.recordExpiry": "anyone",
  "SharingAgreements.complete": ["consumer"],
  "SharingAgreements.reserve": ["consumer"],
  "SharingAgreements.recordMissedDeadline": "anyone",
  "SharingAgreements.appendProfile": ["operator"],
  "AnchorLog.openJournal": ["stranger", "consumer", "provider", "authority"],
  "AnchorLog.anchor": ["consumer", "provider"],
  "AnchorLog.anchorSuperseding": ["provider"],
  "RecordStatus.change": ["provider"],
  "RecordStatus.changeRange": ["provider"],
  "WorkingCalendar.setYear": ["operator"],
  "Directory.append": ["operator"],
};
for (const contract of Object.keys(ABIS)) {
  Object.assign(MAY, { [`${contract}.retire`]: ["operator"], [`${contract}.setAuthority`]: [] });
}
// Only the contracts themselves call these.
for (const inner of ["AnchorLog.openResource", "AnchorLog.openStreams", "RecordStatus.supersede"])
  Object.assign(MAY, { [inner]: [] });

describe("only the named role moves each thing", function () {
  this.timeout(120_000 * LONG);
  let ledger: TestLedger;
  let words: readonly Hex[];
  let departments: readonly Hex[];
  const addresses: Partial<Record<Contract, Hex>> = {};

  before(async () => {
    ledger = await startLedger();
    const { provider, consumer, stranger } = ledger;
    const published = await ledger.publish({ provider, code: "licence", schema: LICENCE_SCHEMA });
    await anchorBatch(ledger, {
      department: provider,
      ...published,
      kind: "certificate",
      schema: LICENCE_SCHEMA,
      documents: [1, 2, 3].map(licence),
    });
    const agreement = await makeAgreement(ledger, {
      provider,
      consumer,
      resource: published.resource,
      patterns: [["holder"]],
    });
    words = [
      published.resource,
      published.scope,
      agreement.id,
      deliveriesScope(agreement.id),
      receiptsScope(agreement.id),
      journalScope(provider.uscc),
      journalScope(stranger.uscc),
      agreement.application.id,
      someHash(1),
    ];
    departments = [provider, consumer, stranger].map(({ uscc }) => toHex(utf8(uscc)));
    const view = await ledger.connection.view();
    for (const contract of Object.keys(ABIS) as Contract[])
      // The keys of a constant.
      addresses[contract] = contract === "Directory" ? ledger.name.directory : await view.contractAddress(contract);
  });
  after(() => ledger.stop());

  const accountOf = (role: Role): string => {
    if (role === "nobody") return `0x${"99".repeat(20)}`;
    return role === "operator" ? ledger.deployer.address : ledger[role].wallet.address;
  };

  /** A value of an ABI type, from what exists where that can be. */
  const valueOf = (type: ParamType, choices: readonly number[], at: number): unknown => {
    const choice = choices[at % choices.length] ?? 0;
    const pick = <T>(values: readonly T[]): T | undefined => values[choice % values.length];
    if (type.baseType === "array") return [valueOf(type.arrayChildren ?? type, choices, at + 1)];
    if (type.baseType === "tuple")
      return (type.components ?? []).map((component, i) => valueOf(component, choices, at + i + 1));
    if (type.type === "bytes32") return pick(words);
    if (type.type === "bytes18") return pick(departments);
    if (type.type === "address") return pick(ROLES.map(accountOf));
    if (type.type === "bool") return choice % 2 === 0;
    if (type.type === "string") return pick(["licence", "https://node.example", "x"]);
    if (type.type === "uint64" || type.type === "uint40") return pick([0, 1, 3, ledger.now, ledger.now + 86_400]);
    return pick([0, 1, 2, 3, 5]);
  };

  const functions = (Object.keys(ABIS) as Contract[]).flatMap((contract) =>
    // The keys of a constant.
    new Interface(ABIS[contract] as ConstructorParameters<typeof Interface>[0]).fragments
      .filter((fragment): fragment is FunctionFragment => fragment.type === "function")
      .filter(({ stateMutability }) => stateMutability === "nonpayable" || stateMutability === "payable")
      .map((fragment) => ({ contract, fragment, name: `${contract}.${fragment.name}` })),
  );

  it("and every function that writes is named here", () => {
    expect(functions.filter(({ name }) => !(name in MAY)).map(({ name }) => name)).to.deep.equal([]);
    const known = new Set(functions.map(({ name }) => name));
    expect(
      Object.keys(MAY).filter(
        (name) => !known.has(name) && !name.endsWith(".setAuthority") && !name.endsWith(".retire"),
      ),
    ).to.deep.equal([]);
  });

  it("whoever calls any function with whatever exists", async () => {
    const succeeded = new Map<string, number>();
    const call = async (role: Role, index: number, choices: readonly number[]): Promise<boolean> => {
      const { contract, fragment } = functions[index % functions.length]!;
      const data = new Interface([fragment]).encodeFunctionData(
        fragment,
        fragment.inputs.map((input, i) => valueOf(input, choices, i)),
      );
      try {
        await ledger.connection.rpc.request("eth_call", [
          { from: accountOf(role), to: addresses[contract], data },
          "latest",
        ]);
        return true;
      } catch (error) {
        // An enumeration out of its range ends in a panic, which is no revert with a name.
        if (isRevert(error) || (error instanceof ChainError && error.code === "chain.rejected")) return false;
        throw error;
      }
    };
    await fc.assert(
      fc.asyncProperty(
        fc.nat(functions.length - 1),
        fc.array(fc.array(fc.nat(29), { minLength: 5, maxLength: 5 }), { minLength: 5, maxLength: 5 }),
        async (index, many) => {
          const { name } = functions[index]!;
          const may = MAY[name] ?? [];
          const outcomes = await Promise.all(
            many.flatMap((choices) => ROLES.map(async (role) => [role, await call(role, index, choices)] as const)),
          );
          for (const [role, done] of outcomes) {
            if (!done) continue;
            succeeded.set(name, (succeeded.get(name) ?? 0) + 1);
            expect(may === "anyone" || may.includes(role), `${name} by ${role}`).to.equal(true);
          }
        },
      ),
      { numRuns: RUNS },
    );
    // A test in which nobody could do anything would say nothing.
    expect(succeeded.size).to.be.greaterThan(10);
    held("contracts", RUNS);
  });
});
