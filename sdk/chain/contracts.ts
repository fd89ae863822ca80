import { Interface, type ParamType, type Result } from "ethers/abi";
import { fromUtf8, fromHex, isHex, toHex, utf8, type Hex } from "../protocol/bytes.ts";
import type { ErrorValues } from "../protocol/errors.ts";
import { AnchorLogAbi } from "./abi/AnchorLog.ts";
import { DepartmentRegistryAbi } from "./abi/DepartmentRegistry.ts";
import { DirectoryAbi } from "./abi/Directory.ts";
import { LedgerErrorsAbi } from "./abi/LedgerErrors.ts";
import { ProjectIssuesAbi } from "./abi/ProjectIssues.ts";
import { ProjectLedgerAbi } from "./abi/ProjectLedger.ts";
import { RecordStatusAbi } from "./abi/RecordStatus.ts";
import { ResourceCatalogueAbi } from "./abi/ResourceCatalogue.ts";
import { SealedBidsAbi } from "./abi/SealedBids.ts";
import { SharingAgreementsAbi } from "./abi/SharingAgreements.ts";
import { WorkingCalendarAbi } from "./abi/WorkingCalendar.ts";
import type { AbiItem, ArgumentsOf, EventsOf, FunctionNames, RecordOf, ResultOf } from "./abi-types.ts";
import { ChainError } from "./errors.ts";

const ABIS = {
  Directory: DirectoryAbi,
  DepartmentRegistry: DepartmentRegistryAbi,
  ResourceCatalogue: ResourceCatalogueAbi,
  WorkingCalendar: WorkingCalendarAbi,
  SharingAgreements: SharingAgreementsAbi,
  AnchorLog: AnchorLogAbi,
  RecordStatus: RecordStatusAbi,
  ProjectLedger: ProjectLedgerAbi,
  ProjectIssues: ProjectIssuesAbi,
  SealedBids: SealedBidsAbi,
} as const satisfies Record<string, readonly AbiItem[]>;

export type ContractName = keyof typeof ABIS;
/** The contracts that the Directory names: all but itself. */
export type NamedContract = Exclude<ContractName, "Directory">;
export type AbiOf<C extends ContractName> = (typeof ABIS)[C];
export const CONTRACT_NAMES = Object.keys(ABIS) as ContractName[]; // The keys of a constant.
export const NO_DEPARTMENT = "";
export const ZERO_HASH: Hex = `0x${"0".repeat(64)}`;

const USCC_BYTES = 18;

const made = new Map<string, Interface>();

function interfaceOf(name: ContractName | "errors"): Interface {
  const known = made.get(name);
  if (known) return known;
  const abi: readonly AbiItem[] = name === "errors" ? LedgerErrorsAbi : ABIS[name];
  const created = new Interface(abi);
  made.set(name, created);
  return created;
}

/** The calldata of one function. Throws TypeError for arguments of the wrong type: a programming mistake. */
export function encodeCall<C extends ContractName, N extends FunctionNames<AbiOf<C>>>(
  contract: C,
  name: N,
  args: ArgumentsOf<AbiOf<C>, N>,
): Hex {
  const abi = interfaceOf(contract);
  const fragment = abi.getFunction(name);
  if (fragment === null) throw new TypeError(`${contract} has no function ${name}`);
  const values = fragment.inputs.map((input, i) => toAbi(input, (args as readonly unknown[])[i])); // A tuple of the inputs.
  return abi.encodeFunctionData(fragment, values) as Hex; // ethers writes lower-case hexadecimal.
}

/** The result of one function. Throws ChainError `chain.response-invalid` when the bytes are not of its type. */
export function decodeResult<C extends ContractName, N extends FunctionNames<AbiOf<C>>>(
  contract: C,
  name: N,
  data: Hex,
): ResultOf<AbiOf<C>, N> {
  const abi = interfaceOf(contract);
  const fragment = abi.getFunction(name);
  if (fragment === null) throw new TypeError(`${contract} has no function ${name}`);
  try {
    const result = abi.decodeFunctionResult(fragment, data);
    const values = fromAbiMembers(fragment.outputs, result);
    const only = fragment.outputs.length === 1 ? Object.values(values)[0] : values;
    return only as ResultOf<AbiOf<C>, N>; // Converted by the same ABI that the type is derived from.
  } catch (cause) {
    throw new ChainError("chain.response-invalid", { method: `${contract}.${name}` }, cause);
  }
}

