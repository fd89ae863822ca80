import type { Hex } from "../protocol/bytes.ts";
import {
  findBlock,
  findReceipt,
  getLogs,
  quantity,
  readHex,
  type Block,
  type Log,
  type LogFilter,
  type Receipt,
} from "./blocks.ts";
import { ChainError, isRevert } from "./errors.ts";
import type { Rpc } from "./rpc.ts";

/** How an endpoint lets a read be tied to one block: by its hash (EIP-1898), or by number with the hash checked at the end. */
export type Pinning = "hash" | "number";

/** Everything asked through one reader is about one block. All answers are an endpoint's word, checked for form only. */
export interface BlockReader {
  readonly block: Block;
  /** The result of a call at this block. Throws ChainError `chain.revert` and those of the connection. */
  call(to: Hex, data: Hex): Promise<Hex>;
  /** Logs from `fromBlock` up to this block. */
  logs(filter: Omit<LogFilter, "toBlock">): Promise<readonly Log[]>;
  /** The receipt of a transaction in this or any other block. */
  receipt(transaction: Hex): Promise<Receipt | undefined>;
  /** The block of a number, before or after this one. */
  blockAt(number: number): Promise<Block | undefined>;
  /** Throws `chain.block-replaced` unless this block still has its number: call it after the last read. */
  confirm(): Promise<void>;
}

export function blockReader({ rpc, block, pinning }: { rpc: Rpc; block: Block; pinning: Pinning }): BlockReader {
  const at = pinning === "hash" ? { blockHash: block.hash, requireCanonical: true } : quantity(block.number);
  return remembering({
    block,
    call: async (to, data) => readHex(await rpc.request("eth_call", [{ to, data }, at]), "eth_call"),
    logs: (filter) => getLogs(rpc, { ...filter, toBlock: block.number }),
    receipt: (transaction) => findReceipt(rpc, transaction),
    blockAt: (number) => findBlock(rpc, number),
    confirm: async () => {
      const found = await findBlock(rpc, block.number);
      if (found?.hash !== block.hash) throw new ChainError("chain.block-replaced", { number: block.number });
    },
  });
}

/**
 * Asks every reader the same question and returns the answer when all are equal. Throws `chain.disagreement` when they
 * are not; an endpoint that cannot answer fails the question. All must read the same block.
 */
export function agreeingReader(readers: readonly BlockReader[]): BlockReader {
  const [first, ...others] = readers;
  if (first === undefined) throw new TypeError("no reader");
  if (others.length === 0) return first;
  if (others.some(({ block }) => fingerprint(block) !== fingerprint(first.block)))
    throw new ChainError("chain.disagreement");
  const agreed = async <T>(ask: (reader: BlockReader) => Promise<T>): Promise<T> => {
    const answers = await Promise.all(readers.map((reader) => settle(() => ask(reader))));
    for (const answer of answers) if ("error" in answer && !isRevert(answer.error)) throw answer.error;
    if (new Set(answers.map(fingerprint)).size !== 1) throw new ChainError("chain.disagreement");
    const [answer] = answers;
    if (answer === undefined || "error" in answer) throw answer?.error;
    return answer.value;
  };
  return {
    block: first.block,
    call: (to, data) => agreed((reader) => reader.call(to, data)),
    logs: (filter) => agreed((reader) => reader.logs(filter)),
    receipt: (transaction) => agreed((reader) => reader.receipt(transaction)),
    blockAt: (number) => agreed((reader) => reader.blockAt(number)),
    confirm: async () => void (await Promise.all(readers.map((reader) => reader.confirm()))),
  };
}

type Settled<T> = { readonly value: T } | { readonly error: unknown };

async function settle<T>(ask: () => Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    return { error };
  }
}

/** Equal for equal answers: every one is made of plain data in a fixed member order. */
const fingerprint = (answer: unknown): string =>
  JSON.stringify(answer, (_key, value: unknown) =>
    value instanceof ChainError ? { code: value.code, values: value.values } : (value ?? null),
  );

/** Asks each question once: at one block its answer cannot change. */
function remembering(reader: BlockReader): BlockReader {
  const answers = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const known = answers.get(key) ?? ask();
    answers.set(key, known);
    // A failure of the moment may be over at the next question; a revert is an answer.
    known.catch((error: unknown) => void (isRevert(error) || answers.delete(key)));
    return known as Promise<T>; // The key names the question, and with it the type.
  };
  return {
    ...reader,
    call: (to, data) => once(`call ${to} ${data}`, () => reader.call(to, data)),
    logs: (filter) => once(`logs ${JSON.stringify(filter)}`, () => reader.logs(filter)),
    receipt: (transaction) => once(`receipt ${transaction}`, () => reader.receipt(transaction)),
    blockAt: (number) => once(`block ${number}`, () => reader.blockAt(number)),
  };
}
