import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { findLogDamage } from "./log.ts";
import { findTableDamage, type TableOptions } from "./table.ts";

export interface FileDamage {
  readonly file: string;
  /** Byte at which it was noticed. */
  readonly at: number;
}

/**
 * Compares the files of a store that nobody has open with their checksums. The engine itself does not: it drops damaged
 * pieces of its log, and looks records up in damaged tables. Logs are read whole, tables as the options say.
 */
export async function* checkFiles(folder: string, options: TableOptions): AsyncGenerator<FileDamage> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names.sort()) {
    const isTable = /\.(?:ldb|sst)$/.test(name);
    if (!isTable && !name.endsWith(".log")) continue;
    const file = await open(join(folder, name), "r");
    try {
      const at = isTable ? await findTableDamage(file, options) : findLogDamage(await file.readFile());
      if (at !== undefined) yield { file: name, at };
    } finally {
      await file.close();
    }
  }
}
