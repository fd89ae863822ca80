import { toHex, utf8, type Hex } from "../protocol/bytes.ts";
import type { ArgumentsOf, FunctionNames, ResultOf } from "./abi-types.ts";
import type { Log } from "./blocks.ts";
import {
  decodeEvent,
  decodeResult,
  encodeCall,
  type AbiOf,
  type ContractName,
  type EventOf,
  type NamedContract,
} from "./contracts.ts";
import { ChainError, isRevert } from "./errors.ts";
import type { BlockReader } from "./reader.ts";
import { boundedCount, seconds } from "./values.ts";

export interface EventFilter {
  /** Topics after the first decoded freely: `[topic0 | null, topic1 | null, …]`. */
  readonly topics: readonly (Hex | readonly Hex[] | null)[];
  readonly fromBlock?: number;
}

export interface FoundEvent<C extends ContractName> {
  readonly event: EventOf<C>;
  readonly log: Log;
}

/** Reads through the Directory: a question names a contract, and the entry in force at a time answers. */
export interface DirectoryReads {
  /** The address in force at `time`, which is this block's unless told. Throws `chain.contract-missing`. */
  readonly contractAddress: (contract: NamedContract, time?: number) => Promise<Hex>;
  /** Every address the Directory has named for a contract, oldest first. */
  readonly contractAddresses: (contract: NamedContract) => Promise<readonly Hex[]>;
  /** Seconds between a Directory entry and its effect; 0 marks an evaluation ledger. */
  readonly directoryDelay: () => Promise<number>;
  /** Events of every version of a contract, in order. */
  readonly events: <C extends NamedContract>(contract: C, filter: EventFilter) => Promise<readonly FoundEvent<C>[]>;
}

export interface Asker extends DirectoryReads {
  readonly reader: BlockReader;
  readonly ask: <C extends NamedContract, N extends FunctionNames<AbiOf<C>>>(
    contract: C,
    name: N,
    args: ArgumentsOf<AbiOf<C>, N>,
    time?: number,
  ) => Promise<ResultOf<AbiOf<C>, N>>;
}

export interface DirectoryOptions {
  readonly reader: BlockReader;
  /** Address of the Directory. */
  readonly directory: Hex;
  /** Where views of the same ledger found each contract last: asked there while the Directory is asked whether that is still so. */
  readonly lastAddresses?: Map<NamedContract, Hex>;
}

/** Addresses as of a time that one view remembers. */
const MAXIMUM_ADDRESSES = 4096;

const nameWord = (contract: NamedContract): Hex => {
  const bytes = new Uint8Array(32);
  bytes.set(utf8(contract));
  return toHex(bytes);
};

export function directoryReads({ reader, directory, lastAddresses = new Map() }: DirectoryOptions): Asker {
  const askDirectory = async <N extends FunctionNames<AbiOf<"Directory">>>(
    name: N,
    args: ArgumentsOf<AbiOf<"Directory">, N>,
  ): Promise<ResultOf<AbiOf<"Directory">, N>> =>
    decodeResult("Directory", name, await reader.call(directory, encodeCall("Directory", name, args)));

  const findAddress = async (contract: NamedContract, time: number): Promise<Hex> => {
    try {
      return (await askDirectory("entryAt", [nameWord(contract), BigInt(time)])).implementation;
    } catch (error) {
      if (isRevert(error, "EntryUnknown")) throw new ChainError("chain.contract-missing", { contract, time }, error);
      throw error;
    }
  };

  const found = new Map<string, Promise<Hex>>();
  const contractAddress = (contract: NamedContract, time = reader.block.time): Promise<Hex> => {
    const name = `${contract} ${time}`;
    const known = found.get(name);
    if (known !== undefined) return known;
    if (found.size >= MAXIMUM_ADDRESSES) found.clear();
    const asked = findAddress(contract, time);
    found.set(name, asked);
    // What could not be read is asked for again.
    asked.catch(() => found.delete(name));
    return asked;
  };

  const callContract = async (contract: NamedContract, data: Hex, time: number | undefined): Promise<Hex> => {
    if (time !== undefined) return reader.call(await contractAddress(contract, time), data);
    const last = lastAddresses.get(contract);
    const early = last && reader.call(last, data);
    early?.catch(() => undefined); // Awaited if it was the right one to ask.
    const address = await contractAddress(contract);
    lastAddresses.set(contract, address);
    return early !== undefined && address === last ? early : reader.call(address, data);
  };

  const lists = new Map<NamedContract, Promise<readonly Hex[]>>();
  const contractAddresses = (contract: NamedContract): Promise<readonly Hex[]> => {
    const asked = lists.get(contract) ?? findAddresses(contract);
    lists.set(contract, asked);
    asked.catch(() => lists.delete(contract));
    return asked;
  };

  const findAddresses = async (contract: NamedContract): Promise<readonly Hex[]> => {
    const count = boundedCount(await askDirectory("entryCount", [nameWord(contract)]));
    const indexes = Array.from({ length: count }, (_, i) => BigInt(i));
    const entries = await Promise.all(indexes.map((index) => askDirectory("entry", [nameWord(contract), index])));
    return [...new Set(entries.map(({ implementation }) => implementation))];
  };

  return {
    reader,
    contractAddress,
    contractAddresses,
    directoryDelay: async () => seconds(await askDirectory("delay", [])),
    ask: async (contract, name, args, time) =>
      decodeResult(contract, name, await callContract(contract, encodeCall(contract, name, args), time)),
    events: async (contract, { topics, fromBlock = 0 }) => {
      const logs = await reader.logs({ addresses: await contractAddresses(contract), topics, fromBlock });
      return logs.flatMap((log) => {
        const event = decodeEvent(contract, log);
        return event === undefined ? [] : [{ event, log }];
      });
    },
  };
}