/** An event of a known contract with its arguments by name. */
export type EventOf<C extends ContractName> = {
  [E in EventsOf<AbiOf<C>> as E["name"]]: {
    readonly contract: C;
    readonly name: E["name"];
    readonly args: RecordOf<E["inputs"]>;
  };
}[EventsOf<AbiOf<C>>["name"]];
export type LedgerEvent = { [C in ContractName]: EventOf<C> }[ContractName];

/** The event that a log of the given contract holds; undefined when it is none of the contract's, or malformed. */
export function decodeEvent<C extends ContractName>(
  contract: C,
  log: { readonly topics: readonly Hex[]; readonly data: Hex },
): EventOf<C> | undefined {
  const abi = interfaceOf(contract);
  try {
    const parsed = abi.parseLog({ topics: [...log.topics], data: log.data });
    if (parsed === null) return undefined;
    const args = fromAbiMembers(parsed.fragment.inputs, parsed.args);
    return { contract, name: parsed.name, args } as EventOf<C>; // Converted by the same ABI that the type is derived from.
  } catch {
    return undefined;
  }
}

/** The first topic of an event's logs. */
export function eventTopic<C extends ContractName>(contract: C, name: EventsOf<AbiOf<C>>["name"] & string): Hex {
  const event = interfaceOf(contract).getEvent(name);
  if (event === null) throw new TypeError(`${contract} has no event ${name}`);
  return event.topicHash as Hex; // ethers writes lower-case hexadecimal.
}

/** `chain.revert` with the contract's error name and arguments; `error` is "unknown" for bytes of no known error. */
export function revertError(data: Hex | undefined, cause?: unknown): ChainError {
  const values = data === undefined ? undefined : decodeRevert(data);
  return new ChainError("chain.revert", values ?? { error: "unknown" }, cause);
}

function decodeRevert(data: Hex): ErrorValues | undefined {
  try {
    const parsed = interfaceOf("errors").parseError(data);
    if (parsed === null) return undefined;
    // The text of Error(string) is anybody's: it is not repeated.
    if (parsed.name === "Error") return { error: "Error" };
    const values: Record<string, string | number> = {};
    for (const [name, value] of Object.entries(fromAbiMembers(parsed.fragment.inputs, parsed.args))) {
      values[name] = typeof value === "number" ? value : String(value);
    }
    return { ...values, error: parsed.name };
  } catch {
    return undefined;
  }
}

/** A USCC as the bytes18 of the contracts. */
export const usccBytes = (uscc: string): Hex => {
  const bytes = utf8(uscc);
  if (uscc !== NO_DEPARTMENT && bytes.length !== USCC_BYTES) throw new TypeError("a USCC has 18 characters");
  const padded = new Uint8Array(USCC_BYTES);
  padded.set(bytes);
  return toHex(padded);
};

/** A USCC as an indexed topic. */
export const usccTopic = (uscc: string): Hex => `${usccBytes(uscc)}${"0".repeat(28)}`;

const usccText = (bytes: Hex): string => (/^0x0*$/.test(bytes) ? NO_DEPARTMENT : fromUtf8(fromHex(bytes)));

function toAbi(type: ParamType, value: unknown): unknown {
  if (type.baseType === "array") {
    const element = type.arrayChildren;
    if (!Array.isArray(value) || element === null) throw new TypeError(`${type.name} must be an array`);
    return value.map((item: unknown) => toAbi(element, item));
  }
  if (type.baseType === "tuple") {
    if (typeof value !== "object" || value === null) throw new TypeError(`${type.name} must be an object`);
    const members = value as Readonly<Record<string, unknown>>;
    return (type.components ?? []).map((member) => toAbi(member, members[member.name]));
  }
  if (type.type === "bytes18") return usccBytes(String(value));
  return value;
}

function fromAbiMembers(types: readonly ParamType[], result: Result): Record<string, unknown> {
  return Object.fromEntries(
    types.map((type, i): [string, unknown] => [type.name || String(i), fromAbi(type, result[i])]),
  );
}

function fromAbi(type: ParamType, value: unknown): unknown {
  if (type.baseType === "array") {
    const element = type.arrayChildren;
    if (element === null) throw new TypeError("array without element type");
    return [...(value as Result)].map((item: unknown) => fromAbi(element, item)); // ethers gives a Result for an array.
  }
  if (type.baseType === "tuple") return fromAbiMembers(type.components ?? [], value as Result);
  if (typeof value === "bigint") return /^uint(?:8|16|24|32|40|48)$/.test(type.type) ? Number(value) : value;
  if (typeof value !== "string" || type.type === "string") return value;
  const hex = value.toLowerCase();
  if (!isHex(hex)) throw new TypeError("not hexadecimal");
  return type.type === "bytes18" ? usccText(hex) : hex;
}
