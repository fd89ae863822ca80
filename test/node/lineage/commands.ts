import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, runJson } from "../../sdk/cli/support.ts";
import { PASSWORD, writeKeystore } from "../support/keystores.ts";
import { startLineage, type LineagePair } from "./fixture.ts";

type Party = "provider" | "consumer";

/** The command line of two departments whose nodes run, in a folder of its own. */
export interface Commands {
  readonly pair: LineagePair;
  readonly folder: string;
  /** What a program is told. */
  as(party: Party, ...args: string[]): ReturnType<typeof runJson>;
  /** What a person is told, in English. */
  text(party: Party, ...args: string[]): ReturnType<typeof run>;
  /** Puts a file into the folder, one JSON value a line. */
  write(name: string, ...values: readonly object[]): Promise<void>;
  stop(): Promise<void>;
}

export async function startCommands(): Promise<Commands> {
  const pair = await startLineage();
  const folder = await mkdtemp(join(tmpdir(), "suyuan-lineage-"));
  for (const party of ["provider", "consumer"] as const)
    await writeKeystore(join(folder, `${party}.json`), pair.ledger[party]);
  const options = (party: Party) => ({
    cwd: folder,
    clock: () => pair.ledger.now * 1000,
    env: {
      SUYUAN_NODE: pair[party].url,
      SUYUAN_KEYSTORE: `${party}.json`,
      SUYUAN_KEYSTORE_PASSWORD: PASSWORD,
      SUYUAN_KEY_ID: `${pair.ledger[party].uscc}/1`,
    },
  });
  return {
    pair,
    folder,
    as: (party, ...args) => runJson(args, options(party)),
    text: (party, ...args) => run([...args, "--lang", "en"], options(party)),
    write: (name, ...values) => writeFile(join(folder, name), values.map((value) => JSON.stringify(value)).join("\n")),
    stop: async () => {
      await pair.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
