import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface CorpusFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const FOLDER = fileURLToPath(new URL("corpus/", import.meta.url));

/**
 * The committed inputs of one parser. A name ends with what the parser makes of it: `…,ok.bin`, or `…,json.syntax.bin` for
 * the code of the error. An input that a fuzzer finds is put here with the code that is right.
 */
export const corpusOf = (parser: string): readonly CorpusFile[] =>
  readdirSync(`${FOLDER}${parser}`)
    .sort()
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(`${FOLDER}${parser}/${name}`)) }));

export const expectedOf = ({ name }: CorpusFile): string => /,([a-z.-]+)\.bin$/.exec(name)?.[1] ?? "no expectation";
